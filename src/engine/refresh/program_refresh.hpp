#pragma once

#include "engine/refresh/program_run.hpp"
#include "engine/refresh/refresh.hpp"
#include "engine/refresh/write_rows.hpp"
#include "engine/store/store.hpp"

namespace matview::engine {

/// The state relation of a view made by a program: the ids of its units (see udtf/input.hpp) as of the current version,
/// those for which the program returned no row among them. What is in it need not be run again.
constexpr std::int64_t k_unit_relation = 1;

/// What a refresh of a view made by a program brings, written and not yet committed.
struct ProgramChange {
  std::vector<StoredColumn> columns;
  std::vector<FieldId> field_ids;
  bool replaces = true;  ///< else `files` and `deletes` come to the current files
  std::vector<NewDataFile> files;
  std::vector<NewDeleteFile> deletes;
  std::map<std::int64_t, RelationChange> state;
};

struct ProgramRequest {
  const ViewRecord& view;
  const RefreshDecision& decision;
  std::string sql;  ///< the view's query over its sources, which `opened` can run
  bool full = false;
};

/// Runs the program of a view for what is new and writes what changes: rows of units that are still there stay where
/// they are. Everything is run where that cannot be told: at the first refresh, with another definition or program, on
/// demand, with a limit on the rows. Fills in mode, reason and counts of `job`. New files belong to `data` and `state`.
Result<ProgramChange> compute_program_change(const EngineContext& context, const OperationDatabase& opened,
                                             const ProgramRequest& request, UncommittedFiles& data,
                                             UncommittedFiles& state, Job& job, Control& control);

}  // namespace matview::engine
