#include "engine/duckdb/sql_text.hpp"

#include <algorithm>
#include <cctype>
#include <string>

#include "engine/duckdb/database.hpp"

namespace matview::engine {

namespace {

std::string quoted(std::string_view text, char quote) {
  std::string result(1, quote);
  for (const char c : text) {
    if (c == quote) result += quote;
    result += c;
  }
  return result += quote;
}

bool is_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) || c == '_' || (c & 0x80); }

std::size_t after(std::string_view sql, std::string_view end, std::size_t from) {
  const auto at = sql.find(end, from);
  return at == std::string_view::npos ? sql.size() : at + end.size();
}

std::size_t after_block_comment(std::string_view sql, std::size_t at) {
  int depth = 0;
  while (at < sql.size()) {
    if (sql.substr(at, 2) == "/*") {
      ++depth;
      at += 2;
    } else if (sql.substr(at, 2) == "*/") {
      at += 2;
      if (--depth == 0) return at;
    } else {
      ++at;
    }
  }
  return at;
}

/// The end of $tag$ … $tag$, or of the $ alone.
std::size_t after_dollar_quote(std::string_view sql, std::size_t at) {
  auto end = at + 1;
  if (end < sql.size() && std::isdigit(static_cast<unsigned char>(sql[end]))) return end;
  while (end < sql.size() && is_word(sql[end])) ++end;
  if (end >= sql.size() || sql[end] != '$') return at + 1;
  const auto tag = sql.substr(at, end + 1 - at);
  return after(sql, tag, end + 1);
}

/// The end of E'…', where a backslash escapes.
std::size_t after_escape_string(std::string_view sql, std::size_t at) {
  for (at += 2; at < sql.size(); ++at) {
    if (sql[at] == '\\') {
      ++at;
    } else if (sql[at] == '\'') {
      return at + 1;
    }
  }
  return sql.size();
}

}  // namespace

std::string quote_identifier(std::string_view name) { return quoted(name, '"'); }
std::string quote_literal(std::string_view text) { return quoted(text, '\''); }

std::string_view without_terminator(std::string_view sql) {
  std::size_t end = 0;  // just behind the last thing that is neither blank, comment nor semicolon
  std::size_t at = 0;
  while (at < sql.size()) {
    const char c = sql[at];
    const auto two = sql.substr(at, 2);
    if (two == "--") {
      at = after(sql, "\n", at);
    } else if (two == "/*") {
      at = after_block_comment(sql, at);
    } else if (c == ';' || std::isspace(static_cast<unsigned char>(c))) {
      ++at;
    } else {
      if (c == '\'' || c == '"') {
        at = after(sql, std::string_view(&c, 1), at + 1);
      } else if (c == '$') {
        at = after_dollar_quote(sql, at);
      } else if ((two == "E'" || two == "e'") && (at == 0 || !is_word(sql[at - 1]))) {
        at = after_escape_string(sql, at);
      } else if (is_word(c)) {
        ++at;
        while (at < sql.size() && (is_word(sql[at]) || sql[at] == '$')) ++at;
      } else {
        ++at;
      }
      end = at;
    }
  }
  return sql.substr(0, end);
}

}  // namespace matview::engine
