#pragma once

#include <optional>
#include <string>

#include "engine/duckdb/api.hpp"

namespace matview::engine {

/// True for the types whose text needs no knowledge of DuckDB's: booleans, integers, VARCHAR.
bool is_plain(const DuckDbApi& api, duckdb_logical_type type);

/// The SQL name of a plain type.
std::string plain_type_name(duckdb_type type);

/// The text of one cell. Plain types, and lists, maps and structs of them, as statistics of a COPY are; `internal` for
/// others, which a query casts to VARCHAR first.
Result<std::optional<std::string>> cell_text(const DuckDbApi& api, duckdb_logical_type type, duckdb_vector vector,
                                             idx_t row);

}  // namespace matview::engine
