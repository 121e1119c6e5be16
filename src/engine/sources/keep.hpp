#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "engine/sources/growth.hpp"
#include "engine/store/records.hpp"

namespace matview::engine {

/// How the files that a refresh reads are kept for the next one.
struct KeepOptions {
  std::string mode = "link";  ///< link: copy only what cannot be linked; copy; off
  std::int64_t copy_limit = 0;
  std::filesystem::path store_root;
  std::filesystem::path directory;  ///< below the store, of this refresh alone: "sources/7/0192…"
  /// Files up to this size are copied, which costs no more than to link them and reading them for a checksum.
  std::int64_t small_file = 0;
  SourceVector recorded = {};    ///< what the refresh before read; of what has changed since an extract is kept
  std::string extract_key = {};  ///< SourceReads::key; empty: there are no extracts
  GrowthOf growth = [](const FileState& file, std::int64_t before) { return measure_growth(file.path, before); };
};

/// A file, or a DuckDB file with its log, of which an extract is to be written (see sources/extract.hpp).
struct WantedExtract {
  std::size_t source = 0;
  std::vector<FileState> files;
};

struct KeptFiles {
  SourceVector sources;                      ///< as they are after this
  std::vector<RetainedFile> retained = {};   ///< of `sources`: new ones, and those that were kept before
  std::vector<FileTouch> touched = {};       ///< by linking
  std::vector<std::string> unlogged = {};    ///< DuckDB files of `sources` that have no log
  std::vector<WantedExtract> extracts = {};  ///< of `sources`, still to be written
  bool restless = false;                     ///< some file is no longer as in `sources`: look again
};

/// Keeps the files of `sources` (not those of upstream views and DuckLakes, which keep themselves), so that they can
/// still be told when they are replaced or removed. A file that is kept already (`before`) is left alone; one that can
/// be neither linked nor copied is not kept, which is no error. DuckDB files are changed in place and so always copied;
/// so is a file that was once changed in place, unless rows were only appended to it. Of a text file the checksum is
/// put on record whatever the mode, so that these can be told.
KeptFiles keep_files(const ViewDefinition& definition, const SourceVector& sources,
                     const std::vector<RetainedFile>& before, const KeepOptions& options);

/// Looks at the files again once they were read. What is only linked elsewhere meanwhile is brought up to date. A file
/// that is not as it was may have been read in either state: it is put down as unknown, so that it counts as changed,
/// and nothing stays kept of it. The paths of such files.
std::vector<std::string> confirm_read(KeptFiles& kept);

}  // namespace matview::engine
