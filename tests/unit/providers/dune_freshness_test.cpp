#include <doctest/doctest.h>

#include <string>

#include "providers/dune/freshness.hpp"
#include "support/time_text.hpp"

using namespace matview;
using namespace matview::providers::dune;

namespace {

Time at(const char* text) { return support::parse_rfc3339(text).value(); }

StoredView scheduled(const char* cron, const char* ends = nullptr) {
  StoredView view;
  view.full_name = "dune.acme.result_x";
  view.schedule = Schedule{cron, "", std::nullopt, ends == nullptr ? std::nullopt : std::optional(at(ends))};
  return view;
}

Freshness freshness(const char* cron, const char* filled, const char* now) {
  const auto health = health_of(scheduled(cron), at(filled), at(now));
  CHECK((health.freshness == Freshness::fresh) == health.reason.empty());
  return health.freshness;
}

}  // namespace

TEST_CASE("dune: schedules are 15 minutes to a week apart, over the whole calendar") {
  for (const char* text : {"*/15 * * * *", "0 */6 * * *", "0 6 * * 1", "0 0 * * *", "5,50 0,23 * * *", "0 6 * * 1-5"})
    CHECK(check_schedule(text));
  CHECK(check_schedule(" 0  6 * * 1 ").value() == "0 6 * * 1");
  CHECK(check_schedule("*/14 * * * *").error().message.find("4 min apart; 15 minutes are the least") !=
        std::string::npos);
  CHECK(check_schedule("55 23 * * *"));
  CHECK_FALSE(check_schedule("0,55 0,23 * * *"));  // 23:55 and 0:00 are close
  CHECK(check_schedule("0 0 1 * *").error().message.find("31 d pass between runs; a week is the most") !=
        std::string::npos);
  CHECK_FALSE(check_schedule("0 0 * 1-11 *"));
  CHECK_FALSE(check_schedule("@daily"));
}

TEST_CASE("dune: a view is fresh as long as its newest due run is in, with leeway for late ones") {
  CHECK(freshness("0 */6 * * *", "2026-11-21T06:41:12Z", "2026-11-21T11:59:00Z") == Freshness::fresh);
  // The next run is due at 12:00, started at 12:41 and takes half an hour.
  CHECK(freshness("0 */6 * * *", "2026-11-21T06:41:12Z", "2026-11-21T13:20:00Z") == Freshness::fresh);
  CHECK(freshness("0 */6 * * *", "2026-11-21T06:41:12Z", "2026-11-21T13:40:00Z") == Freshness::stale);
  CHECK(freshness("0 6 * * 1-5", "2026-11-20T06:30:00Z", "2026-11-23T05:00:00Z") == Freshness::fresh);
  CHECK(freshness("0 6 * * 1-5", "2026-11-20T06:30:00Z", "2026-11-23T09:00:00Z") == Freshness::stale);
  CHECK(freshness("0 6 * * 1", "2026-11-16T06:30:00Z", "2026-11-22T23:00:00Z") == Freshness::fresh);
  CHECK(freshness("*/15 * * * *", "2026-11-21T10:00:30Z", "2026-11-21T10:20:00Z") == Freshness::fresh);
  CHECK(freshness("*/15 * * * *", "2026-11-21T10:00:30Z", "2026-11-21T11:20:00Z") == Freshness::stale);
  // A clock that runs behind the service's.
  CHECK(freshness("0 */6 * * *", "2026-11-21T18:00:00Z", "2026-11-21T11:59:00Z") == Freshness::fresh);
}

TEST_CASE("dune: a stale view says for how long, and that its schedule has ended") {
  auto health = health_of(scheduled("0 */6 * * *"), at("2026-11-20T06:00:00Z"), at("2026-11-21T12:00:00Z"));
  CHECK(health.reason == "last filled 1 d 6 h ago, though scheduled '0 */6 * * *'");
  health = health_of(scheduled("0 */6 * * *", "2026-11-20T07:00:00Z"), at("2026-11-20T06:00:00Z"),
                     at("2026-11-21T12:00:00Z"));
  CHECK(health.freshness == Freshness::stale);
  CHECK(health.reason == "last filled 1 d 6 h ago; its schedule ended on 2026-11-20");
}

TEST_CASE("dune: without a run, a schedule or one that is understood there is no telling") {
  StoredView view;
  CHECK(health_of(view, std::nullopt, at("2026-11-21T12:00:00Z")).freshness == Freshness::empty);
  view.bytes = 0;
  CHECK(health_of(view, std::nullopt, at("2026-11-21T12:00:00Z")).freshness == Freshness::empty);
  view.bytes = 10;
  CHECK(health_of(view, std::nullopt, at("2026-11-21T12:00:00Z")).freshness == Freshness::unknown);
  CHECK(health_of(view, at("2026-11-21T11:00:00Z"), at("2026-11-21T12:00:00Z")).freshness == Freshness::unknown);
  const auto odd = health_of(scheduled("@daily"), at("2026-11-21T11:00:00Z"), at("2026-11-21T12:00:00Z"));
  CHECK(odd.freshness == Freshness::unknown);
  CHECK(odd.reason.find("not understood") != std::string::npos);
}

TEST_CASE("dune: a schedule that ends within two weeks is warned of, and one that has ended") {
  const auto warning = [](const char* ends) {
    return schedule_warning(scheduled("0 6 * * *", ends), "result_x", at("2026-11-21T12:00:00Z"));
  };
  CHECK(warning("2026-12-05T12:00:01Z").empty());
  CHECK(warning("2026-12-05T12:00:00Z").find("ends in 14 days (2026-12-05T12:00:00Z)") != std::string::npos);
  CHECK(warning("2026-11-21T12:00:00Z").find("ended just now") != std::string::npos);
  CHECK(warning("2026-11-01T12:00:00Z").find("ended 20 days ago") != std::string::npos);
  CHECK(warning(nullptr).empty());
  CHECK(schedule_warning({}, "x", at("2026-11-21T12:00:00Z")).empty());
}
