#include "providers/dune/freshness.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "support/cron.hpp"
#include "support/duration.hpp"
#include "support/text.hpp"
#include "support/time_text.hpp"

namespace matview::providers::dune {

namespace {

using namespace std::chrono_literals;

constexpr Duration k_closest = 15min;
constexpr Duration k_furthest = 7 * 24h;
constexpr Duration k_soon = 14 * 24h;

/// How late a run may be done and the view still count as fresh: the service does not start on the minute, and a run
/// takes up to half an hour.
Duration leeway(const support::Cron& cron) {
  return std::clamp<Duration>(cron.shortest_gap() / 2, k_closest, Duration(90min));
}

std::string day_of(Time time) { return support::format_rfc3339(time).substr(0, 10); }

}  // namespace

Result<std::string> check_schedule(std::string_view text) {
  MATVIEW_ASSIGN(const auto cron, support::Cron::parse(text));
  if (cron.shortest_gap() < k_closest)
    return fail(Error(ErrorCode::usage, fmt::format("the schedule '{}' runs {} apart; 15 minutes are the least",
                                                    cron.text(), support::format_duration(cron.shortest_gap())))
                    .with_hint("as '*/15 * * * *'"));
  if (cron.longest_gap() > k_furthest)
    return fail(
        Error(ErrorCode::usage, fmt::format("the schedule '{}' lets up to {} pass between runs; a week is the most",
                                            cron.text(), support::format_duration(cron.longest_gap())))
            .with_hint("as '0 6 * * 1' for every Monday"));
  return cron.text();
}

Health health_of(const StoredView& view, std::optional<Time> filled_at, Time now) {
  if (!filled_at) {
    if (view.bytes.value_or(0) > 0) return {Freshness::unknown, "it is not known when it was last filled"};
    return {Freshness::empty, "no run of it has gone well yet"};
  }
  if (!view.schedule) return {Freshness::unknown, "it has no schedule to be measured by"};
  const auto cron = support::Cron::parse(view.schedule->cron);
  if (!cron) return {Freshness::unknown, fmt::format("its schedule '{}' is not understood", view.schedule->cron)};
  const Duration late = leeway(*cron);
  // The newest run that must be over by now.
  const Time due = cron->previous(now - late);
  if (*filled_at + late >= due) return {Freshness::fresh, ""};
  const auto age = support::format_duration(std::chrono::floor<std::chrono::minutes>(now - *filled_at));
  if (view.schedule->expires_at && *view.schedule->expires_at <= now)
    return {Freshness::stale,
            fmt::format("last filled {} ago; its schedule ended on {}", age, day_of(*view.schedule->expires_at))};
  return {Freshness::stale, fmt::format("last filled {} ago, though scheduled '{}'", age, cron->text())};
}

std::string schedule_warning(const StoredView& view, std::string_view shown_name, Time now) {
  if (!view.schedule || !view.schedule->expires_at) return {};
  const Time end = *view.schedule->expires_at;
  const auto name = support::strip_control(shown_name);
  if (end <= now) return fmt::format("the schedule of '{}' ended {}", name, support::relative_time(end, now));
  if (end - now > k_soon) return {};
  return fmt::format("the schedule of '{}' ends {} ({}); --expires-at of create --replace sets another end", name,
                     support::relative_time(end, now), support::format_rfc3339(end));
}

}  // namespace matview::providers::dune
