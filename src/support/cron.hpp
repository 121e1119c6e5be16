#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "matview/result.hpp"
#include "matview/time.hpp"

namespace matview::support {

/// A schedule in the five fields of crontab(5): minute, hour, day of month, month, weekday (0 and 7 are Sunday), in
/// UTC. Numbers, `*`, lists, ranges and steps (`*/15`, `8-18/2`). Day of month and weekday, both restricted, mean
/// either, as POSIX has it.
class Cron {
 public:
  /// `usage`, saying what is wrong and what would be right, for anything else: names of months and days, `@daily`, a
  /// field of seconds, days that never come (30 February).
  static Result<Cron> parse(std::string_view text);

  /// The first occurrence after `time`.
  Time next(Time time) const;
  /// The last occurrence at or before `time`.
  Time previous(Time time) const;

  /// The least and the greatest distance of two occurrences that follow each other, over all years.
  Duration shortest_gap() const { return shortest_gap_; }
  Duration longest_gap() const { return longest_gap_; }

  /// As it was written, with single spaces.
  const std::string& text() const { return text_; }

 private:
  Cron() = default;
  bool on_day(std::chrono::sys_days day) const;
  /// The first minute of a day at or after `from`, or the last at or before it; negative if there is none.
  int minute_from(int from) const;
  int minute_until(int until) const;
  bool at_minute(int minute_of_day) const;
  bool measure_gaps();

  std::string text_;
  // Bit n stands for the value n.
  std::uint64_t minutes_ = 0;
  std::uint64_t hours_ = 0;
  std::uint64_t days_ = 0;
  std::uint64_t months_ = 0;
  std::uint64_t weekdays_ = 0;
  bool either_day_ = false;  ///< day of month or weekday will do
  Duration shortest_gap_{0};
  Duration longest_gap_{0};
};

}  // namespace matview::support
