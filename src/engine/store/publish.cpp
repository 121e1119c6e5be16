#include "engine/store/publish.hpp"

#include <SQLiteCpp/SQLiteCpp.h>
#include <SQLiteCpp/VariadicBind.h>

#include "engine/duckdb/database.hpp"
#include "engine/store/documents.hpp"
#include "engine/store/fields.hpp"
#include "engine/store/retained_rows.hpp"
#include "engine/store/retention.hpp"
#include "engine/store/snapshots.hpp"
#include "engine/store/source_rows.hpp"
#include "engine/store/suspension.hpp"
#include "engine/store/view_rows.hpp"
#include "support/failpoint.hpp"
#include "support/uuid.hpp"

namespace matview::engine {

namespace {

/// What our own table keeps of a view beside its definition.
struct ViewState {
  std::int64_t definition_version = 0;
  std::optional<std::int64_t> current_version;
  std::int64_t next_version = 1;
  std::int64_t next_field_id = 1;
  std::int64_t state_serial = 0;
  ViewDefinition definition;
};

Result<ViewState> read_view_state(SQLite::Database& database, std::int64_t view_id) {
  SQLite::Statement query(database,
                          "SELECT definition_version, current_version, next_version, next_field_id, definition,"
                          " state_serial FROM matview_view WHERE view_id = ?");
  SQLite::bind(query, view_id);
  if (!query.executeStep()) return fail(view_is_gone(view_id));
  ViewState state;
  state.definition_version = query.getColumn(0).getInt64();
  if (!query.getColumn(1).isNull()) state.current_version = query.getColumn(1).getInt64();
  state.next_version = query.getColumn(2).getInt64();
  state.next_field_id = query.getColumn(3).getInt64();
  state.state_serial = query.getColumn(5).getInt64();
  MATVIEW_ASSIGN(state.definition, definition_from_json(query.getColumn(4).getString()));
  return state;
}

/// The snapshot after the newest. Every one of ours has a schema version of its own: readers keep the schema of a
/// version in memory for all snapshots that share it, and when old versions expire, a view's table begins at any of its
/// refreshes (see apply_retention).
LakeSnapshot next_snapshot(SQLite::Database& database) {
  LakeSnapshot snapshot = newest_snapshot(database);
  ++snapshot.id;
  ++snapshot.schema_version;
  return snapshot;
}

/// Whether any table or view of the schema "main" has the name now. DuckDB's names do not differ by case alone.
bool name_is_taken(SQLite::Database& database, const std::string& name) {
  SQLite::Statement query(database,
                          "SELECT 1 FROM ducklake_table WHERE table_name = ?1 COLLATE NOCASE AND end_snapshot IS NULL"
                          " UNION ALL"
                          " SELECT 1 FROM ducklake_view WHERE view_name = ?1 COLLATE NOCASE AND end_snapshot IS NULL");
  SQLite::bind(query, name);
  return query.executeStep();
}

Result<ViewRecord> record_of(SQLite::Database& database, std::int64_t view_id) {
  MATVIEW_ASSIGN(auto view, read_view(database, view_id));
  if (!view) return fail(view_is_gone(view_id));
  return *std::move(view);
}

void insert_table(SQLite::Database& database, const LakeSnapshot& snapshot, std::int64_t table_id,
                  const std::string& name, const Environment& environment) {
  SQLite::Statement insert(database, "INSERT INTO ducklake_table VALUES (?, ?, ?, NULL, 0, ?, ?, 1)");
  SQLite::bind(insert, table_id, support::uuid_v7(environment), snapshot.id, name,
               table_directory(name, table_id) + "/");
  insert.exec();
  write_schema_version(database, snapshot, table_id);
}

/// Gives the table the wanted columns from `snapshot` on. False if it has them already.
bool change_columns(SQLite::Database& database, LakeSnapshot& snapshot, std::int64_t table_id,
                    const std::vector<LakeColumn>& wanted, std::int64_t next_id) {
  const std::vector<LakeColumn> current = current_columns(database, table_id);
  if (current == wanted) return false;
  write_columns(database, table_id, snapshot.id, current, wanted);
  write_schema_version(database, snapshot, table_id);
  SQLite::Statement update(database, "UPDATE matview_view SET next_field_id = ? WHERE view_id = ?");
  SQLite::bind(update, next_field_id(wanted, next_id), table_id);
  update.exec();
  return true;
}

Result<void> check_base(const ViewState& state, const RefreshCommit& commit, std::optional<std::int64_t> state_base) {
  const std::string name = "'" + state.definition.name + "'";
  if (state.definition_version != commit.definition_version)
    return fail(ErrorCode::conflict, "the definition of " + name + " was replaced during the refresh");
  if (state.current_version != commit.base_version)
    return fail(ErrorCode::conflict, "another refresh of " + name + " was committed during this one");
  if (state_base && *state_base != state.state_serial)
    return fail(ErrorCode::conflict, "the state of " + name + " was changed during this refresh");
  return {};
}

VersionRecord version_record(const ViewState& state, const LakeSnapshot& snapshot, const RefreshCommit& commit,
                             const LiveSize& size, Time now) {
  VersionRecord version;
  version.version = state.next_version;
  version.snapshot_id = snapshot.id;
  version.committed_at = now;
  version.rows = size.rows;
  version.bytes = size.bytes;
  version.mode = commit.job.mode;
  version.reason = commit.job.reason;
  version.job_id = commit.job.id;
  version.fingerprint = commit.fingerprint;
  version.columns = commit.columns;
  return version;
}

void advance(SQLite::Database& database, std::int64_t view_id, std::int64_t version) {
  SQLite::Statement update(database,
                           "UPDATE matview_view SET current_version = ?1, next_version = ?1 + 1 WHERE view_id = ?2");
  SQLite::bind(update, version, view_id);
  update.exec();
}

/// Whether a commit changes rows; one that does not leaves the current version as it is.
bool changes_rows(const ViewState& state, const RefreshCommit& commit) {
  return commit.replaces || !state.current_version || !commit.files.empty() || !commit.deletes.empty();
}

/// Publishes the rows that come and go. Returns how many come.
Result<std::int64_t> change_rows(SQLite::Database& database, LakeSnapshot& snapshot, const ViewState& state,
                                 const RefreshCommit& commit, const MeasuredRelation& rows, Time now) {
  MATVIEW_ASSIGN(const auto fields, read_field_ids(database, commit.view_id, commit.columns));
  if (fields != commit.field_ids)
    return fail(ErrorCode::conflict, "the columns of '" + state.definition.name + "' were changed during the refresh");
  MATVIEW_ASSIGN(const auto columns, lake_columns(commit.columns, fields));

  const std::string id = std::to_string(commit.view_id);
  std::string changes;
  const auto note = [&](const char* change) { changes += (changes.empty() ? "" : ",") + (change + id); };
  if (commit.replaces && end_data_files(database, commit.view_id, snapshot.id) > 0) note("deleted_from_table:");
  if (!commit.replaces && !rows.deletes.empty()) {
    MATVIEW_TRY(add_delete_files(database, commit.view_id, snapshot, rows.deletes));
    note("deleted_from_table:");
  }
  if (change_columns(database, snapshot, commit.view_id, columns, state.next_field_id)) {
    if (!commit.replaces)
      return fail(ErrorCode::internal, "rows are added to '" + state.definition.name + "' with other columns");
    note("altered_table:");
  }
  MATVIEW_TRY(add_data_files(database, commit.view_id, snapshot, rows.files, fields));
  if (commit.replaces || !rows.files.empty()) note("inserted_into_table:");
  write_snapshot(database, snapshot, now, changes, "refresh " + state.definition.name);
  std::int64_t added = 0;
  for (const MeasuredFile& file : rows.files) added += file.file.rows;
  return added;
}

}  // namespace

Result<ViewRecord> insert_view(SQLite::Database& database, const ViewDefinition& definition,
                               const Environment& environment) {
  MATVIEW_ASSIGN(const auto existing, read_view(database, definition.name));
  if (existing) return fail(ErrorCode::conflict, "a view named '" + existing->definition.name + "' exists");
  if (name_is_taken(database, definition.name))
    return fail(ErrorCode::conflict, "the catalog has a table named '" + definition.name + "' that is no view");
  MATVIEW_ASSIGN(const std::string document, definition_to_json(definition));

  LakeSnapshot snapshot = next_snapshot(database);
  const std::int64_t table_id = snapshot.next_catalog_id++;
  insert_table(database, snapshot, table_id, definition.name, environment);
  MATVIEW_ASSIGN(const auto fields, assign_fields(definition.columns, {}, 1));
  MATVIEW_ASSIGN(const auto columns, lake_columns(definition.columns, fields));
  write_columns(database, table_id, snapshot.id, {}, columns);
  const Time now = environment.now();
  write_snapshot(database, snapshot, now, "created_table:\"main\"." + quote_identifier(definition.name),
                 "create " + definition.name);

  SQLite::Statement insert(database,
                           "INSERT INTO matview_view(view_id, name, definition_version, definition, created_at,"
                           " created_snapshot, next_version, next_field_id, plan) VALUES (?, ?, 1, ?, ?, ?, 1, ?, ?)");
  SQLite::bind(insert, table_id, definition.name, document, std::int64_t{now.time_since_epoch().count()}, snapshot.id,
               next_field_id(columns, 1), definition.plan);
  insert.exec();
  return record_of(database, table_id);
}

Result<ViewRecord> replace_view(SQLite::Database& database, std::int64_t view_id, const ViewDefinition& definition,
                                const Environment& environment) {
  MATVIEW_ASSIGN(const ViewState state, read_view_state(database, view_id));
  ViewDefinition replacement = definition;
  replacement.name = state.definition.name;
  MATVIEW_ASSIGN(const std::string document, definition_to_json(replacement));
  SQLite::Statement update(database,
                           "UPDATE matview_view SET definition = ?, definition_version = definition_version + 1,"
                           " plan = ? WHERE view_id = ?");
  // State is of use to none but the plan that made it.
  if (read_plan(database, view_id) != definition.plan) remove_state(database, view_id, environment.now());
  SQLite::bind(update, document, definition.plan, view_id);
  update.exec();
  if (state.definition.fingerprint != definition.fingerprint) forget_success(database, view_id);
  // Rows keep the columns they were made with. Where there are none yet, readers see the new columns at once.
  if (!state.current_version) {
    MATVIEW_ASSIGN(const auto fields, read_field_ids(database, view_id, definition.columns));
    MATVIEW_ASSIGN(const auto columns, lake_columns(definition.columns, fields));
    LakeSnapshot snapshot = next_snapshot(database);
    if (change_columns(database, snapshot, view_id, columns, state.next_field_id))
      write_snapshot(database, snapshot, environment.now(), "altered_table:" + std::to_string(view_id),
                     "replace " + state.definition.name);
  }
  return record_of(database, view_id);
}

Result<void> remove_view(SQLite::Database& database, std::int64_t view_id, const Environment& environment) {
  MATVIEW_ASSIGN(const ViewState state, read_view_state(database, view_id));
  const Time now = environment.now();
  schedule_ended_files(database, view_id, std::nullopt, now);
  for (const char* table : {"ducklake_table", "ducklake_column", "ducklake_table_stats", "ducklake_table_column_stats",
                            "ducklake_schema_versions", "ducklake_column_tag", "ducklake_file_column_stats"}) {
    SQLite::Statement remove(database, std::string("DELETE FROM ") + table + " WHERE table_id = ?");
    SQLite::bind(remove, view_id);
    remove.exec();
  }
  for (const char* table : {"matview_view", "matview_version"}) {
    SQLite::Statement remove(database, std::string("DELETE FROM ") + table + " WHERE view_id = ?");
    SQLite::bind(remove, view_id);
    remove.exec();
  }
  remove_sources(database, view_id);
  remove_state(database, view_id, now);
  write_retained(database, view_id, {}, now);
  const LakeSnapshot snapshot = next_snapshot(database);
  write_snapshot(database, snapshot, now, "dropped_table:" + std::to_string(view_id), "drop " + state.definition.name);
  return {};
}

Result<std::vector<FieldId>> read_field_ids(SQLite::Database& database, std::int64_t view_id,
                                            const std::vector<StoredColumn>& columns) {
  SQLite::Statement query(database, "SELECT next_field_id FROM matview_view WHERE view_id = ?");
  SQLite::bind(query, view_id);
  if (!query.executeStep()) return fail(view_is_gone(view_id));
  return assign_fields(columns, current_columns(database, view_id), query.getColumn(0).getInt64());
}

std::string read_plan(SQLite::Database& database, std::int64_t view_id) {
  SQLite::Statement query(database, "SELECT plan FROM matview_view WHERE view_id = ?");
  SQLite::bind(query, view_id);
  return query.executeStep() ? query.getColumn(0).getString() : std::string();
}

void write_plan(SQLite::Database& database, std::int64_t view_id, const std::string& plan, Time now) {
  SQLite::Statement update(database, "UPDATE matview_view SET plan = ? WHERE view_id = ?");
  SQLite::bind(update, plan, view_id);
  update.exec();
  remove_state(database, view_id, now);
}

Result<VersionRecord> publish_version(SQLite::Database& database, const RefreshCommit& commit,
                                      const MeasuredCommit& measured, const Environment& environment) {
  MATVIEW_ASSIGN(const ViewState state, read_view_state(database, commit.view_id));
  MATVIEW_TRY(check_base(state, commit, measured.state_base));
  const Time now = environment.now();
  MATVIEW_TRY(write_state(database, commit.view_id, measured.state, commit.keeps_state, now));
  write_retained(database, commit.view_id, commit.retained, now);
  MATVIEW_TRY(support::failpoint("commit.after_state"));

  Job job = commit.job;
  if (!changes_rows(state, commit)) {
    MATVIEW_ASSIGN(auto view, record_of(database, commit.view_id));
    job.version = view.current->version;
    write_sources(database, commit.view_id, *job.version, commit.sources);
    MATVIEW_TRY(write_job(database, commit.view_id, job));
    return *std::move(view.current);
  }
  LakeSnapshot snapshot = next_snapshot(database);
  MATVIEW_ASSIGN(const std::int64_t added, change_rows(database, snapshot, state, commit, measured.rows, now));
  const VersionRecord version = version_record(state, snapshot, commit, live_size(database, commit.view_id), now);
  insert_version(database, commit.view_id, version);
  advance(database, commit.view_id, version.version);
  write_sources(database, commit.view_id, version.version, commit.sources);
  job.version = version.version;
  MATVIEW_TRY(write_job(database, commit.view_id, job));
  MATVIEW_TRY(support::failpoint("commit.before_retention"));
  apply_retention(database, commit.view_id, state.definition.retention, now);
  write_table_stats(database, commit.view_id, added);
  return version;
}

}  // namespace matview::engine
