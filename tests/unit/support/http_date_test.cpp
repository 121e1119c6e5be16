#include <doctest/doctest.h>

#include "support/time_text.hpp"

using matview::Time;
using matview::support::parse_http_date;

namespace {

Time at(std::int64_t seconds) { return Time(std::chrono::seconds(seconds)); }

}  // namespace

TEST_CASE("the three forms of a date of HTTP are read as the same moment") {
  for (const char* text :
       {"Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994"}) {
    CAPTURE(text);
    const auto time = parse_http_date(text);
    REQUIRE(time);
    CHECK(*time == at(784111777));
  }
  CHECK(parse_http_date("Saturday, 21-Nov-26 00:00:00 GMT").value() == at(1795219200));
  CHECK(parse_http_date("Sat, 29 Feb 2020 23:59:60 GMT").value() == at(1583020800));
}

TEST_CASE("what is no date of HTTP, or no day of the calendar, is refused") {
  for (const char* text :
       {"", " ", "120", "Sun, 06 Nov 1994 08:49:37", "Sun, 06 Nov 1994 08:49:37 CET", "Sun, 31 Feb 1994 08:49:37 GMT",
        "Sun, 06 Now 1994 08:49:37 GMT", "Sun, 06 Nov 1994 24:49:37 GMT", "Sun, 06 Nov 1994 08:60:37 GMT",
        "Sun, 06 Nov 1994 8:49:37 GMT", "Sun, -6 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 194 08:49:37 GMT",
        "Sun, 06 Nov 19944 08:49:37 GMT", "Sun, 06 Nov 1994 08:49:-1 GMT", "1994-11-06T08:49:37Z",
        "Sunday, 06-Nov 08:49:37 GMT", "Sun, 00 Nov 1994 08:49:37 GMT"}) {
    CAPTURE(text);
    const auto time = parse_http_date(text);
    REQUIRE_FALSE(time);
    CHECK(time.error().code == matview::ErrorCode::usage);
  }
}
