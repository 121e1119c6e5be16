#include "engine/store/store.hpp"

#include <algorithm>
#include <utility>

#include "engine/store/create_store.hpp"
#include "engine/store/data_files.hpp"
#include "engine/store/garbage.hpp"
#include "engine/store/integrity.hpp"
#include "engine/store/locks.hpp"
#include "engine/store/paths.hpp"
#include "engine/store/publish.hpp"
#include "engine/store/retained_rows.hpp"
#include "engine/store/schema.hpp"
#include "engine/store/source_rows.hpp"
#include "engine/store/sqlite.hpp"
#include "engine/store/state_rows.hpp"
#include "engine/store/suspension.hpp"
#include "engine/store/view_rows.hpp"
#include "support/failpoint.hpp"
#include "support/file.hpp"
#include "support/lock.hpp"
#include "support/uuid.hpp"

namespace matview::engine {

namespace fs = std::filesystem;
using support::failpoint;

namespace {

/// "1 to 4", "3, 5": the versions there are, for a message. They count up, so a range mostly says it all.
std::string version_list(const std::vector<VersionRecord>& versions) {
  const std::int64_t newest = versions.front().version;
  const std::int64_t oldest = versions.back().version;
  return newest == oldest ? std::to_string(newest) : std::to_string(oldest) + " to " + std::to_string(newest);
}

class SqliteStore final : public Store {
 public:
  SqliteStore(fs::path root, Access access, const Environment& environment)
      : paths_{std::move(root)}, access_(access), environment_(environment) {}

  /// Opens the catalog if it is there.
  Result<void> connect() {
    MATVIEW_ASSIGN(const auto status, support::status_of(paths_.catalog()));
    if (!status) return {};
    const auto access = access_ == Access::read ? Catalog::Access::read : Catalog::Access::write;
    MATVIEW_ASSIGN(auto catalog, Catalog::open(paths_.catalog(), access));
    bool is_old = false;
    MATVIEW_TRY(catalog->read([&](SQLite::Database& database) -> Result<void> {
      MATVIEW_TRY(check_schema(database, paths_.catalog()));
      is_old = is_older_schema(database);
      return {};
    }));
    catalog_ = std::move(catalog);
    // Another process may do the same: whoever comes second finds it done.
    if (is_old && access_ == Access::write)
      return write("upgrade", [&](SQLite::Database& db) { return upgrade_schema(db, paths_.catalog()); });
    return {};
  }

  const fs::path& root() const override { return paths_.root; }

  Result<std::vector<ViewRecord>> views() override {
    return read<std::vector<ViewRecord>>([](SQLite::Database& db) { return read_views(db); });
  }

  Result<std::optional<ViewRecord>> find_view(std::string_view name) override {
    return read<std::optional<ViewRecord>>([&](SQLite::Database& db) { return read_view(db, name); });
  }

  Result<std::vector<VersionRecord>> versions(std::int64_t view_id) override {
    return read<std::vector<VersionRecord>>(
        [&](SQLite::Database& db) -> Result<std::vector<VersionRecord>> { return read_versions(db, view_id); });
  }

  Result<SourceVector> sources_of(std::int64_t view_id, std::int64_t version) override {
    return read<SourceVector>(
        [&](SQLite::Database& db) -> Result<SourceVector> { return read_sources(db, view_id, version); });
  }

  Result<std::vector<Job>> jobs(std::int64_t view_id, std::int64_t limit) override {
    return read<std::vector<Job>>([&](SQLite::Database& db) { return read_jobs(db, view_id, limit); });
  }

  Result<std::optional<Job>> find_job(std::string_view id) override {
    return read<std::optional<Job>>([&](SQLite::Database& db) { return read_job(db, id); });
  }

  Result<std::string> plan(std::int64_t view_id) override {
    return read<std::string>([&](SQLite::Database& db) -> Result<std::string> {
      return has_incremental_tables(db) ? read_plan(db, view_id) : std::string();
    });
  }

  Time now() const override { return environment_.now(); }

  Result<void> set_plan(std::int64_t view_id, const std::string& plan) override {
    return write("plan", [&](SQLite::Database& db) -> Result<void> {
      write_plan(db, view_id, plan, environment_.now());
      return {};
    });
  }

