#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "output/format.hpp"
#include "support/text.hpp"

namespace matview::output {

/// What a cell means, and so its colour.
enum class Tone { plain, good, warning, bad, dim, strong };

/// The text in the colour of its tone, if the style has colours at all.
std::string paint(std::string_view text, Tone tone, const Style& style);

struct Cell {
  std::string text;  ///< safe to show, on one line
  Tone tone = Tone::plain;
};

struct TableColumn {
  std::string header;
  support::Align align = support::Align::left;
  int give = 0;       ///< the highest is cut first where the terminal is too narrow; 0 is never cut
  int min_width = 8;  ///< cut no further than this
  int spare = 0;      ///< where cutting is not enough the highest is left out first, the last one of equals
};

/// Lines of aligned columns, two spaces between them, a header above. On a terminal it fits the width: columns are cut
/// in the order of `give`, or left out in the order of `spare`, which an '…' in the header tells. Elsewhere nothing is
/// cut. An empty cell is shown as '-', so that columns can be counted.
class Table {
 public:
  explicit Table(std::vector<TableColumn> columns) : columns_(std::move(columns)) {}

  /// As many cells as there are columns.
  void add(std::vector<Cell> cells) { rows_.push_back(std::move(cells)); }

  std::string render(const Style& style) const;

 private:
  std::vector<TableColumn> columns_;
  std::vector<std::vector<Cell>> rows_;
};

constexpr int k_left_out = -1;

/// The widths of columns that fit a terminal of `width` columns; `k_left_out` for those that do not.
std::vector<int> fit_widths(const std::vector<TableColumn>& columns, std::vector<int> natural, int width);

/// The headers, in that layout, with an '…' where columns are left out.
std::string header_line(const std::vector<TableColumn>& columns, const std::vector<int>& widths, const Style& style);

/// One line of a table: cells cut and padded to `widths`, no spaces at its end, with its line end.
std::string table_line(const std::vector<TableColumn>& columns, const std::vector<int>& widths,
                       const std::vector<Cell>& cells, const Style& style);

}  // namespace matview::output
