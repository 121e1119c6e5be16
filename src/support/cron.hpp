#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "matview/result.hpp"
#include "matview/time.hpp"

namespace matview::support {

/// How much of the language of schedules is understood.
enum class CronDialect {
  numbers,  ///< five fields of numbers: what every service takes
  crontab,  ///< also names of months and weekdays (`jan`, `mon-fri`), `@hourly` and its like
};

/// A schedule in the five fields of crontab(5): minute, hour, day of month, month, weekday (0 and 7 are Sunday), by a
/// clock that is never set: for one with a time zone see Schedule. Numbers, `*`, lists, ranges and steps (`*/15`,
/// `8-18/2`). Day of month and weekday, both restricted, mean either, as POSIX has it.
class Cron {
 public:
  /// `usage`, saying what is wrong and what would be right, for anything else: a field of seconds, days that never come
  /// (30 February) and, without the dialect that has them, names and `@daily`.
  static Result<Cron> parse(std::string_view text, CronDialect dialect = CronDialect::numbers);

  /// The first occurrence after `time`.
  Time next(Time time) const;
  /// The last occurrence at or before `time`.
  Time previous(Time time) const;

  /// Whether it knows no hour of the day: `*/15 * * * *`.
  bool every_hour() const;

  /// The least and the greatest distance of two occurrences that follow each other, over all years. Takes milliseconds.
  Duration shortest_gap() const { return measure_gaps().first; }
  Duration longest_gap() const { return measure_gaps().second; }

  /// As it was written, with single spaces: `@daily` stays that.
  const std::string& text() const { return text_; }

 private:
  Cron() = default;
  bool on_day(std::chrono::sys_days day) const;
  /// The first minute of a day at or after `from`, or the last at or before it; negative if there is none.
  int minute_from(int from) const;
  int minute_until(int until) const;
  bool at_minute(int minute_of_day) const;
  /// Whether there is such a day in any year.
  bool can_occur() const;
  std::pair<Duration, Duration> measure_gaps() const;

  std::string text_;
  // Bit n stands for the value n.
  std::uint64_t minutes_ = 0;
  std::uint64_t hours_ = 0;
  std::uint64_t days_ = 0;
  std::uint64_t months_ = 0;
  std::uint64_t weekdays_ = 0;
  bool either_day_ = false;  ///< day of month or weekday will do
};

}  // namespace matview::support
