#include <algorithm>
#include <charconv>

#include "support/time_zone.hpp"

namespace matview::support {

namespace {

using std::chrono::seconds;

/// Reads the form of POSIX.1, 8.3, with the hours up to 167 and the signs that RFC 9636 adds.
class RuleReader {
 public:
  explicit RuleReader(std::string_view text) : rest_(text) {}

  std::optional<DaylightRule> read() {
    DaylightRule rule;
    if (!name()) return std::nullopt;
    const auto standard = clock();
    if (!standard) return std::nullopt;
    // POSIX counts westwards.
    rule.standard = -*standard;
    if (rest_.empty()) return rule;
    if (!name()) return std::nullopt;
    rule.daylight = rule.standard + std::chrono::hours(1);
    if (!rest_.starts_with(',')) {
      const auto daylight = clock();
      if (!daylight) return std::nullopt;
      rule.daylight = -*daylight;
    }
    const auto begin = change();
    const auto end = change();
    if (!begin || !end || !rest_.empty()) return std::nullopt;
    rule.changes.emplace(*begin, *end);
    return rule;
  }

 private:
  bool take(char c) {
    if (!rest_.starts_with(c)) return false;
    rest_.remove_prefix(1);
    return true;
  }

  bool name() {
    const bool quoted = take('<');
    const auto letter = [&](char c) {
      if (quoted) return c != '>';
      return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
    };
    const auto end = std::find_if_not(rest_.begin(), rest_.end(), letter);
    const auto length = static_cast<std::size_t>(end - rest_.begin());
    rest_.remove_prefix(length);
    return length > 0 && (!quoted || take('>'));
  }

  std::optional<int> number(int least, int most) {
    int value = 0;
    const auto [end, error] = std::from_chars(rest_.data(), rest_.data() + rest_.size(), value);
    if (error != std::errc() || value < least || value > most) return std::nullopt;
    rest_.remove_prefix(static_cast<std::size_t>(end - rest_.data()));
    return value;
  }

  /// [+-]hh[:mm[:ss]]
  std::optional<seconds> clock() {
    const int sign = take('-') ? -1 : 1;
    if (sign == 1) take('+');
    const auto hours = number(0, 167);
    if (!hours) return std::nullopt;
    int total = *hours * 3600;
    for (const int unit : {60, 1}) {
      if (!take(':')) break;
      const auto part = number(0, 59);
      if (!part) return std::nullopt;
      total += *part * unit;
    }
    return seconds(sign * total);
  }

  /// ,Mm.w.d[/time] or ,Jn[/time] or ,n[/time]
  std::optional<DaylightRule::Change> change() {
    using Kind = DaylightRule::Change::Kind;
    if (!take(',')) return std::nullopt;
    DaylightRule::Change change;
    std::optional<int> day;
    if (take('M')) {
      const auto month = number(1, 12);
      if (!month || !take('.')) return std::nullopt;
      const auto week = number(1, 5);
      if (!week || !take('.')) return std::nullopt;
      day = number(0, 6);
      change.month = *month;
      change.week = *week;
    } else if (take('J')) {
      change.kind = Kind::day_without_leap;
      day = number(1, 365);
    } else {
      change.kind = Kind::day_of_year;
      day = number(0, 365);
    }
    if (!day) return std::nullopt;
    change.day = *day;
    if (!take('/')) return change;
    const auto time = clock();
    if (!time) return std::nullopt;
    change.time = *time;
    return change;
  }

  std::string_view rest_;
};

}  // namespace

std::optional<DaylightRule> parse_daylight_rule(std::string_view text) { return RuleReader(text).read(); }

}  // namespace matview::support
