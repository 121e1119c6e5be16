#pragma once

#include <string_view>
#include <vector>

#include "engine/duckdb/api.hpp"
#include "matview/result.hpp"

namespace matview::engine {

/// A function for SQL that answers true or false.
struct Predicate {
  std::string_view name;
  std::vector<duckdb_type> parameters;
  void* owner = nullptr;  ///< what `answer` gets as extra info; outlives the database
  duckdb_scalar_function_t answer = nullptr;
};

/// Makes it known to the database of a connection.
Result<void> add_function(const DuckDbApi& api, duckdb_connection connection, const Predicate& predicate);

}  // namespace matview::engine