  Result<std::map<std::int64_t, StateRelation>> state(std::int64_t view_id) override {
    using State = std::map<std::int64_t, StateRelation>;
    return read<State>([&](SQLite::Database& db) -> Result<State> {
      if (!has_incremental_tables(db)) return State();
      state_serials_[view_id] = read_state_serial(db, view_id);
      return read_state(db, view_id, paths_.state(view_id));
    });
  }

  Result<std::vector<RetainedFile>> retained(std::int64_t view_id) override {
    using Files = std::vector<RetainedFile>;
    return read<Files>([&](SQLite::Database& db) -> Result<Files> {
      return has_incremental_tables(db) ? read_retained(db, view_id) : Files();
    });
  }

  Result<PinnedVersion> pin(std::string_view name, std::optional<std::int64_t> version) override {
    PinnedVersion pinned;
    // Before the catalog is asked: from here on no file of any version goes.
    MATVIEW_TRY(connect_again());
    if (!catalog_) return fail(no_view(name));
    MATVIEW_ASSIGN(pinned.pin, start_pin(paths_.pins(), environment_));
    MATVIEW_TRY(catalog_->read([&](SQLite::Database& db) { return resolve(db, name, version, pinned); }));
    std::vector<std::string> files;
    const auto add = [&](const std::string& path) {
      files.push_back(fs::path(path).lexically_relative(root()).string());
    };
    for (const DataFile& file : pinned.files) {
      add(file.path);
      if (file.deletes) add(file.deletes->path);
    }
    narrow_pin(*pinned.pin, files);
    for (const DataFile& file : pinned.files) MATVIEW_TRY(verify_data_file(file));
    return pinned;
  }

  Result<ViewRecord> create_view(const ViewDefinition& definition) override {
    return write("create", [&](SQLite::Database& db) { return insert_view(db, definition, environment_); });
  }

  Result<ViewRecord> replace_definition(std::int64_t view_id, const ViewDefinition& definition) override {
    return write("replace", [&](SQLite::Database& db) { return replace_view(db, view_id, definition, environment_); });
  }

  Result<void> drop_view(std::int64_t view_id) override {
    std::string directory;
    MATVIEW_TRY(write("drop", [&](SQLite::Database& db) -> Result<void> {
      directory = data_path_of(db, view_id);
      return remove_view(db, view_id, environment_);
    }));
    tidy(view_id, directory);
    return {};
  }

  Result<std::vector<FieldId>> field_ids(std::int64_t view_id, const std::vector<StoredColumn>& columns) override {
    MATVIEW_TRY(need_write());
    return catalog_->read([&](SQLite::Database& db) { return read_field_ids(db, view_id, columns); });
  }

  Result<std::unique_ptr<ViewLock>> lock_view(std::int64_t view_id) override {
    MATVIEW_TRY(need_write());
    std::string name;
    const auto look_up = [&](SQLite::Database& db) -> Result<void> {
      MATVIEW_ASSIGN(const auto view, read_view(db, view_id));
      if (!view) return fail(ErrorCode::not_found, "there is no view with the id " + std::to_string(view_id));
      name = view->definition.name;
      return {};
    };
    MATVIEW_TRY(catalog_->read(look_up));
    MATVIEW_ASSIGN(auto lock, take_view_lock(paths_.view_lock(view_id), name, environment_));
    // It may have been dropped while its lock was taken.
    MATVIEW_TRY(catalog_->read(look_up));
    return lock;
  }

  bool is_locked(std::int64_t view_id) override { return is_view_locked(paths_.view_lock(view_id)); }

  Result<fs::path> data_directory(std::int64_t view_id) override {
    MATVIEW_ASSIGN(const std::string relative, table_path(view_id));
    const fs::path directory = paths_.data() / relative;
    MATVIEW_TRY(support::make_directories(directory));
    return directory;
  }

  Result<fs::path> state_directory(std::int64_t view_id) override {
    MATVIEW_TRY(table_path(view_id));
    const fs::path directory = paths_.state(view_id);
    MATVIEW_TRY(support::make_directories(directory));
    return directory;
  }

