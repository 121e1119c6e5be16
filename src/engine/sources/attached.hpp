#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/lake/lake.hpp"
#include "engine/sources/pinned.hpp"
#include "engine/sources/resolve.hpp"

namespace matview::engine {

/// Attaches a DuckDB file read-only. `failed`, naming the file, if it is missing, locked by a writer, or none.
Result<void> attach_duckdb(Database& database, const Attachment& attachment);

/// Columns of a table of an attached DuckDB file. `usage` if there is none, or if it is a view, which may read
/// anything.
Result<std::vector<Column>> attached_columns(Database& database, const Pinned& pinned);

/// The file and its write-ahead log, if it has one.
Result<std::vector<FileState>> attached_files(const Attachment& attachment);

/// The table of a DuckLake at a snapshot, the newest if empty.
Result<LakeTable> lake_table(const Attachment& attachment, const Pinned& pinned, std::optional<std::int64_t> snapshot);

/// What changed in it between two snapshots that it was observed at; see Lake::changes.
Result<RowsChange> lake_changes(const Attachment& attachment, const Pinned& pinned, std::int64_t from_snapshot,
                                std::int64_t to_snapshot);

}  // namespace matview::engine
