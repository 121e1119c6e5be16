#pragma once

#include "engine/refresh/program_run.hpp"
#include "engine/refresh/refresh.hpp"
#include "engine/refresh/write_rows.hpp"
#include "engine/store/store.hpp"

namespace matview::engine {

/// The state relation of a view made by a program: the ids of its units (see udtf/input.hpp) as of the current version,
/// those for which the program returned no row among them. What is in it need not be run again.
constexpr std::int64_t k_unit_relation = 1;

struct ProgramRequest {
  const ViewRecord& view;
  const RefreshDecision& decision;
  std::string sql;  ///< the view's query over its sources, which `opened` can run
  bool full = false;
};

/// Runs the program of a view for what is new and writes what changes: rows of units that are still there stay where
/// they are. Everything is run where that cannot be told: at the first refresh, with another definition or program, on
/// demand, with a limit on the rows. Fills in mode and counts of `job`, and of the commit what is to be written. New
/// files belong to `data` and `state`.
Result<RefreshCommit> compute_program_change(const EngineContext& context, const OperationDatabase& opened,
                                             const ProgramRequest& request, UncommittedFiles& data,
                                             UncommittedFiles& state, Job& job, Control& control);

}  // namespace matview::engine
