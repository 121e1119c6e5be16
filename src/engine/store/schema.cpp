#include "engine/store/schema.hpp"

#include <SQLiteCpp/SQLiteCpp.h>
#include <SQLiteCpp/VariadicBind.h>
#include <fmt/format.h>

#include <chrono>

#include "engine/store/sqlite.hpp"
#include "matview/version.hpp"
#include "support/file.hpp"
#include "support/uuid.hpp"

namespace matview::engine {

namespace {

// The script of the DuckLake 1.0 specification ("Full Schema Creation Script"), with the column types that its
// reference implementation gives a catalog in SQLite: BOOLEAN as BIGINT; UUID and TIMESTAMPTZ as VARCHAR.
constexpr const char* k_ducklake_tables = R"sql(
CREATE TABLE ducklake_metadata("key" VARCHAR NOT NULL, "value" VARCHAR NOT NULL, "scope" VARCHAR, scope_id BIGINT);
CREATE TABLE ducklake_snapshot(snapshot_id BIGINT PRIMARY KEY, snapshot_time VARCHAR, schema_version BIGINT, next_catalog_id BIGINT, next_file_id BIGINT);
CREATE TABLE ducklake_snapshot_changes(snapshot_id BIGINT PRIMARY KEY, changes_made VARCHAR, author VARCHAR, commit_message VARCHAR, commit_extra_info VARCHAR);
CREATE TABLE ducklake_schema(schema_id BIGINT PRIMARY KEY, schema_uuid VARCHAR, begin_snapshot BIGINT, end_snapshot BIGINT, schema_name VARCHAR, path VARCHAR, path_is_relative BIGINT);
CREATE TABLE ducklake_table(table_id BIGINT, table_uuid VARCHAR, begin_snapshot BIGINT, end_snapshot BIGINT, schema_id BIGINT, table_name VARCHAR, path VARCHAR, path_is_relative BIGINT);
CREATE TABLE ducklake_view(view_id BIGINT, view_uuid VARCHAR, begin_snapshot BIGINT, end_snapshot BIGINT, schema_id BIGINT, view_name VARCHAR, dialect VARCHAR, "sql" VARCHAR, column_aliases VARCHAR);
CREATE TABLE ducklake_tag(object_id BIGINT, begin_snapshot BIGINT, end_snapshot BIGINT, "key" VARCHAR, "value" VARCHAR);
CREATE TABLE ducklake_column_tag(table_id BIGINT, column_id BIGINT, begin_snapshot BIGINT, end_snapshot BIGINT, "key" VARCHAR, "value" VARCHAR);
CREATE TABLE ducklake_data_file(data_file_id BIGINT PRIMARY KEY, table_id BIGINT, begin_snapshot BIGINT, end_snapshot BIGINT, file_order BIGINT, path VARCHAR, path_is_relative BIGINT, file_format VARCHAR, record_count BIGINT, file_size_bytes BIGINT, footer_size BIGINT, row_id_start BIGINT, partition_id BIGINT, encryption_key VARCHAR, mapping_id BIGINT, partial_max BIGINT);
CREATE TABLE ducklake_file_column_stats(data_file_id BIGINT, table_id BIGINT, column_id BIGINT, column_size_bytes BIGINT, value_count BIGINT, null_count BIGINT, min_value VARCHAR, max_value VARCHAR, contains_nan BIGINT, extra_stats VARCHAR);
CREATE TABLE ducklake_file_variant_stats(data_file_id BIGINT, table_id BIGINT, column_id BIGINT, variant_path VARCHAR, shredded_type VARCHAR, column_size_bytes BIGINT, value_count BIGINT, null_count BIGINT, min_value VARCHAR, max_value VARCHAR, contains_nan BIGINT, extra_stats VARCHAR);
CREATE TABLE ducklake_delete_file(delete_file_id BIGINT PRIMARY KEY, table_id BIGINT, begin_snapshot BIGINT, end_snapshot BIGINT, data_file_id BIGINT, path VARCHAR, path_is_relative BIGINT, format VARCHAR, delete_count BIGINT, file_size_bytes BIGINT, footer_size BIGINT, encryption_key VARCHAR, partial_max BIGINT);
CREATE TABLE ducklake_column(column_id BIGINT, begin_snapshot BIGINT, end_snapshot BIGINT, table_id BIGINT, column_order BIGINT, column_name VARCHAR, column_type VARCHAR, initial_default VARCHAR, default_value VARCHAR, nulls_allowed BIGINT, parent_column BIGINT, default_value_type VARCHAR, default_value_dialect VARCHAR);
CREATE TABLE ducklake_table_stats(table_id BIGINT, record_count BIGINT, next_row_id BIGINT, file_size_bytes BIGINT);
CREATE TABLE ducklake_table_column_stats(table_id BIGINT, column_id BIGINT, contains_null BIGINT, contains_nan BIGINT, min_value VARCHAR, max_value VARCHAR, extra_stats VARCHAR);
CREATE TABLE ducklake_partition_info(partition_id BIGINT, table_id BIGINT, begin_snapshot BIGINT, end_snapshot BIGINT);
CREATE TABLE ducklake_partition_column(partition_id BIGINT, table_id BIGINT, partition_key_index BIGINT, column_id BIGINT, "transform" VARCHAR);
CREATE TABLE ducklake_file_partition_value(data_file_id BIGINT, table_id BIGINT, partition_key_index BIGINT, partition_value VARCHAR);
CREATE TABLE ducklake_files_scheduled_for_deletion(data_file_id BIGINT, path VARCHAR, path_is_relative BIGINT, schedule_start VARCHAR);
CREATE TABLE ducklake_inlined_data_tables(table_id BIGINT, table_name VARCHAR, schema_version BIGINT);
CREATE TABLE ducklake_column_mapping(mapping_id BIGINT, table_id BIGINT, "type" VARCHAR);
CREATE TABLE ducklake_name_mapping(mapping_id BIGINT, column_id BIGINT, source_name VARCHAR, target_field_id BIGINT, parent_column BIGINT, is_partition BIGINT);
CREATE TABLE ducklake_schema_versions(begin_snapshot BIGINT, schema_version BIGINT, table_id BIGINT);
CREATE TABLE ducklake_macro(schema_id BIGINT, macro_id BIGINT, macro_name VARCHAR, begin_snapshot BIGINT, end_snapshot BIGINT);
CREATE TABLE ducklake_macro_impl(macro_id BIGINT, impl_id BIGINT, dialect VARCHAR, "sql" VARCHAR, "type" VARCHAR);
CREATE TABLE ducklake_macro_parameters(macro_id BIGINT, impl_id BIGINT, column_id BIGINT, parameter_name VARCHAR, parameter_type VARCHAR, default_value VARCHAR, default_value_type VARCHAR);
CREATE TABLE ducklake_sort_info(sort_id BIGINT, table_id BIGINT, begin_snapshot BIGINT, end_snapshot BIGINT);
CREATE TABLE ducklake_sort_expression(sort_id BIGINT, table_id BIGINT, sort_key_index BIGINT, expression VARCHAR, dialect VARCHAR, sort_direction VARCHAR, null_order VARCHAR);
)sql";

// Times are microseconds since 1970. Source states hold for the versions [begin_version, end_version) of their view,
// so that what did not change between two refreshes is not written again.
constexpr const char* k_matview_tables = R"sql(
CREATE TABLE matview_meta(key TEXT PRIMARY KEY, value NOT NULL) WITHOUT ROWID;
CREATE TABLE matview_view(
  view_id INTEGER PRIMARY KEY,              -- ducklake_table.table_id
  name TEXT NOT NULL,
  definition_version INTEGER NOT NULL,
  definition TEXT NOT NULL,                 -- JSON
  created_at INTEGER NOT NULL,
  created_snapshot INTEGER NOT NULL,
  current_version INTEGER,
  last_job INTEGER,                         -- matview_job.sequence
  next_version INTEGER NOT NULL,
  next_field_id INTEGER NOT NULL);
CREATE UNIQUE INDEX matview_view_name ON matview_view(name COLLATE NOCASE);
CREATE TABLE matview_version(
  view_id INTEGER NOT NULL, version INTEGER NOT NULL, snapshot_id INTEGER NOT NULL, committed_at INTEGER NOT NULL,
  rows INTEGER NOT NULL, bytes INTEGER NOT NULL, mode TEXT NOT NULL, reason TEXT NOT NULL, job_id TEXT NOT NULL,
  fingerprint TEXT NOT NULL, columns TEXT NOT NULL,
  PRIMARY KEY(view_id, version)) WITHOUT ROWID;
CREATE INDEX matview_version_snapshot ON matview_version(snapshot_id);
CREATE TABLE matview_job(
  sequence INTEGER PRIMARY KEY, job_id TEXT NOT NULL UNIQUE, view_id INTEGER NOT NULL, state TEXT NOT NULL,
  job TEXT NOT NULL);                       -- JSON
CREATE INDEX matview_job_view ON matview_job(view_id, sequence);
CREATE TABLE matview_source(
  view_id INTEGER NOT NULL, position INTEGER NOT NULL, begin_version INTEGER NOT NULL, end_version INTEGER,
  source TEXT NOT NULL, version INTEGER, object_id TEXT NOT NULL,
  PRIMARY KEY(view_id, position, begin_version)) WITHOUT ROWID;
CREATE TABLE matview_source_file(
  view_id INTEGER NOT NULL, position INTEGER NOT NULL, path TEXT NOT NULL, begin_version INTEGER NOT NULL,
  end_version INTEGER, size INTEGER NOT NULL, mtime_ns INTEGER NOT NULL, ctime_ns INTEGER NOT NULL,
  inode INTEGER NOT NULL, device INTEGER NOT NULL,
  PRIMARY KEY(view_id, position, path, begin_version)) WITHOUT ROWID;
CREATE TABLE matview_data_file(
  data_file_id INTEGER PRIMARY KEY, view_id INTEGER NOT NULL, checksum TEXT NOT NULL, size INTEGER NOT NULL,
  mtime_ns INTEGER NOT NULL, ctime_ns INTEGER NOT NULL, inode INTEGER NOT NULL, device INTEGER NOT NULL);
CREATE INDEX matview_data_file_view ON matview_data_file(view_id);
CREATE INDEX matview_on_data_file ON ducklake_data_file(table_id);
CREATE INDEX matview_on_column ON ducklake_column(table_id);
CREATE INDEX matview_on_file_column_stats ON ducklake_file_column_stats(table_id, data_file_id);
CREATE INDEX matview_on_table_column_stats ON ducklake_table_column_stats(table_id);
CREATE INDEX matview_on_table_stats ON ducklake_table_stats(table_id);
CREATE INDEX matview_on_table ON ducklake_table(table_id);
CREATE INDEX matview_on_table_name ON ducklake_table(table_name COLLATE NOCASE);
CREATE INDEX matview_on_schema_versions ON ducklake_schema_versions(table_id);
)sql";

