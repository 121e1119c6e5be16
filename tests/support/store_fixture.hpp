#pragma once

#include <filesystem>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "support/json.hpp"
#include "support/sandbox.hpp"

namespace matview::test {

/// A sandbox with a store and CSV files to read, for tests that break things and look at what is left.
class StoreFixture {
 public:
  StoreFixture();

  const Sandbox& box() const { return box_; }
  std::filesystem::path store() const { return box_.home() / "store"; }
  std::filesystem::path sources() const { return box_.work() / "in"; }

  /// A command with the store in its environment.
  Command command(std::vector<std::string> arguments) const;

  /// Runs one and returns what came of it.
  Outcome run(std::vector<std::string> arguments) const;

  /// Runs one that must succeed; its stdout.
  std::string must(std::vector<std::string> arguments) const;

  /// Writes in/NAME.csv with columns k (0 to 4, in turn) and v (first, first + 1, …).
  void write_csv(std::string_view name, int first, int count) const;

  /// `query SQL -o csv` without its header.
  std::string query(const std::string& sql) const;

  /// Runs SQL on a DuckDB file (":memory:" for none) by libduckdb alone; cells separated by tabs.
  std::string duckdb(const std::string& database, const std::string& sql) const;

  /// Copies the store aside and brings it back, at the same path. Sources that it keeps as links are lost by that,
  /// those it keeps as copies are not.
  void save() const;
  void restore() const;

  /// Paths below data/ that exist, and those the catalog lists as current, old or scheduled; relative to data/.
  std::set<std::string> files_on_disk() const;
  std::set<std::string> files_in_catalog() const;

  /// The same of what is private to views: files of state and kept sources, relative to the store.
  std::set<std::string> private_files_on_disk() const;
  std::set<std::string> private_files_in_catalog() const;

  /// What must hold after anything: a healthy catalog, no orphan after `gc`, nothing left in tmp/, no dead pin.
  void check_clean_after_gc() const;

 private:
  Sandbox box_;
};

}  // namespace matview::test
