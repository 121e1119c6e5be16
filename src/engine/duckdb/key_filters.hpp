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

/// The function k_among_function of one database.
class KeyFilters {
 public:
  explicit KeyFilters(const DuckDbApi& api) : api_(api) {}

  /// Makes the function known, once. This object must outlive the database.
  Result<void> add_to(duckdb_connection connection);

  /// Takes the hashes that a SELECT of one UBIGINT column gives, in place of those of that name before.
  Result<void> remember(const std::string& name, duckdb_connection connection, const std::string& sql);

 private:
  /// A bit for each value of the lower bits of a hash; as many bits as a power of 2.
  using Bits = std::vector<std::uint64_t>;

  static void answer(duckdb_function_info info, duckdb_data_chunk input, duckdb_vector output);
  std::shared_ptr<const Bits> bits_of(const std::string& name);

  const DuckDbApi& api_;
  bool added_ = false;
  std::mutex mutex_;  ///< queries run in several threads
  std::map<std::string, std::shared_ptr<const Bits>, std::less<>> known_;
};

}  // namespace matview::engine