// What came with schema 2. State and retained files belong to a view's current version alone: rows that no longer hold
// are removed, and their files listed in matview_scheduled_file. DuckLake's own list is for what lies below its data
// path, where these do not. `matview_data_file` has delete files too: they share their ids with data files.
constexpr const char* k_incremental_tables = R"sql(
ALTER TABLE matview_view ADD COLUMN plan TEXT NOT NULL DEFAULT '';
ALTER TABLE matview_view ADD COLUMN state_serial INTEGER NOT NULL DEFAULT 0;  -- counts changes of its state
CREATE TABLE matview_state_relation(
  view_id INTEGER NOT NULL, relation INTEGER NOT NULL, columns TEXT NOT NULL,
  PRIMARY KEY(view_id, relation)) WITHOUT ROWID;
CREATE TABLE matview_state_file(
  file_id INTEGER PRIMARY KEY AUTOINCREMENT, view_id INTEGER NOT NULL, relation INTEGER NOT NULL, path TEXT NOT NULL,
  rows INTEGER NOT NULL, checksum TEXT NOT NULL, size INTEGER NOT NULL, mtime_ns INTEGER NOT NULL,
  ctime_ns INTEGER NOT NULL, inode INTEGER NOT NULL, device INTEGER NOT NULL);
CREATE INDEX matview_state_file_relation ON matview_state_file(view_id, relation);
CREATE TABLE matview_state_delete_file(
  file_id INTEGER PRIMARY KEY,              -- matview_state_file.file_id
  path TEXT NOT NULL, rows INTEGER NOT NULL, checksum TEXT NOT NULL, size INTEGER NOT NULL,
  mtime_ns INTEGER NOT NULL, ctime_ns INTEGER NOT NULL, inode INTEGER NOT NULL, device INTEGER NOT NULL);
