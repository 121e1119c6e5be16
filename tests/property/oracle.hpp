#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/duckdb/database.hpp"
#include "matview/view.hpp"

namespace matview::property {

/// Plain DuckDB, which knows what every view has to hold: it runs the user's SQL over the files as they are, and finds
/// under the names of views the rows they must have had after their last refresh.
class Oracle {
 public:
  /// Relative paths count from `directory`.
  explicit Oracle(const std::filesystem::path& directory);

  engine::Database& database() { return *database_; }

  /// Runs SQL that cannot fail; throws where it does.
  void must(const std::string& sql);

  /// Names and types of the columns of a query, or the reason why there are none.
  Result<std::vector<Column>> describe(const std::string& sql) { return database_->describe(sql); }

  /// Computes a view anew; its rows stand for its name from now on. Returns how many there are.
  Result<std::int64_t> compute(const std::string& view, const std::string& sql);

  /// Keeps the rows of a view as those of `version`.
  void remember(const std::string& view, std::int64_t version);
  static std::string remembered(const std::string& view, std::int64_t version);

  /// What the functions of the clock tell from now on, in seconds since 1970. The zone is UTC.
  void set_time(std::int64_t seconds);

  /// How the rows of two relations differ, in a few lines; empty if they are the same multiset, floating-point numbers
  /// up to a relative 1e-9.
  Result<std::string> difference(const std::string& expected, const std::string& stored,
                                 const std::vector<Column>& columns);

  std::int64_t count(const std::string& relation);

 private:
  std::unique_ptr<engine::Database> database_;
};

/// A column's name as it stands in SQL.
std::string in_quotes(const std::string& name);

}  // namespace matview::property
