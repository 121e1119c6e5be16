#include "support/cron.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "support/time_text.hpp"

using namespace std::chrono_literals;
using matview::Duration;
using matview::ErrorCode;
using matview::Time;
using matview::support::Cron;
using matview::support::format_rfc3339;
using matview::support::parse_rfc3339;

namespace {

Time at(const char* text) { return parse_rfc3339(text).value(); }

std::string next(const char* cron, const char* time) {
  return format_rfc3339(Cron::parse(cron).value().next(at(time)));
}
std::string previous(const char* cron, const char* time) {
  return format_rfc3339(Cron::parse(cron).value().previous(at(time)));
}

/// A field as text beside the values it means, made at random.
struct RandomField {
  std::string text;
  std::set<int> values;

  RandomField(std::mt19937& random, int least, int most) {
    const auto pick = [&](int a, int b) { return std::uniform_int_distribution<int>(a, b)(random); };
    if (pick(0, 2) == 0) {
      const int step = pick(1, 4) == 1 ? pick(1, most) : 1;
      text = step == 1 ? "*" : "*/" + std::to_string(step);
      for (int value = least; value <= most; value += step) values.insert(value);
      return;
    }
    for (int parts = pick(1, 3); parts > 0; --parts) {
      if (!text.empty()) text += ',';
      const int from = pick(least, most);
      const int to = pick(0, 1) == 0 ? from : pick(from, most);
      const int step = from == to ? 1 : pick(1, 5);
      text += std::to_string(from);
      if (to != from) text += "-" + std::to_string(to);
      if (step != 1) text += "/" + std::to_string(step);
      for (int value = from; value <= to; value += step) values.insert(value);
    }
  }

  bool all(int least, int most) const { return static_cast<int>(values.size()) == most - least + 1; }
};

/// What crontab(5) says, minute by minute and with nothing clever.
struct Oracle {
  RandomField minute, hour, day, month, weekday;

  explicit Oracle(std::mt19937& random)
      : minute(random, 0, 59), hour(random, 0, 23), day(random, 1, 31), month(random, 1, 12), weekday(random, 0, 6) {}

  std::string text() const {
    return minute.text + " " + hour.text + " " + day.text + " " + month.text + " " + weekday.text;
  }

  bool fits(Time time) const {
    const auto midnight = std::chrono::floor<std::chrono::days>(time);
    const std::chrono::year_month_day date(midnight);
    const auto clock = std::chrono::duration_cast<std::chrono::minutes>(time - midnight).count();
    if (!minute.values.contains(static_cast<int>(clock % 60)) || !hour.values.contains(static_cast<int>(clock / 60)))
      return false;
    if (!month.values.contains(static_cast<int>(static_cast<unsigned>(date.month())))) return false;
    const bool by_day = day.values.contains(static_cast<int>(static_cast<unsigned>(date.day())));
    const bool by_weekday = weekday.values.contains(static_cast<int>(std::chrono::weekday(midnight).c_encoding()));
    if (day.all(1, 31)) return by_weekday;
    if (weekday.all(0, 6)) return by_day;
    return by_day || by_weekday;
  }
};

}  // namespace

TEST_CASE("the next and the previous run of everyday schedules") {
  CHECK(next("0 */6 * * *", "2026-11-21T10:00:00Z") == "2026-11-21T12:00:00Z");
  CHECK(next("0 */6 * * *", "2026-11-21T12:00:00Z") == "2026-11-21T18:00:00Z");
  CHECK(next("0 */6 * * *", "2026-11-21T11:59:59.999999Z") == "2026-11-21T12:00:00Z");
  CHECK(previous("0 */6 * * *", "2026-11-21T12:00:00Z") == "2026-11-21T12:00:00Z");
  CHECK(previous("0 */6 * * *", "2026-11-21T11:59:00Z") == "2026-11-21T06:00:00Z");
  CHECK(next("30 23 31 12 *", "2026-12-31T23:30:00Z") == "2027-12-31T23:30:00Z");
  CHECK(next("*/15 9-17 * * 1-5", "2026-11-20T17:45:00Z") == "2026-11-23T09:00:00Z");
  CHECK(previous("0 6 * * 1-5", "2026-11-23T05:00:00Z") == "2026-11-20T06:00:00Z");
  CHECK(next("0 0 29 2 *", "2096-02-29T00:00:00Z") == "2104-02-29T00:00:00Z");
  CHECK(previous("0 0 29 2 *", "2104-02-28T00:00:00Z") == "2096-02-29T00:00:00Z");
}

TEST_CASE("0 and 7 are both Sunday") {
  CHECK(next("0 6 * * 0", "2026-11-21T10:00:00Z") == "2026-11-22T06:00:00Z");
  CHECK(next("0 6 * * 7", "2026-11-21T10:00:00Z") == "2026-11-22T06:00:00Z");
  CHECK(next("0 6 * * 6-7", "2026-11-22T10:00:00Z") == "2026-11-28T06:00:00Z");
}

TEST_CASE("day of month and weekday, both restricted, mean either") {
  CHECK(next("0 0 13 * 5", "2026-11-07T00:00:00Z") == "2026-11-13T00:00:00Z");
  CHECK(next("0 0 15 * 5", "2026-11-14T00:00:00Z") == "2026-11-15T00:00:00Z");
  CHECK(next("0 0 15 * 5", "2026-11-15T00:00:00Z") == "2026-11-20T00:00:00Z");
}

