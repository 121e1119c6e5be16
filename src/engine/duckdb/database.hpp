#pragma once

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "matview/control.hpp"
#include "matview/result.hpp"
#include "matview/view.hpp"

namespace matview::engine {

struct DatabaseOptions {
  std::optional<std::int64_t> threads = {};
  /// DuckDB's spelling ("4GB"); empty: 70 % of the machine or its cgroup, or its part of that among `members`
  std::string memory_limit = {};
  std::size_t members = 1;                         ///< databases that are at work at once
  std::filesystem::path temporary_directory = {};  ///< for spilling; empty: no spilling
  std::string time_zone = "UTC";
  std::filesystem::path file_search_path =
      {};                      ///< where relative paths in SQL count from; empty: the working directory
  bool preserve_order = true;  ///< false: rows of a query without ORDER BY may come in any order, faster
  bool has_limit = false;      ///< some query has a LIMIT: an optimizer that takes no care of it is off
};

/// Rows as text, one string for each cell; empty optional is NULL. Only for small, internal results.
using TextRows = std::vector<std::vector<std::optional<std::string>>>;

/// A stream of one running query. Cells are what DuckDB's cast to VARCHAR says.
class QueryResult {
 public:
  virtual ~QueryResult() = default;
  virtual const std::vector<Column>& columns() const = 0;
  /// Appends the next chunk to `rows` (cleared first); false at the end.
  virtual Result<bool> next(TextRows& rows) = 0;
};

/// What DuckDB's COPY … TO … (FORMAT parquet, RETURN_STATS) says of the one file it wrote.
struct CopyResult {
  using Statistics = std::map<std::string, std::string>;
  struct Column {
    std::vector<std::string> path;  ///< column name, then field names
    Statistics statistics;          ///< min, max, null_count, num_values, column_size_bytes, has_nan: those there are
  };
  std::int64_t rows = 0;
  std::int64_t bytes = 0;
  std::int64_t footer_size = 0;
  std::vector<Column> columns;
};

/// An in-memory DuckDB and one connection to it. The only folder that includes duckdb.h; libduckdb is loaded when the
/// first Database is opened and not before, so that `--version` costs nothing.
/// Configured safe: no extension is installed or loaded by itself, no community or unsigned ones, no network,
/// configuration locked after opening. It belongs to one thread at a time; a QueryResult ends when its Database runs
/// something else. SQL errors are `failed` with DuckDB's message; its "LINE 1: … ^" part is in
/// `detail`.
class Database {
 public:
  static Result<std::unique_ptr<Database>> open(const DatabaseOptions& options);
  virtual ~Database() = default;

  /// Runs statements for their effect.
  virtual Result<void> execute(std::string_view sql) = 0;

  /// Runs one statement, all rows at once.
  virtual Result<TextRows> rows(std::string_view sql) = 0;

  /// Runs one statement, streaming; `control` can stop it and hears its progress.
  virtual Result<std::unique_ptr<QueryResult>> stream(std::string_view sql, Control& control) = 0;

  /// Runs one statement to its end under `control`: polls progress (at most 10 times a second), interrupts the query on
  /// a stop signal or the deadline, and then answers `interrupted`, `terminated` or `timeout`.
  virtual Result<TextRows> run(std::string_view sql, Control& control, const std::string& view) = 0;

  /// Like `run`, for a COPY … RETURN_STATS that writes one file.
  virtual Result<CopyResult> copy(std::string_view sql, Control& control, const std::string& view) = 0;

  /// Appends rows to a temporary table; each cell is cast to its column's type, which must be BIGINT or VARCHAR.
  virtual Result<void> append(std::string_view table, const TextRows& rows) = 0;

  /// Lets the function k_among_function know the keys of that name by their hashes, which `sql` gives: a SELECT of one
  /// UBIGINT column without NULLs, 2 to 4 bytes of memory for each.
  virtual Result<void> remember_keys(const std::string& name, const std::string& sql) = 0;

  /// Lets errors speak of the file `name` where they would of `part`, which holds a part of it.
  virtual void name_part(const std::string& part, const std::string& name) = 0;

  /// Names and types of a SELECT's columns, found by binding it: nothing is read beyond what binding needs.
  virtual Result<std::vector<Column>> describe(std::string_view sql) = 0;

  /// How many statements `sql` has and the type of the first, by DuckDB's parser: "SELECT", "COPY", "ATTACH", …
  struct Parsed {
    int statements = 0;
    std::string type;
  };
  virtual Result<Parsed> parse(std::string_view sql) = 0;
};

/// Version of libduckdb, as "v1.5.6".
Result<std::string> duckdb_library_version();

/// Quotes a name or text for SQL.
std::string quote_identifier(std::string_view name);
std::string quote_literal(std::string_view text);

/// A NULL of each column's type under its name, as a select list.
template <typename AnyColumn>
std::string null_list(const std::vector<AnyColumn>& columns) {
  std::string list;
  for (const auto& column : columns)
    list +=
        (list.empty() ? "CAST(NULL AS " : ", CAST(NULL AS ") + column.type + ") AS " + quote_identifier(column.name);
  return list;
}

}  // namespace matview::engine
