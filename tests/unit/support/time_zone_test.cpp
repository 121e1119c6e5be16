#include "support/time_zone.hpp"

#include <doctest/doctest.h>

#include <array>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <random>
#include <string>

#include "support/fake_environment.hpp"
#include "support/temporary_directory.hpp"
#include "support/time_text.hpp"

using namespace std::chrono_literals;
using matview::ErrorCode;
using matview::Time;
using matview::support::format_rfc3339;
using matview::support::parse_daylight_rule;
using matview::support::parse_rfc3339;
using matview::support::TimeZone;

namespace {

const std::filesystem::path k_zones = "/usr/share/zoneinfo";

Time at(const char* text) { return parse_rfc3339(text).value(); }

TimeZone zone(const char* name) { return TimeZone::load(name, k_zones).value(); }

/// The C library's reading of the same files, for as long as this lives.
class LibraryZone {
 public:
  explicit LibraryZone(const std::string& name) { set(name.c_str()); }
  ~LibraryZone() { set("UTC"); }
  LibraryZone(const LibraryZone&) = delete;
  LibraryZone& operator=(const LibraryZone&) = delete;

  std::int64_t offset(std::int64_t seconds) const {
    const std::time_t time = seconds;
    std::tm parts{};
    ::localtime_r(&time, &parts);
    return parts.tm_gmtoff;
  }

 private:
  static void set(const char* name) {
    ::setenv("TZ", name, 1);
    ::tzset();
  }
};

}  // namespace

TEST_CASE("the offset of a zone is that of the C library, in the past, now and when the rule goes on by itself") {
  std::mt19937_64 random(20261121);
  for (const char* name :
       {"Europe/Berlin", "America/New_York", "America/St_Johns", "Australia/Lord_Howe", "Pacific/Apia",
        "Asia/Kathmandu", "America/Sao_Paulo", "Africa/Casablanca", "Europe/Dublin", "America/Nuuk",
        "Pacific/Kiritimati", "Asia/Tehran", "Antarctica/Troll", "Europe/London", "Etc/GMT+5"}) {
    CAPTURE(name);
    const auto ours = zone(name);
    const LibraryZone theirs(name);
    for (int round = 0; round < 500; ++round) {
      const auto seconds = std::uniform_int_distribution<std::int64_t>(-2'500'000'000, 7'000'000'000)(random);
      const auto segment = ours.at(Time(std::chrono::seconds(seconds)));
      const auto offset = segment.offset.count();
      if (offset != theirs.offset(seconds)) {
        CAPTURE(seconds);
        CHECK(offset == theirs.offset(seconds));
        break;
      }
      // A segment ends where the library's offset changes, and not before.
      const auto begin = segment.begin.time_since_epoch().count();
      const auto end = segment.end.time_since_epoch().count();
      if (begin > -2'500'000'000) {
        CHECK(theirs.offset(begin - 1) == segment.before.count());
        CHECK(theirs.offset(begin) == offset);
      }
      if (end < 7'000'000'000) {
        CHECK(theirs.offset(end - 1) == offset);
        CHECK(theirs.offset(end) != offset);
      }
    }
  }
}

TEST_CASE("UTC needs no database; another zone without one is an error that says what is missing") {
  const matview::test::TemporaryDirectory directory;
  const auto missing = directory.path() / "none";
  CHECK(TimeZone::load("UTC", missing).value().at(at("2026-07-01T00:00:00Z")).offset == 0s);
  CHECK(TimeZone::load("Etc/UTC", missing));
  const auto failed = TimeZone::load("Europe/Berlin", missing);
  REQUIRE_FALSE(failed);
  CHECK(failed.error().message.find("there is no database of time zones at '" + missing.string() + "'") !=
        std::string::npos);
  CHECK(failed.error().hint.find("tzdata") != std::string::npos);
}

TEST_CASE("what is no name of a zone is refused, and reads no file outside of the database") {
  for (const char* name : {"Europe/Nowhere", "", "/etc/passwd", "../../../etc/passwd", "Europe",
                           "Europe/../Europe/Berlin", "\x1b[31m", "Europe/Berlin\n"}) {
    CAPTURE(name);
    const auto failed = TimeZone::load(name, k_zones);
    REQUIRE_FALSE(failed);
    CHECK(failed.error().code == ErrorCode::usage);
    CHECK(failed.error().message.find('\x1b') == std::string::npos);
  }
}

TEST_CASE("a damaged file is an error that names it") {
  const matview::test::TemporaryDirectory directory;
  std::ifstream stream(k_zones / "Europe/Berlin", std::ios::binary);
  const std::string whole{std::istreambuf_iterator<char>(stream), {}};
  REQUIRE(TimeZone::parse(whole));
  for (std::size_t length = 0; length < whole.size(); length += 7) {
    CAPTURE(length);
    CHECK_FALSE(TimeZone::parse(whole.substr(0, length)));
  }
  std::ofstream(directory.path() / "Torn", std::ios::binary) << whole.substr(0, 100);
  const auto failed = TimeZone::load("Torn", directory.path());
  REQUIRE_FALSE(failed);
  CHECK(failed.error().message.find((directory.path() / "Torn").string()) != std::string::npos);
}

TEST_CASE("rules in every form that the standards have") {
  CHECK(parse_daylight_rule("CET-1CEST,M3.5.0,M10.5.0/3")->daylight == 2h);
  CHECK(parse_daylight_rule("<+0545>-5:45")->standard == 5h + 45min);
  CHECK_FALSE(parse_daylight_rule("<+0545>-5:45")->changes);
  CHECK(parse_daylight_rule("<-02>2<-01>,M3.5.0/-1,M10.5.0/0")->changes->first.time == -1h);
  CHECK(parse_daylight_rule("XXX3EDT4,0/0,J365/23")->changes);
  for (const char* text : {"", "CET", "CET-1CEST", "CET-1CEST,M3.5.0", "CET-1CEST,M13.5.0,M10.5.0",
                           "CET-1CEST,M3.5.7,M1.1.1", "CET-1CEST,M3.5.0,M10.5.0x", "<CET-1"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_daylight_rule(text));
  }
}

TEST_CASE("TZDIR says where the database is") {
  matview::test::FakeEnvironment environment;
  CHECK(matview::support::zone_directory(environment) == "/usr/share/zoneinfo");
  environment.set("TZDIR", "/elsewhere");
  CHECK(matview::support::zone_directory(environment) == "/elsewhere");
}
