#include "engine/lake/lake_rows.hpp"

#include <SQLiteCpp/SQLiteCpp.h>
#include <SQLiteCpp/VariadicBind.h>

#include <algorithm>
#include <array>

namespace matview::engine {

namespace fs = std::filesystem;

namespace {

/// SQL for "this row holds at snapshot ?1".
std::string holds(const std::string& alias) {
  return alias + ".begin_snapshot <= ?1 AND (" + alias + ".end_snapshot IS NULL OR " + alias + ".end_snapshot > ?1)";
}

std::optional<std::string> text_at(const SQLite::Statement& row, int index) {
  if (row.getColumn(index).isNull()) return std::nullopt;
  return row.getColumn(index).getString();
}

bool has_column(SQLite::Database& database, const std::string& table, const std::string& column) {
  SQLite::Statement query(database, "SELECT 1 FROM pragma_table_info(?) WHERE name = ?");
  SQLite::bind(query, table, column);
  return query.executeStep();
}

std::string metadata(SQLite::Database& database, const std::string& key) {
  SQLite::Statement query(database, "SELECT value FROM ducklake_metadata WHERE key = ? AND scope IS NULL");
  SQLite::bind(query, key);
  return query.executeStep() ? query.getColumn(0).getString() : std::string();
}

/// The data path of a catalog, which may be relative to wherever its maker was started.
fs::path data_path_of(SQLite::Database& database, const fs::path& catalog) {
  // A matview store keeps its files beside its catalog, wherever it was moved to.
  const fs::path beside = catalog.parent_path() / "data";
  std::error_code ignored;
  if (database.tableExists("matview_meta") && fs::is_directory(beside, ignored)) return beside;
  fs::path path = metadata(database, "data_path");
  if (path.is_absolute() || path.string().find("://") != std::string::npos) return path;
  while (!path.empty() && !path.has_filename()) path = path.parent_path();
  const fs::path relative = catalog.parent_path() / path;
  return fs::is_directory(relative, ignored) ? relative : catalog.parent_path() / path.filename();
}

void add_children(std::vector<LakeField>& fields, const std::vector<std::pair<std::int64_t, LakeField>>& nested) {
  for (LakeField& field : fields) {
    for (const auto& [parent, child] : nested)
      if (parent == field.id) field.children.push_back(child);
    add_children(field.children, nested);
  }
}

Result<std::string> resolve(const fs::path& directory, const SQLite::Statement& row, int path_index) {
  const std::string path = row.getColumn(path_index).getString();
  const bool relative = row.getColumn(path_index + 1).getInt() != 0;
  const std::string full = relative ? (directory / path).string() : path;
  if (full.find("://") != std::string::npos)
    return fail(ErrorCode::unsupported, "the file '" + full + "' is not on this machine");
  return full;
}

struct TableHead {
  std::int64_t id = 0;
  std::string uuid;
  fs::path directory;
};

Result<std::optional<TableHead>> read_head(SQLite::Database& database, const LakeSource& lake,
                                           const std::string& schema, const std::string& name, std::int64_t snapshot) {
  SQLite::Statement query(database,
                          "SELECT t.table_id, t.table_uuid, s.path, s.path_is_relative, t.path, t.path_is_relative"
                          " FROM ducklake_table t JOIN ducklake_schema s ON s.schema_id = t.schema_id WHERE " +
                              holds("t") + " AND " + holds("s") +
                              " AND s.schema_name = ?2 COLLATE NOCASE AND t.table_name = ?3 COLLATE NOCASE");
  SQLite::bind(query, snapshot, schema, name);
  if (!query.executeStep()) return std::nullopt;
  MATVIEW_ASSIGN(const std::string schema_path, resolve(lake.data_path, query, 2));
  MATVIEW_ASSIGN(const std::string table_path, resolve(schema_path, query, 4));
  return TableHead{query.getColumn(0).getInt64(), query.getColumn(1).getString(), table_path};
}

std::vector<LakeNameMapping> read_mapping(SQLite::Database& database, std::int64_t mapping_id) {
  SQLite::Statement query(database,
                          "SELECT source_name, target_field_id, coalesce(is_partition, 0) FROM ducklake_name_mapping"
                          " WHERE mapping_id = ? AND parent_column IS NULL");
  SQLite::bind(query, mapping_id);
  std::vector<LakeNameMapping> mapping;
  while (query.executeStep())
    mapping.push_back(
        {query.getColumn(0).getString(), query.getColumn(1).getInt64(), query.getColumn(2).getInt() != 0});
  return mapping;
}

Result<LakeDeleteFile> delete_file_at(const SQLite::Statement& row, int first, const fs::path& directory) {
  LakeDeleteFile file;
  MATVIEW_ASSIGN(file.path, resolve(directory, row, first));
  const std::string format = row.getColumn(first + 2).getString();
  if (format != "parquet")
    return fail(ErrorCode::unsupported, "the delete file '" + file.path + "' has the format '" + format + "'");
  if (!row.getColumn(first + 3).isNull())
    return fail(ErrorCode::unsupported, "the delete file '" + file.path + "' is encrypted");
  file.count = row.getColumn(first + 4).getInt64();
  file.partial = row.getColumn(first + 5).getInt() != 0;
  return file;
}

Result<std::vector<LakeDataFile>> read_files(SQLite::Database& database, const TableHead& table,
                                             std::int64_t snapshot) {
  // Format 0.3 tells of merged files in another way.
  const std::string data_partial = has_column(database, "ducklake_data_file", "partial_max") ? "f.partial_max" : "NULL";
  const std::string old_partial =
      has_column(database, "ducklake_data_file", "partial_file_info") ? "f.partial_file_info" : "NULL";
  const std::string deletes_partial =
      has_column(database, "ducklake_delete_file", "partial_max") ? "d.partial_max" : "NULL";
  SQLite::Statement query(
      database,
      "SELECT f.data_file_id, f.path, f.path_is_relative, f.file_format, f.encryption_key, f.record_count,"
      " f.file_size_bytes, f.begin_snapshot, f.mapping_id, " +
          data_partial + ", " + old_partial +
          ", d.path, d.path_is_relative, d.format, d.encryption_key, d.delete_count, " + deletes_partial +
          " IS NOT NULL"
          " FROM ducklake_data_file f LEFT JOIN ducklake_delete_file d ON d.data_file_id = f.data_file_id"
          " AND d.table_id = f.table_id AND " +
          holds("d") + " WHERE f.table_id = ?2 AND " + holds("f") + " ORDER BY f.file_order, f.data_file_id");
  SQLite::bind(query, snapshot, table.id);
  std::vector<LakeDataFile> files;
  while (query.executeStep()) {
    LakeDataFile file;
    file.id = query.getColumn(0).getInt64();
    MATVIEW_ASSIGN(file.path, resolve(table.directory, query, 1));
    const std::string format = query.getColumn(3).getString();
    if (format != "parquet")
      return fail(ErrorCode::unsupported, "the file '" + file.path + "' has the format '" + format + "'");
    if (!query.getColumn(4).isNull()) return fail(ErrorCode::unsupported, "the file '" + file.path + "' is encrypted");
    if (!query.getColumn(10).isNull())
      return fail(ErrorCode::unsupported, "the file '" + file.path + "' was merged by an old version of DuckLake");
    file.rows = query.getColumn(5).getInt64();
    file.bytes = query.getColumn(6).getInt64();
    file.begin_snapshot = query.getColumn(7).getInt64();
    if (!query.getColumn(8).isNull()) file.mapping = read_mapping(database, query.getColumn(8).getInt64());
    file.partial = !query.getColumn(9).isNull() && query.getColumn(9).getInt64() > snapshot;
    if (!query.getColumn(11).isNull()) {
      MATVIEW_ASSIGN(file.deletes, delete_file_at(query, 11, table.directory));
    }
    files.push_back(std::move(file));
  }
  return files;
}

void add_inlined_deletes(SQLite::Database& database, std::int64_t table_id, std::int64_t snapshot,
                         std::vector<LakeDataFile>& files) {
  const std::string table = "ducklake_inlined_delete_" + std::to_string(table_id);
  if (!database.tableExists(table)) return;
  SQLite::Statement query(database, "SELECT file_id, row_id FROM " + table + " WHERE begin_snapshot <= ?");
  SQLite::bind(query, snapshot);
  while (query.executeStep()) {
    const std::int64_t id = query.getColumn(0).getInt64();
    const auto file = std::find_if(files.begin(), files.end(), [&](const auto& f) { return f.id == id; });
    if (file != files.end()) file->inlined_deletes.push_back(query.getColumn(1).getInt64());
  }
}

/// The newest snapshot up to `snapshot` at which anything began or ended in the rows of a table.
std::int64_t changed_snapshot(SQLite::Database& database, std::int64_t table_id, std::int64_t snapshot) {
  std::int64_t newest = 0;
  const auto look = [&](const std::string& table, const std::string& column, bool all_rows) {
    SQLite::Statement query(database, "SELECT max(" + column + ") FROM " + table + " WHERE " + column + " <= ?1" +
                                          (all_rows ? "" : " AND table_id = ?2"));
    SQLite::bind(query, snapshot);
    if (!all_rows) query.bind(2, table_id);
    if (query.executeStep()) newest = std::max(newest, query.getColumn(0).getInt64());
  };
  for (const char* table : {"ducklake_table", "ducklake_column", "ducklake_data_file", "ducklake_delete_file"})
    for (const char* column : {"begin_snapshot", "end_snapshot"}) look(table, column, false);
  if (has_column(database, "ducklake_data_file", "partial_max")) look("ducklake_data_file", "partial_max", false);
  SQLite::Statement inlined(database, "SELECT table_name FROM ducklake_inlined_data_tables WHERE table_id = ?");
  SQLite::bind(inlined, table_id);
  while (inlined.executeStep()) {
    const std::string table = "\"" + inlined.getColumn(0).getString() + "\"";
    for (const char* column : {"begin_snapshot", "end_snapshot"}) look(table, column, true);
  }
  const std::string deletes = "ducklake_inlined_delete_" + std::to_string(table_id);
  if (database.tableExists(deletes)) look(deletes, "begin_snapshot", true);
  return newest;
}

}  // namespace

Result<LakeSource> read_lake_source(SQLite::Database& database, const fs::path& catalog) {
  if (!database.tableExists("ducklake_metadata"))
    return fail(ErrorCode::failed, "'" + catalog.string() + "' is not a DuckLake catalog");
  const std::string version = metadata(database, "version");
  constexpr std::array<std::string_view, 3> k_versions{"0.3", "0.4", "1.0"};
  if (std::find(k_versions.begin(), k_versions.end(), version) == k_versions.end())
    return fail(Error(ErrorCode::unsupported, "'" + catalog.string() + "' has the DuckLake format " + version)
                    .with_hint("formats 0.3 to 1.0 can be read"));
  if (metadata(database, "encrypted") == "true")
    return fail(ErrorCode::unsupported, "the files of '" + catalog.string() + "' are encrypted");
  return LakeSource{catalog, data_path_of(database, catalog)};
}

std::int64_t read_newest_snapshot(SQLite::Database& database) {
  return database.execAndGet("SELECT max(snapshot_id) FROM ducklake_snapshot").getInt64();
}

std::vector<std::pair<std::string, std::string>> read_lake_tables(SQLite::Database& database, std::int64_t snapshot) {
  SQLite::Statement query(database,
                          "SELECT s.schema_name, t.table_name FROM ducklake_table t JOIN ducklake_schema s"
                          " ON s.schema_id = t.schema_id WHERE " +
                              holds("t") + " AND " + holds("s") + " ORDER BY 1, 2");
  SQLite::bind(query, snapshot);
  std::vector<std::pair<std::string, std::string>> tables;
  while (query.executeStep()) tables.emplace_back(query.getColumn(0).getString(), query.getColumn(1).getString());
  return tables;
}

std::vector<LakeField> read_lake_columns(SQLite::Database& database, std::int64_t table_id, std::int64_t snapshot) {
  SQLite::Statement query(database,
                          "SELECT c.column_id, c.column_name, c.column_type, c.initial_default, c.begin_snapshot,"
                          " c.parent_column FROM ducklake_column c WHERE c.table_id = ?2 AND " +
                              holds("c") + " ORDER BY c.column_order, c.column_id");
  SQLite::bind(query, snapshot, table_id);
  std::vector<LakeField> columns;
  std::vector<std::pair<std::int64_t, LakeField>> nested;
  while (query.executeStep()) {
    LakeField field{query.getColumn(0).getInt64(),  query.getColumn(1).getString(),
                    query.getColumn(2).getString(), text_at(query, 3),
                    query.getColumn(4).getInt64(),  {}};
    if (query.getColumn(5).isNull())
      columns.push_back(std::move(field));
    else
      nested.emplace_back(query.getColumn(5).getInt64(), std::move(field));
  }
  add_children(columns, nested);
  return columns;
}

Result<std::optional<LakeTableRows>> read_lake_table(SQLite::Database& database, const LakeSource& lake,
                                                     const std::string& schema, const std::string& name,
                                                     std::int64_t snapshot) {
  MATVIEW_ASSIGN(const auto head, read_head(database, lake, schema, name, snapshot));
  if (!head) return std::nullopt;
  LakeTableRows table;
  table.table_id = head->id;
  table.uuid = head->uuid;
  table.changed_snapshot = changed_snapshot(database, head->id, snapshot);
  table.columns = read_lake_columns(database, head->id, snapshot);
  MATVIEW_ASSIGN(table.files, read_files(database, *head, snapshot));
  add_inlined_deletes(database, head->id, snapshot, table.files);
  MATVIEW_ASSIGN(table.inlined, read_inlined_rows(database, head->id, snapshot));
  return table;
}

}  // namespace matview::engine
