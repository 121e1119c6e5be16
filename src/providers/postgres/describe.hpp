#pragma once

#include <vector>

#include "matview/provider.hpp"
#include "providers/postgres/catalog.hpp"
#include "providers/postgres/database.hpp"

namespace matview::providers::postgres {

/// The view in the words of every provider; `records` are its jobs, newest first.
View to_view(const StoredView& stored, const Catalog& catalog, const std::vector<JobRecord>& records);

Result<std::vector<View>> list(const Database& database, Control& control);
Result<View> describe(const Database& database, const std::string& name, Control& control);

/// The query is that which the view was made from here; of views that others made, as the server writes it.
Result<CreateRequest> definition(const Database& database, const std::string& name, Control& control);

/// What `definition` would tell after a replacement; see Provider::redefined. What the server makes of a query it alone
/// knows: where the words differ it is asked, in a transaction that is rolled back.
Result<CreateRequest> redefined(const Database& database, const CreateRequest& wanted, const CreateRequest& told,
                                Control& control);

/// Keeps the query of a new view as it was written: the server keeps only what it makes of it.
void remember_query(const Database& database, const StoredView& stored, const std::string& written);

}  // namespace matview::providers::postgres
