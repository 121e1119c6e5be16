#pragma once

#include <string>
#include <vector>

#include "engine/duckdb/database.hpp"

namespace matview::property {

/// Queries with one thing less than `sql`: a clause, a column, a side of a join or set operation, a level of nesting.
/// Not all of them are valid.
std::vector<std::string> simpler_queries(engine::Database& database, const std::string& sql);

}  // namespace matview::property
