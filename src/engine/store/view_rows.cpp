#include "engine/store/view_rows.hpp"

#include <SQLiteCpp/SQLiteCpp.h>
#include <SQLiteCpp/VariadicBind.h>

#include <string>

#include "engine/store/documents.hpp"
#include "engine/store/schema.hpp"
#include "engine/store/suspension.hpp"

namespace matview::engine {

namespace {

// Jobs kept of one view. Enough for weeks of a refresh each quarter of an hour.
constexpr int k_jobs_kept = 1000;

#define MATVIEW_VERSION_COLUMNS \
  "r.version, r.snapshot_id, r.committed_at, r.rows, r.bytes, r.mode, r.reason, r.job_id, r.fingerprint, r.columns"
// A catalog that was never opened for writing since may be older than schedules.
constexpr const char* k_schedule = "v.succeeded_at, v.failures, v.suspended_at, v.suspended_reason, ";
constexpr const char* k_no_schedule = "NULL, 0, NULL, '', ";
constexpr const char* k_view = "SELECT v.view_id, v.definition_version, v.definition, v.created_at, j.job, ";
constexpr const char* k_of_views = MATVIEW_VERSION_COLUMNS
    " FROM matview_view v LEFT JOIN matview_version r ON r.view_id = v.view_id AND r.version = v.current_version"
    " LEFT JOIN matview_job j ON j.sequence = v.last_job ";
constexpr const char* k_versions = "SELECT " MATVIEW_VERSION_COLUMNS " FROM matview_version r WHERE r.view_id = ? ";
#undef MATVIEW_VERSION_COLUMNS

Time time_at(const SQLite::Statement& row, int index) { return Time(Duration(row.getColumn(index).getInt64())); }

std::optional<Time> time_if_any(const SQLite::Statement& row, int index) {
  return row.getColumn(index).isNull() ? std::nullopt : std::optional(time_at(row, index));
}

std::string view_query(SQLite::Database& database, const char* rest) {
  return std::string(k_view) + (has_schedule_columns(database) ? k_schedule : k_no_schedule) + k_of_views + rest;
}

VersionRecord version_at(const SQLite::Statement& row, int first) {
  VersionRecord version;
  version.version = row.getColumn(first).getInt64();
  version.snapshot_id = row.getColumn(first + 1).getInt64();
  version.committed_at = time_at(row, first + 2);
  version.rows = row.getColumn(first + 3).getInt64();
  version.bytes = row.getColumn(first + 4).getInt64();
  version.mode = row.getColumn(first + 5).getString();
  version.reason = row.getColumn(first + 6).getString();
  version.job_id = row.getColumn(first + 7).getString();
  version.fingerprint = row.getColumn(first + 8).getString();
  version.columns = columns_from_text(row.getColumn(first + 9).getString());
  return version;
}

Result<std::vector<ViewRecord>> views_of(SQLite::Statement& query) {
  std::vector<ViewRecord> views;
  while (query.executeStep()) {
    ViewRecord view;
    view.view_id = query.getColumn(0).getInt64();
    view.definition_version = query.getColumn(1).getInt64();
    MATVIEW_ASSIGN(view.definition, definition_from_json(query.getColumn(2).getString()));
    view.created_at = time_at(query, 3);
    if (!query.getColumn(4).isNull()) {
      MATVIEW_ASSIGN(view.last_job, job_from_json(query.getColumn(4).getString()));
    }
    view.schedule.succeeded_at = time_if_any(query, 5);
    view.schedule.failures = query.getColumn(6).getInt64();
    view.schedule.suspended_at = time_if_any(query, 7);
    view.schedule.suspended_reason = query.getColumn(8).getString();
    if (!query.getColumn(9).isNull()) {
      view.current = version_at(query, 9);
    }
    views.push_back(std::move(view));
  }
  return views;
}

Result<std::optional<ViewRecord>> first_of(SQLite::Statement& query) {
  MATVIEW_ASSIGN(std::vector<ViewRecord> views, views_of(query));
  if (views.empty()) return std::nullopt;
  return std::move(views.front());
}

std::vector<VersionRecord> versions_of(SQLite::Statement& query) {
  std::vector<VersionRecord> versions;
  while (query.executeStep()) {
    versions.push_back(version_at(query, 0));
  }
  return versions;
}

}  // namespace

Result<std::vector<ViewRecord>> read_views(SQLite::Database& database) {
  SQLite::Statement query(database, view_query(database, "ORDER BY v.name"));
  return views_of(query);
}

Result<std::optional<ViewRecord>> read_view(SQLite::Database& database, std::string_view name) {
  SQLite::Statement query(database, view_query(database, "WHERE v.name = ? COLLATE NOCASE"));
  SQLite::bind(query, std::string(name));
  return first_of(query);
}

Result<std::optional<ViewRecord>> read_view(SQLite::Database& database, std::int64_t view_id) {
  SQLite::Statement query(database, view_query(database, "WHERE v.view_id = ?"));
  SQLite::bind(query, view_id);
  return first_of(query);
}

std::vector<VersionRecord> read_versions(SQLite::Database& database, std::int64_t view_id) {
  SQLite::Statement query(database, std::string(k_versions) + "ORDER BY r.version DESC");
  SQLite::bind(query, view_id);
  return versions_of(query);
}

void insert_version(SQLite::Database& database, std::int64_t view_id, const VersionRecord& version) {
  SQLite::Statement insert(database, "INSERT INTO matview_version VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
  const std::int64_t committed_at = version.committed_at.time_since_epoch().count();
  SQLite::bind(insert, view_id, version.version, version.snapshot_id, committed_at, version.rows, version.bytes,
               version.mode, version.reason, version.job_id, version.fingerprint, columns_to_text(version.columns));
  insert.exec();
}

Result<std::vector<Job>> read_jobs(SQLite::Database& database, std::int64_t view_id, std::int64_t limit) {
  SQLite::Statement query(database, "SELECT job FROM matview_job WHERE view_id = ? ORDER BY sequence DESC LIMIT ?");
  SQLite::bind(query, view_id, limit);
  std::vector<Job> jobs;
  while (query.executeStep()) {
    MATVIEW_ASSIGN(Job job, job_from_json(query.getColumn(0).getString()));
    jobs.push_back(std::move(job));
  }
  return jobs;
}

Result<std::optional<Job>> read_job(SQLite::Database& database, std::string_view id) {
  SQLite::Statement query(database, "SELECT job FROM matview_job WHERE job_id = ?");
  SQLite::bind(query, std::string(id));
  if (!query.executeStep()) return std::nullopt;
  MATVIEW_ASSIGN(Job job, job_from_json(query.getColumn(0).getString()));
  return job;
}

Result<void> write_job(SQLite::Database& database, std::int64_t view_id, const Job& job) {
  MATVIEW_TRY(count_outcome(database, view_id, job));
  SQLite::Statement upsert(database,
                           "INSERT INTO matview_job(job_id, view_id, state, job) VALUES (?, ?, ?, ?)"
                           " ON CONFLICT(job_id) DO UPDATE SET state = excluded.state, job = excluded.job"
                           " RETURNING sequence");
  SQLite::bind(upsert, job.id, view_id, std::string(to_string(job.state)), job_to_json(job));
  upsert.executeStep();
  const std::int64_t sequence = upsert.getColumn(0).getInt64();
  upsert.executeStep();
  SQLite::Statement newest(database,
                           "UPDATE matview_view SET last_job = max(coalesce(last_job, 0), ?) WHERE view_id = ?");
  SQLite::bind(newest, sequence, view_id);
  newest.exec();
  SQLite::Statement trim(database,
                         "DELETE FROM matview_job WHERE view_id = ?1 AND sequence <= (SELECT sequence FROM matview_job"
                         " WHERE view_id = ?1 ORDER BY sequence DESC LIMIT 1 OFFSET ?2)");
  SQLite::bind(trim, view_id, k_jobs_kept);
  trim.exec();
  return {};
}

Error view_is_gone(std::int64_t view_id) {
  return Error(ErrorCode::conflict, "the view (id " + std::to_string(view_id) + ") was dropped in the meantime");
}

}  // namespace matview::engine
