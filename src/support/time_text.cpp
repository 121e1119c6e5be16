#include "support/time_text.hpp"

#include <fmt/format.h>

#include <optional>

#include "support/text.hpp"

namespace matview::support {

namespace {

using std::chrono::days;
using std::chrono::floor;
using std::chrono::hours;
using std::chrono::microseconds;
using std::chrono::minutes;
using std::chrono::seconds;

/// Reads a text from the front.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : text_(text) {}

  bool done() const { return text_.empty(); }
  std::size_t left() const { return text_.size(); }

  bool take_any(std::string_view characters) {
    if (text_.empty() || characters.find(text_.front()) == std::string_view::npos) return false;
    last_ = text_.front();
    text_.remove_prefix(1);
    return true;
  }
  char last() const { return last_; }

  /// Exactly `count` digits.
  std::optional<int> digits(std::size_t count) {
    if (text_.size() < count) return std::nullopt;
    int value = 0;
    for (std::size_t i = 0; i < count; ++i) {
      if (!is_digit(text_[i])) return std::nullopt;
      value = value * 10 + (text_[i] - '0');
    }
    text_.remove_prefix(count);
    return value;
  }

  /// One to nine digits after the point, as microseconds.
  std::optional<microseconds> fraction() {
    std::int64_t value = 0;
    std::size_t count = 0;
    for (; count < text_.size() && is_digit(text_[count]); ++count)
      if (count < 6) value = value * 10 + (text_[count] - '0');
    if (count == 0 || count > 9) return std::nullopt;
    for (std::size_t i = count; i < 6; ++i) value *= 10;
    text_.remove_prefix(count);
    return microseconds(value);
  }

 private:
  static bool is_digit(char c) { return c >= '0' && c <= '9'; }

  std::string_view text_;
  char last_ = 0;
};

std::optional<std::chrono::sys_days> scan_date(Scanner& in) {
  const auto year = in.digits(4);
  if (!year || !in.take_any("-")) return std::nullopt;
  const auto month = in.digits(2);
  if (!month || !in.take_any("-")) return std::nullopt;
  const auto day = in.digits(2);
  if (!day) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year(*year), std::chrono::month(static_cast<unsigned>(*month)),
                                         std::chrono::day(static_cast<unsigned>(*day))};
  if (!date.ok()) return std::nullopt;
  return std::chrono::sys_days(date);
}

std::optional<microseconds> scan_time_of_day(Scanner& in) {
  const auto hour = in.digits(2);
  if (!hour || *hour > 23 || !in.take_any(":")) return std::nullopt;
  const auto minute = in.digits(2);
  if (!minute || *minute > 59 || !in.take_any(":")) return std::nullopt;
  const auto second = in.digits(2);
  if (!second || *second > 60) return std::nullopt;  // 60 is a leap second: the start of the next minute here
  microseconds fraction{0};
  if (in.take_any(".")) {
    const auto digits = in.fraction();
    if (!digits) return std::nullopt;
    fraction = *digits;
  }
  return hours(*hour) + minutes(*minute) + seconds(*second) + fraction;
}

/// What UTC is behind the written time: "Z", "+02:00", "+0200", "+02".
std::optional<minutes> scan_offset(Scanner& in) {
  if (in.take_any("Zz")) return minutes(0);
  if (!in.take_any("+-")) return std::nullopt;
  const bool negative = in.last() == '-';
  const auto hour = in.digits(2);
  if (!hour || *hour > 23) return std::nullopt;
  int minute = 0;
  if (!in.done()) {
    in.take_any(":");
    const auto digits = in.digits(2);
    if (!digits || *digits > 59) return std::nullopt;
    minute = *digits;
  }
  const auto offset = hours(*hour) + minutes(minute);
  return negative ? -offset : offset;
}

std::optional<Time> scan(std::string_view text) {
  Scanner in(text);
  const auto date = scan_date(in);
  if (!date || !in.take_any("Tt ")) return std::nullopt;
  const auto time = scan_time_of_day(in);
  if (!time) return std::nullopt;
  const auto offset = scan_offset(in);
  if (!offset || !in.done()) return std::nullopt;
  return *date + *time - *offset;
}

struct Span {
  std::int64_t seconds;
  std::string_view name;
};

constexpr Span k_spans[] = {
    {365 * 86'400, "year"}, {30 * 86'400, "month"}, {86'400, "day"}, {3'600, "hour"}, {60, "minute"}, {1, "second"},
};

}  // namespace

std::string format_rfc3339(Time time) {
  const auto day = floor<days>(time);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss<microseconds> clock(time - day);
  auto text = fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}", static_cast<int>(date.year()),
                          static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()), clock.hours().count(),
                          clock.minutes().count(), clock.seconds().count());
  const auto fraction = clock.subseconds().count();
  if (fraction % 1000 != 0)
    text += fmt::format(".{:06}", fraction);
  else if (fraction != 0)
    text += fmt::format(".{:03}", fraction / 1000);
  return text + "Z";
}

Result<Time> parse_rfc3339(std::string_view text) {
  if (const auto time = scan(text)) return *time;
  return fail(Error(ErrorCode::usage, fmt::format("'{}' is not a time", strip_control(text)))
                  .with_hint("write it as 2026-11-21T02:57:30Z"));
}

std::string relative_time(Time then, Time now) {
  const bool past = then <= now;
  const std::int64_t distance = floor<seconds>(past ? now - then : then - now).count();
  for (const auto& [length, name] : k_spans) {
    if (distance < length) continue;
    const auto text = count_noun(distance / length, name);
    return past ? text + " ago" : "in " + text;
  }
  return "just now";
}

}  // namespace matview::support
