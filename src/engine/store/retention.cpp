#include "engine/store/retention.hpp"

#include <SQLiteCpp/SQLiteCpp.h>
#include <SQLiteCpp/VariadicBind.h>

#include <algorithm>

#include "engine/store/data_files.hpp"
#include "engine/store/snapshots.hpp"
#include "engine/store/source_rows.hpp"

namespace matview::engine {

namespace {

/// The table exists from `snapshot` on, with the columns it has there and later.
void forget_table_before(SQLite::Database& database, std::int64_t table_id, std::int64_t snapshot) {
  for (const char* statement :
       {"DELETE FROM ducklake_column WHERE table_id = ?1 AND end_snapshot <= ?2",
        "UPDATE ducklake_column SET begin_snapshot = ?2 WHERE table_id = ?1 AND begin_snapshot < ?2",
        "UPDATE ducklake_table SET begin_snapshot = ?2 WHERE table_id = ?1 AND begin_snapshot < ?2",
        "DELETE FROM ducklake_schema_versions WHERE table_id = ?1 AND begin_snapshot < (SELECT max(begin_snapshot)"
        " FROM ducklake_schema_versions WHERE table_id = ?1 AND begin_snapshot <= ?2)"}) {
    SQLite::Statement change(database, statement);
    SQLite::bind(change, table_id, snapshot);
    change.exec();
  }
}

std::vector<std::int64_t> snapshots_before(SQLite::Database& database, std::int64_t view_id, std::int64_t version) {
  SQLite::Statement query(database, "SELECT snapshot_id FROM matview_version WHERE view_id = ? AND version < ?");
  SQLite::bind(query, view_id, version);
  std::vector<std::int64_t> snapshots;
  while (query.executeStep()) snapshots.push_back(query.getColumn(0).getInt64());
  SQLite::Statement created(database, "SELECT created_snapshot FROM matview_view WHERE view_id = ?");
  SQLite::bind(created, view_id);
  if (created.executeStep()) snapshots.push_back(created.getColumn(0).getInt64());
  return snapshots;
}

}  // namespace

std::optional<std::int64_t> oldest_kept(const std::vector<VersionRecord>& versions, const Retention& retention,
                                        Time now) {
  if (versions.empty()) return std::nullopt;
  std::size_t kept = 1;
  const auto most = static_cast<std::size_t>(std::max<std::int64_t>(retention.versions, 1));
  // A version was superseded when the next newer one was committed.
  while (kept < versions.size() && kept < most &&
         !(retention.max_age && now - versions[kept - 1].committed_at > *retention.max_age))
    ++kept;
  return versions[kept - 1].version;
}

std::int64_t expire_versions(SQLite::Database& database, std::int64_t view_id, std::int64_t oldest, Time now) {
  SQLite::Statement query(database, "SELECT snapshot_id FROM matview_version WHERE view_id = ? AND version = ?");
  SQLite::bind(query, view_id, oldest);
  if (!query.executeStep()) return 0;
  const std::int64_t snapshot = query.getColumn(0).getInt64();
  const std::vector<std::int64_t> unused = snapshots_before(database, view_id, oldest);
  SQLite::Statement remove(database, "DELETE FROM matview_version WHERE view_id = ? AND version < ?");
  SQLite::bind(remove, view_id, oldest);
  const std::int64_t removed = remove.exec();
  if (removed == 0) return 0;
  schedule_ended_files(database, view_id, snapshot, now);
  forget_table_before(database, view_id, snapshot);
  expire_sources(database, view_id, oldest);
  for (const std::int64_t id : unused) remove_snapshot_if_unused(database, id);
  return removed;
}

}  // namespace matview::engine
