#pragma once

#include <cstdint>

#include "engine/refresh/freshness.hpp"
#include "engine/store/records.hpp"

namespace matview::engine {

/// When a view that refreshes itself does so. Every threshold must be reached.
struct AutoRefreshPolicy {
  std::int64_t min_changed_files = 1;  ///< added, removed or rewritten
  std::int64_t min_changed_bytes = 0;  ///< of these files, as they are now; of removed ones as they were
  Duration cooldown{0};                ///< after an attempt began, whatever came of it
};

/// How much of its files a view has not read yet.
struct ChangedFiles {
  std::int64_t files = 0;
  std::int64_t bytes = 0;
};
ChangedFiles changed_files(const FreshnessReport& report);

/// Whether the last attempt is not long enough ago.
bool is_cooling_down(const ViewRecord& view, const AutoRefreshPolicy& policy, Time now);

/// Whether the sources have changed past the thresholds, and the cooldown is over. A view that was never filled, or
/// whose definition was replaced, has changed past any; so has one with a new version of a view or a table among its
/// sources, which cannot be counted in files. What only the time changes, as now(), is no change.
bool is_auto_due(const ViewRecord& view, const FreshnessReport& report, const AutoRefreshPolicy& policy, Time now);

}  // namespace matview::engine
