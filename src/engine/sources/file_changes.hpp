#pragma once

#include "engine/duckdb/database.hpp"
#include "engine/sources/appended.hpp"
#include "engine/sources/changes.hpp"
#include "engine/sources/extract.hpp"
#include "engine/sources/matching.hpp"
#include "engine/sources/relations.hpp"
#include "engine/sources/retained.hpp"

namespace matview::engine {

/// Fills in the rows of a reference to files that went from the state `match` starts with to `now`. Files that left are
/// read from what is kept of them, under their own names; of those to which rows were appended `parts` has these alone.
/// `lost` is said of the first whose old rows cannot be told.
Result<void> find_file_changes(Database& database, const PinnedReference& reference, const FileMatch& match,
                               const SourceState& now, const RetainedFiles& retained, PartFiles& parts,
                               const Extracts& extracts, ReferenceChange& change);

/// The directories of a path that are hive partitions, "k=1/l=2/" or nothing.
std::string hive_directories(const std::string& path);

}  // namespace matview::engine
