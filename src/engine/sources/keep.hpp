#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "engine/store/records.hpp"

namespace matview::engine {

/// How the files that a refresh reads are kept for the next one.
struct KeepOptions {
  std::string mode = "link";  ///< link: copy only what cannot be linked; copy; off
  std::int64_t copy_limit = 0;
  std::filesystem::path store_root;
  std::filesystem::path directory;  ///< below the store, of this refresh alone: "sources/7/0192…"
};

struct KeptFiles {
  SourceVector sources;                     ///< as they are after this
  std::vector<RetainedFile> retained = {};  ///< of `sources`: new ones, and those that were kept before
  std::vector<FileTouch> touched = {};      ///< by linking
  std::vector<std::string> unlogged = {};   ///< DuckDB files of `sources` that have no log
  bool restless = false;                    ///< some file is no longer as in `sources`: look again
};

/// Keeps the files of `sources` (not those of upstream views and DuckLakes, which keep themselves), so that they can
/// still be told when they are replaced or removed. A file that is kept already (`before`) is left alone; one that can
/// be neither linked nor copied is not kept, which is no error. DuckDB files are changed in place and so always copied.
KeptFiles keep_files(const ViewDefinition& definition, const SourceVector& sources,
                     const std::vector<RetainedFile>& before, const KeepOptions& options);

/// Looks at the files again once they were read. What is only linked elsewhere meanwhile is brought up to date. A file
/// that is not as it was may have been read in either state: it is put down as unknown, so that it counts as changed,
/// and nothing stays kept of it. The paths of such files.
std::vector<std::string> confirm_read(KeptFiles& kept);

}  // namespace matview::engine
