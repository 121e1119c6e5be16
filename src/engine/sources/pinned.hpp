#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "matview/result.hpp"
#include "matview/view.hpp"

namespace matview::engine {

/// One way in which a definition reads a set of files: the function with its arguments, and what it gave at `create`.
struct FileUse {
  std::string call;                   ///< function and arguments other than the files, as written: identifies the use
  std::vector<Column> columns;        ///< of the whole set
  std::string paths = {};             ///< the column that has the files' paths, where with_paths() added it
  std::string pins;                   ///< arguments that keep DuckDB from guessing again, as SQL
  std::vector<std::string> replaced;  ///< names of the user's arguments that `pins` stand for
  /// Types that each column had in some file at `create`; an empty one where a file did not have it.
  std::map<std::string, std::vector<std::string>> accepted;
  // CSV and JSON
  std::vector<Column> fields;       ///< the columns that come from the files' content, in the order of `header`
  std::vector<std::string> header;  ///< CSV: the first row of the files, as it stands there; empty if they have none
  std::vector<std::string>
      checked;  ///< columns whose types were guessed: their text is looked at before it is converted
  char delimiter = ',';
  char quote = '"';
  char comment = 0;
  std::int64_t skip = 0;
};

/// PinnedSource::pinned, taken apart. Which members mean something depends on PinnedSource::kind.
struct Pinned {
  std::vector<std::string> patterns;  ///< files: as written
  std::vector<FileUse> uses;          ///< files
  std::vector<Column> columns;        ///< view, duckdb, ducklake
  std::string attachment;             ///< duckdb, ducklake: its alias
  std::string schema;                 ///< duckdb, ducklake
  std::string table;                  ///< duckdb, ducklake, view: the name
};

/// Whether names and types are equal.
bool same_columns(const std::vector<Column>& a, const std::vector<Column>& b);

/// Whether all that are wanted are among the columns, each of its type.
bool has_columns(const std::vector<Column>& columns, const std::vector<Column>& wanted);

std::string to_json(const Pinned& pinned);

/// `internal` for what `to_json` did not write.
Result<Pinned> pinned_from_json(std::string_view text);

}  // namespace matview::engine
