#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "engine/duckdb/database.hpp"
#include "engine/store/records.hpp"
#include "matview/control.hpp"
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

/// Runs `sql` and writes its rows to the Parquet file at `path`, durable when this returns: file and directory are
/// fsynced, which DuckDB's COPY does not do. `field_ids` is the value of COPY's FIELD_IDS.
/// The result's path is relative to the file's directory; no rows is a result with `rows` 0 and the file still there.
Result<NewDataFile> write_rows(Database& database, const std::string& sql, const std::string& field_ids,
                               const std::filesystem::path& path, Control& control, const std::string& view);

}  // namespace matview::engine
