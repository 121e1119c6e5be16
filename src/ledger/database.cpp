#include "ledger/database.hpp"

#include <SQLiteCpp/SQLiteCpp.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

#include "support/file.hpp"

namespace matview::ledger {

namespace fs = std::filesystem;

namespace {

// Longer than many processes need that all write at once; waiting ends at once when the other side is done.
constexpr int k_busy_milliseconds = 20'000;

// "mvjl": tells our files from other programs' databases.
constexpr int k_application_id = 0x6D766A6C;
constexpr int k_format = 1;

constexpr const char* k_tables = R"sql(
  CREATE TABLE jobs(
    number INTEGER PRIMARY KEY,
    key TEXT NOT NULL UNIQUE,
    id TEXT NOT NULL,
    profile TEXT NOT NULL,
    view TEXT NOT NULL,
    document TEXT NOT NULL);
  CREATE INDEX jobs_by_id ON jobs(id);
  CREATE INDEX jobs_by_view ON jobs(profile, view, number);
  CREATE TABLE notes(
    profile TEXT NOT NULL,
    key TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY(profile, key)) WITHOUT ROWID;
)sql";

constexpr std::string_view k_hint = "set MATVIEW_LEDGER to another file, or move this one away";

Error sqlite_error(const fs::path& file, int code, const char* message, int system_errno) {
  const std::string name = fmt::format("the ledger '{}'", file.string());
  switch (code & 0xFF) {
    case SQLITE_FULL: return support::system_error("write", file, ENOSPC);
    case SQLITE_READONLY:
      return support::system_error("write", file, EACCES).with_hint("set MATVIEW_LEDGER to another file");
    case SQLITE_NOTADB:
    case SQLITE_CORRUPT:
      return Error(ErrorCode::failed, fmt::format("{} is damaged or no ledger: {}", name, message))
          .with_hint(std::string(k_hint));
    case SQLITE_BUSY:
    case SQLITE_LOCKED: return Error(ErrorCode::unavailable, name + " is held by another process").with_retryable();
    default: break;
  }
  std::string text = fmt::format("cannot use {}: {}", name, message);
  if (system_errno != 0) text += fmt::format(" ({})", std::generic_category().message(system_errno));
  return Error(ErrorCode::failed, std::move(text)).with_hint(std::string(k_hint));
}

Result<void> make_folder(const fs::path& folder) {
  if (::mkdir(folder.c_str(), 0700) == 0) return support::fsync_directory(folder.parent_path());
  if (errno == ENOENT && folder.has_relative_path()) {
    MATVIEW_TRY(support::make_directories(folder.parent_path()));
    if (::mkdir(folder.c_str(), 0700) == 0) return support::fsync_directory(folder.parent_path());
  }
  // Whatever else is wrong with it, making the file says.
  return {};
}

/// SQLite would make the file as the umask has it.
Result<void> make_file(const fs::path& file) {
  MATVIEW_TRY(make_folder(file.parent_path()));
  const int made = ::open(file.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (made < 0) {
    if (errno == EEXIST) return {};
    return fail(
        support::system_error("create the ledger", file, errno).with_hint("set MATVIEW_LEDGER to another file"));
  }
  ::close(made);
  return support::fsync_directory(file.parent_path());
}

}  // namespace

LedgerFile::~LedgerFile() = default;

Result<std::unique_ptr<LedgerFile>> LedgerFile::open_for_writing(const fs::path& file) {
  if (file.empty())
    return fail(Error(ErrorCode::failed, "there is no place for the ledger: neither HOME nor XDG_STATE_HOME is set")
                    .with_hint("set MATVIEW_LEDGER to a file"));
  std::unique_ptr<LedgerFile> ledger(new LedgerFile(file));
  MATVIEW_ASSIGN(const auto status, support::status_of(file));
  if (!status) MATVIEW_TRY(make_file(file));
  MATVIEW_ASSIGN(const bool ready, ledger->connect());
  if (ready) return ledger;
  // Another process may do the same; whoever comes second finds the tables there.
  Result<bool> checked = false;
  MATVIEW_TRY(ledger->write([&](SQLite::Database&) {
    checked = ledger->check_format();
    if (checked && !*checked) ledger->make_tables();
  }));
  if (!checked) return fail(std::move(checked).error());
  return ledger;
}

Result<std::unique_ptr<LedgerFile>> LedgerFile::open_for_reading(const fs::path& file) {
  std::unique_ptr<LedgerFile> ledger(new LedgerFile(file));
  if (file.empty()) return nullptr;
  MATVIEW_ASSIGN(const auto status, support::status_of(file));
  if (!status) return nullptr;
  MATVIEW_ASSIGN(const bool ready, ledger->connect());
  if (!ready) return nullptr;
  return ledger;
}

Result<bool> LedgerFile::connect() {
  try {
    // SQLite falls back to reading by itself where the file cannot be written.
    database_ = std::make_unique<SQLite::Database>(file_.string(), SQLite::OPEN_READWRITE, k_busy_milliseconds);
    sqlite3_extended_result_codes(database_->getHandle(), 1);
    // EXTRA: the removal of the journal, which is what commits, is on disk too.
    database_->exec("PRAGMA synchronous = EXTRA");
    // One transaction: between two readings another process may make the tables.
    database_->exec("BEGIN");
    auto ready = check_format();
    roll_back();
    return ready;
  } catch (const SQLite::Exception& exception) {
    if (database_) return fail(caught());
    return fail(sqlite_error(file_, exception.getExtendedErrorCode(), exception.what(), errno));
  }
}

Result<bool> LedgerFile::check_format() {
  const int application = database_->execAndGet("PRAGMA application_id").getInt();
  const int format = database_->execAndGet("PRAGMA user_version").getInt();
  if (application == k_application_id && format == k_format) return true;
  if (application == k_application_id)
    return fail(Error(ErrorCode::failed,
                      fmt::format("the ledger '{}' was written by a newer matview (format {})", file_.string(), format))
                    .with_hint(std::string(k_hint)));
  const bool empty = database_->execAndGet("SELECT count(*) FROM sqlite_master").getInt() == 0;
  if (application == 0 && format == 0 && empty) return false;
  return fail(Error(ErrorCode::failed, fmt::format("'{}' is the database of another program", file_.string()))
                  .with_hint("set MATVIEW_LEDGER to another file"));
}

void LedgerFile::make_tables() {
  database_->exec(k_tables);
  database_->exec(fmt::format("PRAGMA application_id = {}", k_application_id));
  database_->exec(fmt::format("PRAGMA user_version = {}", k_format));
}

void LedgerFile::begin() { database_->exec("BEGIN IMMEDIATE"); }

void LedgerFile::commit() { database_->exec("COMMIT"); }

void LedgerFile::roll_back() noexcept {
  if (sqlite3_get_autocommit(database_->getHandle()) == 0) database_->tryExec("ROLLBACK");
}

Error LedgerFile::caught() {
  try {
    throw;
  } catch (const SQLite::Exception& exception) {
    const int extended = exception.getExtendedErrorCode();
    const int system_errno = sqlite3_system_errno(database_->getHandle());
    Error error =
        sqlite_error(file_, extended > 0 ? extended : exception.getErrorCode(), exception.what(), system_errno);
    roll_back();
    return error;
  }
}

}  // namespace matview::ledger
