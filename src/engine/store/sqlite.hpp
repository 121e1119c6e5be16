#pragma once

#include <exception>
#include <filesystem>
#include <memory>
#include <type_traits>
#include <utility>

#include "matview/result.hpp"
#include "support/file.hpp"

namespace SQLite {
class Database;
}

namespace matview::engine {

/// An open catalog. This is where SQLite's exceptions end: the functions that work inside a transaction take the
/// SQLite::Database and let its exceptions pass, `read` and `write` turn them into errors that name the catalog.
class Catalog {
 public:
  enum class Access { read, write };

  /// Opens an existing catalog file. Reading works on a read-only file system too.
  static Result<std::unique_ptr<Catalog>> open(const std::filesystem::path& file, Access access);
  ~Catalog();
  Catalog(const Catalog&) = delete;
  Catalog& operator=(const Catalog&) = delete;

  /// Runs `body(SQLite::Database&)`, which returns a Result, in one transaction that sees one state of the catalog.
  /// May run it again if the file changed below a reader that cannot lock, so it must not have effects elsewhere.
  template <typename Body>
  auto read(Body&& body) -> std::invoke_result_t<Body, SQLite::Database&> {
    for (int attempt = 0;; ++attempt) {
      auto result = run(Transaction::deferred, body);
      if (attempt >= k_attempts || !must_read_again()) return result;
    }
  }

  /// Runs `body` in one transaction that nobody else writes beside; commits if its Result is a value.
  template <typename Body>
  auto write(Body&& body) -> std::invoke_result_t<Body, SQLite::Database&> {
    return run(Transaction::immediate, body);
  }

  /// Runs `body` as `write` does without waiting for the disk: nothing but a loss of power before the next `write` can
  /// take it back. For what would be found out anew.
  template <typename Body>
  auto write_behind(Body&& body) -> std::invoke_result_t<Body, SQLite::Database&> {
    return run(Transaction::behind, body);
  }

  /// Runs `body` as `write` does and takes back what it did: what would happen, without it happening.
  template <typename Body>
  auto rehearse(Body&& body) -> std::invoke_result_t<Body, SQLite::Database&> {
    return run(Transaction::rehearsal, body);
  }

  const std::filesystem::path& file() const { return file_; }

 private:
  enum class Transaction { deferred, immediate, behind, rehearsal };
  static constexpr int k_attempts = 20;

  explicit Catalog(std::filesystem::path file);
  Result<void> connect(Access access);
  Result<void> connect_immutable();
  bool must_read_again();
  void begin(Transaction kind);
  void commit();
  void roll_back() noexcept;
  void end(Transaction kind) noexcept;
  /// What the exception being handled says, as an error. Rethrows what does not come from SQLite.
  Error caught() const;

  template <typename Body>
  auto run(Transaction kind, Body& body) -> std::invoke_result_t<Body, SQLite::Database&> {
    try {
      begin(kind);
      auto result = body(*database_);
      if (result && kind != Transaction::rehearsal)
        commit();
      else
        roll_back();
      end(kind);
      return result;
    } catch (const std::exception&) {
      Error error = caught();
      roll_back();
      end(kind);
      return fail(std::move(error));
    }
  }

  std::filesystem::path file_;
  std::unique_ptr<SQLite::Database> database_;
  bool immutable_ = false;
  std::optional<support::FileStatus> immutable_state_;
};

/// The error for a failing SQLite call on `file`, from its extended result code, message and errno.
Error sqlite_error(const std::filesystem::path& file, int extended_code, const char* message, int system_errno);

}  // namespace matview::engine
