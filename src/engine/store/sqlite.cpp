#include "engine/store/sqlite.hpp"

#include <SQLiteCpp/SQLiteCpp.h>
#include <sqlite3.h>
#include <unistd.h>

#include <cctype>
#include <cerrno>
#include <system_error>

namespace matview::engine {

namespace fs = std::filesystem;

namespace {

// Longer than any transaction of ours takes; waiting ends at once when the other side is done.
constexpr int k_busy_milliseconds = 60'000;

/// The file as a URI, for the `immutable` parameter.
std::string uri_of(const fs::path& file) {
  constexpr std::string_view k_digits = "0123456789ABCDEF";
  std::string uri = "file:";
  for (const char c : file.string()) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '%' || c == '?' || c == '#' || byte < 0x20) {
      uri += {'%', k_digits[byte >> 4], k_digits[byte & 15]};
    } else {
      uri += c;
    }
  }
  return uri + "?immutable=1";
}

bool same_file(const support::FileStatus& a, const support::FileStatus& b) {
  return a.inode == b.inode && a.size == b.size && a.mtime_ns == b.mtime_ns && a.ctime_ns == b.ctime_ns;
}

std::string lower_first(std::string text) {
  if (!text.empty()) text[0] = static_cast<char>(std::tolower(static_cast<unsigned char>(text[0])));
  return text;
}

}  // namespace

Error sqlite_error(const fs::path& file, int extended_code, const char* message, int system_errno) {
  const std::string name = "the catalog '" + file.string() + "'";
  switch (extended_code & 0xFF) {
    case SQLITE_FULL:
      return Error(ErrorCode::failed, "cannot write " + name + ": no space left on device")
          .with_hint("free some space, then run it again");
    case SQLITE_READONLY: return Error(ErrorCode::failed, "cannot write " + name + ": it is read-only");
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return Error(ErrorCode::failed, name + " is damaged: " + message)
          .with_hint("restore it from a copy; the rows themselves are in the Parquet files beside it");
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_PROTOCOL: return Error(ErrorCode::unavailable, name + " is held by another process").with_retryable();
    default: break;
  }
  std::string text = "cannot use " + name + ": " + message;
  if (system_errno != 0 && ((extended_code & 0xFF) == SQLITE_IOERR || (extended_code & 0xFF) == SQLITE_CANTOPEN))
    text += " (" + lower_first(std::generic_category().message(system_errno)) + ")";
  return Error(ErrorCode::failed, std::move(text));
}

Catalog::Catalog(fs::path file) : file_(std::move(file)) {}
Catalog::~Catalog() = default;

Result<std::unique_ptr<Catalog>> Catalog::open(const fs::path& file, Access access) {
  std::unique_ptr<Catalog> catalog(new Catalog(file));
  MATVIEW_TRY(catalog->connect(access));
  return catalog;
}

Result<void> Catalog::connect(Access access) {
  try {
    // SQLite falls back to reading by itself where the file cannot be written.
    database_ = std::make_unique<SQLite::Database>(file_.string(), SQLite::OPEN_READWRITE, k_busy_milliseconds);
    sqlite3_extended_result_codes(database_->getHandle(), 1);
    database_->exec(access == Access::read ? "PRAGMA query_only = ON" : "PRAGMA synchronous = FULL");
    database_->execAndGet("SELECT count(*) FROM sqlite_master WHERE rowid = 1");
    return {};
  } catch (const SQLite::Exception& exception) {
    const int code = exception.getErrorCode() & 0xFF;
    Error error = database_ ? caught() : sqlite_error(file_, exception.getExtendedErrorCode(), exception.what(), 0);
    // A catalog in WAL mode needs two files beside it even for reading. Where they cannot be made nobody else can
    // write either, unless by another mount; must_read_again() looks after that.
    if (access == Access::write && ::access(file_.c_str(), W_OK) != 0)
      return fail(support::system_error("write", file_, errno));
    if (access == Access::write || (code != SQLITE_CANTOPEN && code != SQLITE_READONLY)) return fail(std::move(error));
    if (!connect_immutable()) return fail(std::move(error));
    return {};
  }
}

Result<void> Catalog::connect_immutable() {
  fs::path log = file_;
  log += "-wal";
  MATVIEW_ASSIGN(const auto log_status, support::status_of(log));
  if (log_status && log_status->size > 0)
    return fail(ErrorCode::failed, "the catalog '" + file_.string() + "' has a log that cannot be read here");
  MATVIEW_ASSIGN(immutable_state_, support::status_of(file_));
  try {
    database_ = std::make_unique<SQLite::Database>(uri_of(file_), SQLite::OPEN_READONLY | SQLite::OPEN_URI);
    sqlite3_extended_result_codes(database_->getHandle(), 1);
    immutable_ = true;
    return {};
  } catch (const SQLite::Exception& exception) {
    return fail(sqlite_error(file_, exception.getExtendedErrorCode(), exception.what(), 0));
  }
}

bool Catalog::must_read_again() {
  if (!immutable_) return false;
  const auto status = support::status_of(file_);
  fs::path log = file_;
  log += "-wal";
  const auto log_status = support::status_of(log);
  const bool log_is_empty = log_status && (!*log_status || (*log_status)->size == 0);
  const bool unchanged =
      status && *status && immutable_state_ && same_file(**status, *immutable_state_) && log_is_empty;
  if (unchanged) return false;
  database_.reset();
  immutable_ = false;
  return connect(Access::read).has_value();
}

void Catalog::begin(Transaction kind) {
  if (kind == Transaction::behind) database_->exec("PRAGMA synchronous = NORMAL");
  database_->exec(kind == Transaction::deferred ? "BEGIN" : "BEGIN IMMEDIATE");
}

void Catalog::commit() { database_->exec("COMMIT"); }

void Catalog::roll_back() noexcept {
  if (database_ && sqlite3_get_autocommit(database_->getHandle()) == 0) database_->tryExec("ROLLBACK");
}

void Catalog::end(Transaction kind) noexcept {
  if (kind == Transaction::behind) database_->tryExec("PRAGMA synchronous = FULL");
}

Error Catalog::caught() const {
  try {
    throw;
  } catch (const SQLite::Exception& exception) {
    const int extended = exception.getExtendedErrorCode();
    const int system_errno = database_ ? sqlite3_system_errno(database_->getHandle()) : 0;
    return sqlite_error(file_, extended > 0 ? extended : exception.getErrorCode(), exception.what(), system_errno);
  }
}

}  // namespace matview::engine
