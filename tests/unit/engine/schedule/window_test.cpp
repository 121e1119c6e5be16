#include "engine/schedule/window.hpp"

#include <doctest/doctest.h>

#include "support/time_text.hpp"

namespace matview::engine {

namespace {

const std::filesystem::path k_zones = "/usr/share/zoneinfo";

Time at(const char* text) { return support::parse_rfc3339(text).value(); }

ViewRecord scheduled(const char* cron, const char* zone = "UTC") {
  ViewRecord view;
  view.definition.name = "v";
  view.definition.schedule = cron;
  view.definition.time_zone = zone;
  return view;
}

bool served(ViewRecord view, const char* succeeded, const char* now) {
  if (succeeded != nullptr) view.schedule.succeeded_at = at(succeeded);
  return window_of(view, at(now), k_zones).value()->served;
}

}  // namespace

TEST_CASE("a view without a schedule has no windows, and any refresh is let through") {
  CHECK_FALSE(window_of(scheduled(""), at("2026-01-01T00:00:00Z"), k_zones).value());
  CHECK(require_open_window(scheduled(""), at("2026-01-01T00:00:00Z"), k_zones));
}

TEST_CASE("a window is served by a success that began in it") {
  const auto view = scheduled("0 * * * *");
  const auto window = window_of(view, at("2026-01-01T10:30:00Z"), k_zones).value();
  CHECK(window->opened == at("2026-01-01T10:00:00Z"));
  CHECK(window->next == at("2026-01-01T11:00:00Z"));
  CHECK_FALSE(served(view, nullptr, "2026-01-01T10:30:00Z"));
  CHECK_FALSE(served(view, "2026-01-01T09:59:59Z", "2026-01-01T10:30:00Z"));
  CHECK(served(view, "2026-01-01T10:00:00Z", "2026-01-01T10:30:00Z"));
  CHECK(served(view, "2026-01-01T10:10:00Z", "2026-01-01T10:59:59Z"));
  CHECK_FALSE(served(view, "2026-01-01T10:10:00Z", "2026-01-01T11:00:00Z"));
}

TEST_CASE("ticks that were missed are made up for by one success") {
  const auto view = scheduled("0 * * * *");
  CHECK_FALSE(served(view, "2025-12-24T10:00:00Z", "2026-01-01T10:30:00Z"));
  CHECK(served(view, "2026-01-01T10:30:00Z", "2026-01-01T10:30:01Z"));
}

TEST_CASE("a success of the future, from when the clock was wrong, serves nothing") {
  CHECK_FALSE(served(scheduled("0 * * * *"), "2036-01-01T10:00:00Z", "2026-01-01T10:30:00Z"));
  // A second or two back is no other window.
  CHECK(served(scheduled("0 * * * *"), "2026-01-01T10:30:02Z", "2026-01-01T10:30:00Z"));
}

TEST_CASE("a window that was served is closed to those who ask by name, and says when the next opens") {
  auto view = scheduled("30 2 * * *", "Europe/Berlin");
  view.schedule.succeeded_at = at("2026-03-29T01:00:00Z");  // at 3:00, since there is no 2:30
  const auto refused = require_open_window(view, at("2026-03-29T12:00:00Z"), k_zones);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == ErrorCode::conflict);
  CHECK(refused.error().message ==
        "it was refreshed in this window of its schedule '30 2 * * *' already; the next opens at 2026-03-30T00:30:00Z");
  CHECK(refused.error().hint == "--force refreshes it all the same");
  CHECK(require_open_window(view, at("2026-03-30T00:30:00Z"), k_zones));
}

TEST_CASE("a schedule that cannot be told is an error, and not a window") {
  CHECK_FALSE(window_of(scheduled("0 * * * *", "Europe/Nowhere"), at("2026-01-01T00:00:00Z"), k_zones));
  CHECK_FALSE(window_of(scheduled("0 * * * *", "Europe/Berlin"), at("2026-01-01T00:00:00Z"), "/nonexistent"));
  CHECK(window_of(scheduled("0 * * * *"), at("2026-01-01T00:00:00Z"), "/nonexistent"));
}

}  // namespace matview::engine
