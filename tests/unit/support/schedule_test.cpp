#include "support/schedule.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "support/time_text.hpp"

using namespace std::chrono_literals;
using matview::ErrorCode;
using matview::Time;
using matview::support::Cron;
using matview::support::CronDialect;
using matview::support::format_rfc3339;
using matview::support::parse_rfc3339;
using matview::support::Schedule;
using matview::support::TimeZone;

namespace {

Time at(const std::string& text) { return parse_rfc3339(text).value(); }

Schedule schedule(const std::string& cron, const char* zone = "UTC") {
  return {Cron::parse(cron, CronDialect::crontab).value(), TimeZone::load(zone, "/usr/share/zoneinfo").value()};
}

/// The ticks after `from` and up to `to`.
std::vector<std::string> ticks(const Schedule& schedule, const char* from, const char* to) {
  std::vector<std::string> found;
  for (Time tick = schedule.next(at(from)); tick <= at(to); tick = schedule.next(tick))
    found.push_back(format_rfc3339(tick));
  return found;
}

using Ticks = std::vector<std::string>;

/// One field of a random schedule with the values it means.
struct Field {
  std::string text = "*";
  std::set<int> values;
};

Field random_field(std::mt19937& random, int least, int most, bool free) {
  const auto pick = [&](int a, int b) { return std::uniform_int_distribution<int>(a, b)(random); };
  Field field;
  if (free) {
    for (int value = least; value <= most; ++value) field.values.insert(value);
    return field;
  }
  field.text.clear();
  for (int parts = pick(1, 3); parts > 0; --parts) {
    const int from = pick(least, most);
    const int to = pick(from, most);
    const int step = from == to ? 1 : pick(1, 4);
    field.text += (field.text.empty() ? "" : ",") + std::to_string(from);
    if (to != from) field.text += "-" + std::to_string(to) + (step > 1 ? "/" + std::to_string(step) : "");
    for (int value = from; value <= to; value += step) field.values.insert(value);
  }
  return field;
}

/// The rule of cron(8), minute by minute: what the clock shows, what it left out, what it shows again.
class BruteForce {
 public:
  BruteForce(Field minute, Field hour, TimeZone zone)
      : minute_(std::move(minute)), hour_(std::move(hour)), zone_(std::move(zone)) {}

  std::string text() const { return minute_.text + " " + hour_.text + " * * *"; }

  std::vector<Time> ticks(Time from, Time to) const {
    const bool every_hour = hour_.values.size() == 24;
    std::vector<Time> found;
    std::set<Time> shown;
    std::optional<Time> latest;  // that the clock has shown
    // What was shown before `from` counts as shown.
    for (Time time = from - 48h; time <= to; time += 1min) {
      const Time wall = time + zone_.at(time).offset;
      bool tick = fits(wall) && (every_hour || !shown.contains(wall));
      if (latest && !every_hour)
        for (Time skipped = *latest + 1min; skipped < wall; skipped += 1min) tick = tick || fits(skipped);
      shown.insert(wall);
      latest = latest ? std::max(*latest, wall) : wall;
      if (tick && time > from) found.push_back(time);
    }
    return found;
  }

 private:
  bool fits(Time wall) const {
    const auto minutes = (wall - std::chrono::floor<std::chrono::days>(wall)) / 1min;
    return hour_.values.contains(static_cast<int>(minutes / 60)) &&
           minute_.values.contains(static_cast<int>(minutes % 60));
  }

  Field minute_;
  Field hour_;
  TimeZone zone_;
};

}  // namespace

TEST_CASE("the language of crontab: names, ranges of names, steps, lists and @names") {
  CHECK(ticks(schedule("0 6 * * mon-fri"), "2026-11-20T06:00:00Z", "2026-11-24T12:00:00Z") ==
        Ticks{"2026-11-23T06:00:00Z", "2026-11-24T06:00:00Z"});
  CHECK(ticks(schedule("0 0 1 JAN,Jul *"), "2026-01-01T00:00:00Z", "2027-01-01T00:00:00Z") ==
        Ticks{"2026-07-01T00:00:00Z", "2027-01-01T00:00:00Z"});
  CHECK(ticks(schedule("0 0 * * fri-sun"), "2026-11-18T00:00:00Z", "2026-11-23T12:00:00Z") ==
        Ticks{"2026-11-20T00:00:00Z", "2026-11-21T00:00:00Z", "2026-11-22T00:00:00Z"});
  CHECK(ticks(schedule("0 0 1 jan-mar/2 *"), "2025-12-31T00:00:00Z", "2026-12-31T00:00:00Z") ==
        Ticks{"2026-01-01T00:00:00Z", "2026-03-01T00:00:00Z"});
  for (const auto& [name, meaning] : std::vector<std::array<std::string, 2>>{{"@hourly", "0 * * * *"},
                                                                             {"@daily", "0 0 * * *"},
                                                                             {"@midnight", "0 0 * * *"},
                                                                             {"@weekly", "0 0 * * 0"},
                                                                             {"@monthly", "0 0 1 * *"},
                                                                             {"@yearly", "0 0 1 1 *"},
                                                                             {"@annually", "0 0 1 1 *"}}) {
    CAPTURE(name);
    CHECK(schedule(name).next(at("2026-11-21T10:30:00Z")) == schedule(meaning).next(at("2026-11-21T10:30:00Z")));
    CHECK(schedule(name).cron().text() == name);
  }
}

