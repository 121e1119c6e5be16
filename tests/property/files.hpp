#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "matview/provider.hpp"
#include "oracle.hpp"
#include "script.hpp"

namespace matview::property {

/// Makes, changes and removes the files that views read, as the world outside does.
class Files {
 public:
  Files(std::filesystem::path directory, const Environment& environment, Oracle& oracle)
      : directory_(std::move(directory)), environment_(environment), oracle_(oracle) {}

  void write(const Action& action);
  void remove(const std::string& path);
  void rename(const std::string& from, const std::string& to);
  void touch(const std::string& path);

  /// Makes the DuckDB file known to the oracle under its name, if it is there.
  void attach();

  /// What a view must be created with to read it: a DuckDB file, and a DuckLake, which is another store.
  static constexpr const char* k_database = "shop";
  static constexpr const char* k_lake = "lake";

 private:
  void write_table(const Action& action, const std::string& table);
  void write_lake(const Action& action, const std::string& table);
  void stamp(const std::filesystem::path& path);

  std::filesystem::path directory_;
  const Environment& environment_;
  Oracle& oracle_;
  std::unique_ptr<Provider> lake_;
  long clock_ = 1'700'000'000;  ///< of modification times: the kernel's own may stand still between two writes
};

}  // namespace matview::property
