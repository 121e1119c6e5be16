#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/lake/lake_rows.hpp"
#include "matview/result.hpp"

namespace matview::engine {

/// The DuckDB type of a column with all that is nested in it.
Result<std::string> duckdb_type(const LakeField& field);

/// A SELECT that gives the rows of a table at `snapshot`, in the types of its columns there.
Result<std::string> lake_select(const LakeTableRows& table, std::int64_t snapshot);

}  // namespace matview::engine
