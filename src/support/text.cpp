#include "support/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "support/utf8.hpp"

namespace matview::support {

namespace {

constexpr std::string_view k_ellipsis = "…";

/// Writes n as digits with a comma before every group of three.
std::string grouped(std::uint64_t n) {
  std::string digits = std::to_string(n);
  for (auto position = static_cast<std::ptrdiff_t>(digits.size()) - 3; position > 0; position -= 3)
    digits.insert(static_cast<std::size_t>(position), 1, ',');
  return digits;
}

void wrap_line(std::string_view line, int width, std::vector<std::string>& lines) {
  std::string current;
  int used = 0;
  std::size_t position = 0;
  while (position < line.size()) {
    const std::size_t word_start = line.find_first_not_of(' ', position);
    if (word_start == std::string_view::npos) break;
    const std::size_t word_end = std::min(line.find(' ', word_start), line.size());
    const auto word = line.substr(word_start, word_end - word_start);
    const int word_width = display_width(word);
    if (!current.empty() && used + 1 + word_width > width) {
      lines.push_back(std::move(current));
      current.clear();
      used = 0;
    }
    // What indents the first word of a line belongs to the text.
    const std::size_t gap = position == 0 ? word_start : (current.empty() ? 0 : 1);
    current.append(gap, ' ').append(word);
    used += static_cast<int>(gap) + word_width;
    position = word_end;
  }
  lines.push_back(std::move(current));
}

}  // namespace

std::string valid_utf8(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t position = 0; position < text.size();) {
    const auto point = decode_utf8(text, position);
    append_utf8(out, point.code);
    position += point.size;
  }
  return out;
}

int display_width(std::string_view text) {
  int width = 0;
  for (std::size_t position = 0; position < text.size();) {
    const auto point = decode_utf8(text, position);
    width += code_point_width(point.code);
    position += point.size;
  }
  return width;
}

std::string pad(std::string_view text, int width, Align align) {
  const int missing = width - display_width(text);
  std::string out(text);
  if (missing <= 0) return out;
  const auto count = static_cast<std::size_t>(missing);
  if (align == Align::left)
    out.append(count, ' ');
  else
    out.insert(0, count, ' ');
  return out;
}

std::string truncate(std::string_view text, int width) {
  if (display_width(text) <= width) return std::string(text);
  if (width <= 0) return {};
  int used = 0;
  std::size_t position = 0;
  while (position < text.size()) {
    const auto point = decode_utf8(text, position);
    const int columns = code_point_width(point.code);
    if (used + columns > width - 1) break;
    used += columns;
    position += point.size;
  }
  return std::string(text.substr(0, position)).append(k_ellipsis);
}

std::vector<std::string> wrap(std::string_view text, int width) {
  std::vector<std::string> lines;
  std::size_t start = 0;
  while (true) {
    const auto end = text.find('\n', start);
    wrap_line(text.substr(start, end == std::string_view::npos ? end : end - start), width, lines);
    if (end == std::string_view::npos) return lines;
    start = end + 1;
  }
}

std::string human_bytes(std::int64_t bytes) {
  constexpr std::array<std::string_view, 6> k_units{"kB", "MB", "GB", "TB", "PB", "EB"};
  const bool negative = bytes < 0;
  const auto magnitude = negative ? 0 - static_cast<std::uint64_t>(bytes) : static_cast<std::uint64_t>(bytes);
  const std::string_view sign = negative ? "-" : "";
  if (magnitude < 1000) return fmt::format("{}{} B", sign, magnitude);
  double scaled = static_cast<double>(magnitude) / 1000.0;
  std::size_t unit = 0;
  // 999.95 would be shown as 1000.0 of the smaller unit.
  while (scaled >= 999.95 && unit + 1 < k_units.size()) {
    scaled /= 1000.0;
    ++unit;
  }
  return fmt::format("{}{:.1f} {}", sign, scaled, k_units[unit]);
}

std::string human_count(std::int64_t count) {
  if (count < 0) return "-" + grouped(0 - static_cast<std::uint64_t>(count));
  return grouped(static_cast<std::uint64_t>(count));
}

std::string count_noun(std::int64_t count, std::string_view noun, std::string_view plural) {
  const std::string number = human_count(count);
  if (count == 1) return fmt::format("{} {}", number, noun);
  return plural.empty() ? fmt::format("{} {}s", number, noun) : fmt::format("{} {}", number, plural);
}

std::string join(const std::vector<std::string>& parts, std::string_view separator) {
  std::string out;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (i > 0) out.append(separator);
    out.append(parts[i]);
  }
  return out;
}

}  // namespace matview::support
