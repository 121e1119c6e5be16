#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "matview/view.hpp"

namespace SQLite {
class Database;
}

namespace matview::property {

/// Reads a store by the DuckLake specification alone: its catalog through SQLite, its files by their paths. Shares no
/// code with the engine.
class LakeReader {
 public:
  explicit LakeReader(const std::filesystem::path& store);
  ~LakeReader();

  /// The versions of a view that are kept, with their snapshots.
  std::map<std::int64_t, std::int64_t> versions(const std::string& view);

  /// A SELECT of a view's rows at a snapshot, as `columns`.
  std::string rows_sql(const std::string& view, std::int64_t snapshot, const std::vector<Column>& columns);

  /// How many rows the catalog says there are at a snapshot.
  std::int64_t row_count(const std::string& view, std::int64_t snapshot);

 private:
  std::filesystem::path folder(const std::string& view);

  std::unique_ptr<SQLite::Database> catalog_;
};

}  // namespace matview::property
