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

/// The end of '…' or "…", in which the quote stands for itself where there are two of it.
std::size_t after_quoted(std::string_view sql, std::size_t at) {
  const char quote = sql[at];
  for (++at; at < sql.size(); at += 2) {
    at = sql.find(quote, at);
    if (at == std::string_view::npos) return sql.size();
    if (sql.substr(at + 1, 1) != std::string_view(&quote, 1)) return at + 1;
  }
  return sql.size();
}

/// The end of E'…', where a backslash escapes.
std::size_t after_escape_string(std::string_view sql, std::size_t at) {
  for (at += 2; at < sql.size(); ++at) {
    if (sql[at] == '\\') {
      ++at;
    } else if (sql.substr(at, 2) == "''") {
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

std::string fold_case(std::string_view text) {
  std::string result(text);
  for (char& c : result)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return result;
}

std::size_t token_end(std::string_view sql, std::size_t at) {
  const char c = sql[at];
  const auto two = sql.substr(at, 2);
  if (c == '\'' || c == '"') return after_quoted(sql, at);
  if (c == '$') return after_dollar_quote(sql, at);
  if (two == "E'" || two == "e'") return after_escape_string(sql, at);
  if (!is_word(c)) return at + 1;
  while (at < sql.size() && (is_word(sql[at]) || sql[at] == '$')) ++at;
  return at;
}

std::size_t skip_blanks(std::string_view sql, std::size_t at) {
  while (at < sql.size()) {
    if (sql.substr(at, 2) == "--") {
      at = after(sql, "\n", at);
    } else if (sql.substr(at, 2) == "/*") {
      at = after_block_comment(sql, at);
    } else if (std::isspace(static_cast<unsigned char>(sql[at]))) {
      ++at;
    } else {
      break;
    }
  }
  return at;
}

std::string_view without_terminator(std::string_view sql) {
  std::size_t end = 0;  // just behind the last thing that is neither blank, comment nor semicolon
  for (auto at = skip_blanks(sql, 0); at < sql.size(); at = skip_blanks(sql, at)) {
    const bool semicolon = sql[at] == ';';
    at = token_end(sql, at);
    if (!semicolon) end = at;
  }
  return sql.substr(0, end);
}

}  // namespace matview::engine
