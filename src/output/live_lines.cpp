#include "output/live_lines.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "support/text.hpp"

namespace matview::output {

namespace {

// A terminal that knows them shows the frame when it is whole; others ignore them (DEC private mode 2026).
constexpr std::string_view k_begin_frame = "\x1b[?2026h";
constexpr std::string_view k_end_frame = "\x1b[?2026l";
constexpr std::string_view k_clear_line = "\x1b[K";
constexpr std::string_view k_clear_below = "\x1b[J";

/// Rows that a line takes. A terminal that became narrower has broken it, as nearly all do.
int rows_of(const std::string& line, int columns) {
  const int width = support::display_width(support::strip_control(line));
  return std::max(1, (width + columns - 1) / std::max(1, columns));
}

}  // namespace

std::string LiveLines::to_first_line(TerminalSize size) const {
  int rows = 0;
  for (const auto& line : shown_) rows += rows_of(line, size.columns);
  return rows > 1 ? fmt::format("\x1b[{}A\r", rows - 1) : "\r";
}

std::string LiveLines::draw(const std::vector<std::string>& lines, TerminalSize size) {
  if (lines.empty()) return erase(size);
  const bool same_size = size.columns == size_.columns && size.rows == size_.rows;
  if (lines == shown_ && same_size) return {};
  std::string text(k_begin_frame);
  text += to_first_line(size);
  for (std::size_t i = 0; i < lines.size(); ++i) {
    text += lines[i];
    text += i + 1 < lines.size() ? fmt::format("{}\r\n", k_clear_line) : std::string(k_clear_below);
  }
  shown_ = lines;
  size_ = size;
  return text.append(k_end_frame);
}

std::string LiveLines::erase(TerminalSize size) {
  if (shown_.empty()) return {};
  std::string text = to_first_line(size).append(k_clear_below);
  shown_.clear();
  return text;
}

std::string LiveLines::leave() {
  if (shown_.empty()) return {};
  shown_.clear();
  return "\r\n";
}

}  // namespace matview::output
