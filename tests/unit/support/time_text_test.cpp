#include "support/time_text.hpp"

#include <doctest/doctest.h>

using namespace std::chrono_literals;
using matview::Time;
using matview::support::format_rfc3339;
using matview::support::parse_rfc3339;
using matview::support::relative_time;

namespace {

Time at(std::int64_t seconds) { return Time(std::chrono::seconds(seconds)); }

}  // namespace

TEST_CASE("a time is written in UTC, with a fraction only where there is one") {
  CHECK(format_rfc3339(at(0)) == "1970-01-01T00:00:00Z");
  CHECK(format_rfc3339(at(1795229850)) == "2026-11-21T02:57:30Z");
  CHECK(format_rfc3339(at(1795229850) + 120ms) == "2026-11-21T02:57:30.120Z");
  CHECK(format_rfc3339(at(1795229850) + 7us) == "2026-11-21T02:57:30.000007Z");
  CHECK(format_rfc3339(at(-1)) == "1969-12-31T23:59:59Z");
  CHECK(format_rfc3339(at(951782400)) == "2000-02-29T00:00:00Z");
}

TEST_CASE("every spelling of one moment is read as that moment") {
  for (const char* text : {"2026-11-21T02:57:30Z", "2026-11-21 02:57:30Z", "2026-11-21t02:57:30z",
                           "2026-11-21T04:57:30+02:00", "2026-11-21T04:57:30+0200", "2026-11-21T04:57:30+02",
                           "2026-11-20T21:27:30-05:30", "2026-11-21T02:57:30.000000000Z"}) {
    CAPTURE(text);
    const auto time = parse_rfc3339(text);
    REQUIRE(time);
    CHECK(*time == at(1795229850));
  }
}

TEST_CASE("a fraction of one to nine digits is read to the microsecond") {
  CHECK(*parse_rfc3339("1970-01-01T00:00:00.5Z") == at(0) + 500ms);
  CHECK(*parse_rfc3339("1970-01-01T00:00:00.000001Z") == at(0) + 1us);
  CHECK(*parse_rfc3339("1970-01-01T00:00:00.123456789Z") == at(0) + 123456us);
  CHECK(*parse_rfc3339("1970-01-01T00:00:60Z") == at(60));
}

TEST_CASE("what is no time, or no day of the calendar, is refused") {
  for (const char* text :
       {"", "2026-11-21", "2026-11-21T02:57:30", "2026-02-30T00:00:00Z", "2026-13-01T00:00:00Z", "2026-01-01T24:00:00Z",
        "2026-01-01T00:60:00Z", "2026-01-01T00:00:61Z", "2026-01-01T00:00:00.Z", "2026-01-01T00:00:00.1234567890Z",
        "2026-01-01T00:00:00Zx", "2026-01-01T00:00:00+2", "2026-01-01T00:00:00+02:", "20260101T000000Z",
        "26-01-01T00:00:00Z", "2026-01-01T00:00:00+25:00"}) {
    CAPTURE(text);
    const auto time = parse_rfc3339(text);
    REQUIRE_FALSE(time);
    CHECK(time.error().code == matview::ErrorCode::usage);
  }
}

TEST_CASE("written times are read back the same") {
  for (const std::int64_t us : {0L, -1L, 1795229850123456L, -62135596800000000L, 253402300799999999L}) {
    const Time time{std::chrono::microseconds(us)};
    CHECK(parse_rfc3339(format_rfc3339(time)).value() == time);
  }
}

TEST_CASE("a time relative to now has one unit, the largest that fits") {
  const auto now = at(1'000'000'000);
  CHECK(relative_time(now, now) == "just now");
  CHECK(relative_time(now - 999ms, now) == "just now");
  CHECK(relative_time(now - 1s, now) == "1 second ago");
  CHECK(relative_time(now - 59s, now) == "59 seconds ago");
  CHECK(relative_time(now - 3min - 59s, now) == "3 minutes ago");
  CHECK(relative_time(now - 25h, now) == "1 day ago");
  CHECK(relative_time(now - 24h * 45, now) == "1 month ago");
  CHECK(relative_time(now - 24h * 800, now) == "2 years ago");
  CHECK(relative_time(now + 2h, now) == "in 2 hours");
  CHECK(relative_time(now + 500ms, now) == "just now");
}
