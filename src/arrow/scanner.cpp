#include "arrow/scanner.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "support/text.hpp"
#include "support/utf8.hpp"

namespace matview::arrow {

namespace {

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

}  // namespace

std::string lower(std::string_view text) {
  std::string result(text);
  for (char& c : result)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return result;
}

std::size_t Scanner::position() {
  while (next_ < text_.size()) {
    if (text_[next_] == '#')
      next_ = std::min(text_.find('\n', next_), text_.size());
    else if (is_space(text_[next_]))
      ++next_;
    else
      break;
  }
  return next_;
}

char Scanner::peek() { return at_end() ? '\0' : text_[next_]; }

bool Scanner::accept(char c) {
  if (at_end() || text_[next_] != c) return false;
  ++next_;
  return true;
}

std::string_view Scanner::peek_word() {
  const auto begin = position();
  auto end = begin;
  while (end < text_.size()) {
    const char c = text_[end];
    const bool first = end == begin;
    if (is_letter(c) || (!first && is_digit(c))) {
      ++end;
      continue;
    }
    const auto point = support::decode_utf8(text_, end);
    if (point.code < 0x80 || !point.valid) break;
    end += point.size;
  }
  return text_.substr(begin, end - begin);
}

std::string_view Scanner::word() {
  const auto found = peek_word();
  next_ += found.size();
  return found;
}

bool Scanner::accept_word(std::string_view wanted) {
  const auto found = peek_word();
  if (lower(found) != wanted) return false;
  next_ += found.size();
  return true;
}

bool Scanner::is_quoted() { return peek() == '"' || peek() == '`'; }

Result<void> Scanner::escape(std::string& text) {
  const auto begin = next_ - 1;  // the backslash
  const char kind = next_ < text_.size() ? text_[next_++] : '\0';
  constexpr std::string_view k_letters = "\"\\/bfnrt";
  constexpr std::string_view k_meant = "\"\\/\b\f\n\r\t";
  if (const auto at = k_letters.find(kind); kind != '\0' && at != std::string_view::npos) {
    text += k_meant[at];
    return {};
  }
  const auto digits = [&](std::size_t count) -> Result<std::uint32_t> {
    std::uint32_t code = 0;
    const auto part = text_.substr(next_, count);
    const auto [end, error] = std::from_chars(part.data(), part.data() + part.size(), code, 16);
    if (part.size() != count || error != std::errc() || end != part.data() + count)
      return fail(this->error(begin, fmt::format("after '\\{}' come {} hexadecimal digits", kind, count)));
    next_ += count;
    return code;
  };
  if (kind == 'x') {
    MATVIEW_ASSIGN(const auto code, digits(2));
    text += static_cast<char>(code);
    return {};
  }
  if (kind != 'u') return fail(error(begin, "'\\' is no escape here; a backslash itself is '\\\\'"));
  MATVIEW_ASSIGN(auto code, digits(4));
  if (code >= 0xd800 && code < 0xdc00 && text_.substr(next_).starts_with("\\u")) {
    next_ += 2;
    MATVIEW_ASSIGN(const auto second, digits(4));
    if (second < 0xdc00 || second > 0xdfff) return fail(error(begin, "this is half of a surrogate pair"));
    code = 0x10000 + ((code - 0xd800) << 10) + (second - 0xdc00);
  }
  if (code >= 0xd800 && code <= 0xdfff) return fail(error(begin, "this is half of a surrogate pair"));
  support::append_utf8(text, code);
  return {};
}

Result<std::string> Scanner::quoted() {
  const auto begin = position();
  const char mark = peek();
  std::string result;
  for (next_ = begin + 1; next_ < text_.size();) {
    const char c = text_[next_++];
    if (c == mark) {
      // In backticks the backtick itself is doubled.
      if (mark == '"' || next_ == text_.size() || text_[next_] != '`') return result;
      ++next_;
      result += '`';
    } else if (c == '\\' && mark == '"') {
      MATVIEW_TRY(escape(result));
    } else {
      result += c;
    }
  }
  return fail(error(begin, fmt::format("this {} has no end", mark == '"' ? "double quote" : "backtick")));
}

Result<std::int64_t> Scanner::number(std::int64_t minimum, std::int64_t maximum) {
  const auto begin = position();
  std::int64_t value = 0;
  const char* const first = text_.data() + begin;
  const char* const last = text_.data() + text_.size();
  const auto [end, failure] = std::from_chars(first, last, value);
  if (failure == std::errc::invalid_argument) return fail(error(begin, "a whole number is missing here"));
  if (failure != std::errc() || value < minimum || value > maximum)
    return fail(error(begin, fmt::format("a whole number from {} to {} belongs here", minimum, maximum)));
  next_ = static_cast<std::size_t>(end - text_.data());
  return value;
}

std::string_view Scanner::until(std::string_view ends) {
  const auto begin = position();
  next_ = std::min(text_.find_first_of(ends, begin), text_.size());
  auto found = text_.substr(begin, next_ - begin);
  while (!found.empty() && is_space(found.back())) found.remove_suffix(1);
  return found;
}

Error Scanner::error(std::size_t position, std::string_view message) const {
  const auto before = text_.substr(0, position);
  const auto newline = before.rfind('\n');
  const auto begin = newline == std::string_view::npos ? 0 : newline + 1;
  const auto line = text_.substr(begin, text_.find('\n', begin) - begin);
  const auto lines = std::count(before.begin(), before.end(), '\n');
  // Columns as a person counts them: characters, not bytes. A long line is shown from shortly before the place.
  constexpr int k_shown_before = 60;
  const auto head = support::strip_control(text_.substr(begin, position - begin));
  int column = support::display_width(head);
  std::string where = lines == 0 ? "" : fmt::format("line {}, ", lines + 1);
  std::string shown = support::strip_control(line);
  std::string_view from = shown;
  int hidden = 0;
  while (column - hidden > k_shown_before) {
    const auto point = support::decode_utf8(from, 0);
    hidden += support::code_point_width(point.code);
    from.remove_prefix(point.size);
  }
  std::string mark = hidden > 0 ? "…" : "";
  Error error(ErrorCode::usage, fmt::format("{}column {}: {}", where, column + 1, message));
  error.detail = fmt::format("{}{}\n{}^", mark, support::truncate(from, 100),
                             std::string(static_cast<std::size_t>(column - hidden) + (hidden > 0 ? 1 : 0), ' '));
  return error;
}

bool is_plain_name(std::string_view name) {
  if (name.empty() || is_digit(name.front())) return false;
  return std::all_of(name.begin(), name.end(), [](char c) { return is_letter(c) || is_digit(c); });
}

std::string quote(std::string_view text) {
  std::string result = "\"";
  for (std::size_t i = 0; i < text.size();) {
    const auto point = support::decode_utf8(text, i);
    if (!point.valid) {
      result += fmt::format("\\x{:02x}", static_cast<unsigned char>(text[i]));
    } else if (point.code == '"' || point.code == '\\') {
      result += '\\';
      result += static_cast<char>(point.code);
    } else if (support::strip_control(text.substr(i, point.size)) == text.substr(i, point.size)) {
      result += text.substr(i, point.size);
    } else if (point.code < 0x10000) {
      result += fmt::format("\\u{:04x}", static_cast<std::uint32_t>(point.code));
    } else {
      const auto rest = static_cast<std::uint32_t>(point.code) - 0x10000;
      result += fmt::format("\\u{:04x}\\u{:04x}", 0xd800 + (rest >> 10), 0xdc00 + (rest & 0x3ff));
    }
    i += point.size;
  }
  return result + '"';
}

}  // namespace matview::arrow
