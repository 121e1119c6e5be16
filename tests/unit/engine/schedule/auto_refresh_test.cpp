#include "engine/schedule/auto_refresh.hpp"

#include <doctest/doctest.h>

#include "engine/sources/clock.hpp"

namespace matview::engine {

namespace {

constexpr Time k_now{std::chrono::hours(24 * 20'000)};

FileState file(const char* path, std::int64_t size, std::int64_t mtime = 1) { return {path, size, mtime, mtime, 1, 1}; }

FreshnessReport report(std::vector<FileState> before, std::vector<FileState> now) {
  FreshnessReport made;
  made.recorded = {{"in/*.csv", std::move(before), {}, ""}};
  made.observed = {{"in/*.csv", std::move(now), {}, ""}};
  made.changes = compare_sources(made.recorded, made.observed);
  made.freshness = made.changes.empty() ? Freshness::fresh : Freshness::stale;
  return made;
}

ViewRecord attempted(Duration ago) {
  ViewRecord view;
  view.last_job.emplace();
  view.last_job->started_at = k_now - ago;
  return view;
}

}  // namespace

TEST_CASE("files that were added, removed and rewritten count, with their sizes") {
  const auto changed = changed_files(
      report({file("a", 10), file("b", 20), file("c", 40)}, {file("a", 10), file("b", 25, 2), file("d", 80)}));
  CHECK(changed.files == 3);
  CHECK(changed.bytes == 25 + 80 + 40);
  CHECK(changed_files(report({file("a", 10)}, {file("a", 10)})).files == 0);
}

TEST_CASE("every threshold must be reached") {
  const auto one = report({file("a", 10)}, {file("a", 10), file("b", 100)});
  const auto two = report({file("a", 10)}, {file("a", 10), file("b", 100), file("c", 100)});
  CHECK(is_auto_due({}, one, {}, k_now));
  CHECK_FALSE(is_auto_due({}, one, {2, 0, Duration{0}}, k_now));
  CHECK(is_auto_due({}, two, {2, 0, Duration{0}}, k_now));
  CHECK_FALSE(is_auto_due({}, one, {1, 101, Duration{0}}, k_now));
  CHECK(is_auto_due({}, one, {1, 100, Duration{0}}, k_now));
  CHECK_FALSE(is_auto_due({}, one, {2, 100, Duration{0}}, k_now));
}

TEST_CASE("nothing is due while an attempt is younger than the cooldown, whatever came of it") {
  const auto changed = report({}, {file("a", 10)});
  const AutoRefreshPolicy policy{1, 0, std::chrono::minutes(5)};
  CHECK_FALSE(is_auto_due(attempted(std::chrono::minutes(4)), changed, policy, k_now));
  CHECK(is_auto_due(attempted(std::chrono::minutes(5)), changed, policy, k_now));
  CHECK(is_auto_due(attempted(-std::chrono::hours(9)), changed, policy, k_now));  // the clock was wrong then
}

TEST_CASE("a view that was never filled, is of another definition or has a new version to read has changed enough") {
  const AutoRefreshPolicy many{100, 1 << 30, Duration{0}};
  FreshnessReport empty;
  empty.freshness = Freshness::empty;
  CHECK(is_auto_due({}, empty, many, k_now));
  FreshnessReport redefined;
  redefined.freshness = Freshness::stale;
  redefined.redefined = true;
  CHECK(is_auto_due({}, redefined, many, k_now));
  FreshnessReport upstream;
  upstream.freshness = Freshness::stale;
  upstream.changes = compare_sources({{"daily", {}, 3, "7"}}, {{"daily", {}, 4, "7"}});
  CHECK(is_auto_due({}, upstream, many, k_now));
}

TEST_CASE("what is fresh, unknown or changed by the time alone is not due") {
  FreshnessReport volatile_result;
  volatile_result.freshness = Freshness::stale;  // random() says something else
  CHECK_FALSE(is_auto_due({}, volatile_result, {}, k_now));
  volatile_result.changes = compare_sources({clock_state(k_now)}, {clock_state(k_now + std::chrono::hours(1))});
  REQUIRE(volatile_result.changes.size() == 1);
  CHECK_FALSE(is_auto_due({}, volatile_result, {}, k_now));
  FreshnessReport unknown;
  unknown.freshness = Freshness::unknown;
  CHECK_FALSE(is_auto_due({}, unknown, {}, k_now));
  CHECK_FALSE(is_auto_due({}, report({file("a", 1)}, {file("a", 1)}), {}, k_now));
}

}  // namespace matview::engine
