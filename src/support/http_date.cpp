#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <vector>

#include "support/text.hpp"
#include "support/time_text.hpp"

namespace matview::support {

namespace {

constexpr std::array<std::string_view, 12> k_months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                    "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

std::vector<std::string_view> split(std::string_view text, std::string_view separators) {
  std::vector<std::string_view> words;
  while (true) {
    const auto begin = text.find_first_not_of(separators);
    if (begin == std::string_view::npos) return words;
    text.remove_prefix(begin);
    const auto end = std::min(text.find_first_of(separators), text.size());
    words.push_back(text.substr(0, end));
    text.remove_prefix(end);
  }
}

/// All of `text` as a number; -1 if it is none or has not `digits` digits.
int number(std::string_view text, std::size_t least_digits, std::size_t most_digits) {
  int value = -1;
  if (text.size() < least_digits || text.size() > most_digits || text.front() == '-') return -1;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size() ? value : -1;
}

std::optional<Time> moment(std::string_view day, std::string_view month, std::string_view year,
                           std::string_view clock) {
  const auto found = std::find(k_months.begin(), k_months.end(), month);
  int full_year = number(year, 2, 4);
  // The years of two digits were those of the last century when that form was in use.
  if (year.size() == 2 && full_year >= 0) full_year += full_year >= 70 ? 1900 : 2000;
  const int day_number = number(day, 1, 2);
  if (found == k_months.end() || full_year < 0 || year.size() == 3 || day_number < 1) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year(full_year),
                                         std::chrono::month(static_cast<unsigned>(found - k_months.begin()) + 1),
                                         std::chrono::day(static_cast<unsigned>(day_number))};
  if (!date.ok() || clock.size() != 8 || clock[2] != ':' || clock[5] != ':') return std::nullopt;
  const int hour = number(clock.substr(0, 2), 2, 2);
  const int minute = number(clock.substr(3, 2), 2, 2);
  const int second = number(clock.substr(6, 2), 2, 2);
  if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 60) return std::nullopt;
  return std::chrono::sys_days(date) + std::chrono::hours(hour) + std::chrono::minutes(minute) +
         std::chrono::seconds(second);
}

std::optional<Time> scan(std::string_view text) {
  const auto words = split(text, " ");
  // Sun, 06 Nov 1994 08:49:37 GMT
  if (words.size() == 6 && words[0].ends_with(',') && words[5] == "GMT")
    return moment(words[1], words[2], words[3], words[4]);
  // Sunday, 06-Nov-94 08:49:37 GMT
  if (words.size() == 4 && words[0].ends_with(',') && words[3] == "GMT") {
    const auto date = split(words[1], "-");
    if (date.size() != 3) return std::nullopt;
    return moment(date[0], date[1], date[2], words[2]);
  }
  // Sun Nov  6 08:49:37 1994
  if (words.size() == 5) return moment(words[2], words[1], words[4], words[3]);
  return std::nullopt;
}

}  // namespace

Result<Time> parse_http_date(std::string_view text) {
  if (const auto time = scan(text)) return *time;
  return fail(Error(ErrorCode::usage, fmt::format("'{}' is not a date of HTTP", strip_control(text)))
                  .with_hint("it is written as Sun, 06 Nov 1994 08:49:37 GMT"));
}

}  // namespace matview::support