CREATE TABLE matview_retained(
  view_id INTEGER NOT NULL, original TEXT NOT NULL, size INTEGER NOT NULL, mtime_ns INTEGER NOT NULL,
  ctime_ns INTEGER NOT NULL, inode INTEGER NOT NULL, device INTEGER NOT NULL,
  path TEXT NOT NULL,                       -- of what is kept, relative to the store; empty: the checksum alone
  copied INTEGER NOT NULL,
  checksum TEXT NOT NULL);                  -- empty if it was too large to be read for it
CREATE INDEX matview_retained_view ON matview_retained(view_id);
CREATE INDEX matview_retained_path ON matview_retained(path);
CREATE TABLE matview_scheduled_file(
  path TEXT PRIMARY KEY,                    -- relative to the store
  view_id INTEGER NOT NULL, scheduled_at INTEGER NOT NULL) WITHOUT ROWID;
CREATE INDEX matview_source_object ON matview_source(object_id);
CREATE INDEX matview_source_file_inode ON matview_source_file(inode);
CREATE INDEX matview_on_delete_file ON ducklake_delete_file(table_id, data_file_id);
)sql";

// What came with schema 3: how unattended refreshes went, and which views are out of them. The newest success of the
// views there were is found in their jobs.
constexpr const char* k_schedule_columns = R"sql(
ALTER TABLE matview_view ADD COLUMN succeeded_at INTEGER;        -- when the newest refresh that succeeded began
ALTER TABLE matview_view ADD COLUMN failures INTEGER NOT NULL DEFAULT 0;  -- of unattended refreshes, in a row
ALTER TABLE matview_view ADD COLUMN suspended_at INTEGER;        -- NULL: it is not suspended
ALTER TABLE matview_view ADD COLUMN suspended_reason TEXT NOT NULL DEFAULT '';
ALTER TABLE matview_view ADD COLUMN suspended_with INTEGER;      -- the view_id whose failures did it; NULL: by hand
UPDATE matview_view SET succeeded_at = (
  SELECT json_extract(j.job, '$.started_at') FROM matview_job j
  WHERE j.view_id = matview_view.view_id AND j.state = 'succeeded' ORDER BY j.sequence DESC LIMIT 1);
)sql";

