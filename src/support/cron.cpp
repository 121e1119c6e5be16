#include "support/cron.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <limits>
#include <optional>
#include <utility>
#include <vector>

#include "support/text.hpp"

namespace matview::support {

namespace {

using std::chrono::days;
using std::chrono::floor;
using std::chrono::minutes;
using std::chrono::sys_days;

constexpr int k_day = 24 * 60;  // minutes

struct Field {
  std::string_view name;
  int least;
  int most;
};

constexpr std::array<Field, 5> k_fields{
    {{"minute", 0, 59}, {"hour", 0, 23}, {"day of month", 1, 31}, {"month", 1, 12}, {"weekday", 0, 7}}};

constexpr std::array<std::pair<std::string_view, std::string_view>, 7> k_nicknames{{{"@hourly", "0 * * * *"},
                                                                                    {"@daily", "0 0 * * *"},
                                                                                    {"@midnight", "0 0 * * *"},
                                                                                    {"@weekly", "0 0 * * 0"},
                                                                                    {"@monthly", "0 0 1 * *"},
                                                                                    {"@yearly", "0 0 1 1 *"},
                                                                                    {"@annually", "0 0 1 1 *"}}};

constexpr std::string_view k_form = "write five fields: minute hour day-of-month month weekday, as '0 */6 * * *'";

Error wrong(std::string_view text, std::string_view why, std::string hint) {
  return Error(ErrorCode::usage, fmt::format("'{}' is no schedule: {}", strip_control(text), why))
      .with_hint(std::move(hint));
}

std::vector<std::string_view> split(std::string_view text, std::string_view separators) {
  std::vector<std::string_view> parts;
  for (std::size_t begin = 0; begin < text.size();) {
    const auto end = std::min(text.find_first_of(separators, begin), text.size());
    if (end > begin) parts.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return parts;
}

std::optional<int> number(std::string_view text) {
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || text.empty() || text.front() == '-')
    return std::nullopt;
  return value;
}

/// The number that a name of a month or of a weekday stands for.
std::optional<int> number_of_name(std::string_view text, const Field& field) {
  constexpr std::string_view k_months = "jan feb mar apr may jun jul aug sep oct nov dec ";
  constexpr std::string_view k_weekdays = "sun mon tue wed thu fri sat ";
  if (text.size() < 3) return std::nullopt;
  std::string start(text.substr(0, 3));
  for (auto& c : start) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  const auto place = (field.name == "month" ? k_months : k_weekdays).find(start + ' ');
  if ((field.name != "month" && field.name != "weekday") || place == std::string_view::npos) return std::nullopt;
  return static_cast<int>(place / 4) + field.least;
}

/// Reads one part of a list: `*`, `7`, `1-5`, each of `*` and a range with `/step`.
Result<std::uint64_t> read_part(std::string_view part, const Field& field, CronDialect dialect) {
  const auto value_of = [&](std::string_view word) {
    const auto given = number(word);
    // Three letters and no more, as crontab has it: "monday" may be a mistake for anything.
    if (given || dialect == CronDialect::numbers || word.size() != 3) return given;
    return number_of_name(word, field);
  };
  const auto bad = [&](std::string_view why, std::string hint = {}) {
    return fail(Error(ErrorCode::usage, fmt::format("'{}' is no {}: {}", strip_control(part), field.name, why))
                    .with_hint(hint.empty() ? fmt::format("the {} is {} to {}", field.name, field.least, field.most)
                                            : std::move(hint)));
  };
  const auto slash = part.find('/');
  const auto span = part.substr(0, slash);
  int step = 1;
  if (slash != std::string_view::npos) {
    const auto given = number(part.substr(slash + 1));
    if (!given || *given < 1) return bad("its step is no number above 0");
    if (span.find('-') == std::string_view::npos && span != "*")
      return bad("a step follows '*' or a range", fmt::format("write '{}-{}/{}'", span, field.most, *given));
    step = *given;
  }
  int first = field.least;
  int last = field.name == "weekday" ? 6 : field.most;
  if (span != "*") {
    const auto dash = span.find('-');
    const auto from = value_of(span.substr(0, dash));
    auto to = dash == std::string_view::npos ? from : value_of(span.substr(dash + 1));
    // A week that ends on Sunday: fri-sun.
    if (from && to && *from > 0 && *to == 0 && !number(span.substr(dash + 1))) to = 7;
    if (!from || !to) {
      const auto name = number_of_name(span, field);
      if (name && dialect == CronDialect::crontab)
        return bad("names have three letters", fmt::format("write '{}'", span.substr(0, 3)));
      return name ? bad("names are not understood everywhere", fmt::format("{} is {}", span.substr(0, 3), *name))
                  : bad("it is no number");
    }
    if (*from < field.least || *to > field.most || *from > field.most || *to < field.least) return bad("out of range");
    if (*from > *to)
      return bad("the range runs backwards",
                 fmt::format("write a list, as '{}-{},{}-{}'", *from, field.most, field.least, *to));
    first = *from;
    last = *to;
  }
  std::uint64_t bits = 0;
  for (int value = first; value <= last; value += std::min(step, field.most + 1)) bits |= std::uint64_t{1} << value;
  return bits;
}

Result<std::uint64_t> read_field(std::string_view text, const Field& field, CronDialect dialect) {
  std::uint64_t bits = 0;
  if (text.starts_with(',') || text.ends_with(',') || text.find(",,") != std::string_view::npos)
    return fail(Error(ErrorCode::usage, fmt::format("the list '{}' has an empty member", strip_control(text))));
  for (const auto part : split(text, ",")) {
    MATVIEW_ASSIGN(const auto some, read_part(part, field, dialect));
    bits |= some;
  }
  return bits;
}

std::uint64_t all_of(int least, int most) {
  std::uint64_t bits = 0;
  for (int value = least; value <= most; ++value) bits |= std::uint64_t{1} << value;
  return bits;
}

bool has(std::uint64_t bits, int value) { return (bits >> value & 1) != 0; }

}  // namespace

Result<Cron> Cron::parse(std::string_view text, CronDialect dialect) {
  auto words = split(text, " \t");
  std::string nickname;
  for (const auto& [name, meaning] : k_nicknames) {
    if (words.size() != 1 || words[0] != name) continue;
    if (dialect == CronDialect::numbers)
      return fail(wrong(text, "names of schedules are not understood everywhere", fmt::format("write '{}'", meaning)));
    nickname = name;
    words = split(meaning, " ");
    break;
  }
  if (words.size() == 1 && words[0].starts_with('@') && dialect == CronDialect::crontab)
    return fail(wrong(text, "there is no such name", "@hourly, @daily, @midnight, @weekly, @monthly, @yearly"));
  if (words.size() != k_fields.size())
    return fail(wrong(text,
                      fmt::format("it has {}, not 5", count_noun(static_cast<std::int64_t>(words.size()), "field")),
                      std::string(k_form)));
  Cron cron;
  std::array<std::uint64_t*, 5> targets{&cron.minutes_, &cron.hours_, &cron.days_, &cron.months_, &cron.weekdays_};
  for (std::size_t i = 0; i < words.size(); ++i) {
    auto bits = read_field(words[i], k_fields[i], dialect);
    if (!bits) {
      auto error = std::move(bits).error();
      return fail(wrong(text, error.message, error.hint.empty() ? std::string(k_form) : error.hint));
    }
    *targets[i] = *bits;
    cron.text_ += (i == 0 ? "" : " ") + std::string(words[i]);
  }
  if (!nickname.empty()) cron.text_ = nickname;
  if (has(cron.weekdays_, 7)) cron.weekdays_ |= 1;
  cron.weekdays_ &= all_of(0, 6);
  cron.either_day_ = cron.days_ != all_of(1, 31) && cron.weekdays_ != all_of(0, 6);
  if (!cron.can_occur()) return fail(wrong(text, "no month has such a day", std::string(k_form)));
  return cron;
}

bool Cron::every_hour() const { return hours_ == all_of(0, 23); }

bool Cron::on_day(sys_days day) const {
  const std::chrono::year_month_day date(day);
  if (!has(months_, static_cast<int>(static_cast<unsigned>(date.month())))) return false;
  const bool day_fits = has(days_, static_cast<int>(static_cast<unsigned>(date.day())));
  const bool weekday_fits = has(weekdays_, static_cast<int>(std::chrono::weekday(day).c_encoding()));
  return either_day_ ? day_fits || weekday_fits : day_fits && weekday_fits;
}

bool Cron::at_minute(int minute_of_day) const {
  return has(hours_, minute_of_day / 60) && has(minutes_, minute_of_day % 60);
}

int Cron::minute_from(int from) const {
  while (from < k_day && !at_minute(from)) ++from;
  return from < k_day ? from : -1;
}

int Cron::minute_until(int until) const {
  while (until >= 0 && !at_minute(until)) --until;
  return until;
}

bool Cron::can_occur() const {
  constexpr std::array<int, 12> k_longest{31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  if (either_day_) return true;
  for (int month = 1; month <= 12; ++month)
    if (has(months_, month) && (days_ & all_of(1, k_longest[static_cast<std::size_t>(month - 1)])) != 0) return true;
  return false;
}

// The calendar repeats after 400 years to the day, weekdays included, so that what holds there holds always.
std::pair<Duration, Duration> Cron::measure_gaps() const {
  constexpr int k_cycle = 146'097;
  const int first = minute_from(0);
  const int last = minute_until(k_day - 1);
  std::int64_t shortest = std::numeric_limits<std::int64_t>::max();
  std::int64_t longest = 0;
  const auto measure = [&](std::int64_t gap) {
    shortest = std::min(shortest, gap);
    longest = std::max(longest, gap);
  };
  for (int minute = first; minute < last;) {
    const int after = minute_from(minute + 1);
    measure(after - minute);
    minute = after;
  }
  const sys_days start = std::chrono::year(2000) / 1 / 1;
  int before = -1;
  int very_first = -1;
  for (int day = 0; day < k_cycle; ++day) {
    if (!on_day(start + days(day))) continue;
    if (before < 0)
      very_first = day;
    else
      measure(std::int64_t{day - before} * k_day - last + first);
    before = day;
  }
  measure(std::int64_t{k_cycle - before + very_first} * k_day - last + first);
  return {minutes(shortest), minutes(longest)};
}

Time Cron::next(Time time) const {
  const auto from = floor<minutes>(time) + minutes(1);
  auto day = floor<days>(from);
  int minute = on_day(day) ? minute_from(static_cast<int>((from - day) / minutes(1))) : -1;
  while (minute < 0) {
    day += days(1);
    if (on_day(day)) minute = minute_from(0);
  }
  return day + minutes(minute);
}

Time Cron::previous(Time time) const {
  const auto until = floor<minutes>(time);
  auto day = floor<days>(until);
  int minute = on_day(day) ? minute_until(static_cast<int>((until - day) / minutes(1))) : -1;
  while (minute < 0) {
    day -= days(1);
    if (on_day(day)) minute = minute_until(k_day - 1);
  }
  return day + minutes(minute);
}

}  // namespace matview::support
