#pragma once

#include <optional>
#include <string>

#include "engine/duckdb/api.hpp"
#include "engine/duckdb/database.hpp"

namespace matview::engine {

/// True for the types whose text needs no knowledge of DuckDB's: booleans, integers, VARCHAR.
bool is_plain(const DuckDbApi& api, duckdb_logical_type type);

/// The SQL name of a plain type; empty for others.
std::string plain_type_name(duckdb_type type);

/// The SQL name of a type, as DESCRIBE spells it; empty for those that DuckDB must be asked about.
std::string type_name(const DuckDbApi& api, duckdb_logical_type type);

/// The text of one cell of a plain type; `internal` for others, which a query casts to VARCHAR first.
Result<std::optional<std::string>> cell_text(const DuckDbApi& api, duckdb_type type, duckdb_vector vector, idx_t row);

/// The one row of a COPY … RETURN_STATS.
Result<CopyResult> copy_result(const DuckDbApi& api, duckdb_data_chunk chunk);

}  // namespace matview::engine
