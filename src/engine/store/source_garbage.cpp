#include <SQLiteCpp/SQLiteCpp.h>
#include <SQLiteCpp/VariadicBind.h>

#include <set>
#include <utility>

#include "engine/store/garbage_run.hpp"
#include "engine/store/retained_rows.hpp"
#include "engine/store/store.hpp"
#include "support/copy.hpp"
#include "support/failpoint.hpp"
#include "support/file.hpp"

namespace matview::engine {

namespace fs = std::filesystem;

namespace {

/// Directories of refreshes, "sources/7/0192…", of which something is kept or waits to be deleted.
Result<std::set<std::string>> known_batches(GarbageRun& run, std::int64_t view_id) {
  return run.catalog.read([&](SQLite::Database& database) -> Result<std::set<std::string>> {
    const std::string prefix = StorePaths{}.sources(view_id).string() + "/";
    SQLite::Statement query(database,
                            "WITH p AS (SELECT path FROM matview_retained WHERE view_id = ?1 UNION ALL"
                            " SELECT path FROM matview_scheduled_file WHERE view_id = ?1)"
                            " SELECT DISTINCT substr(path, length(?2) + 1,"
                            "  instr(substr(path, length(?2) + 1), '/') - 1) FROM p"
                            " WHERE substr(path, 1, length(?2)) = ?2");
    SQLite::bind(query, view_id, prefix);
    std::set<std::string> names;
    while (query.executeStep()) names.insert(query.getColumn(0).getString());
    return names;
  });
}

Result<void> remove_batch(GarbageRun& run, const fs::path& directory) {
  std::vector<fs::path> files;
  std::vector<fs::path> directories{directory};
  std::error_code failed;
  for (fs::recursive_directory_iterator each(directory, failed), end; !failed && each != end; each.increment(failed))
    (each->is_directory(failed) && !each->is_symlink(failed) ? directories : files).push_back(each->path());
  const std::int64_t limit = run.before == Time::max() ? INT64_MAX : run.before.time_since_epoch().count() * 1000;
  MATVIEW_ASSIGN(const auto status, support::status_of(directory));
  if (!status || status->mtime_ns > limit) return {};
  for (const fs::path& file : files) MATVIEW_TRY(remove_kept_source(run, file));
  if (run.dry_run) return {};
  for (auto each = directories.rbegin(); each != directories.rend(); ++each) fs::remove(*each, failed);
  return {};
}

}  // namespace

Result<void> remove_kept_source(GarbageRun& run, const fs::path& file) {
  MATVIEW_ASSIGN(const auto status, support::status_of(file));
  if (!status) return {};
  if (!run.dry_run) {
    MATVIEW_TRY(support::failpoint("gc.before_unlink"));
    MATVIEW_ASSIGN(const auto left, support::unlink_file(file));
    if (left) {
      FileState before{file.string(), status->size, status->mtime_ns, left->before, status->inode, status->device};
      run.touches.push_back({std::move(before), left->after});
    }
    std::error_code not_empty;
    for (auto parent = file.parent_path(); parent != run.paths.sources() && fs::remove(parent, not_empty);)
      parent = parent.parent_path();
  }
  ++run.report.files_removed;
  if (status->links < 2) run.report.bytes_removed += status->size;
  run.report.files.push_back(run.relative_to_store(file));
  return {};
}

Result<void> note_touches(GarbageRun& run) {
  if (run.touches.empty()) return {};
  return run.catalog.write([&](SQLite::Database& database) -> Result<void> {
    write_touches(database, std::exchange(run.touches, {}));
    return {};
  });
}

Result<void> remove_source_orphans(GarbageRun& run, std::int64_t view_id) {
  const auto directory = run.paths.sources(view_id);
  MATVIEW_ASSIGN(const auto names, support::list_directory(directory));
  if (names.empty()) return {};
  // Read after the directory: only the holder of the lock adds to it.
  MATVIEW_ASSIGN(const auto known, known_batches(run, view_id));
  for (const std::string& name : names)
    if (!known.contains(name)) MATVIEW_TRY(remove_batch(run, directory / name));
  return note_touches(run);
}

Result<void> clean_source_directories(GarbageRun& run) {
  MATVIEW_ASSIGN(const auto names, support::list_directory(run.paths.sources()));
  for (const std::string& name : names) {
    const auto id = view_named(name);
    if (!id || (run.view_id && *run.view_id != *id)) continue;
    MATVIEW_TRY(with_view_lock(run, *id, "sources/" + name, [&]() -> Result<void> {
      MATVIEW_TRY(remove_source_orphans(run, *id));
      std::error_code not_empty;
      if (!run.dry_run) fs::remove(run.paths.sources(*id), not_empty);
      return {};
    }));
  }
  return {};
}

Result<void> count_kept_sources(GarbageRun& run) {
  std::vector<RetainedFile> files;
  MATVIEW_TRY(run.catalog.read([&](SQLite::Database& database) -> Result<void> {
    files = read_retained(database);
    return {};
  }));
  const auto space = space_of(files, run.paths.root);
  run.report.source_files = space.files;
  run.report.source_bytes = space.bytes;
  return {};
}

}  // namespace matview::engine
