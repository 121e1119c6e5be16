#include "engine/refresh/decision.hpp"

#include <fmt/format.h>

#include "engine/refresh/program_run.hpp"
#include "engine/refresh/reasons.hpp"
#include "engine/sources/matching.hpp"

namespace matview::engine {

namespace {

std::string describe_changes(const std::vector<SourceChange>& changes) {
  std::string text;
  for (const auto& change : changes) {
    if (!text.empty()) text += "; ";
    text += change.to_string();
  }
  return text;
}

/// Why a view whose sources changed is computed in full.
std::string_view code_of_full(const ViewDefinition& definition) {
  if (definition.refresh_mode == "full") return "USER_SPECIFIED_FULL";
  return definition.unstable_functions.empty() ? "SYNTAX_NOT_SUPPORTED"
                                               : code_of_unstable(definition.unstable_functions);
}

}  // namespace

std::string_view to_string(RefreshDecision::Action action) {
  switch (action) {
    case RefreshDecision::Action::no_data: return "no_data";
    case RefreshDecision::Action::incremental: return "incremental";
    case RefreshDecision::Action::full: return "full";
    case RefreshDecision::Action::reinitialized: break;
  }
  return "reinitialized";
}

Result<RefreshDecision> decide_refresh(Store& store, RunSources& sources, const ViewRecord& view,
                                       const udtf::RunOptions& options) {
  using Action = RefreshDecision::Action;
  RefreshDecision decision;
  auto held = sources.hold();
  MATVIEW_ASSIGN(decision.observed, sources.observe(view.definition));
  if (!view.current) {
    MATVIEW_ASSIGN(decision.fingerprint, effective_fingerprint(view.definition, options));
    decision.action = Action::full;
    decision.code = "NEVER_FILLED";
    decision.reason = "never filled";
    return decision;
  }
  MATVIEW_ASSIGN(decision.recorded, store.sources_of(view.view_id, view.current->version));
  held.unlock();
  MATVIEW_ASSIGN(decision.fingerprint, effective_fingerprint(view.definition, options));
  if (view.current->fingerprint != decision.fingerprint) {
    decision.action = Action::reinitialized;
    decision.code = "DEFINITION_CHANGED";
    decision.reason = fingerprint_difference(view.definition, view.current->fingerprint, decision.fingerprint);
    return decision;
  }
  decision.changes = compare_sources(decision.recorded, decision.observed);
  if (!decision.changes.empty()) {
    // Files that were touched, written alike or renamed: only what is kept of them tells.
    MATVIEW_ASSIGN(const auto retained, store.retained(view.view_id));
    if (!retained.empty())
      decision.changes = compare_sources(
          decision.recorded,
          as_recorded(view.definition, decision.recorded, decision.observed, RetainedFiles(retained, store.root())));
    decision.restated = decision.changes.empty();
  }
  if (!decision.changes.empty()) {
    decision.action = Action::full;
    decision.code = code_of_full(view.definition);
    decision.reason = describe_changes(decision.changes);
  } else if (!view.definition.unstable_functions.empty()) {
    decision.action = Action::full;
    decision.code = code_of_full(view.definition);
    decision.reason = "result of " + view.definition.unstable_functions.front() + " changes with every refresh";
  } else {
    decision.action = Action::no_data;
    decision.code = "NO_DATA";
    decision.reason = "sources unchanged";
  }
  return decision;
}

Result<void> require_files(const ViewDefinition& definition, const SourceVector& observed) {
  for (std::size_t i = 0; i < definition.sources.size() && i < observed.size(); ++i)
    if (definition.sources[i].kind == "files" && observed[i].files.empty())
      return fail(
          Error(ErrorCode::failed, fmt::format("no file matches '{}'", definition.sources[i].name))
              .with_hint(fmt::format("paths count from {}; the rows of the last refresh stay", definition.base_dir)));
  return {};
}

}  // namespace matview::engine
