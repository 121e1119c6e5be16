#pragma once

#include <string_view>
#include <vector>

#include "engine/duckdb/database.hpp"
#include "engine/udtf/program.hpp"

namespace matview::engine::udtf {

/// Reads "id BIGINT NOT NULL, chunk VARCHAR" with DuckDB's own parser; types come back as DuckDB spells them. `usage`
/// for what is no list of columns, and `unsupported` for a type that a program cannot return.
Result<std::vector<OutputColumn>> read_output_schema(Database& database, std::string_view text);

}  // namespace matview::engine::udtf
