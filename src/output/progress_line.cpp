#include "output/progress_line.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "support/duration.hpp"
#include "support/text.hpp"

namespace matview::output {

namespace {

constexpr int k_bar_width = 24;
constexpr int k_shortest_name = 8;
constexpr std::chrono::seconds k_worth_telling{2};

int percent(double fraction) { return static_cast<int>(std::clamp(fraction, 0.0, 1.0) * 100.0); }

std::string bar(double fraction) {
  const int filled = percent(fraction) * k_bar_width / 100;
  std::string text(static_cast<std::size_t>(filled), '=');
  if (filled < k_bar_width) text += '>';
  text.resize(k_bar_width, ' ');
  return "[" + text + "]";
}

/// What both forms tell beside the name, in the same order.
std::vector<std::string> figures(const Progress& progress, Duration elapsed, bool with_bar) {
  std::vector<std::string> parts;
  if (!progress.step.empty()) parts.push_back(support::strip_control(progress.step));
  if (progress.fraction) {
    if (with_bar) parts.push_back(bar(*progress.fraction));
    parts.push_back(fmt::format("{} %", percent(*progress.fraction)));
  }
  if (progress.rows) parts.push_back(support::count_noun(*progress.rows, "row"));
  if (const auto left = time_left(progress.fraction, elapsed)) {
    // Tenths of a second would only flicker.
    const auto seconds = std::chrono::ceil<std::chrono::seconds>(*left);
    parts.push_back(support::format_duration(seconds) + " left");
  }
  return parts;
}

/// All that stands behind the name.
std::string tail_of(const Progress& progress, Duration elapsed, std::size_t others) {
  auto parts = figures(progress, elapsed, true);
  if (!progress.fraction && elapsed >= k_worth_telling)
    parts.push_back(support::format_duration(std::chrono::floor<std::chrono::seconds>(elapsed)));
  if (others > 0) parts.push_back(fmt::format("+{} more", others));
  return support::join(parts, "  ");
}

}  // namespace

std::optional<Duration> time_left(std::optional<double> fraction, Duration elapsed) {
  if (!fraction || *fraction < 0.01 || *fraction >= 1.0 || elapsed < std::chrono::seconds(1)) return std::nullopt;
  const double left = static_cast<double>(elapsed.count()) * (1.0 - *fraction) / *fraction;
  return Duration(static_cast<Duration::rep>(left));
}

std::string plain_progress(const Progress& progress, Duration elapsed) {
  const auto parts = figures(progress, elapsed, false);
  const auto name = support::strip_control(progress.view);
  return parts.empty() ? name : fmt::format("{}: {}", name, support::join(parts, ", "));
}

int progress_name_width(const Progress& progress) {
  return support::display_width(support::strip_control(progress.view));
}

int progress_name_room(const Progress& progress, Duration elapsed, std::size_t others, const Style& style) {
  return std::max(k_shortest_name, style.width - 3 - support::display_width(tail_of(progress, elapsed, others)));
}

std::string progress_bar(const Progress& progress, Duration elapsed, std::size_t others, const Style& style,
                         std::optional<int> name_width) {
  const auto tail = tail_of(progress, elapsed, others);
  // The name gives first, then the end of the line: the last column stays free, else some terminals wrap.
  const int columns = name_width.value_or(progress_name_room(progress, elapsed, others, style));
  auto name = support::truncate(support::strip_control(progress.view), columns);
  if (name_width && !tail.empty()) name = support::pad(name, columns);
  return support::truncate(tail.empty() ? name : name + "  " + tail, style.width - 1);
}

std::string more_at_work(std::size_t others, const Style& style) {
  return support::truncate(fmt::format("and {} more at work", others), style.width - 1);
}

}  // namespace matview::output
