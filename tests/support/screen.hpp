#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace matview::test {

/// What a terminal shows of the bytes that were written to it: as much of a terminal as our programs need, and nothing
/// that they do not. Throws std::runtime_error for a control sequence that it does not know, so that a test cannot pass
/// by one that was ignored.
class Screen {
 public:
  explicit Screen(int columns = 80, int rows = 24) : columns_(columns), rows_(rows) {}

  void write(std::string_view bytes);

  /// Every line since the beginning, those that scrolled away included, without spaces and empty lines at the end.
  std::vector<std::string> lines() const;
  /// The same as one text, a line end after each.
  std::string text() const;

  /// Where the cursor is: its line counts from the beginning.
  std::size_t line() const { return line_; }
  int column() const { return column_; }

  /// True if any character ever went beyond the last column.
  bool has_wrapped() const { return wrapped_; }

 private:
  struct Cell {
    std::string text = " ";
  };

  void control(std::string_view parameters, char command);
  void put(std::string_view character, int width);
  std::vector<Cell>& current();
  std::size_t top() const;

  int columns_;
  int rows_;
  std::vector<std::vector<Cell>> lines_;
  std::size_t line_ = 0;
  int column_ = 0;
  bool wrapped_ = false;
  std::string rest_;  ///< the beginning of a sequence whose end has not come yet
};

}  // namespace matview::test
