#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "engine/duckdb/api.hpp"
#include "matview/result.hpp"

namespace matview::engine {

/// The function k_live_function of one database.
class LiveRows {
 public:
  explicit LiveRows(const DuckDbApi& api) : api_(api) {}

  /// Makes the function known to `database`, by way of one of its connections. Once is enough. This object must outlive
  /// the database.
  Result<void> add_to(duckdb_database database, duckdb_connection connection);

 private:
  using Bits = std::vector<std::uint64_t>;  ///< a position whose bit is set is gone

  static void answer(duckdb_function_info info, duckdb_data_chunk input, duckdb_vector output);
  Result<std::shared_ptr<const Bits>> positions_of(const std::string& delete_file);
  Result<std::shared_ptr<const Bits>> read(const std::string& delete_file);

  const DuckDbApi& api_;
  duckdb_database database_ = nullptr;
  bool added_ = false;
  std::mutex mutex_;  ///< queries run in several threads
  std::map<std::string, std::shared_ptr<const Bits>, std::less<>> read_;
};

}  // namespace matview::engine
