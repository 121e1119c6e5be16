#include "support/toml_text.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "support/text.hpp"

namespace matview::support {

namespace {

bool is_control(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte < 0x20 || byte == 0x7f;
}

bool is_bare(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
}

// What TOML's literal string takes as it is: no escapes at all, so that SQL and paths need none.
std::string literal(std::string_view text) { return fmt::format("'''\n{}'''", text); }

std::string escaped_lines(std::string_view text) {
  std::string result = "\"\"\"\n";
  for (const char c : text) {
    if (c == '\n' || c == '\t')
      result += c;
    else if (is_control(c))
      result += fmt::format("\\u{:04X}", static_cast<unsigned char>(c));
    else if (c == '"' || c == '\\')
      (result += '\\') += c;
    else
      result += c;
  }
  return result + "\"\"\"";
}

}  // namespace

std::string toml_string(std::string_view text) {
  std::string result = "\"";
  for (const char c : valid_utf8(text)) {
    if (is_control(c))
      result += fmt::format("\\u{:04X}", static_cast<unsigned char>(c));
    else if (c == '"' || c == '\\')
      (result += '\\') += c;
    else
      result += c;
  }
  return result + "\"";
}

std::string toml_text(std::string_view text) {
  const std::string valid = valid_utf8(text);
  if (valid.find('\n') == std::string::npos) return toml_string(valid);
  const bool odd =
      std::any_of(valid.begin(), valid.end(), [](char c) { return is_control(c) && c != '\n' && c != '\t'; });
  // Three quotes would end it, and one at its end would be taken for the end's own.
  const bool plain = !odd && valid.find("'''") == std::string::npos && !valid.ends_with('\'');
  const bool needs_escapes = valid.find('\\') != std::string::npos || valid.find('"') != std::string::npos;
  return plain && needs_escapes ? literal(valid) : escaped_lines(valid);
}

std::string toml_key(std::string_view key) {
  const bool bare = !key.empty() && std::all_of(key.begin(), key.end(), is_bare);
  return bare ? std::string(key) : toml_string(key);
}

}  // namespace matview::support
