#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/lake/lake_rows.hpp"
#include "matview/result.hpp"

namespace matview::engine {

/// The DuckDB type of a column with all that is nested in it.
Result<std::string> duckdb_type(const LakeField& field);

/// Rows of one file: those of which all conditions, as SQL, are true.
struct LakeFileRows {
  const LakeDataFile* file = nullptr;
  std::vector<std::string> conditions;
};

/// Conditions that leave the rows of a file that live at `snapshot`.
std::vector<std::string> live_conditions(const LakeDataFile& file, std::int64_t snapshot);

/// A SELECT of all these rows, in the types of `columns`. Without any it has the columns and no rows.
Result<std::string> lake_rows_select(const std::vector<LakeField>& columns, const std::vector<LakeFileRows>& files,
                                     const std::vector<LakeInlinedRows>& inlined);

/// A SELECT that gives the rows of a table at `snapshot`, in the types of its columns there.
Result<std::string> lake_select(const LakeTableRows& table, std::int64_t snapshot);

}  // namespace matview::engine