TEST_CASE("what is no schedule says what would be one") {
  const auto error = [](const char* text) {
    const auto result = Cron::parse(text, CronDialect::crontab);
    REQUIRE_FALSE(result);
    CHECK(result.error().code == ErrorCode::usage);
    CHECK_FALSE(result.error().hint.empty());
    return result.error().message + " | " + result.error().hint;
  };
  CHECK(error("@reboot").find("there is no such name | @hourly") != std::string::npos);
  CHECK(error("0 6 * * monday").find("names have three letters | write 'mon'") != std::string::npos);
  CHECK(error("0 6 * * 5-1").find("the range runs backwards") != std::string::npos);
  CHECK(error("0 6 mon * *").find("'mon' is no day of month") != std::string::npos);
  CHECK(error("0 6 * mon *").find("'mon' is no month") != std::string::npos);
  CHECK(error("0 6 31 feb *").find("no month has such a day") != std::string::npos);
  CHECK(error("jan * * * *").find("'jan' is no minute") != std::string::npos);
}

TEST_CASE("a schedule is told in its time zone") {
  CHECK(ticks(schedule("0 6 * * *", "Europe/Berlin"), "2026-01-10T12:00:00Z", "2026-01-11T12:00:00Z") ==
        Ticks{"2026-01-11T05:00:00Z"});
  CHECK(ticks(schedule("0 6 * * *", "Europe/Berlin"), "2026-07-10T12:00:00Z", "2026-07-11T12:00:00Z") ==
        Ticks{"2026-07-11T04:00:00Z"});
  // Not yet the first of the month in UTC.
  CHECK(ticks(schedule("0 5 1 * *", "Asia/Kathmandu"), "2026-01-30T00:00:00Z", "2026-02-02T00:00:00Z") ==
        Ticks{"2026-01-31T23:15:00Z"});
}

TEST_CASE("a tick in the hour that is left out runs once when the clock has been set") {
  // Berlin, 29 March 2026: 01:59 is followed by 03:00, which is 01:00 in UTC.
  CHECK(ticks(schedule("30 2 * * *", "Europe/Berlin"), "2026-03-28T00:00:00Z", "2026-03-30T12:00:00Z") ==
        Ticks{"2026-03-28T01:30:00Z", "2026-03-29T01:00:00Z", "2026-03-30T00:30:00Z"});
  CHECK(ticks(schedule("*/10 2 * * *", "Europe/Berlin"), "2026-03-29T00:00:00Z", "2026-03-29T12:00:00Z") ==
        Ticks{"2026-03-29T01:00:00Z"});
  CHECK(ticks(schedule("0,30 2,3 * * *", "Europe/Berlin"), "2026-03-29T00:00:00Z", "2026-03-29T12:00:00Z") ==
        Ticks{"2026-03-29T01:00:00Z", "2026-03-29T01:30:00Z"});
  CHECK(schedule("30 2 * * *", "Europe/Berlin").previous(at("2026-03-29T01:00:00Z")) == at("2026-03-29T01:00:00Z"));
  CHECK(schedule("30 2 * * *", "Europe/Berlin").previous(at("2026-03-29T00:59:59Z")) == at("2026-03-28T01:30:00Z"));
  // A schedule of every hour has no hour that there is not.
  CHECK(ticks(schedule("30 * * * *", "Europe/Berlin"), "2026-03-29T00:00:00Z", "2026-03-29T02:00:00Z") ==
        Ticks{"2026-03-29T00:30:00Z", "2026-03-29T01:30:00Z"});
}

TEST_CASE("a tick in the hour that comes twice runs the first time only") {
  // Berlin, 25 October 2026: 02:59 is followed by 02:00, which is 01:00 in UTC.
  CHECK(ticks(schedule("30 2 * * *", "Europe/Berlin"), "2026-10-24T12:00:00Z", "2026-10-26T12:00:00Z") ==
        Ticks{"2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z"});
  CHECK(schedule("30 2 * * *", "Europe/Berlin").previous(at("2026-10-25T01:45:00Z")) == at("2026-10-25T00:30:00Z"));
  CHECK(ticks(schedule("0 2,3 * * *", "Europe/Berlin"), "2026-10-24T12:00:00Z", "2026-10-25T12:00:00Z") ==
        Ticks{"2026-10-25T00:00:00Z", "2026-10-25T02:00:00Z"});
  // A schedule of every hour goes on as time does.
  CHECK(ticks(schedule("0 * * * *", "Europe/Berlin"), "2026-10-24T23:30:00Z", "2026-10-25T02:30:00Z") ==
        Ticks{"2026-10-25T00:00:00Z", "2026-10-25T01:00:00Z", "2026-10-25T02:00:00Z"});
}

