#include "engine/store/snapshots.hpp"

#include <SQLiteCpp/SQLiteCpp.h>
#include <SQLiteCpp/VariadicBind.h>

#include "engine/store/schema.hpp"

namespace matview::engine {

namespace {

constexpr const char* k_unused =
    " snapshot_id < (SELECT max(snapshot_id) FROM ducklake_snapshot)"
    " AND EXISTS (SELECT 1 FROM ducklake_snapshot_changes c WHERE c.snapshot_id = ducklake_snapshot.snapshot_id"
    "  AND c.author = 'matview')"
    " AND NOT EXISTS (SELECT 1 FROM matview_version r WHERE r.snapshot_id = ducklake_snapshot.snapshot_id)";

constexpr const char* k_forget_changes =
    "DELETE FROM ducklake_snapshot_changes WHERE snapshot_id NOT IN (SELECT snapshot_id FROM ducklake_snapshot)";

}  // namespace

LakeSnapshot newest_snapshot(SQLite::Database& database) {
  SQLite::Statement query(database,
                          "SELECT snapshot_id, schema_version, next_catalog_id, next_file_id FROM ducklake_snapshot"
                          " ORDER BY snapshot_id DESC LIMIT 1");
  LakeSnapshot snapshot;
  if (query.executeStep())
    snapshot = {query.getColumn(0).getInt64(), query.getColumn(1).getInt64(), query.getColumn(2).getInt64(),
                query.getColumn(3).getInt64()};
  return snapshot;
}

void write_snapshot(SQLite::Database& database, const LakeSnapshot& snapshot, Time now, const std::string& changes,
                    const std::string& message) {
  SQLite::Statement insert(database, "INSERT INTO ducklake_snapshot VALUES (?, ?, ?, ?, ?)");
  SQLite::bind(insert, snapshot.id, lake_time(now), snapshot.schema_version, snapshot.next_catalog_id,
               snapshot.next_file_id);
  insert.exec();
  SQLite::Statement change(database, "INSERT INTO ducklake_snapshot_changes VALUES (?, ?, 'matview', ?, NULL)");
  SQLite::bind(change, snapshot.id, changes, message);
  change.exec();
}

void write_schema_version(SQLite::Database& database, const LakeSnapshot& snapshot, std::int64_t table_id) {
  SQLite::Statement insert(database, "INSERT INTO ducklake_schema_versions VALUES (?, ?, ?)");
  SQLite::bind(insert, snapshot.id, snapshot.schema_version, table_id);
  insert.exec();
}

std::int64_t remove_unused_snapshots(SQLite::Database& database) {
  const int removed = database.exec(std::string("DELETE FROM ducklake_snapshot WHERE") + k_unused);
  database.exec(k_forget_changes);
  return removed;
}

void remove_snapshot_if_unused(SQLite::Database& database, std::int64_t snapshot) {
  SQLite::Statement remove(database, std::string("DELETE FROM ducklake_snapshot WHERE snapshot_id = ? AND") + k_unused);
  SQLite::bind(remove, snapshot);
  if (remove.exec() == 0) return;
  SQLite::Statement forget(database, "DELETE FROM ducklake_snapshot_changes WHERE snapshot_id = ?");
  SQLite::bind(forget, snapshot);
  forget.exec();
}

}  // namespace matview::engine
