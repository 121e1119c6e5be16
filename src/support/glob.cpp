#include "support/glob.hpp"

#include <optional>

#include "support/utf8.hpp"

namespace matview::support {

namespace {

struct SetMatch {
  bool matches = false;
  std::size_t end = 0;  ///< position after the closing bracket
};

/// The set that opens at `start`; empty if nothing closes it. A ']' that comes first is a member.
std::optional<SetMatch> match_set(std::string_view pattern, std::size_t start, char32_t character) {
  std::size_t position = start + 1;
  const bool negated = position < pattern.size() && (pattern[position] == '!' || pattern[position] == '^');
  if (negated) ++position;
  const auto read = [&](std::size_t at) {
    auto point = decode_utf8(pattern, at);
    if (point.code == '\\' && at + 1 < pattern.size()) {
      point = decode_utf8(pattern, at + 1);
      ++point.size;
    }
    return point;
  };

  bool found = false;
  for (bool first = true; position < pattern.size(); first = false) {
    if (pattern[position] == ']' && !first) return SetMatch{found != negated, position + 1};
    const auto low = read(position);
    position += low.size;
    char32_t high = low.code;
    const bool range = position + 1 < pattern.size() && pattern[position] == '-' && pattern[position + 1] != ']';
    if (range) {
      const auto point = read(position + 1);
      high = point.code;
      position += 1 + point.size;
    }
    if (low.code <= character && character <= high) found = true;
  }
  return std::nullopt;
}

/// Matches one character of the pattern, no star, against one of the text. The position after it in the pattern,
/// empty if it does not match.
std::optional<std::size_t> match_one(std::string_view pattern, std::size_t position, char32_t character) {
  const char kind = pattern[position];
  if (kind == '?') return position + 1;
  if (kind == '[') {
    if (const auto set = match_set(pattern, position, character))
      return set->matches ? std::optional(set->end) : std::nullopt;
  }
  if (kind == '\\' && position + 1 < pattern.size()) ++position;
  const auto point = decode_utf8(pattern, position);
  return point.code == character ? std::optional(position + point.size) : std::nullopt;
}

}  // namespace

bool has_glob(std::string_view text) { return text.find_first_of("*?[\\") != std::string_view::npos; }

bool glob_match(std::string_view pattern, std::string_view text) {
  std::size_t p = 0;
  std::size_t t = 0;
  // Only the last star can have to take more: an earlier one would only move what the last one may take as well.
  std::optional<std::size_t> after_star;
  std::size_t star_text = 0;
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      after_star = ++p;
      star_text = t;
      continue;
    }
    const auto point = decode_utf8(text, t);
    if (p < pattern.size()) {
      if (const auto next = match_one(pattern, p, point.code)) {
        p = *next;
        t += point.size;
        continue;
      }
    }
    if (!after_star) return false;
    p = *after_star;
    star_text += decode_utf8(text, star_text).size;
    t = star_text;
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p == pattern.size();
}

}  // namespace matview::support
