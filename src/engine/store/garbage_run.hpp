#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "engine/store/paths.hpp"
#include "engine/store/sqlite.hpp"
#include "engine/store/state_rows.hpp"
#include "matview/environment.hpp"
#include "matview/provider.hpp"
#include "matview/result.hpp"

namespace matview::engine {

/// A file on the list of files to be deleted, relative to `data/`.
struct ScheduledFile {
  std::int64_t id = 0;
  std::string path;
  bool relative = true;
};

/// One run: what is asked, what is found, what came of it.
struct GarbageRun {
  Catalog& catalog;
  const StorePaths& paths;
  const Environment& environment;
  std::optional<std::int64_t> view_id;
  bool dry_run = false;
  Time before = Time::max();  ///< only what was unused since
  GcReport report = {};
  std::vector<ScheduledFile> scheduled = {};
  std::vector<ScheduledPrivateFile> private_files = {};
  std::vector<std::int64_t> gone = {};         ///< of `scheduled` what was removed: their ids
  std::vector<std::string> private_gone = {};  ///< of `private_files` what was removed
  std::vector<FileTouch> touches = {};         ///< of source files whose kept links went

  std::string relative_to_store(const std::filesystem::path& file) const {
    return file.lexically_relative(paths.root).string();
  }
};

/// Removes one file, or only counts it in a dry run.
Result<void> remove_file(GarbageRun& run, const std::filesystem::path& file);

/// Whether a path of the catalog would lead out of the directory it counts from.
bool leaves_the_store(const std::string& path);

/// Removes the files of a directory that are not among those `known` tells. It is asked after the directory was listed,
/// and whoever may add files there must be kept out: the view's lock is held.
Result<void> remove_unknown(GarbageRun& run, const std::filesystem::path& directory,
                            const std::function<Result<std::set<std::string>>()>& known);

/// Removes scheduled files of state and retained files, view by view under its lock: a view that is being refreshed
/// keeps them.
Result<void> remove_private_files(GarbageRun& run);
/// The same for one view whose lock the caller holds.
Result<void> remove_private_files_of(GarbageRun& run, std::int64_t view_id);

/// Removes a kept source file and the directories that this leaves empty. The file it is a link of lives on with
/// another ctime, which is put down in `touches`.
Result<void> remove_kept_source(GarbageRun& run, const std::filesystem::path& file);

/// Puts what is in `touches` on record.
Result<void> note_touches(GarbageRun& run);

/// Removes what refreshes that were killed have left below a view's kept sources. The caller holds the view's lock.
Result<void> remove_source_orphans(GarbageRun& run, std::int64_t view_id);
/// The same for all views that nobody refreshes, and the directories of those that are gone.
Result<void> clean_source_directories(GarbageRun& run);

/// Puts into the report what kept source files take.
Result<void> count_kept_sources(GarbageRun& run);

/// Runs `body` with the lock of a view, unless somebody has it.
Result<void> with_view_lock(GarbageRun& run, std::int64_t view_id, const std::string& what,
                            const std::function<Result<void>()>& body);
Result<bool> view_exists(GarbageRun& run, std::int64_t view_id);
/// The view whose id a name is; empty for what is none.
std::optional<std::int64_t> view_named(const std::string& name);

/// Removes files of state that the catalog does not know. The caller holds the view's lock.
Result<void> remove_state_orphans(GarbageRun& run, std::int64_t view_id);
/// The same for all views that nobody refreshes, and the directories of those that are gone.
Result<void> clean_state_directories(GarbageRun& run);

}  // namespace matview::engine
