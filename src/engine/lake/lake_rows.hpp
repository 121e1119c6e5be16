#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "matview/result.hpp"

namespace SQLite {
class Database;
}

namespace matview::engine {

// A DuckLake table as its catalog has it. The functions read inside an open transaction and throw SQLite::Exception.

/// A column or nested field.
struct LakeField {
  std::int64_t id = 0;
  std::string name;
  std::string type;  ///< DuckLake's name
  std::optional<std::string> initial_default;
  std::int64_t begin_snapshot = 0;
  std::vector<LakeField> children;
};

struct LakeDeleteFile {
  std::string path;  ///< absolute
  std::int64_t count = 0;
  bool partial = false;  ///< says of each position since which snapshot it is deleted
};

/// A column of a Parquet file that has no field ids, by name.
struct LakeNameMapping {
  std::string source;
  std::int64_t field_id = 0;
  bool is_partition = false;  ///< its value stands in the path
};

struct LakeDataFile {
  std::int64_t id = 0;
  std::string path;  ///< absolute
  std::int64_t rows = 0;
  std::int64_t bytes = 0;
  std::int64_t begin_snapshot = 0;
  bool partial = false;  ///< holds rows of later snapshots too
  std::optional<std::vector<LakeNameMapping>> mapping;
  std::optional<LakeDeleteFile> deletes;
  std::vector<std::int64_t> inlined_deletes;  ///< positions in the file
};

/// Rows kept in the catalog itself, all written with one set of columns.
struct LakeInlinedRows {
  std::string table;
  std::vector<LakeField> columns;  ///< as they were then
  std::vector<std::vector<std::optional<std::string>>> rows;
  std::vector<bool> is_blob;  ///< of each column: bytes rather than text
  /// Of each row its id and the snapshot it began with: an update keeps the id.
  std::vector<std::pair<std::int64_t, std::int64_t>> ids;
};

struct LakeTableRows {
  std::int64_t table_id = 0;
  std::string uuid;
  std::int64_t changed_snapshot = 0;
  std::vector<LakeField> columns;
  std::vector<LakeDataFile> files;
  std::vector<LakeInlinedRows> inlined;
};

struct LakeSource {
  std::filesystem::path catalog;
  std::filesystem::path data_path;
};

/// Where the data files are. `unsupported` for versions and features that cannot be read.
Result<LakeSource> read_lake_source(SQLite::Database& database, const std::filesystem::path& catalog);

std::int64_t read_newest_snapshot(SQLite::Database& database);

std::vector<std::pair<std::string, std::string>> read_lake_tables(SQLite::Database& database, std::int64_t snapshot);

/// Everything of one table at one snapshot; empty if there is no such table then.
Result<std::optional<LakeTableRows>> read_lake_table(SQLite::Database& database, const LakeSource& lake,
                                                     const std::string& schema, const std::string& name,
                                                     std::int64_t snapshot);

/// Columns of a table at a snapshot, nested.
std::vector<LakeField> read_lake_columns(SQLite::Database& database, std::int64_t table_id, std::int64_t snapshot);

/// Rows of a table that are kept in the catalog.
Result<std::vector<LakeInlinedRows>> read_inlined_rows(SQLite::Database& database, std::int64_t table_id,
                                                       std::int64_t snapshot);

}  // namespace matview::engine
