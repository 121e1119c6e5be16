#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "matview/result.hpp"

namespace matview::arrow {

/// Reads the small pieces of a schema's text, one after the other. Space and comments between them are skipped.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : text_(text) {}

  /// Where the next piece begins; the text's size at its end.
  std::size_t position();
  bool at_end() { return position() == text_.size(); }

  /// Takes that character, if it is next.
  bool accept(char c);
  /// The next character; '\0' at the end.
  char peek();

  /// Takes a word of letters, digits and '_' that begins with no digit, and of characters beyond ASCII; empty if none
  /// is next.
  std::string_view word();
  /// The same without taking it.
  std::string_view peek_word();
  /// Takes that word, if it is next, whatever its capitals.
  bool accept_word(std::string_view word);

  /// True if a quoted text is next.
  bool is_quoted();
  /// Takes a text in double quotes or backticks.
  Result<std::string> quoted();

  /// Takes a whole number.
  Result<std::int64_t> number(std::int64_t minimum, std::int64_t maximum);

  /// Takes everything up to one of these characters, which must come, without the space around it.
  std::string_view until(std::string_view ends);

  /// Goes back to a position that `position` gave.
  void back_to(std::size_t position) { next_ = position; }

  /// `usage`: "column 15: MESSAGE", with the line and a caret below it.
  Error error(std::size_t position, std::string_view message) const;

 private:
  Result<void> escape(std::string& text);

  std::string_view text_;
  std::size_t next_ = 0;
};

/// Lower-case ASCII letters.
std::string lower(std::string_view text);

/// True for a name that needs no quotes when it is printed.
bool is_plain_name(std::string_view name);

/// `text` in double quotes, as Scanner::quoted reads it. What does not show, or turns the direction of text, is
/// escaped.
std::string quote(std::string_view text);

}  // namespace matview::arrow
