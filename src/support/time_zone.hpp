#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "matview/environment.hpp"
#include "matview/result.hpp"
#include "matview/time.hpp"

namespace matview::support {

/// The yearly rule at the end of a zone's file (RFC 9636, 3.3; POSIX.1, 8.3): "CET-1CEST,M3.5.0,M10.5.0/3".
struct DaylightRule {
  /// A day of the year and a wall clock time on it, which may lie up to a week away.
  struct Change {
    enum class Kind { month_week_day, day_of_year, day_without_leap } kind = Kind::month_week_day;
    int month = 1;
    int week = 1;  ///< 5: the last
    int day = 0;   ///< weekday, or day of the year: from 0 or, without leap days, from 1
    std::chrono::seconds time = std::chrono::hours(2);
  };
  std::chrono::seconds standard{0};  ///< added to UTC
  std::chrono::seconds daylight{0};
  std::optional<std::pair<Change, Change>> changes;  ///< to daylight-saving time and back; none: standard all year
};

/// Reads the rule; empty if it is none that is understood.
std::optional<DaylightRule> parse_daylight_rule(std::string_view text);

/// A time zone of the IANA database, read from the system's compiled files. g++ 12 has no std::chrono::time_zone, and
/// what else there is reads no rule, so that it knows nothing beyond 2037.
class TimeZone {
 public:
  /// A span of time with one offset, [begin, end). The first and the last are unbounded as far as anybody counts.
  struct Segment {
    std::chrono::sys_seconds begin;
    std::chrono::sys_seconds end;
    std::chrono::seconds offset;  ///< added to UTC gives the wall clock's time
    std::chrono::seconds before;  ///< the offset until `begin`
  };

  /// UTC, which needs no file.
  TimeZone() = default;

  /// The zone of that name ("Europe/Berlin") below `directory`. UTC is always there; `usage`, with the nearest names
  /// that a person may have meant or with what is missing on this machine, for any other that is not.
  static Result<TimeZone> load(std::string_view name, const std::filesystem::path& directory);

  /// From the content of a TZif file; `failed` for what is none.
  static Result<TimeZone> parse(std::string_view content);

  Segment at(Time time) const;

 private:
  struct Transition {
    std::chrono::sys_seconds at;
    std::chrono::seconds offset;
  };
  /// The changes of the rule in the years around a time, in order.
  std::vector<Transition> rule_changes(std::chrono::sys_seconds time) const;

  std::chrono::seconds first_offset_{0};
  std::vector<Transition> transitions_;
  std::optional<DaylightRule> rule_;  ///< for what comes after the last transition
};

/// Where the compiled zones lie: TZDIR, as the C library has it, or /usr/share/zoneinfo.
std::filesystem::path zone_directory(const Environment& environment);

}  // namespace matview::support
