#pragma once

#include <cstdint>

#include "engine/lake/lake_rows.hpp"
#include "engine/store/relation_sql.hpp"
#include "matview/result.hpp"

namespace matview::engine {

/// What changed in the rows of one table between two of its snapshots, in the types of its columns. A row that stays
/// where it is, is in neither; one that was merely moved to another file is in both.
Result<RowsChange> lake_rows_change(const LakeTableRows& from, std::int64_t from_snapshot, const LakeTableRows& to,
                                    std::int64_t to_snapshot);

/// Whether two lists are the same columns, with the same identity, so that rows of one can be read as those of the
/// other.
bool same_fields(const std::vector<LakeField>& left, const std::vector<LakeField>& right);

}  // namespace matview::engine
