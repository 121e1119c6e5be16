#include "engine/duckdb/errors.hpp"

#include <algorithm>
#include <csignal>

namespace matview::engine {

namespace {

constexpr std::string_view k_line = "LINE ";

std::string_view trimmed_end(std::string_view text) {
  while (!text.empty() && (text.back() == '\n' || text.back() == ' ')) text.remove_suffix(1);
  return text;
}

/// "Conversion Error: Conversion Error: x" says its kind once.
std::string without_repeated_kind(std::string message) {
  const auto colon = message.find(": ");
  if (colon == std::string::npos || colon > 40) return message;
  const auto kind = message.substr(0, colon + 2);
  if (!kind.ends_with("Error: ")) return message;
  while (message.compare(kind.size(), kind.size(), kind) == 0) message.erase(0, kind.size());
  return message;
}

/// Counts "LINE n:" down and moves the caret where the number gets shorter. A position in our own text says nothing to
/// a user and is dropped.
std::string renumbered(std::string detail, int lines_before) {
  const auto at = detail.rfind("\nLINE ") == std::string::npos ? (detail.starts_with(k_line) ? 0 : std::string::npos)
                                                               : detail.rfind("\nLINE ") + 1;
  if (at == std::string::npos || lines_before == 0) return detail;
  const auto digits = at + k_line.size();
  const auto colon = detail.find(':', digits);
  if (colon == std::string::npos) return detail;
  const int line = std::atoi(detail.c_str() + digits);
  if (line <= lines_before) return std::string(trimmed_end(std::string_view(detail).substr(0, at)));
  const auto number = std::to_string(line - lines_before);
  const auto shorter = colon - digits - number.size();
  detail.replace(digits, colon - digits, number);
  const auto caret_line = detail.find('\n', digits);
  if (caret_line != std::string::npos && shorter > 0) detail.erase(caret_line + 1, shorter);
  return detail;
}

/// The line of `text` that begins with `prefix`, without it; empty if there is none.
std::string line_after(std::string_view text, std::string_view prefix) {
  const auto at = text.find("\n" + std::string(prefix));
  if (at == std::string_view::npos) return "";
  const auto begin = at + 1 + prefix.size();
  return std::string(text.substr(begin, std::min(text.find('\n', begin), text.size()) - begin));
}

/// DuckDB's CSV reader says "CSV Error on Line: 2" first, what is wrong some lines later, and in which file at the end,
/// among settings that are not the user's. What is left is the line itself.
bool tell_of_csv(std::string_view text, Error& error) {
  const auto file = line_after(text, "  file = ");
  if (error.message.find("CSV Error on Line: ") == std::string::npos || file.empty()) return false;
  error.message += " of '" + file + "'";
  for (const std::string_view reason : {"Error when converting column", "Expected Number of Columns", "Value with"})
    if (const auto rest = line_after(text, reason); !rest.empty()) {
      error.message += ": " + std::string(reason) + rest;
      break;
    }
  const auto line = line_after(text, "Original Line: ");
  error.detail = line.empty() ? "" : "Original Line: " + line;
  error.hint = "mend the file, or have it read otherwise: read_csv(…, types = {…}, nullstr = …, ignore_errors = true)";
  return true;
}

/// DuckDB proposes whatever its catalog has of a similar name. A table of its own is never what was meant.
std::string without_system_tables(std::string detail) {
  const auto end = std::min(detail.find('\n'), detail.size());
  const auto line = std::string_view(detail).substr(0, end);
  if (!line.starts_with("Did you mean \"")) return detail;
  for (const std::string_view own : {"\"pg_", "\"duckdb_", "\"sqlite_", "pg_catalog.", "information_schema."})
    if (line.find(own) != std::string_view::npos) {
      detail.erase(0, std::min(detail.find_first_not_of('\n', end), detail.size()));
      return detail;
    }
  return detail;
}

}  // namespace

Error duckdb_error(std::string_view text, int lines_before) {
  text = trimmed_end(text);
  const auto end = text.find('\n');
  auto message = without_repeated_kind(std::string(trimmed_end(text.substr(0, end))));
  std::string detail;
  if (end != std::string_view::npos) {
    auto rest = text.substr(end);
    while (!rest.empty() && rest.front() == '\n') rest.remove_prefix(1);
    detail = renumbered(without_system_tables(std::string(rest)), lines_before);
  }
  Error error(ErrorCode::failed, message.empty() ? "DuckDB failed without a message" : std::move(message));
  if (tell_of_csv(text, error)) return error;
  if (error.message.starts_with("Out of Memory Error")) {
    error.hint = "give it more with --memory-limit, or fewer --threads; it spills to disk only up to a point";
    detail.clear();
  }
  error.detail = std::move(detail);
  return error;
}

std::optional<Error> stop_error(const Control& control) {
  if (const int signal = control.stop.load(); signal != 0)
    return signal == SIGINT ? Error(ErrorCode::interrupted, "interrupted") : Error(ErrorCode::terminated, "terminated");
  if (control.deadline && std::chrono::steady_clock::now() >= *control.deadline)
    return Error(ErrorCode::timeout, "the time limit was reached");
  return std::nullopt;
}

}  // namespace matview::engine
