#include "providers/local/tell_schedule.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "engine/schedule/window.hpp"

namespace matview::providers {

void tell_schedule(View& view, const engine::ViewRecord& record, const Calendar& calendar, Observer& observer) {
  if (record.schedule.suspended_at) return;
  const auto window = engine::window_of(record, calendar.now, calendar.zones);
  if (!window) {
    observer.warning(fmt::format("the view '{}' never comes due: {}", view.name, window.error().message));
    return;
  }
  if (!*window) return;
  view.due = !(*window)->served;
  view.next_refresh_at = (*window)->next;
}

void tell_auto_due(std::vector<View>& views, const std::vector<engine::ViewRecord>& records, const Calendar& calendar,
                   const engine::AutoRefreshPolicy& policy, engine::FreshnessProbe& probe) {
  std::set<std::string> due;
  const auto can_be_due = [&](const engine::ViewRecord& record) {
    return record.definition.auto_refresh && !record.schedule.suspended_at && !due.contains(record.definition.name);
  };
  for (const auto& record : records)
    if (can_be_due(record) && engine::is_auto_due(record, probe.of(record), policy, calendar.now))
      due.insert(record.definition.name);
  for (bool grown = true; grown;) {
    grown = false;
    for (const auto& record : records) {
      const auto& upstream = record.definition.depends_on;
      if (!can_be_due(record) || engine::is_cooling_down(record, policy, calendar.now)) continue;
      if (std::any_of(upstream.begin(), upstream.end(), [&](const auto& name) { return due.contains(name); }))
        grown = due.insert(record.definition.name).second || grown;
    }
  }
  for (auto& view : views) view.auto_due = due.contains(view.name);
}

}  // namespace matview::providers