  Result<std::shared_ptr<fs::path>> temporary_directory() override {
    std::error_code unknown;
    // To read where no store is makes none.
    const bool is_there = fs::exists(paths_.catalog(), unknown);
    const auto parent = is_there ? paths_.temporary() : fs::temp_directory_path(unknown);
    if (is_there) MATVIEW_TRY(support::make_directories(parent));
    while (true) {
      fs::path directory = parent / ("matview-" + support::uuid_v7(environment_));
      fs::path lock_file = directory;
      lock_file += ".lock";
      MATVIEW_ASSIGN(auto lock, support::FileLock::try_acquire(lock_file));
      if (!lock) continue;
      std::error_code failed;  // it need not outlive a loss of power, as what `make_directories` makes does
      if (!fs::create_directory(directory, failed) && failed)
        return fail(support::system_error("create the directory", directory, failed.value()));
      auto held = std::make_shared<support::FileLock>(*std::move(lock));
      return std::shared_ptr<fs::path>(new fs::path(std::move(directory)), [held](fs::path* path) {
        (void)support::remove_tree(*path);
        held->remove_file();
        delete path;
      });
    }
  }

  Result<void> record_job(std::int64_t view_id, const Job& job) override {
    const auto durability = job.state == JobState::running ? Durability::may_be_lost : Durability::kept;
    return write(
        "job", [&](SQLite::Database& db) { return write_job(db, view_id, job); }, durability);
  }

  Result<ViewRecord> suspend(std::int64_t view_id, const std::string& reason) override {
    return write("suspend",
                 [&](SQLite::Database& db) { return suspend_view(db, view_id, reason, environment_.now()); });
  }

  Result<ViewRecord> resume(std::int64_t view_id) override {
    return write("resume", [&](SQLite::Database& db) { return resume_view(db, view_id); });
  }

  Result<VersionRecord> commit_refresh(const RefreshCommit& commit) override {
    MATVIEW_ASSIGN(const std::string directory, table_path(commit.view_id));
    MeasuredCommit measured;
    MATVIEW_ASSIGN(measured.rows,
                   measure(paths_.data() / directory, {commit.columns, commit.replaces, commit.files, commit.deletes}));
    for (const auto& [relation, change] : commit.state) {
      MATVIEW_ASSIGN(measured.state[relation], measure(paths_.state(commit.view_id), change));
    }
    if (const auto known = state_serials_.find(commit.view_id); known != state_serials_.end())
      measured.state_base = known->second;
    MATVIEW_TRY(failpoint("commit.after_files"));
    MATVIEW_ASSIGN(VersionRecord version, write("commit", [&](SQLite::Database& db) {
                     return publish_version(db, commit, measured, environment_);
                   }));
    state_serials_.erase(commit.view_id);
    tidy(commit.view_id, directory);
    return version;
  }

  Result<void> update_sources(std::int64_t view_id, std::int64_t version, const SourceVector& sources) override {
    return write("sources", [&](SQLite::Database& db) -> Result<void> {
      MATVIEW_ASSIGN(const auto view, read_view(db, view_id));
      if (!view) return fail(view_is_gone(view_id));
      if (!view->current || view->current->version != version)
        return fail(ErrorCode::conflict, "another refresh of '" + view->definition.name + "' was committed");
      write_sources(db, view_id, version, sources);
      return {};
    });
  }

  Result<void> note_touches(const std::vector<FileTouch>& touches) override {
    if (touches.empty()) return {};
    using Touches = std::vector<FileTouch>;
    MATVIEW_ASSIGN(const auto known,
                   read<Touches>([&](SQLite::Database& db) -> Result<Touches> { return known_touches(db, touches); }));
    if (known.empty()) return {};
    const auto body = [&](SQLite::Database& db) -> Result<void> {
      write_touches(db, known);
      return {};
    };
    return write("touches", body, Durability::may_be_lost);
  }

  Result<GcReport> collect_garbage(std::optional<std::int64_t> view_id, const GcRequest& request) override {
    MATVIEW_TRY(need_write());
    return GarbageCollector(*catalog_, paths_, environment_).collect(view_id, request);
  }

  Result<std::vector<Check>> check(bool deep) override {
    MATVIEW_TRY(connect_again());
    if (!catalog_)
      return std::vector<Check>{
          {"catalog", Check::Outcome::ok, "there is no store yet at '" + root().string() + "'", ""}};
    return check_integrity(*catalog_, paths_, deep);
  }

 private:
  static Error no_view(std::string_view name) {
    return Error(ErrorCode::not_found, "there is no view '" + std::string(name) + "'");
  }

  /// A store that was missing may have been made since.
  Result<void> connect_again() { return catalog_ ? Result<void>{} : connect(); }

