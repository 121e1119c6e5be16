#include "support/duration.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>

#include "support/text.hpp"

namespace matview::support {

namespace {

struct Unit {
  std::string_view name;
  std::int64_t microseconds;
};

// From the largest down, the order in which they may follow each other.
constexpr std::array<Unit, 5> k_units{{
    {"d", 86'400'000'000},
    {"h", 3'600'000'000},
    {"m", 60'000'000},
    {"s", 1'000'000},
    {"ms", 1'000},
}};

tl::unexpected<Error> bad(std::string_view text, std::string_view why) {
  return fail(Error(ErrorCode::usage, fmt::format("'{}' is not a duration: {}", strip_control(text), why))
                  .with_hint("write a number and a unit, as 500ms, 90s, 15m, 2h, 7d or 1h30m"));
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::string two_units(std::int64_t large, std::string_view large_name, std::int64_t small,
                      std::string_view small_name) {
  if (small == 0) return fmt::format("{} {}", large, large_name);
  return fmt::format("{} {} {} {}", large, large_name, small, small_name);
}

std::string one_decimal(std::int64_t tenths, std::string_view unit) {
  if (tenths % 10 == 0) return fmt::format("{} {}", tenths / 10, unit);
  return fmt::format("{}.{} {}", tenths / 10, tenths % 10, unit);
}

}  // namespace

Result<Duration> parse_duration(std::string_view text) {
  if (text.empty()) return bad(text, "it is empty");
  if (text.front() == '-') return bad(text, "it is negative");
  std::int64_t total = 0;
  std::size_t next_unit = 0;
  std::size_t position = 0;
  while (position < text.size()) {
    const std::size_t number_start = position;
    std::int64_t number = 0;
    for (; position < text.size() && is_digit(text[position]); ++position)
      if (__builtin_mul_overflow(number, 10, &number) || __builtin_add_overflow(number, text[position] - '0', &number))
        return bad(text, "it is too long");
    if (position == number_start) return bad(text, "a number is missing");

    const std::size_t unit_start = position;
    while (position < text.size() && !is_digit(text[position])) ++position;
    const auto name = text.substr(unit_start, position - unit_start);
    if (name.empty()) return bad(text, "the unit is missing");

    std::size_t unit = 0;
    while (unit < k_units.size() && k_units[unit].name != name) ++unit;
    if (unit == k_units.size()) return bad(text, fmt::format("there is no unit '{}'", strip_control(name)));
    if (unit < next_unit) return bad(text, "larger units go first, each once");
    next_unit = unit + 1;

    std::int64_t part = 0;
    if (__builtin_mul_overflow(number, k_units[unit].microseconds, &part) ||
        __builtin_add_overflow(total, part, &total))
      return bad(text, "it is too long");
  }
  return Duration(total);
}

std::string format_duration(Duration duration) {
  std::int64_t us = duration.count();
  if (us == 0) return "0 s";
  if (us < 0) {
    const bool lowest = us == std::numeric_limits<std::int64_t>::min();
    return "-" + format_duration(Duration(lowest ? std::numeric_limits<std::int64_t>::max() : -us));
  }
  // Rounded first and then given its unit, so that 59.96 s becomes a minute and not "60.0 s".
  if (us < 950) return one_decimal(std::max<std::int64_t>(1, (us + 50) / 100), "ms");
  if (const auto ms = us / 1000 + (us % 1000 >= 500 ? 1 : 0); ms < 1000) return fmt::format("{} ms", ms);
  if (const auto tenths = us / 100'000 + (us % 100'000 >= 50'000 ? 1 : 0); tenths < 600)
    return one_decimal(tenths, "s");
  const auto seconds = us / 1'000'000 + (us % 1'000'000 >= 500'000 ? 1 : 0);
  if (seconds < 3600) return two_units(seconds / 60, "min", seconds % 60, "s");
  const auto minutes = seconds / 60 + (seconds % 60 >= 30 ? 1 : 0);
  if (minutes < 1440) return two_units(minutes / 60, "h", minutes % 60, "min");
  const auto hours = minutes / 60 + (minutes % 60 >= 30 ? 1 : 0);
  return two_units(hours / 24, "d", hours % 24, "h");
}

}  // namespace matview::support
