#include "output/table.hpp"

#include <algorithm>
#include <optional>

namespace matview::output {

namespace {

constexpr int k_gap = 2;

std::string_view colour(Tone tone) {
  switch (tone) {
    case Tone::good: return "\x1b[32m";
    case Tone::warning: return "\x1b[33m";
    case Tone::bad: return "\x1b[31m";
    case Tone::dim: return "\x1b[2m";
    case Tone::strong: return "\x1b[1m";
    case Tone::plain: break;
  }
  return {};
}

/// Columns of the screen that a line takes.
int total(const std::vector<int>& widths) {
  int sum = -k_gap;
  for (const int width : widths)
    if (width != k_left_out) sum += width + k_gap;
  return sum;
}

/// The column that is left out next; the only one there is never is.
std::optional<std::size_t> next_spare(const std::vector<TableColumn>& columns, const std::vector<int>& widths) {
  std::optional<std::size_t> best;
  int shown = 0;
  for (std::size_t i = 0; i < widths.size(); ++i) {
    if (widths[i] == k_left_out) continue;
    ++shown;
    if (!best || columns[i].spare >= columns[*best].spare) best = i;
  }
  return shown > 1 ? best : std::nullopt;
}

/// The column that gives next: of those that still can, the one with the highest `give`, the widest of equals.
int next_giving(const std::vector<TableColumn>& columns, const std::vector<int>& widths) {
  int best = -1;
  for (int i = 0; i < static_cast<int>(widths.size()); ++i) {
    const auto at = static_cast<std::size_t>(i);
    if (columns[at].give == 0 || widths[at] <= columns[at].min_width) continue;
    const auto ranks = [&](int j) { return std::pair(columns[std::size_t(j)].give, widths[std::size_t(j)]); };
    if (best < 0 || ranks(i) > ranks(best)) best = i;
  }
  return best;
}

std::string_view shown(const Cell& cell) { return cell.text.empty() ? std::string_view("-") : cell.text; }

}  // namespace

std::string paint(std::string_view text, Tone tone, const Style& style) {
  const auto start = colour(tone);
  if (!style.color || start.empty() || text.empty()) return std::string(text);
  return std::string(start).append(text).append("\x1b[0m");
}

std::vector<int> fit_widths(const std::vector<TableColumn>& columns, std::vector<int> natural, int width) {
  auto widths = std::move(natural);
  if (total(widths) <= width) return widths;

  // First leave out what does not fit however much the columns give: the work below must not grow with a thousand
  // columns or a megabyte in a cell.
  auto least = widths;
  for (std::size_t i = 0; i < least.size(); ++i) {
    if (columns[i].give == 0) continue;
    least[i] = std::min(least[i], columns[i].min_width);
    widths[i] = std::min(widths[i], std::max(width, columns[i].min_width));
  }
  int room = width;
  if (total(least) > room) {
    room -= k_gap + 1;  // for the '…'
    while (total(least) > room) {
      const auto spare = next_spare(columns, least);
      if (!spare) break;
      least[*spare] = widths[*spare] = k_left_out;
    }
  }

  while (total(widths) > room) {
    const int giving = next_giving(columns, widths);
    if (giving < 0) break;
    widths[static_cast<std::size_t>(giving)] -= 1;
  }
  return widths;
}

std::string table_line(const std::vector<TableColumn>& columns, const std::vector<int>& widths,
                       const std::vector<Cell>& cells, const Style& style) {
  std::string line;
  bool first = true;
  for (std::size_t i = 0; i < widths.size(); ++i) {
    if (widths[i] == k_left_out) continue;
    if (!first) line.append(k_gap, ' ');
    first = false;
    const auto text = support::truncate(shown(cells[i]), widths[i]);
    const auto padding = static_cast<std::size_t>(std::max(0, widths[i] - support::display_width(text)));
    const bool right = columns[i].align == support::Align::right;
    if (right) line.append(padding, ' ');
    line += paint(text, cells[i].tone, style);
    if (!right) line.append(padding, ' ');
  }
  line.erase(line.find_last_not_of(' ') + 1);
  return line + "\n";
}

std::string header_line(const std::vector<TableColumn>& columns, const std::vector<int>& widths, const Style& style) {
  auto layout = columns;
  auto all_widths = widths;
  if (std::find(widths.begin(), widths.end(), k_left_out) != widths.end()) {
    layout.push_back({"…"});
    all_widths.push_back(1);
  }
  std::vector<Cell> headers;
  for (const auto& column : layout) headers.push_back({column.header, Tone::strong});
  return table_line(layout, all_widths, headers, style);
}

std::string Table::render(const Style& style) const {
  std::vector<int> widths;
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    int widest = support::display_width(columns_[i].header);
    for (const auto& row : rows_) widest = std::max(widest, support::display_width(shown(row[i])));
    widths.push_back(widest);
  }
  if (style.terminal) widths = fit_widths(columns_, std::move(widths), style.width);

  std::string out = header_line(columns_, widths, style);
  for (const auto& row : rows_) out += table_line(columns_, widths, row, style);
  return out;
}

}  // namespace matview::output