std::int64_t schema_of(SQLite::Database& database) {
  return database.execAndGet("SELECT value FROM matview_meta WHERE key = 'schema'").getInt64();
}

void fill(SQLite::Database& database, const std::filesystem::path& data_directory, const Environment& environment) {
  SQLite::Statement metadata(database, "INSERT INTO ducklake_metadata VALUES (?, ?, NULL, NULL)");
  const auto set = [&](const char* key, const std::string& value) {
    SQLite::bind(metadata, key, value);
    metadata.exec();
    metadata.reset();
  };
  set("version", "1.0");
  set("created_by", "matview " + std::string(version()));
  set("data_path", data_directory.string() + "/");
  set("encrypted", "false");

  SQLite::Statement snapshot(database, "INSERT INTO ducklake_snapshot VALUES (0, ?, 0, 1, 0)");
  SQLite::bind(snapshot, lake_time(environment.now()));
  snapshot.exec();
  database.exec(R"(INSERT INTO ducklake_snapshot_changes
                   VALUES (0, 'created_schema:"main"', 'matview', NULL, NULL))");
  SQLite::Statement schema(database, "INSERT INTO ducklake_schema VALUES (0, ?, 0, NULL, 'main', 'main/', 1)");
  SQLite::bind(schema, support::uuid_v7(environment));
  schema.exec();
  SQLite::Statement version(database, "INSERT INTO matview_meta VALUES ('schema', ?)");
  SQLite::bind(version, k_store_schema);
  version.exec();
}

}  // namespace

