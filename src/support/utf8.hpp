#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace matview::support {

/// One character of a UTF-8 text. An invalid byte is a character of its own: size 1, U+FFFD, `valid` false.
struct CodePoint {
  char32_t code = 0;
  std::size_t size = 0;  ///< bytes it takes
  bool valid = true;
};

/// The character that starts at `position`, which must be inside `text`.
/// Overlong forms, surrogates and what lies above U+10FFFF are invalid, as Unicode demands.
CodePoint decode_utf8(std::string_view text, std::size_t position);

void append_utf8(std::string& text, char32_t code);

/// Columns a character takes on a terminal: 2 for East Asian wide ones and emoji, 0 for combining and invisible
/// ones, else 1. Our own table (Unicode 14) rather than wcwidth, whose answer depends on the locale.
int code_point_width(char32_t code);

}  // namespace matview::support
