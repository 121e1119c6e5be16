#pragma once

#include "engine/ivm/plan.hpp"
#include "engine/refresh/decision.hpp"
#include "engine/refresh/new_version.hpp"
#include "engine/sources/changes.hpp"

namespace matview::engine {

/// What is computed of one view and where that is written.
struct Computation {
  const EngineContext& context;
  const ViewRecord& view;
  const ivm::Plan& plan;
  Database& database;
  NewVersion& next;
  Job& job;  ///< is told the mode and how many rows came and went
  Control& control;
};

/// A refusal (ivm::is_refusal): what each file gives to the groups is more than may be kept. Another plan is needed.
inline constexpr std::string_view k_too_much_traced = "TOO_MUCH_TRACED";

/// Writes what a change of the sources changes of the rows of the current version, and of the plan's state. What is to
/// be committed, but for what is not of the rows. A refusal leaves everything as it was.
Result<RefreshCommit> compute_change(const Computation& computation, const SourceChanges& changes);

/// The same of all rows, and of the state that the next change goes on from.
Result<RefreshCommit> compute_all(const Computation& computation, const RefreshDecision& decision,
                                  const SourceReads& reads);

}  // namespace matview::engine