TEST_CASE("the distances of runs are exact over all years") {
  const auto gaps = [](const char* text) {
    const auto cron = Cron::parse(text).value();
    return std::array<Duration, 2>{cron.shortest_gap(), cron.longest_gap()};
  };
  const auto both = [](Duration shortest, Duration longest) { return std::array{shortest, longest}; };
  CHECK(gaps("* * * * *") == both(1min, 1min));
  CHECK(gaps("*/15 * * * *") == both(15min, 15min));
  CHECK(gaps("*/25 * * * *") == both(10min, 25min));
  CHECK(gaps("0,50 * * * *") == both(10min, 50min));
  CHECK(gaps("0 */6 * * *") == both(6h, 6h));
  CHECK(gaps("50 23 * * *") == both(24h, 24h));
  CHECK(gaps("5,50 0,23 * * *") == both(15min, 22h + 15min));
  CHECK(gaps("0 6 * * 1") == both(7 * 24h, 7 * 24h));
  CHECK(gaps("0 6 * * 1-5") == both(24h, 72h));
  CHECK(gaps("0 0 1 * *") == both(28 * 24h, 31 * 24h));
  CHECK(gaps("0 0 29 2 *") == both(1461 * 24h, 2921 * 24h));
  CHECK(gaps("0 0 1,15 * 1") == both(24h, 7 * 24h));
}

TEST_CASE("what is no schedule of five numeric fields is told with what would be right") {
  const auto error = [](const char* text) {
    const auto result = Cron::parse(text);
    REQUIRE_FALSE(result);
    CHECK(result.error().code == ErrorCode::usage);
    CHECK_FALSE(result.error().hint.empty());
    return result.error().message + " | " + result.error().hint;
  };
  CHECK(error("0 6 * *").find("it has 4 fields, not 5") != std::string::npos);
  CHECK(error("").find("it has 0 fields, not 5") != std::string::npos);
  CHECK(error("0 0 6 * * *").find("it has 6 fields, not 5") != std::string::npos);
  CHECK(error("@daily").find("write '0 0 * * *'") != std::string::npos);
  CHECK(error("0 6 * * MON").find("MON is 1") != std::string::npos);
  CHECK(error("0 6 * DEC *").find("DEC is 12") != std::string::npos);
  CHECK(error("60 * * * *").find("'60' is no minute: out of range") != std::string::npos);
  CHECK(error("* 24 * * *").find("the hour is 0 to 23") != std::string::npos);
  CHECK(error("* * 0 * *").find("'0' is no day of month") != std::string::npos);
  CHECK(error("* * * 13 *").find("'13' is no month") != std::string::npos);
  CHECK(error("* * * * 8").find("'8' is no weekday") != std::string::npos);
  CHECK(error("*/0 * * * *").find("step") != std::string::npos);
  CHECK(error("5/10 * * * *").find("write '5-59/10'") != std::string::npos);
  CHECK(error("0 22-4 * * *").find("write a list, as '22-23,0-4'") != std::string::npos);
  CHECK(error("0,, * * * *").find("empty member") != std::string::npos);
  CHECK(error("0 0 30 2 *").find("no month has such a day") != std::string::npos);
  for (const char* text : {"- * * * *", "1- * * * *", "-1 * * * *", "+1 * * * *", "1.5 * * * *", "99999999999 * * * *",
                           "? * * * *", "L * * * *", "* * * * 5#2", "*/99999999999 * * * *", "* * * * \x1b[31m"})
    error(text);
  CHECK(error("* * * * \x1b[31m").find('\x1b') == std::string::npos);
}

TEST_CASE("spaces around and between the fields do not matter; the text has single ones") {
  CHECK(Cron::parse("  0   */6\t* * *  ").value().text() == "0 */6 * * *");
}

TEST_CASE("a huge step means the first value only") {
  CHECK(next("*/2000000000 0 * * *", "2026-01-01T00:00:00Z") == "2026-01-02T00:00:00Z");
}

TEST_CASE("random schedules run exactly when crontab's rules say so") {
  std::mt19937 random(20260115);
  int compared = 0;
  for (int round = 0; round < 300; ++round) {
    const Oracle oracle(random);
    CAPTURE(oracle.text());
    const auto cron = Cron::parse(oracle.text());
    // Only 30 and 31 February and the like never come; the oracle would look for them for ever.
    if (!cron) {
      CHECK(cron.error().message.find("no month has such a day") != std::string::npos);
      continue;
    }
    const Duration shortest = cron->shortest_gap();
    const Duration longest = cron->longest_gap();
    const Time start = std::chrono::sys_days(std::chrono::year(2023) / 12 / 20) +
                       std::chrono::minutes(std::uniform_int_distribution<int>(0, 100'000)(random));
    const Time end = start + std::chrono::days(20);
    Time expected_next = start;
    bool is_there = false;
    std::vector<Time> runs;
    for (Time time = start; time < end; time += 1min)
      if (oracle.fits(time)) runs.push_back(time);
    Time cursor = start - 1us;
    for (const Time run : runs) {
      const Time found = cron->next(cursor);
      if (found != run) {
        CHECK(format_rfc3339(found) == format_rfc3339(run));
        break;
      }
      if (cron->previous(run) != run) CHECK(format_rfc3339(cron->previous(run)) == format_rfc3339(run));
      if (is_there) {
        const bool bounded = run - expected_next >= shortest && run - expected_next <= longest;
        if (!bounded) CHECK(bounded);
        if (cron->previous(run - 1us) != expected_next) CHECK(cron->previous(run - 1us) == expected_next);
      }
      is_there = true;
      expected_next = run;
      cursor = found;
      ++compared;
    }
    CHECK(cron->next(end - 1us) >= end);
    if (is_there) CHECK(cron->next(expected_next) >= end);
  }
  CHECK(compared > 10'000);
}
