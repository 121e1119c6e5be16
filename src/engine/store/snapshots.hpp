#pragma once

#include <cstdint>
#include <string>

#include "matview/environment.hpp"

namespace SQLite {
class Database;
}

namespace matview::engine {

/// The newest row of ducklake_snapshot, or one being made from it.
struct LakeSnapshot {
  std::int64_t id = 0;
  std::int64_t schema_version = 0;
  std::int64_t next_catalog_id = 0;
  std::int64_t next_file_id = 0;
};

// All throw SQLite::Exception.

LakeSnapshot newest_snapshot(SQLite::Database& database);

/// Writes `snapshot` with what it changed, in the words of ducklake_snapshot_changes. The author "matview" marks the
/// snapshots that may be removed once no version needs them.
void write_snapshot(SQLite::Database& database, const LakeSnapshot& snapshot, Time now, const std::string& changes,
                    const std::string& message);

/// Records that the schema of a table changed with this snapshot.
void write_schema_version(SQLite::Database& database, const LakeSnapshot& snapshot, std::int64_t table_id);

/// Removes snapshots of ours that no version of any view was made at; the newest one stays. Returns how many.
std::int64_t remove_unused_snapshots(SQLite::Database& database);
/// The same for one snapshot.
void remove_snapshot_if_unused(SQLite::Database& database, std::int64_t snapshot);

}  // namespace matview::engine
