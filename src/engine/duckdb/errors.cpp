#include "engine/duckdb/errors.hpp"

#include <algorithm>
#include <array>
#include <csignal>

namespace matview::engine {

namespace {

constexpr std::string_view k_line = "LINE ";

std::string_view trimmed(std::string_view text) {
  return text.substr(std::min(text.find_first_not_of(' '), text.size()));
}

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

/// What may be wrong with a CSV file, by the beginning of the line that tells it, and what helps.
struct CsvCause {
  std::string_view beginning;
  std::string_view hint;
};

constexpr std::string_view k_csv_hint =
    "mend the file, or have it read otherwise: read_csv(…, types = {…}, nullstr = …, ignore_errors = true)";

constexpr std::array<CsvCause, 7> k_csv_causes{
    {{"Error when converting column", k_csv_hint},
     {"Expected Number of Columns", k_csv_hint},
     {"Value with", k_csv_hint},
     {"Invalid unicode", "write the file in UTF-8, or tell its encoding: read_csv(…, encoding = 'latin-1')"},
     {"Maximum line size", "mend the file, or allow longer lines: read_csv(…, max_line_size = …)"},
     {"The CSV Parser state machine", k_csv_hint},
     {" The parallel scanner", "have it read otherwise: read_csv(…, parallel = false)"}}};

/// Appends what is wrong, and says what helps.
void add_csv_cause(std::string_view text, std::string_view original_line, Error& error) {
  error.hint = k_csv_hint;
  for (const auto& [beginning, hint] : k_csv_causes)
    if (const auto rest = line_after(text, beginning); !rest.empty()) {
      error.message += ": " + std::string(trimmed(beginning)) + rest;
      error.hint = hint;
      return;
    }
  // One that is not known here stands behind the line.
  if (original_line.empty()) return;
  const auto cause = line_after(text, "Original Line: " + std::string(original_line) + "\n");
  if (!cause.empty()) error.message += ": " + cause;
}

/// DuckDB's CSV reader says "CSV Error on Line: 2" first, what is wrong some lines later, and in which file at the end,
/// among settings that are not the user's. What is left is the line itself.
bool tell_of_csv(std::string_view text, Error& error) {
  const auto file = line_after(text, "  file = ");
  if (error.message.find("CSV Error on Line: ") == std::string::npos || file.empty()) return false;
  error.message += " of '" + file + "'";
  const auto line = line_after(text, "Original Line: ");
  add_csv_cause(text, line, error);
  error.detail = line.empty() ? "" : "Original Line: " + line;
  return true;
}

bool replace_all(std::string& text, std::string_view what, std::string_view by) {
  bool found = false;
  for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + by.size()), found = true)
    text.replace(at, what.size(), by);
  return found;
}

/// Removes `words` where a number follows them, with the number.
void erase_number(std::string& text, std::string_view words) {
  const auto at = text.find(words);
  if (at == std::string::npos) return;
  const auto end = std::min(text.find_first_not_of("0123456789", at + words.size()), text.size());
  if (end > at + words.size()) text.erase(at, end - at);
}

/// Puts whole files in place of their parts.
void tell_of_whole_files(const PartNames& parts, Error& error) {
  for (const auto& [path, name] : parts) {
    replace_all(error.detail, path, name);
    if (!replace_all(error.message, path, name)) continue;
    for (const std::string_view words : {" on Line: ", ", at byte ", ", in line ", " in line "})
      erase_number(error.message, words);
  }
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

/// The error, which may be about a part of a file.
Error plain_error(std::string_view text, int lines_before) {
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

}  // namespace

Error duckdb_error(std::string_view text, int lines_before, const PartNames& parts) {
  auto error = plain_error(text, lines_before);
  tell_of_whole_files(parts, error);
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
