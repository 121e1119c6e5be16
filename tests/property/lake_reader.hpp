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

  /// What a view is at a snapshot.
  struct Stored {
    std::string sql;                           ///< a SELECT of its rows
    std::vector<std::filesystem::path> files;  ///< all that it reads
    std::int64_t rows = 0;                     ///< as the catalog says
  };
  Stored stored(const std::string& view, std::int64_t snapshot, const std::vector<Column>& columns);

 private:
  std::filesystem::path folder(const std::string& view);

  std::unique_ptr<SQLite::Database> catalog_;
};

}  // namespace matview::property
