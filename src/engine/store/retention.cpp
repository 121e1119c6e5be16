#include "engine/store/retention.hpp"

#include <SQLiteCpp/SQLiteCpp.h>
#include <SQLiteCpp/VariadicBind.h>

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "engine/store/data_files.hpp"
#include "engine/store/schema.hpp"
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

struct CommittedVersion {
  std::int64_t version = 0;
  std::int64_t snapshot = 0;
  Time committed_at;
};

/// Newest first.
std::vector<CommittedVersion> committed_versions(SQLite::Database& database, std::int64_t view_id) {
  SQLite::Statement query(database,
                          "SELECT version, snapshot_id, committed_at FROM matview_version WHERE view_id = ?"
                          " ORDER BY version DESC");
  SQLite::bind(query, view_id);
  std::vector<CommittedVersion> versions;
  while (query.executeStep())
    versions.push_back(
        {query.getColumn(0).getInt64(), query.getColumn(1).getInt64(), Time(Duration(query.getColumn(2).getInt64()))});
  return versions;
}

// How many versions more than retention allows may stay for views downstream that are behind. One that is further
// behind is recomputed, which costs it one full refresh; without a bound a view that nobody refreshes would keep all.
constexpr std::size_t k_for_downstream = 10;

/// The versions whose rows a view downstream may still ask for, to tell how they changed: what it read last.
std::set<std::int64_t> versions_read(SQLite::Database& database, std::int64_t view_id) {
  std::set<std::int64_t> versions;
  // A catalog that was made before there were plans has none that could ask.
  if (!has_incremental_tables(database)) return versions;
  SQLite::Statement query(database,
                          "SELECT s.version FROM matview_source s JOIN matview_view v USING (view_id)"
                          " WHERE s.object_id = ? AND s.end_version IS NULL AND v.plan <> ''");
  SQLite::bind(query, std::to_string(view_id));
  while (query.executeStep()) versions.insert(query.getColumn(0).getInt64());
  return versions;
}

/// How many of them stay.
std::size_t kept_of(const std::vector<CommittedVersion>& versions, const Retention& retention, Time now) {
  const auto most = static_cast<std::size_t>(std::max<std::int64_t>(retention.versions, 1));
  std::size_t kept = 1;
  // A version was superseded when the next newer one was committed.
  while (kept < versions.size() && kept < most &&
         !(retention.max_age && now - versions[kept - 1].committed_at > *retention.max_age))
    ++kept;
  return kept;
}

}  // namespace

std::int64_t apply_retention(SQLite::Database& database, std::int64_t view_id, const Retention& retention, Time now) {
  const auto versions = committed_versions(database, view_id);
  std::size_t kept = kept_of(versions, retention, now);
  if (kept >= versions.size()) return 0;
  const auto needed = versions_read(database, view_id);
  const std::size_t most = std::min(versions.size(), kept + k_for_downstream);
  for (std::size_t i = kept; i < most; ++i)
    if (needed.contains(versions[i].version)) kept = i + 1;
  if (kept >= versions.size()) return 0;
  const CommittedVersion& oldest = versions[kept - 1];
  const std::vector<std::int64_t> unused = snapshots_before(database, view_id, oldest.version);
  SQLite::Statement remove(database, "DELETE FROM matview_version WHERE view_id = ? AND version < ?");
  SQLite::bind(remove, view_id, oldest.version);
  const std::int64_t removed = remove.exec();
  schedule_ended_files(database, view_id, oldest.snapshot, now);
  forget_table_before(database, view_id, oldest.snapshot);
  expire_sources(database, view_id, oldest.version);
  for (const std::int64_t id : unused) remove_snapshot_if_unused(database, id);
  return removed;
}

}  // namespace matview::engine
