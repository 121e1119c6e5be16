#include "engine/schedule/auto_refresh.hpp"

#include <map>

#include "engine/sources/clock.hpp"

namespace matview::engine {

bool is_cooling_down(const ViewRecord& view, const AutoRefreshPolicy& policy, Time now) {
  if (!view.last_job || !view.last_job->started_at) return false;
  const Time began = *view.last_job->started_at;
  // An attempt of the future was made when the clock was wrong.
  return began <= now && now - began < policy.cooldown;
}

ChangedFiles changed_files(const FreshnessReport& report) {
  std::map<std::string, FileState> before;
  for (const auto& source : report.recorded)
    for (const auto& file : source.files) before.insert_or_assign(file.path, file);
  ChangedFiles changed;
  for (const auto& source : report.observed)
    for (const auto& file : source.files) {
      const auto old = before.find(file.path);
      const bool same = old != before.end() && old->second == file;
      if (old != before.end()) before.erase(old);
      if (same) continue;
      ++changed.files;
      changed.bytes += file.size;
    }
  for (const auto& [path, file] : before) {
    ++changed.files;
    changed.bytes += file.size;
  }
  return changed;
}

bool is_auto_due(const ViewRecord& view, const FreshnessReport& report, const AutoRefreshPolicy& policy, Time now) {
  if (is_cooling_down(view, policy, now)) return false;
  if (report.freshness == Freshness::empty) return true;
  if (report.freshness != Freshness::stale) return false;
  if (report.redefined) return true;
  bool any = false;
  for (const auto& change : report.changes) {
    // The time is a source too, and always another one.
    if (change.source == k_clock_name) continue;
    if (change.versions) return true;
    any = true;
  }
  if (!any) return false;
  const auto changed = changed_files(report);
  return changed.files >= policy.min_changed_files && changed.bytes >= policy.min_changed_bytes;
}

}  // namespace matview::engine
