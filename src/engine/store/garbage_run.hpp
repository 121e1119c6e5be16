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

/// Removes files of state and retained files that the catalog does not know. The caller holds the view's lock.
Result<void> remove_private_orphans(GarbageRun& run, std::int64_t view_id);
/// The same for all views that nobody refreshes, and the directories of those that are gone.
Result<void> clean_private_directories(GarbageRun& run);

}  // namespace matview::engine
