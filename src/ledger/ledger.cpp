#include "ledger/ledger.hpp"

#include <SQLiteCpp/SQLiteCpp.h>
#include <SQLiteCpp/VariadicBind.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <condition_variable>
#include <map>
#include <mutex>
#include <utility>

#include "ledger/database.hpp"
#include "ledger/job_document.hpp"
#include "support/failpoint.hpp"
#include "support/file.hpp"
#include "support/home.hpp"
#include "support/json.hpp"

namespace matview::ledger {

namespace {

namespace fs = std::filesystem;

std::vector<JobRecord> rows(SQLite::Statement& query) {
  std::vector<JobRecord> records;
  while (query.executeStep())
    // One document that cannot be read must not hide the others.
    if (const auto document = support::parse_json(query.getColumn(0).getString()))
      records.push_back(from_document(*document));
  return records;
}

class Ledger final : public JobLog {
 public:
  Ledger(fs::path file, Mask mask, std::int64_t keep) : path_(std::move(file)), mask_(std::move(mask)), keep_(keep) {}

  /// What comes while another thread waits for the disk is written together: a run over many views would do nothing
  /// else but wait, one record after the other.
  Result<void> put(const JobRecord& record) override {
    Waiting mine{masked(record, mask_), {}, false};
    std::unique_lock lock(queue_mutex_);
    queue_.push_back(&mine);
    written_.wait(lock, [&] { return mine.done || !writing_; });
    if (mine.done) return mine.result;
    const auto batch = std::exchange(queue_, {});
    writing_ = true;
    lock.unlock();
    const auto result = write(batch);
    lock.lock();
    writing_ = false;
    for (auto* waiting : batch) {
      if (result) remember_record(waiting->record);
      waiting->result = result;
      waiting->done = true;
    }
    written_.notify_all();
    return result;
  }

  Result<std::optional<JobRecord>> find(std::string_view id) override {
    if (auto own = own_record(id)) return own;
    // A run that was adopted has several records: the newest is the one that was followed last.
    MATVIEW_ASSIGN(auto found, select("SELECT document FROM jobs WHERE number = max("
                                      " coalesce((SELECT max(number) FROM jobs WHERE key = ?1), 0),"
                                      " coalesce((SELECT max(number) FROM jobs WHERE id = ?1), 0))",
                                      [&](SQLite::Statement& query) { SQLite::bind(query, std::string(id)); }));
    if (found.empty()) return std::nullopt;
    return std::move(found.front());
  }

  Result<std::vector<JobRecord>> records(std::string_view profile, std::string_view view, std::int64_t limit) override {
    return select(
        "SELECT document FROM jobs WHERE (?1 = '' OR profile = ?1) AND (?2 = '' OR view = ?2)"
        " ORDER BY number DESC LIMIT ?3",
        [&](SQLite::Statement& query) {
          SQLite::bind(query, std::string(profile), std::string(view), std::max<std::int64_t>(limit, 0));
        });
  }

  std::optional<std::string> recall(std::string_view profile, std::string_view key) override {
    const std::lock_guard lock(mutex_);
    const auto opened = open_for_reading();
    if (!opened || !*opened) return std::nullopt;
    auto value = file_->read([&](SQLite::Database& database) -> std::optional<std::string> {
      SQLite::Statement query(database, "SELECT value FROM notes WHERE profile = ? AND key = ?");
      SQLite::bind(query, std::string(profile), std::string(key));
      if (!query.executeStep()) return std::nullopt;
      return query.getColumn(0).getString();
    });
    return value ? *std::move(value) : std::nullopt;
  }

  void remember(std::string_view profile, std::string_view key, std::string_view value) override {
    // Masked it would be another value.
    if (mask_(value) != value) return;
    const std::lock_guard lock(mutex_);
    if (!open_for_writing()) return;
    std::ignore = file_->write([&](SQLite::Database& database) {
      SQLite::Statement put(database, "INSERT OR REPLACE INTO notes(profile, key, value) VALUES (?, ?, ?)");
      SQLite::bind(put, std::string(profile), std::string(key), std::string(value));
      put.exec();
    });
  }

 private:
  /// A record on its way to the disk, owned by the thread that waits for it.
  struct Waiting {
    JobRecord record;
    Result<void> result;
    bool done = false;
  };

  // What this process follows it asks for again and again; it need not wait for the disk of others for that.

  void remember_record(const JobRecord& record) {
    own_.insert_or_assign(record.key, record);
    keys_.insert_or_assign(record.job.id, record.key);
  }

