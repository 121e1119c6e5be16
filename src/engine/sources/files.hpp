#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/duckdb/database.hpp"
#include "engine/sources/pinned.hpp"
#include "engine/sources/syntax.hpp"
#include "engine/store/records.hpp"

namespace matview::engine {

/// A reference that reads files.
struct FileCall {
  std::string function;               ///< read_parquet, read_csv, …
  std::vector<std::string> patterns;  ///< as written
  std::vector<Argument> arguments;    ///< those after the files
  std::string alias;                  ///< the name the reference has for the rest of the query, without one of its own

  std::string name() const;  ///< PinnedSource::name
  std::string key() const;   ///< FileUse::call
};

/// The file call that `reference` is; empty if it reads no files. `usage` for files that cannot be watched: remote
/// ones, ones named by an expression.
Result<std::optional<FileCall>> file_call(const Reference& reference);

/// An absolute pattern for one of a definition.
std::string absolute_pattern(const std::string& pattern, const std::string& base_dir);

/// The column `filename` that every file has without being asked.
enum class FileNames {
  hidden,   ///< as in DuckDB
  columns,  ///< one of the columns, also where that takes a look at the text first
};

/// Learns names and types from `files`, all that there are.
Result<FileUse> pin_files(Database& database, const FileCall& call, const std::vector<FileState>& files,
                          FileNames names = FileNames::hidden);

/// Which of some files must be looked at to see whether they fit.
enum class Unseen {
  all,
  none,   ///< all were read by this use before
  known,  ///< the same, and the caller names the columns: where all files were of one kind nobody is asked about them
};

/// A relation over exactly `files` with the pinned columns, as text for a FROM with an alias where it needs one.
/// `failed`, naming the file, where one does not fit.
Result<std::string> file_relation(Database& database, const FileCall& call, const FileUse& use,
                                  const std::vector<FileState>& files, bool has_alias, Unseen unseen = Unseen::all);

/// Whether the files' paths can be had. DuckDB 1.5.6 takes a condition on a column of the files' own that is called
/// filename for one on the path as soon as that is a column too, whatever its name.
bool tells_paths(const FileCall& call, const FileUse& use);

/// The use with the files' paths in one more column of this name, unless they are in one already. They can be had.
FileUse with_paths(const FileCall& call, FileUse use, std::string_view name);

/// The column that has the names of the files; empty if there is none.
std::string filename_column(const FileCall& call, const FileUse& use);

}  // namespace matview::engine
