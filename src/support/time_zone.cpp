#include "support/time_zone.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <system_error>

#include "support/file.hpp"
#include "support/text.hpp"

namespace matview::support {

namespace {

using std::chrono::seconds;
using std::chrono::sys_seconds;

// Before and after all times that occur: 34,000 years, which microseconds can still hold.
constexpr sys_seconds k_beginning{seconds(-(std::int64_t{1} << 40))};
constexpr sys_seconds k_end{seconds(std::int64_t{1} << 40)};

/// What is left to read of a TZif file; numbers are big-endian.
class Bytes {
 public:
  explicit Bytes(std::string_view rest) : rest_(rest) {}

  std::string_view take(std::size_t count) {
    if (count > rest_.size()) {
      torn_ = true;
      count = rest_.size();
    }
    const auto taken = rest_.substr(0, count);
    rest_.remove_prefix(count);
    return taken;
  }
  std::int64_t number(std::size_t width) {
    std::uint64_t value = 0;
    for (const char c : take(width)) value = value << 8 | static_cast<unsigned char>(c);
    return width == 4 ? std::int64_t{static_cast<std::int32_t>(static_cast<std::uint32_t>(value))}
                      : static_cast<std::int64_t>(value);
  }
  std::string_view rest() const { return rest_; }
  bool torn() const { return torn_; }

