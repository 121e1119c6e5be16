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

}  // namespace matview::providers::postgres