std::string lake_time(Time time) {
  using namespace std::chrono;
  const auto day = floor<days>(time);
  const year_month_day date(day);
  const hh_mm_ss clock(time - day);
  std::string text = fmt::format("{:04}-{:02}-{:02} {:02}:{:02}:{:02}", static_cast<int>(date.year()),
                                 static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                                 clock.hours().count(), clock.minutes().count(), clock.seconds().count());
  if (const auto fraction = clock.subseconds().count(); fraction != 0) {
    text += fmt::format(".{:06}", fraction);
    text.erase(text.find_last_not_of('0') + 1);
  }
  return text + "+00";
}

Result<void> create_catalog_file(const std::filesystem::path& file, const std::filesystem::path& data_directory,
                                 const Environment& environment) {
  try {
    SQLite::Database database(file.string(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
    database.exec("PRAGMA synchronous = FULL");
    database.exec("BEGIN");
    database.exec(k_ducklake_tables);
    database.exec(k_matview_tables);
    database.exec(k_incremental_tables);
    database.exec(k_schedule_columns);
    fill(database, data_directory, environment);
    database.exec("COMMIT");
    // Kept in the file: whoever opens it later finds it in this mode, so nobody ever switches it in a race.
    database.exec("PRAGMA journal_mode = WAL");
  } catch (const SQLite::Exception& exception) {
    return fail(sqlite_error(file, exception.getExtendedErrorCode(), exception.what(), 0));
  }
  return support::fsync_path(file);
}

Result<void> upgrade_schema(SQLite::Database& database, const std::filesystem::path& file) {
  MATVIEW_TRY(check_schema(database, file));
  const std::int64_t schema = schema_of(database);
  if (schema < 2) database.exec(k_incremental_tables);
  if (schema < 3) database.exec(k_schedule_columns);
  SQLite::Statement update(database, "UPDATE matview_meta SET value = ? WHERE key = 'schema'");
  SQLite::bind(update, k_store_schema);
  update.exec();
  return {};
}

bool is_older_schema(SQLite::Database& database) { return schema_of(database) < k_store_schema; }

bool has_schedule_columns(SQLite::Database& database) { return schema_of(database) >= 3; }

bool has_incremental_tables(SQLite::Database& database) { return schema_of(database) >= 2; }

Result<void> check_schema(SQLite::Database& database, const std::filesystem::path& file) {
  if (!database.tableExists("matview_meta"))
    return fail(Error(ErrorCode::failed, "'" + file.string() + "' is not a matview store's catalog")
                    .with_hint("a DuckLake of another program can be a source of a view, see --attach"));
  const std::int64_t schema = schema_of(database);
  if (schema > k_store_schema)
    return fail(Error(ErrorCode::failed, "the store of '" + file.string() + "' was made by a newer matview (schema " +
                                             std::to_string(schema) + ", this one knows " +
                                             std::to_string(k_store_schema) + ")")
                    .with_hint("use the newer matview"));
  return {};
}

}  // namespace matview::engine