TEST_CASE("a day that a zone leaves out is made up for when the next begins") {
  // Samoa went from 29 to 31 December 2011.
  CHECK(ticks(schedule("0 6 * * *", "Pacific/Apia"), "2011-12-29T00:00:00Z", "2012-01-01T00:00:00Z") ==
        Ticks{"2011-12-29T16:00:00Z", "2011-12-30T10:00:00Z", "2011-12-30T16:00:00Z", "2011-12-31T16:00:00Z"});
}

TEST_CASE("29 February comes when it comes, by the zone's own calendar") {
  CHECK(ticks(schedule("0 0 29 2 *", "America/New_York"), "2026-01-01T00:00:00Z", "2033-01-01T00:00:00Z") ==
        Ticks{"2028-02-29T05:00:00Z", "2032-02-29T05:00:00Z"});
  CHECK(schedule("0 0 29 2 *", "America/New_York").previous(at("2104-02-29T04:59:59Z")) == at("2096-02-29T05:00:00Z"));
}

TEST_CASE("day of month and weekday mean either, in the zone's days") {
  CHECK(ticks(schedule("0 0 13 * fri", "Pacific/Auckland"), "2026-11-05T00:00:00Z", "2026-11-14T00:00:00Z") ==
        Ticks{"2026-11-05T11:00:00Z", "2026-11-12T11:00:00Z"});
}

TEST_CASE("random schedules tick exactly when a clock watched minute by minute says so, over both changes") {
  std::mt19937 random(77);
  struct Span {
    const char* zone;
    const char* from;
    const char* to;
  };
  int compared = 0;
  for (const Span& span : {Span{"Europe/Berlin", "2026-03-27T22:17:00Z", "2026-03-30T22:00:00Z"},
                           Span{"Europe/Berlin", "2026-10-23T22:17:00Z", "2026-10-26T22:00:00Z"},
                           Span{"America/New_York", "2050-03-11T02:01:00Z", "2050-03-14T22:00:00Z"},
                           Span{"America/New_York", "2050-11-04T02:01:00Z", "2050-11-07T22:00:00Z"},
                           Span{"Australia/Lord_Howe", "2026-04-03T02:01:00Z", "2026-04-05T22:00:00Z"},
                           Span{"Australia/Lord_Howe", "2026-10-02T02:01:00Z", "2026-10-04T22:00:00Z"},
                           Span{"America/Sao_Paulo", "2018-11-02T00:00:00Z", "2018-11-05T00:00:00Z"},
                           Span{"America/Sao_Paulo", "2018-02-16T00:00:00Z", "2018-02-19T00:00:00Z"},
                           Span{"Pacific/Apia", "2011-12-28T00:00:00Z", "2012-01-01T00:00:00Z"},
                           Span{"America/St_Johns", "2010-11-05T00:00:00Z", "2010-11-08T00:00:00Z"},
                           Span{"Asia/Kathmandu", "2026-03-27T22:17:00Z", "2026-03-29T22:00:00Z"}}) {
    const auto zone = TimeZone::load(span.zone, "/usr/share/zoneinfo").value();
    for (int round = 0; round < 12; ++round) {
      const BruteForce brute(random_field(random, 0, 59, round == 0), random_field(random, 0, 23, round % 3 == 0),
                             zone);
      CAPTURE(span.zone);
      CAPTURE(brute.text());
      const Schedule ours(Cron::parse(brute.text(), CronDialect::crontab).value(), zone);
      const auto expected = brute.ticks(at(span.from), at(span.to));
      Time cursor = at(span.from);
      for (const Time tick : expected) {
        const Time found = ours.next(cursor);
        if (found != tick) {
          CHECK(format_rfc3339(found) == format_rfc3339(tick));
          break;
        }
        if (ours.previous(tick) != tick || ours.previous(tick + 29s) != tick)
          CHECK(format_rfc3339(ours.previous(tick + 29s)) == format_rfc3339(tick));
        if (cursor != at(span.from) && ours.previous(tick - 1us) != cursor)
          CHECK(format_rfc3339(ours.previous(tick - 1us)) == format_rfc3339(cursor));
        cursor = tick;
        ++compared;
      }
      if (ours.next(cursor) <= at(span.to)) CHECK(format_rfc3339(ours.next(cursor)) == "none any more");
    }
  }
  CHECK(compared > 5'000);
}
