#pragma once

#include <filesystem>
#include <memory>
#include <type_traits>

#include "matview/result.hpp"

namespace SQLite {
class Database;
}

namespace matview::ledger {

/// The ledger's file, open. SQLite's exceptions end here: bodies let them pass, and they come out as errors that name
/// the file. A rollback journal and no log: every process is short, and one file is all there is between them.
class LedgerFile {
 public:
  /// Makes what is missing: the folder (0700), the file (0600), the tables.
  static Result<std::unique_ptr<LedgerFile>> open_for_writing(const std::filesystem::path& file);
  /// Null where there is no file, or nothing in it yet.
  static Result<std::unique_ptr<LedgerFile>> open_for_reading(const std::filesystem::path& file);

  ~LedgerFile();
  LedgerFile(const LedgerFile&) = delete;
  LedgerFile& operator=(const LedgerFile&) = delete;

  /// Runs `body(SQLite::Database&)` in one transaction that nobody else writes beside. On disk when it returns.
  template <typename Body>
  Result<void> write(Body&& body) {
    try {
      begin();
      body(*database_);
      commit();
      return {};
    } catch (...) {
      return fail(caught());
    }
  }

  /// Takes the lock for writing and lets it go: an error says why it cannot be had.
  Result<void> try_lock() {
    try {
      begin();
      roll_back();
      return {};
    } catch (...) {
      return fail(caught());
    }
  }

  /// Runs `body`, which returns what it found.
  template <typename Body>
  auto read(Body&& body) -> Result<std::invoke_result_t<Body, SQLite::Database&>> {
    try {
      return body(*database_);
    } catch (...) {
      return fail(caught());
    }
  }

 private:
  explicit LedgerFile(std::filesystem::path file) : file_(std::move(file)) {}
  /// False where there is nothing in the file yet.
  Result<bool> connect();
  Result<bool> check_format();
  void make_tables();
  void begin();
  void commit();
  void roll_back() noexcept;
  /// What the exception being handled says, after a rollback. Rethrows what does not come from SQLite.
  Error caught();

  std::filesystem::path file_;
  std::unique_ptr<SQLite::Database> database_;
};

}  // namespace matview::ledger
