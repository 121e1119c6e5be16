#pragma once

#include <string>

#include "matview/provider.hpp"
#include "providers/postgres/catalog.hpp"
#include "providers/postgres/database.hpp"

namespace matview::providers::postgres {

/// The view as the request that would make it: its query as it was written, and what of create's options the catalog
/// tells.
Result<CreateRequest> definition(const Database& database, const std::string& name, Control& control);
CreateRequest to_request(const StoredView& stored, std::string query);

/// What `definition` tells after `create --replace`; see Provider::redefined. Unique indexes that are there stay. What
/// the server makes of a query it alone knows: where the words differ it is asked, in a transaction that is rolled
/// back.
Result<CreateRequest> redefined(const Database& database, const CreateRequest& wanted, const CreateRequest& told,
                                Control& control);
/// The same as far as it is known without a server.
Result<CreateRequest> redefined(const CreateRequest& wanted, const CreateRequest& told);

/// Keeps the query of a new view as it was written: the server keeps only what it makes of it.
void remember_query(const Database& database, const StoredView& stored, const std::string& written);

/// The query that the view was made from here; of a view that others made, or changed since, as the server writes it.
std::string written_query(const Database& database, const StoredView& stored);

/// The columns of the unique indexes over plain columns and all rows, each as --unique-index takes them; sorted.
std::vector<std::string> unique_keys(const StoredView& stored);

}  // namespace matview::providers::postgres
