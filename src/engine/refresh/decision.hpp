#pragma once

#include <string>
#include <vector>

#include "engine/refresh/run_sources.hpp"
#include "engine/store/records.hpp"
#include "engine/udtf/program.hpp"
#include "matview/result.hpp"

namespace matview::engine {

/// What a refresh of a view would do now, and why. `status`, `--dry-run` and `refresh` itself all ask this one
/// function.
struct RefreshDecision {
  enum class Action {
    no_data,        ///< nothing changed: nothing to do
    incremental,    ///< compute the change from what changed
    full,           ///< recompute everything
    reinitialized,  ///< recompute everything because the definition is another one
  };
  Action action = Action::full;
  std::string code;  ///< why not incremental, one of reasons.hpp
  std::string reason;
  std::string fingerprint;  ///< of what would be computed: the definition's, with that of a program's content
  SourceVector observed;
  SourceVector recorded;              ///< what the current version read; empty if there is none
  std::vector<SourceChange> changes;  ///< from recorded to observed
  bool restated = false;              ///< files changed in name or date alone: to be recorded as they are now
};

std::string_view to_string(RefreshDecision::Action action);

/// Compares the sources of `view` as `sources` sees them with what its current version read. Runs no query.
Result<RefreshDecision> decide_refresh(Store& store, RunSources& sources, const ViewRecord& view,
                                       const udtf::RunOptions& options = {});

/// `failed` if a pattern that the definition reads matches no file any more. A folder that is gone, as a disk that is
/// not mounted, must not empty a view: the old rows stay, as with any source that cannot be read.
Result<void> require_files(const ViewDefinition& definition, const SourceVector& observed);

}  // namespace matview::engine
