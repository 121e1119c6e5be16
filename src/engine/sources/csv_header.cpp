#include "engine/sources/csv_header.hpp"

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <optional>

#include "engine/sources/file_formats.hpp"
#include "support/file.hpp"

namespace matview::engine {

namespace {

constexpr std::size_t k_enough = 64 * 1024;  ///< a longer header is left to DuckDB
constexpr std::size_t k_most_columns = 4096;

bool is_packed(const FileCall& call, const std::string& path) {
  return path.ends_with(".gz") || path.ends_with(".zst") || find_argument(call, "compression") ||
         find_argument(call, "encoding");
}

std::string trimmed(const std::string& text) {
  const auto begin = text.find_first_not_of(" \t");
  return begin == std::string::npos ? "" : text.substr(begin, text.find_last_not_of(" \t") + 1 - begin);
}

void skip_line(std::string_view text, std::size_t& at) {
  while (at < text.size() && text[at] != '\n' && text[at] != '\r') ++at;
  if (text.substr(at, 2) == "\r\n") ++at;
  if (at < text.size()) ++at;
}

/// The row that begins at `at`, which is where it ends afterwards; empty optional if the text ends before it does.
std::optional<std::vector<std::string>> read_row(std::string_view text, std::size_t& at, const FileUse& use) {
  std::vector<std::string> row(1);
  bool quoted = false;
  for (; at < text.size(); ++at) {
    const char c = text[at];
    if (quoted && c == use.quote && text.substr(at + 1, 1) == std::string_view(&use.quote, 1)) {
      row.back() += text[++at];
    } else if (use.quote != 0 && c == use.quote) {
      quoted = !quoted;
    } else if (quoted) {
      row.back() += c;
    } else if (c == use.delimiter) {
      row.emplace_back();
    } else if (c == '\n' || c == '\r') {
      return row;
    } else {
      row.back() += c;
    }
  }
  if (text.size() >= k_enough || quoted) return std::nullopt;
  return row;
}

std::size_t skipped(std::string_view text, const FileUse& use) {
  std::size_t at = text.starts_with("\xEF\xBB\xBF") ? 3 : 0;
  for (std::int64_t i = 0; i < use.skip; ++i) skip_line(text, at);
  return at;
}

/// The first row behind `at`, which is where it ends afterwards.
std::optional<std::vector<std::string>> first_row_of(std::string_view text, std::size_t& at, const FileUse& use) {
  while (at < text.size() && (text[at] == '\n' || text[at] == '\r' || (use.comment != 0 && text[at] == use.comment)))
    skip_line(text, at);
  if (at >= text.size() && text.size() < k_enough) return std::vector<std::string>();
  return read_row(text, at, use);
}

std::optional<std::string> beginning_of(const std::string& path) {
  std::ifstream stream(path, std::ios::binary);
  if (!stream) return std::nullopt;
  std::string text(k_enough, '\0');
  stream.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(stream.gcount()));
  return text;
}

Result<std::vector<std::string>> first_row_by_duckdb(Database& database, const FileCall& call, const FileUse& use,
                                                     const FileState& file) {
  FileCall lenient = call;
  std::erase_if(lenient.arguments, [](const Argument& argument) {
    return argument.name == "ignore_errors" || argument.name == "null_padding" || argument.name == "strict_mode" ||
           argument.name == "filename" || argument.name == "store_rejects" || argument.name == "parallel";
  });
  FileUse bare = use;
  if (const auto header = bare.pins.find(", header = "); header != std::string::npos) bare.pins.resize(header);
  std::string columns;
  for (std::size_t i = 0; i < std::min(use.fields.size() * 2 + 16, k_most_columns); ++i)
    columns += (i ? ", c" : "c") + std::to_string(i) + ": 'VARCHAR'";
  auto arguments = pinned_arguments(lenient, bare);
  // In parallel, rows that are filled up may have no line break in quotes.
  arguments.push_back("header = false, null_padding = true, parallel = false, strict_mode = false, columns = {" +
                      columns + "}");
  MATVIEW_ASSIGN(const auto rows, database.rows("SELECT COLUMNS('^c[0-9]+$') FROM " +
                                                call_sql("read_csv", {file}, arguments) + " LIMIT 1"));
  std::vector<std::string> row;
  if (rows.empty()) return row;
  for (const auto& cell : rows[0]) row.push_back(cell.value_or(""));
  while (!row.empty() && row.back().empty()) row.pop_back();
  return row;
}

}  // namespace

Result<std::vector<std::string>> csv_first_row(Database& database, const FileCall& call, const FileUse& use,
                                               const FileState& file) {
  std::optional<std::vector<std::string>> row;
  if (!is_packed(call, file.path)) {
    const auto text = beginning_of(file.path);
    if (!text) return fail(support::system_error("read", file.path, errno));
    auto at = skipped(*text, use);
    row = first_row_of(*text, at, use);
  }
  if (!row) {
    MATVIEW_ASSIGN(row, first_row_by_duckdb(database, call, use, file));
  }
  for (auto& name : *row) name = trimmed(name);
  return *std::move(row);
}

std::optional<std::int64_t> csv_head_size(const std::string& path, const FileUse& use) {
  const auto text = beginning_of(path);
  if (!text) return std::nullopt;
  auto at = skipped(*text, use);
  if (!use.header.empty()) {
    const auto row = first_row_of(*text, at, use);
    if (!row || row->empty()) return std::nullopt;
    skip_line(*text, at);
  }
  // What was cut off may go on.
  if (at >= k_enough) return std::nullopt;
  return static_cast<std::int64_t>(at);
}

}  // namespace matview::engine
