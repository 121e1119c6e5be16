#pragma once

#include <string>
#include <string_view>

#include "matview/result.hpp"
#include "matview/value.hpp"

namespace matview::support {

/// JSON text, without a line end. Integers and Numbers keep every digit, doubles are the shortest text that reads back
/// the same, NaN and infinities are the strings "NaN", "Infinity", "-Infinity" (JSON has no numbers for them), invalid
/// UTF-8 is replaced by U+FFFD. Pretty: two spaces a level.
std::string to_json(const Value& value, bool pretty = false);

/// A double as `to_json` writes it, without quotes.
std::string double_text(double number);

/// Reads one JSON document. Numbers that neither int64 nor double holds exactly become Numbers. `failed` with line and
/// column for what is no JSON, has a key twice in one object, or nests deeper than 500 levels.
Result<Value> parse_json(std::string_view text);

}  // namespace matview::support
