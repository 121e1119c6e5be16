#include "engine/store/garbage.hpp"

#include <SQLiteCpp/SQLiteCpp.h>
#include <SQLiteCpp/VariadicBind.h>

#include <algorithm>
#include <charconv>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "engine/store/data_files.hpp"
#include "engine/store/garbage_run.hpp"
#include "engine/store/locks.hpp"
#include "engine/store/retained_rows.hpp"
#include "engine/store/retention.hpp"
#include "engine/store/schema.hpp"
#include "engine/store/snapshots.hpp"
#include "engine/store/view_rows.hpp"
#include "support/failpoint.hpp"
#include "support/file.hpp"
#include "support/lock.hpp"

namespace matview::engine {

namespace fs = std::filesystem;
using support::FileLock;

namespace {

std::vector<ScheduledFile> read_scheduled(SQLite::Database& database, Time before, const std::string& prefix) {
  SQLite::Statement query(database,
                          "SELECT data_file_id, path, path_is_relative FROM ducklake_files_scheduled_for_deletion"
                          " WHERE schedule_start <= ?");
  SQLite::bind(query, before == Time::max() ? std::string("9") : lake_time(before));
  std::vector<ScheduledFile> files;
  while (query.executeStep()) {
    ScheduledFile file{query.getColumn(0).getInt64(), query.getColumn(1).getString(), query.getColumn(2).getInt() != 0};
    if (prefix.empty() || file.path.starts_with(prefix)) files.push_back(std::move(file));
  }
  return files;
}

/// Lets versions go that are beyond their view's retention, and what nothing refers to any more.
Result<void> clean_catalog(SQLite::Database& database, GarbageRun& run) {
  const Time now = run.environment.now();
  MATVIEW_ASSIGN(const auto views, read_views(database));
  for (const ViewRecord& view : views) {
    if (!view.current || (run.view_id && view.view_id != *run.view_id)) continue;
    const std::int64_t expired = apply_retention(database, view.view_id, view.definition.retention, now);
    run.report.versions_removed += expired;
    if (expired > 0) write_table_stats(database, view.view_id, 0);
  }
  if (!run.view_id) {
    remove_unused_snapshots(database);
    database.exec("DELETE FROM matview_job WHERE view_id NOT IN (SELECT view_id FROM matview_view)");
  }
  const std::string prefix = run.view_id ? data_path_of(database, *run.view_id) : std::string();
  run.scheduled = read_scheduled(database, run.before, prefix);
  run.private_files = read_scheduled_private(database, run.before, run.view_id);
  return {};
}

Result<void> remove_scheduled(GarbageRun& run) {
  MATVIEW_ASSIGN(const PinnedFiles pinned, read_pins(run.paths.pins(), !run.dry_run));
  for (const ScheduledFile& file : run.scheduled) {
    if (!file.relative || leaves_the_store(file.path)) {
      run.report.kept.push_back(file.path + ": lies outside of the store");
      continue;
    }
    const fs::path path = run.paths.data() / file.path;
    if (pinned.has(run.relative_to_store(path))) {
      run.report.kept.push_back(run.relative_to_store(path) + ": is being read");
      continue;
    }
    MATVIEW_TRY(remove_file(run, path));
    run.gone.push_back(file.id);
  }
  return {};
}

/// Takes what was removed from the lists. What is not on record would be found gone by the next.
Result<void> forget_removed(GarbageRun& run) {
  if (run.dry_run || (run.gone.empty() && run.private_gone.empty())) return {};
  MATVIEW_TRY(support::failpoint("gc.before_forget"));
  return run.catalog.write_behind([&](SQLite::Database& database) -> Result<void> {
    SQLite::Statement forget(database, "DELETE FROM ducklake_files_scheduled_for_deletion WHERE data_file_id = ?");
    for (const std::int64_t id : run.gone) {
      SQLite::bind(forget, id);
      forget.exec();
      forget.reset();
    }
    for (const std::string& path : run.private_gone) forget_scheduled_private(database, path);
    write_touches(database, std::exchange(run.touches, {}));
    return {};
  });
}

/// Names in a table's directory that the catalog knows: files of any version and files waiting to be deleted.
Result<std::set<std::string>> known_files(Catalog& catalog, std::int64_t table_id, const std::string& directory) {
  return catalog.read([&](SQLite::Database& database) -> Result<std::set<std::string>> {
    std::set<std::string> names;
    SQLite::Statement query(database,
                            "SELECT path FROM ducklake_data_file WHERE table_id = ?2"
                            " UNION ALL SELECT path FROM ducklake_delete_file WHERE table_id = ?2"
                            " UNION ALL SELECT substr(path, length(?1) + 1) FROM ducklake_files_scheduled_for_deletion"
                            "  WHERE substr(path, 1, length(?1)) = ?1");
    SQLite::bind(query, directory + "/", table_id);
    while (query.executeStep()) names.insert(query.getColumn(0).getString());
    return names;
  });
}

/// Removes files of one directory below `data/` that the catalog does not know. The view's lock is held.
Result<void> remove_orphans(GarbageRun& run, std::int64_t view_id, const std::string& directory) {
  const auto known = [&] { return known_files(run.catalog, view_id, directory); };
  return remove_unknown(run, run.paths.data() / directory, known);
}

/// The id in a directory name that this program made; empty for others.
std::optional<std::int64_t> view_id_of(const std::string& name) {
  const std::size_t dash = name.rfind('-');
  if (dash == std::string::npos && !name.starts_with("t")) return std::nullopt;
  const std::string digits = name.substr(dash == std::string::npos ? 1 : dash + 1);
  std::int64_t id = 0;
  const auto [end, failure] = std::from_chars(digits.data(), digits.data() + digits.size(), id);
  if (digits.empty() || failure != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
  return id;
}

/// Whose a directory below `data/` is.
struct Owner {
  std::int64_t table_id = 0;
  std::optional<std::string> view;  ///< a view of ours; a table of another program has none
};

/// Owners by directory ("main/orders-7"), in one query.
Result<std::map<std::string, Owner>> read_owners(Catalog& catalog) {
  return catalog.read([](SQLite::Database& database) -> Result<std::map<std::string, Owner>> {
    std::map<std::string, Owner> owners;
    SQLite::Statement query(database,
                            "SELECT rtrim(s.path || t.path, '/'), t.table_id, v.name FROM ducklake_table t"
                            " JOIN ducklake_schema s USING (schema_id) LEFT JOIN matview_view v"
                            " ON v.view_id = t.table_id");
    while (query.executeStep()) {
      Owner owner{query.getColumn(1).getInt64(), std::nullopt};
      if (!query.getColumn(2).isNull()) owner.view = query.getColumn(2).getString();
      owners.emplace(query.getColumn(0).getString(), std::move(owner));
    }
    return owners;
  });
}

Result<void> clean_directory(GarbageRun& run, const std::string& name, const Owner* owner) {
  const auto id = view_id_of(name);
  if (!id || (run.view_id && *id != *run.view_id)) return {};
  if (owner != nullptr && (!owner->view || owner->table_id != *id)) return {};
  MATVIEW_ASSIGN(auto lock, FileLock::try_acquire(run.paths.view_lock(*id)));
  if (!lock) {
    run.report.kept.push_back((owner != nullptr ? *owner->view : name) + ": is being refreshed");
    return {};
  }
  const std::string directory = "main/" + name;
  MATVIEW_TRY(remove_orphans(run, *id, directory));
  if (owner != nullptr || run.dry_run) return {};
  // A dropped view leaves nothing: its id never comes back. Not removed while files of it wait to be deleted.
  std::error_code ignored;
  fs::remove(run.paths.data() / directory, ignored);
  lock->remove_file();
  return {};
}

Result<void> clean_directories(GarbageRun& run) {
  MATVIEW_ASSIGN(const auto names, support::list_directory(run.paths.data() / "main"));
  // After the directories were listed: a view is in the catalog before it has one, so that what has no owner now has
  // none any more.
  MATVIEW_ASSIGN(const auto owners, read_owners(run.catalog));
  for (const std::string& name : names) {
    const auto owner = owners.find("main/" + name);
    MATVIEW_TRY(clean_directory(run, name, owner == owners.end() ? nullptr : &owner->second));
  }
  return {};
}

/// Directories for spilling whose process died.
Result<void> clean_temporary(GarbageRun& run) {
  MATVIEW_ASSIGN(const auto names, support::list_directory(run.paths.temporary()));
  for (const std::string& name : names) {
    const fs::path path = run.paths.temporary() / name;
    if (!name.ends_with(".lock")) {
      // Its lock is made before the directory and removed after it.
      fs::path lock = path;
      lock += ".lock";
      MATVIEW_ASSIGN(const auto owned, support::status_of(lock));
      if (!owned && !run.dry_run) MATVIEW_TRY(support::remove_tree(path));
      continue;
    }
    MATVIEW_ASSIGN(auto lock, FileLock::try_acquire_existing(path));
    if (!lock || run.dry_run) continue;
    MATVIEW_TRY(support::remove_tree(run.paths.temporary() / name.substr(0, name.size() - 5)));
    lock->remove_file();
  }
  return {};
}

}  // namespace

Result<GcReport> GarbageCollector::collect(std::optional<std::int64_t> view_id, const GcRequest& request) {
  GarbageRun run{catalog_, paths_, environment_, view_id, request.dry_run};
  if (request.grace && *request.grace > Duration::zero()) run.before = environment_.now() - *request.grace;
  const auto body = [&](SQLite::Database& database) { return clean_catalog(database, run); };
  MATVIEW_TRY(support::failpoint("gc.before_catalog"));
  MATVIEW_TRY(request.dry_run ? catalog_.rehearse(body) : catalog_.write(body));
  MATVIEW_TRY(remove_scheduled(run));
  MATVIEW_TRY(remove_private_files(run));
  MATVIEW_TRY(forget_removed(run));
  MATVIEW_TRY(support::failpoint("gc.before_orphans"));
  MATVIEW_TRY(clean_directories(run));
  MATVIEW_TRY(clean_state_directories(run));
  MATVIEW_TRY(clean_source_directories(run));
  if (!view_id) MATVIEW_TRY(clean_temporary(run));
  MATVIEW_TRY(count_kept_sources(run));
  std::sort(run.report.files.begin(), run.report.files.end());
  return std::move(run.report);
}

void GarbageCollector::tidy(std::int64_t view_id, const fs::path& directory) {
  GarbageRun run{catalog_, paths_, environment_, view_id};
  const auto read = catalog_.read([&](SQLite::Database& database) -> Result<void> {
    run.scheduled = read_scheduled(database, run.before, directory.string() + "/");
    run.private_files = read_scheduled_private(database, run.before, view_id);
    return {};
  });
  if (!read || !remove_scheduled(run) || !remove_private_files_of(run, view_id) || !forget_removed(run)) return;
  (void)remove_orphans(run, view_id, directory.string());
  (void)remove_state_orphans(run, view_id);
  (void)remove_source_orphans(run, view_id);
}

}  // namespace matview::engine