 private:
  std::string_view rest_;
  bool torn_ = false;
};

struct Header {
  char version = 0;
  std::size_t utc_marks = 0, standard_marks = 0, leaps = 0, times = 0, types = 0, letters = 0;
};

std::optional<Header> read_header(Bytes& bytes) {
  if (bytes.take(4) != "TZif") return std::nullopt;
  Header header;
  const auto version = bytes.take(1);
  if (!version.empty()) header.version = version.front();
  bytes.take(15);
  for (auto* count :
       {&header.utc_marks, &header.standard_marks, &header.leaps, &header.times, &header.types, &header.letters}) {
    const auto value = bytes.number(4);
    if (value < 0) return std::nullopt;
    *count = static_cast<std::size_t>(value);
  }
  if (bytes.torn()) return std::nullopt;
  return header;
}

std::size_t block_size(const Header& header, std::size_t time_width) {
  return header.times * (time_width + 1) + header.types * 6 + header.letters + header.leaps * (time_width + 4) +
         header.standard_marks + header.utc_marks;
}

bool is_zone_name(std::string_view name) {
  const bool plain = std::all_of(name.begin(), name.end(), [](unsigned char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_' || c == '-' ||
           c == '+' || c == '/';
  });
  return plain && !name.empty() && name.front() != '/' && name.back() != '/';
}

bool is_utc(std::string_view name) {
  return name == "UTC" || name == "Etc/UTC" || name == "Z" || name == "GMT" || name == "Etc/GMT" || name == "Zulu" ||
         name == "Etc/Zulu" || name == "Universal" || name == "Etc/Universal" || name == "UCT" || name == "Etc/UCT";
}

sys_seconds moment(int year, const DaylightRule::Change& change, seconds offset) {
  using namespace std::chrono;
  using Kind = DaylightRule::Change::Kind;
  const auto y = std::chrono::year(year);
  sys_days day = y / 1 / 1;
  if (change.kind == Kind::month_week_day) {
    const auto weekday = std::chrono::weekday(static_cast<unsigned>(change.day));
    const auto month = y / std::chrono::month(static_cast<unsigned>(change.month));
    day = change.week == 5 ? sys_days(month / weekday[last])
                           : sys_days(month / weekday[static_cast<unsigned>(change.week)]);
  } else {
    const bool counts_leap_day = change.kind == Kind::day_of_year;
    day += days(counts_leap_day ? change.day : change.day - 1);
    if (!counts_leap_day && y.is_leap() && change.day >= 60) day += days(1);
  }
  return sys_seconds(day) + change.time - offset;
}

}  // namespace

Result<TimeZone> TimeZone::parse(std::string_view content) {
  const auto damaged = [] { return fail(ErrorCode::failed, "it is no file of a time zone, or a damaged one"); };
  Bytes bytes(content);
  auto header = read_header(bytes);
  if (!header) return damaged();
  std::size_t width = 4;
  if (header->version >= '2') {
    bytes.take(block_size(*header, width));
    header = read_header(bytes);
    if (!header) return damaged();
    width = 8;
  }
  Bytes block(bytes.take(block_size(*header, width)));
  if (bytes.torn() || header->types == 0) return damaged();
  std::vector<std::int64_t> times;
  for (std::size_t i = 0; i < header->times; ++i) times.push_back(block.number(width));
  const auto indices = block.take(header->times);
  std::vector<seconds> offsets;
  for (std::size_t i = 0; i < header->types; ++i) {
    offsets.emplace_back(block.number(4));
    block.take(2);
  }
  TimeZone zone;
  zone.first_offset_ = offsets.front();
  for (std::size_t i = 0; i < times.size(); ++i) {
    const auto index = static_cast<std::size_t>(static_cast<unsigned char>(indices[i]));
    if (index >= offsets.size()) return damaged();
    const auto before = zone.transitions_.empty() ? zone.first_offset_ : zone.transitions_.back().offset;
    // Many change nothing but a name.
    if (offsets[index] != before) zone.transitions_.push_back({sys_seconds(seconds(times[i])), offsets[index]});
  }
  if (width == 8) {
    auto footer = bytes.rest();
    if (!footer.starts_with('\n') || footer.find('\n', 1) == std::string_view::npos) return damaged();
    footer = footer.substr(1, footer.find('\n', 1) - 1);
    if (!footer.empty() && !(zone.rule_ = parse_daylight_rule(footer))) return damaged();
  }
  return zone;
}

Result<TimeZone> TimeZone::load(std::string_view name, const std::filesystem::path& directory) {
  if (is_utc(name)) return TimeZone();
  const auto shown = strip_control(name);
  if (!is_zone_name(name))
    return fail(Error(ErrorCode::usage, fmt::format("'{}' is no time zone", shown))
                    .with_hint("give a name of the IANA database, as Europe/Berlin, or UTC"));
  std::error_code problem;
  if (!std::filesystem::is_directory(directory, problem))
    return fail(Error(ErrorCode::failed, fmt::format("the time zone '{}' is not known: there is no database of time "
                                                     "zones at '{}'",
                                                     shown, directory.string()))
                    .with_hint("install tzdata, or set TZDIR; UTC needs neither"));
  const auto file = directory / name;
  if (!std::filesystem::is_regular_file(file, problem))
    return fail(Error(ErrorCode::usage, fmt::format("there is no time zone '{}'", shown))
                    .with_hint("names are those of the IANA database, as Europe/Berlin"));
  MATVIEW_ASSIGN(const auto content, read_file(file));
  auto zone = parse(content);
  if (!zone) return fail(std::move(zone).error().with_context(fmt::format("cannot read '{}': ", file.string())));
  return zone;
}

std::vector<TimeZone::Transition> TimeZone::rule_changes(sys_seconds time) const {
  std::vector<Transition> changes;
  if (!rule_ || !rule_->changes) return changes;
  const std::chrono::year_month_day date(std::chrono::floor<std::chrono::days>(time));
  const int year = static_cast<int>(date.year());
  for (int y = year - 1; y <= year + 2; ++y) {
    changes.push_back({moment(y, rule_->changes->first, rule_->standard), rule_->daylight});
    changes.push_back({moment(y, rule_->changes->second, rule_->daylight), rule_->standard});
  }
  std::stable_sort(changes.begin(), changes.end(), [](const auto& a, const auto& b) { return a.at < b.at; });
  return changes;
}

TimeZone::Segment TimeZone::at(Time time) const {
  const auto now = std::chrono::floor<seconds>(time);
  Segment segment{k_beginning, k_end, first_offset_, first_offset_};
  // True if the change lies after `now`: then it ends the segment.
  const auto pass = [&](const Transition& change) {
    if (change.offset == segment.offset) return false;
    if (change.at > now) {
      segment.end = change.at;
      return true;
    }
    segment.before = segment.offset;
    segment.offset = change.offset;
    segment.begin = change.at;
    return false;
  };
  const auto after = std::upper_bound(transitions_.begin(), transitions_.end(), now,
                                      [](const auto& value, const auto& change) { return value < change.at; });
  // The two before tell the offset now and the one before that.
  for (auto change = after - std::min<std::ptrdiff_t>(after - transitions_.begin(), 2); change != transitions_.end();
       ++change)
    if (pass(*change)) return segment;
  const auto known = transitions_.empty() ? k_beginning : transitions_.back().at;
  for (const auto& change : rule_changes(std::max(now, known)))
    if (change.at > known && pass(change)) return segment;
  return segment;
}

std::filesystem::path zone_directory(const Environment& environment) {
  const auto given = environment.variable("TZDIR");
  return given && !given->empty() ? *given : "/usr/share/zoneinfo";
}

}  // namespace matview::support
