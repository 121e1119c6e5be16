#pragma once

#include <optional>
#include <vector>

#include "app/refresh.hpp"

namespace matview::app {

/// One round of `watch`.
struct Round {
  std::int64_t scheduled = 0;  ///< views with a schedule that are not suspended
  std::int64_t automatic = 0;  ///< views that refresh themselves and are not suspended
  std::int64_t suspended = 0;
  std::optional<Time> next;   ///< when the next schedule ticks
  std::vector<Error> errors;  ///< what kept views from being looked at; those of refreshes the listener has heard
};

/// Refreshes what is due by its schedule, then what is to refresh itself. `selector` says among which views.
Round watch_round(Workspace& workspace, const Selector& selector, const RefreshOptions& options, RunListener& listener,
                  Control& control);

/// What such a round would refresh now.
Result<RefreshPlans> plan_round(Workspace& workspace, const Selector& selector, const RefreshOptions& options,
                                Control& control);

}  // namespace matview::app
