#include <SQLiteCpp/SQLiteCpp.h>
#include <SQLiteCpp/VariadicBind.h>

#include <algorithm>
#include <charconv>

#include "engine/store/garbage_run.hpp"
#include "engine/store/locks.hpp"
#include "support/failpoint.hpp"
#include "support/file.hpp"
#include "support/lock.hpp"

namespace matview::engine {

namespace fs = std::filesystem;
using support::FileLock;

namespace {

Result<std::set<std::string>> known_state_files(GarbageRun& run, std::int64_t view_id) {
  return run.catalog.read([&](SQLite::Database& database) -> Result<std::set<std::string>> {
    const std::string prefix = StorePaths{}.state(view_id).string() + "/";
    SQLite::Statement query(database,
                            "SELECT path FROM matview_state_file WHERE view_id = ?1"
                            " UNION ALL SELECT d.path FROM matview_state_delete_file d"
                            "  JOIN matview_state_file f USING (file_id) WHERE f.view_id = ?1"
                            " UNION ALL SELECT substr(path, length(?2) + 1) FROM matview_scheduled_file"
                            "  WHERE substr(path, 1, length(?2)) = ?2");
    SQLite::bind(query, view_id, prefix);
    std::set<std::string> names;
    while (query.executeStep()) names.insert(query.getColumn(0).getString());
    return names;
  });
}

}  // namespace

Result<bool> view_exists(GarbageRun& run, std::int64_t view_id) {
  return run.catalog.read([&](SQLite::Database& database) -> Result<bool> {
    SQLite::Statement query(database, "SELECT 1 FROM matview_view WHERE view_id = ?");
    SQLite::bind(query, view_id);
    return query.executeStep();
  });
}

Result<void> with_view_lock(GarbageRun& run, std::int64_t view_id, const std::string& what,
                            const std::function<Result<void>()>& body) {
  MATVIEW_ASSIGN(auto lock, FileLock::try_acquire(run.paths.view_lock(view_id)));
  if (!lock) {
    run.report.kept.push_back(what + ": is being refreshed");
    return {};
  }
  MATVIEW_TRY(body());
  MATVIEW_ASSIGN(const bool exists, view_exists(run, view_id));
  // Its id never comes back.
  if (!exists && !run.dry_run) lock->remove_file();
  return {};
}

std::optional<std::int64_t> view_named(const std::string& name) {
  std::int64_t id = 0;
  const auto [end, failure] = std::from_chars(name.data(), name.data() + name.size(), id);
  if (failure != std::errc() || end != name.data() + name.size()) return std::nullopt;
  return id;
}

Result<void> remove_file(GarbageRun& run, const fs::path& file) {
  MATVIEW_ASSIGN(const auto status, support::status_of(file));
  if (!status) return {};
  if (!run.dry_run) {
    MATVIEW_TRY(support::failpoint("gc.before_unlink"));
    MATVIEW_TRY(support::remove_file(file));
  }
  ++run.report.files_removed;
  run.report.bytes_removed += status->size;
  run.report.files.push_back(run.relative_to_store(file));
  return {};
}

bool leaves_the_store(const std::string& path) {
  const fs::path parsed(path);
  return parsed.is_absolute() || std::find(parsed.begin(), parsed.end(), "..") != parsed.end();
}

Result<void> remove_unknown(GarbageRun& run, const fs::path& directory,
                            const std::function<Result<std::set<std::string>>()>& known) {
  MATVIEW_ASSIGN(const auto names, support::list_directory(directory));
  if (names.empty()) return {};
  MATVIEW_ASSIGN(const auto kept, known());
  for (const std::string& name : names) {
    const fs::path file = directory / name;
    if (kept.contains(name)) continue;
    MATVIEW_ASSIGN(const auto status, support::status_of(file));
    const std::int64_t limit = run.before == Time::max() ? INT64_MAX : run.before.time_since_epoch().count() * 1000;
    if (!status || !status->is_regular || status->mtime_ns > limit) continue;
    MATVIEW_TRY(remove_file(run, file));
  }
  return {};
}

Result<void> remove_private_files_of(GarbageRun& run, std::int64_t view_id) {
  for (const ScheduledPrivateFile& file : run.private_files) {
    if (file.view_id != view_id) continue;
    if (leaves_the_store(file.path)) {
      run.report.kept.push_back(file.path + ": lies outside of the store");
      continue;
    }
    const fs::path path = run.paths.root / file.path;
    MATVIEW_TRY(*fs::path(file.path).begin() == "sources" ? remove_kept_source(run, path) : remove_file(run, path));
    run.private_gone.push_back(file.path);
  }
  return {};
}

Result<void> remove_private_files(GarbageRun& run) {
  std::set<std::int64_t> views;
  for (const ScheduledPrivateFile& file : run.private_files) views.insert(file.view_id);
  for (const std::int64_t view_id : views)
    MATVIEW_TRY(with_view_lock(run, view_id, "private files of view " + std::to_string(view_id),
                               [&] { return remove_private_files_of(run, view_id); }));
  return {};
}

Result<void> remove_state_orphans(GarbageRun& run, std::int64_t view_id) {
  return remove_unknown(run, run.paths.state(view_id), [&] { return known_state_files(run, view_id); });
}

Result<void> clean_state_directories(GarbageRun& run) {
  MATVIEW_ASSIGN(const auto names, support::list_directory(run.paths.state()));
  for (const std::string& name : names) {
    const auto id = view_named(name);
    if (!id || (run.view_id && *run.view_id != *id)) continue;
    MATVIEW_TRY(with_view_lock(run, *id, "state/" + name, [&]() -> Result<void> {
      MATVIEW_TRY(remove_state_orphans(run, *id));
      MATVIEW_ASSIGN(const bool exists, view_exists(run, *id));
      // Not removed while files in it wait to be deleted.
      std::error_code ignored;
      if (!exists && !run.dry_run) fs::remove(run.paths.state(*id), ignored);
      return {};
    }));
  }
  return {};
}

}  // namespace matview::engine
