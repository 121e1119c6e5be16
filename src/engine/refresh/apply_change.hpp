#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "engine/ivm/maintenance.hpp"
#include "engine/refresh/write_rows.hpp"
#include "engine/store/records.hpp"
#include "engine/store/store.hpp"

namespace matview::engine {

/// What of a view's private state a refresh writes: by block of its plan.
using StateRelations = std::map<std::int64_t, StateRelation>;

/// Numbers of state relations in the store count from 1: 0 is the view itself.
constexpr std::int64_t relation_of_block(std::int64_t block) { return block + 1; }

/// Where a refresh writes and who may stop it.
struct Writing {
  Database& database;
  UncommittedFiles& rows;
  UncommittedFiles& state;
  Control& control;
  const std::string& view;
};

/// The rows of a view that come and go, written.
struct AppliedRows {
  std::vector<NewDataFile> files;
  std::vector<NewDeleteFile> deletes;
  std::int64_t added = 0;
  std::int64_t removed = 0;
};

/// Writes the change that a maintenance found for the stored rows. `unsupported` with STATE_MISMATCH in `detail` if a
/// row that goes is not there. `located` is a table of rows and places among which are those that go (see
/// Maintenance::located_rows); empty: they are looked for in all rows.
Result<AppliedRows> apply_rows(Writing& writing, const PinnedVersion& current, const std::vector<StoredColumn>& columns,
                               const std::vector<FieldId>& field_ids, const std::string& located = {});

/// Writes how the state of one block goes on from `current`.
Result<RelationChange> apply_state(Writing& writing, const ivm::StateChange& change, const StateRelation& current);

}  // namespace matview::engine
