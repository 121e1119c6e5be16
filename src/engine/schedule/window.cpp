#include "engine/schedule/window.hpp"

#include <fmt/format.h>

#include "support/time_text.hpp"

namespace matview::engine {

Result<support::Schedule> read_schedule(const ViewDefinition& definition, const std::filesystem::path& zones) {
  MATVIEW_ASSIGN(auto cron, support::Cron::parse(definition.schedule, support::CronDialect::crontab));
  MATVIEW_ASSIGN(auto zone, support::TimeZone::load(definition.time_zone, zones));
  return support::Schedule(std::move(cron), std::move(zone));
}

Result<std::optional<Window>> window_of(const ViewRecord& view, Time now, const std::filesystem::path& zones) {
  if (view.definition.schedule.empty()) return std::nullopt;
  MATVIEW_ASSIGN(const auto schedule, read_schedule(view.definition, zones));
  Window window;
  window.opened = schedule.previous(now);
  window.next = schedule.next(now);
  const auto& succeeded = view.schedule.succeeded_at;
  // One that began after this window is from a time when the clock was wrong.
  window.served = succeeded && *succeeded >= window.opened && *succeeded < window.next;
  return window;
}

Result<void> require_open_window(const ViewRecord& view, Time now, const std::filesystem::path& zones) {
  MATVIEW_ASSIGN(const auto window, window_of(view, now, zones));
  if (!window || !window->served) return {};
  return fail(Error(ErrorCode::conflict,
                    fmt::format("it was refreshed in this window of its schedule '{}' already; the next opens at {}",
                                view.definition.schedule, support::format_rfc3339(window->next)))
                  .with_hint("--force refreshes it all the same"));
}

}  // namespace matview::engine
