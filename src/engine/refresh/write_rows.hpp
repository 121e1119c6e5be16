#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/duckdb/database.hpp"
#include "engine/store/records.hpp"
#include "matview/control.hpp"
#include "matview/environment.hpp"
#include "matview/result.hpp"

namespace matview::engine {

/// A Parquet file that no catalog knows yet. Unlinks it when it goes, unless `release` was called: that is how a
/// refresh that fails leaves nothing behind.
class UncommittedFile {
 public:
  explicit UncommittedFile(std::filesystem::path path) : path_(std::move(path)) {}
  UncommittedFile(const UncommittedFile&) = delete;
  UncommittedFile& operator=(const UncommittedFile&) = delete;
  ~UncommittedFile();

  const std::filesystem::path& path() const { return path_; }
  void release() { path_.clear(); }

 private:
  std::filesystem::path path_;
};

/// New files in one directory, with names that nobody has used. Unlinks them all when it goes, unless released.
class UncommittedFiles {
 public:
  UncommittedFiles(std::filesystem::path directory, const Environment& environment)
      : directory_(std::move(directory)), environment_(environment) {}

  const std::filesystem::path& directory() const { return directory_; }
  /// Where a new file is to be written: "matview-UUID.parquet", or "matview-UUID-KIND.parquet".
  std::filesystem::path add(std::string_view kind = {});
  /// Unlinks one of them now.
  void drop(const std::filesystem::path& path);
  void release();

 private:
  std::filesystem::path directory_;
  const Environment& environment_;
  std::vector<std::unique_ptr<UncommittedFile>> files_;
};

/// Runs `sql` and writes its rows to the Parquet file at `path`, durable when this returns: file and directory are
/// fsynced, which DuckDB's COPY does not do. `field_ids` is the value of COPY's FIELD_IDS;
/// empty: the columns get none.
/// The result's path is relative to the file's directory; no rows is a result with `rows` 0 and the file still there.
Result<NewDataFile> write_rows(Database& database, const std::string& sql, const std::string& field_ids,
                               const std::filesystem::path& path, Control& control, const std::string& view);

enum class DeleteForm {
  lake,       ///< file_path and pos, as every reader of DuckLake wants it
  positions,  ///< pos alone, for relations that nobody else reads: a third of the time
};

/// Writes delete files for rows that go from `current`, one for each data file concerned; each names what the file's
/// delete file before it names too. `positions` is a table, or a SELECT in parentheses that always answers alike, of
/// __matview_file and __matview_pos (see located_rows_sql), each live row at most once: one that is named twice, is
/// gone already or was never there is `internal`. A data file that has no row left gets no file: its entry has no path
/// and as many rows as the data file.
Result<std::vector<NewDeleteFile>> write_deletes(Database& database, const std::string& positions,
                                                 const std::vector<DataFile>& current, UncommittedFiles& files,
                                                 Control& control, const std::string& view,
                                                 DeleteForm form = DeleteForm::lake);

}  // namespace matview::engine
