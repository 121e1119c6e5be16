#include "support/duration.hpp"

#include <doctest/doctest.h>

using namespace std::chrono_literals;
using matview::Duration;
using matview::ErrorCode;
using matview::support::format_duration;
using matview::support::parse_duration;

TEST_CASE("durations are a number and a unit, or several from the largest down") {
  CHECK(parse_duration("500ms").value() == 500ms);
  CHECK(parse_duration("90s").value() == 90s);
  CHECK(parse_duration("15m").value() == 15min);
  CHECK(parse_duration("2h").value() == 2h);
  CHECK(parse_duration("7d").value() == 168h);
  CHECK(parse_duration("1h30m").value() == 90min);
  CHECK(parse_duration("1d2h3m4s5ms").value() == 26h + 3min + 4s + 5ms);
  CHECK(parse_duration("0s").value() == 0s);
}

TEST_CASE("what is no duration is a usage error that names the form") {
  for (const char* text : {"", "90", "-5s", "s", "5 s", "5x", "30m1h", "1h1h", "1.5h", "1h30", "99999999999999999999s",
                           "200000000000d", "9223372036854775807ms"}) {
    CAPTURE(text);
    const auto result = parse_duration(text);
    REQUIRE_FALSE(result);
    CHECK(result.error().code == ErrorCode::usage);
    CHECK(result.error().hint.find("1h30m") != std::string::npos);
  }
  CHECK(parse_duration("90").error().message == "'90' is not a duration: the unit is missing");
  CHECK(parse_duration("-5s").error().message == "'-5s' is not a duration: it is negative");
  CHECK(parse_duration("30m1h").error().message == "'30m1h' is not a duration: larger units go first, each once");
}

TEST_CASE("a duration is shown in its two largest units, rounded before the unit is chosen") {
  CHECK(format_duration(0us) == "0 s");
  CHECK(format_duration(1us) == "0.1 ms");
  CHECK(format_duration(420us) == "0.4 ms");
  CHECK(format_duration(960us) == "1 ms");
  CHECK(format_duration(850ms) == "850 ms");
  CHECK(format_duration(999'600us) == "1 s");
  CHECK(format_duration(1'234ms) == "1.2 s");
  CHECK(format_duration(59'960ms) == "1 min");
  CHECK(format_duration(184s) == "3 min 4 s");
  CHECK(format_duration(7'500s) == "2 h 5 min");
  CHECK(format_duration(76h) == "3 d 4 h");
  CHECK(format_duration(-90s) == "-1 min 30 s");
  CHECK_FALSE(format_duration(Duration::min()).empty());
  CHECK_FALSE(format_duration(Duration::max()).empty());
}
