#pragma once

#include <filesystem>
#include <vector>

#include "engine/refresh/freshness.hpp"
#include "engine/schedule/auto_refresh.hpp"
#include "matview/control.hpp"
#include "matview/view.hpp"

namespace matview::providers {

/// By what schedules are told.
struct Calendar {
  Time now;
  std::filesystem::path zones;
};

/// Fills in when the view is due and when its next window opens; neither for one that is suspended. A schedule that
/// cannot be told on this machine is warned of: it never comes due.
void tell_schedule(View& view, const engine::ViewRecord& record, const Calendar& calendar, Observer& observer);

/// Fills in which of all views refresh themselves now. `views` and `records` are of the same order. A view whose
/// upstream refreshes itself now is to follow it, if it refreshes itself too.
void tell_auto_due(std::vector<View>& views, const std::vector<engine::ViewRecord>& records, const Calendar& calendar,
                   const engine::AutoRefreshPolicy& policy, engine::FreshnessProbe& probe);

}  // namespace matview::providers
