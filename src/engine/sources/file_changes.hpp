#pragma once

#include "engine/duckdb/database.hpp"
#include "engine/sources/appended.hpp"
#include "engine/sources/changes.hpp"
#include "engine/sources/extract.hpp"
#include "engine/sources/matching.hpp"
#include "engine/sources/relations.hpp"
#include "engine/sources/retained.hpp"

namespace matview::engine {

/// Where the old rows of files are.
struct OldFiles {
  const RetainedFiles& retained;
  PartFiles& parts;  ///< of files to which rows were appended, these alone
  const Extracts& extracts;
  bool traced = false;  ///< the plan knows by itself what a file gave: its path is enough
};

/// Fills in the rows of a reference to files that went from the state `match` starts with to `now`. Files that left are
/// read from what is kept of them, under their own names. `lost` is said of the first whose old rows cannot be told.
Result<void> find_file_changes(Database& database, const PinnedReference& reference, const FileMatch& match,
                               const SourceState& now, const OldFiles& old, ReferenceChange& change);

/// The directories of a path that are hive partitions, "k=1/l=2/" or nothing.
std::string hive_directories(const std::string& path);

}  // namespace matview::engine