  Result<void> need_write() {
    if (access_ == Access::read) return fail(ErrorCode::internal, "the store was opened for reading only");
    return {};
  }

  /// Runs `body` in a read transaction; on a store that is not there, the answer is an empty T.
  template <typename T, typename Body>
  Result<T> read(Body&& body) {
    MATVIEW_TRY(connect_again());
    if (!catalog_) return T{};
    return catalog_->read(std::forward<Body>(body));
  }

  /// Whether a loss of power may take a transaction back.
  enum class Durability { kept, may_be_lost };

  /// Runs `body` in a write transaction with failpoints named after `step` around it.
  template <typename Body>
  auto write(std::string_view step, Body&& body, Durability durability = Durability::kept)
      -> decltype(body(std::declval<SQLite::Database&>())) {
    const std::string name(step);
    MATVIEW_TRY(need_write());
    MATVIEW_TRY(failpoint(name + ".before_transaction"));
    const auto whole = [&](SQLite::Database& db) -> decltype(body(db)) {
      auto done = body(db);
      if (done) MATVIEW_TRY(failpoint(name + ".before_commit"));
      return done;
    };
    auto result = durability == Durability::kept ? catalog_->write(whole) : catalog_->write_behind(whole);
    // What is committed is done: nothing after it may turn into a failure.
    if (result) (void)failpoint(name + ".after_commit");
    return result;
  }

  Result<std::string> table_path(std::int64_t view_id) {
    MATVIEW_TRY(need_write());
    MATVIEW_ASSIGN(std::string path, catalog_->read([&](SQLite::Database& db) -> Result<std::string> {
      return data_path_of(db, view_id);
    }));
    if (path.empty()) return fail(view_is_gone(view_id));
    return path;
  }

  Result<void> resolve(SQLite::Database& db, std::string_view name, std::optional<std::int64_t> version,
                       PinnedVersion& pinned) {
    MATVIEW_ASSIGN(auto view, read_view(db, name));
    if (!view) return fail(no_view(name));
    pinned.view = *std::move(view);
    if (!pinned.view.current)
      return fail(Error(ErrorCode::not_found, "view '" + pinned.view.definition.name + "' has no version yet")
                      .with_hint("run `matview refresh " + pinned.view.definition.name + "`"));
    pinned.version = *pinned.view.current;
    if (version && *version != pinned.version.version) {
      const auto versions = read_versions(db, pinned.view.view_id);
      const auto found =
          std::find_if(versions.begin(), versions.end(), [&](const auto& v) { return v.version == *version; });
      if (found == versions.end())
        return fail(Error(ErrorCode::not_found,
                          "view '" + pinned.view.definition.name + "' has no version " + std::to_string(*version))
                        .with_hint("there is " + version_list(versions)));
      pinned.version = *found;
    }
    pinned.files = read_data_files(db, pinned.view.view_id, pinned.version.snapshot_id, paths_.data());
    return {};
  }

  void tidy(std::int64_t view_id, const std::string& directory) {
    const fs::path relative(directory.substr(0, directory.find_last_not_of('/') + 1));
    GarbageCollector(*catalog_, paths_, environment_).tidy(view_id, relative);
  }

  StorePaths paths_;
  Access access_;
  const Environment& environment_;
  std::unique_ptr<Catalog> catalog_;
  std::map<std::int64_t, std::int64_t> state_serials_;  ///< of the states this object has read, by view
};

}  // namespace

namespace {

/// Nothing at all is an empty store; anything but a directory is a mistake.
Result<void> check_root(const fs::path& root) {
  MATVIEW_ASSIGN(const auto status, support::status_of(root));
  if (!status || status->is_directory) return {};
  return fail(Error(ErrorCode::usage, "the store '" + root.string() + "' is not a directory")
                  .with_hint("set MATVIEW_STORE to a directory, or 'store' in the profile"));
}

}  // namespace

Result<std::unique_ptr<Store>> Store::open(const fs::path& root, Access access, const Environment& environment) {
  const fs::path absolute =
      fs::path(root.is_absolute() ? root : environment.working_directory() / root).lexically_normal();
  MATVIEW_TRY(check_root(absolute));
  if (access == Access::write) MATVIEW_TRY(create_store(StorePaths{absolute}, environment));
  auto store = std::make_unique<SqliteStore>(absolute, access, environment);
  MATVIEW_TRY(store->connect());
  return store;
}

}  // namespace matview::engine