  std::optional<JobRecord> own_record(std::string_view id) {
    const std::lock_guard lock(queue_mutex_);
    const auto by_id = keys_.find(id);
    const auto found = own_.find(by_id == keys_.end() ? id : std::string_view(by_id->second));
    // What has ended another process may have found out more about.
    if (found == own_.end() || is_terminal(found->second.job.state)) return std::nullopt;
    return found->second;
  }

  Result<void> write(const std::vector<Waiting*>& batch) {
    const std::lock_guard lock(mutex_);
    MATVIEW_TRY(open_for_writing());
    MATVIEW_TRY(support::failpoint("ledger.put"));
    return file_->write([&](SQLite::Database& database) {
      SQLite::Statement put(database,
                            "INSERT INTO jobs(key, id, profile, view, document) VALUES (?, ?, ?, ?, ?)"
                            " ON CONFLICT(key) DO UPDATE SET id = excluded.id, profile = excluded.profile,"
                            " view = excluded.view, document = excluded.document");
      for (const auto* waiting : batch) {
        const auto& [key, job, clue] = waiting->record;
        SQLite::bind(put, key, job.id, job.profile, job.view, support::to_json(to_document(waiting->record)));
        put.exec();
        put.reset();
      }
      SQLite::Statement prune(database, "DELETE FROM jobs WHERE number <= (SELECT max(number) FROM jobs) - ?");
      SQLite::bind(prune, keep_);
      prune.exec();
    });
  }

  template <typename Bind>
  Result<std::vector<JobRecord>> select(const char* sql, Bind&& bind) {
    const std::lock_guard lock(mutex_);
    MATVIEW_ASSIGN(const bool opened, open_for_reading());
    if (!opened) return std::vector<JobRecord>();
    return file_->read([&](SQLite::Database& database) {
      SQLite::Statement query(database, sql);
      bind(query);
      return rows(query);
    });
  }

  Result<void> open_for_writing() {
    if (file_) return {};
    MATVIEW_ASSIGN(file_, LedgerFile::open_for_writing(path_));
    return {};
  }

  /// False where there is nothing to read.
  Result<bool> open_for_reading() {
    if (!file_) {
      MATVIEW_ASSIGN(file_, LedgerFile::open_for_reading(path_));
    }
    return file_ != nullptr;
  }

  const fs::path path_;
  const Mask mask_;
  const std::int64_t keep_;
  std::mutex mutex_;
  std::unique_ptr<LedgerFile> file_;
  std::mutex queue_mutex_;  ///< of what follows; never taken together with the other
  std::condition_variable written_;
  std::vector<Waiting*> queue_;
  std::map<std::string, JobRecord, std::less<>> own_;     ///< put by this process, by key
  std::map<std::string, std::string, std::less<>> keys_;  ///< of those, by the job's id
  bool writing_ = false;
};

/// The nearest part of the path that exists: what will hold the ledger when it is made.
fs::path existing_part(fs::path path) {
  while (::access(path.c_str(), F_OK) != 0 && path.has_relative_path()) path = path.parent_path();
  return path;
}

}  // namespace

fs::path default_path(const Environment& environment) {
  if (const auto given = environment.variable("MATVIEW_LEDGER"); given && !given->empty())
    return support::expand_path(*given, environment.working_directory(), environment).value_or(fs::path());
  const auto folder = support::xdg_directory(environment, "XDG_STATE_HOME", ".local/state");
  return folder ? *folder / "matview" / "ledger.sqlite" : fs::path();
}

std::unique_ptr<JobLog> open_ledger(fs::path file, Mask mask, std::int64_t keep) {
  return std::make_unique<Ledger>(std::move(file), std::move(mask), keep);
}

Result<LedgerStatus> examine(const fs::path& file) {
  MATVIEW_ASSIGN(const auto status, file.empty() ? std::nullopt : support::status_of(file));
  if (!file.empty() && !status) {
    const auto folder = existing_part(file);
    if (::access(folder.c_str(), W_OK | X_OK) != 0)
      return fail(
          support::system_error("make the ledger in", folder, errno).with_hint("set MATVIEW_LEDGER to another file"));
    return LedgerStatus{};
  }
  MATVIEW_ASSIGN(const auto opened,
                 file.empty() ? LedgerFile::open_for_writing(file) : LedgerFile::open_for_reading(file));
  if (!opened) return LedgerStatus{true, 0};
  MATVIEW_TRY(opened->try_lock());
  MATVIEW_ASSIGN(const auto count, opened->read([](SQLite::Database& database) {
    return database.execAndGet("SELECT count(*) FROM jobs").getInt64();
  }));
  return LedgerStatus{true, count};
}

}  // namespace matview::ledger
