#pragma once

#include <string>
#include <vector>

#include "engine/duckdb/database.hpp"
#include "engine/store/records.hpp"

namespace matview::engine {

/// Whether two lists have the same columns for the query, however those are stored.
bool same_query_columns(const std::vector<StoredColumn>& left, const std::vector<StoredColumn>& right);

/// The columns as the query has them.
std::vector<Column> query_columns(const std::vector<StoredColumn>& stored);

/// `failed` if `sql` has not the columns that the view was created with.
Result<void> require_columns(Database& database, const std::string& sql, const std::vector<StoredColumn>& created);

}  // namespace matview::engine
