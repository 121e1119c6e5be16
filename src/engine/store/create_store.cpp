#include "engine/store/create_store.hpp"

#include <stdio.h>

#include <cerrno>

#include "engine/store/schema.hpp"
#include "support/failpoint.hpp"
#include "support/file.hpp"
#include "support/lock.hpp"

namespace matview::engine {

namespace fs = std::filesystem;

namespace {

/// The catalog being made, and what SQLite may leave beside it. Only the holder of the creation lock touches these.
constexpr const char* k_unfinished = "catalog.sqlite.new";

Result<void> remove_unfinished(const fs::path& file) {
  for (const char* suffix : {"", "-journal", "-wal", "-shm"}) {
    fs::path path = file;
    path += suffix;
    MATVIEW_TRY(support::remove_file(path));
  }
  return {};
}

Result<void> make_catalog(const StorePaths& paths, const Environment& environment) {
  const fs::path file = paths.root / k_unfinished;
  MATVIEW_TRY(remove_unfinished(file));
  MATVIEW_TRY(support::failpoint("open.before_create"));
  auto made = create_catalog_file(file, paths.data(), environment);
  if (made) made = support::failpoint("open.before_publish");
  if (!made) {
    (void)remove_unfinished(file);
    return made;
  }
  if (::rename(file.c_str(), paths.catalog().c_str()) != 0) return fail(support::system_error("rename", file, errno));
  MATVIEW_TRY(support::fsync_directory(paths.root));
  return support::failpoint("open.after_publish");
}

}  // namespace

Result<void> create_store(const StorePaths& paths, const Environment& environment) {
  MATVIEW_ASSIGN(auto catalog, support::status_of(paths.catalog()));
  if (catalog) return {};
  for (const fs::path& directory : {paths.data(), paths.pins(), paths.temporary()})
    MATVIEW_TRY(support::make_directories(directory));
  MATVIEW_ASSIGN(const auto lock, support::FileLock::acquire(paths.creation_lock()));
  MATVIEW_ASSIGN(catalog, support::status_of(paths.catalog()));
  if (catalog) return {};
  return make_catalog(paths, environment);
}

}  // namespace matview::engine
