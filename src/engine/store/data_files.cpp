#include "engine/store/data_files.hpp"

#include <SQLiteCpp/SQLiteCpp.h>
#include <SQLiteCpp/VariadicBind.h>

#include <algorithm>
#include <cctype>

#include "engine/store/schema.hpp"
#include "support/file.hpp"

namespace matview::engine {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t k_longest_simple_name = 40;

bool is_simple(const std::string& name) {
  return !name.empty() && name.size() <= k_longest_simple_name && std::all_of(name.begin(), name.end(), [](char c) {
    return c == '_' || (static_cast<unsigned char>(c) < 0x80 && std::isalnum(static_cast<unsigned char>(c)) != 0);
  });
}

template <typename T>
void bind_optional(SQLite::Statement& statement, int index, const std::optional<T>& value) {
  if (!value)
    statement.bind(index);
  else if constexpr (std::is_same_v<T, bool>)
    statement.bind(index, *value ? 1 : 0);
  else
    statement.bind(index, *value);
}

/// The ids of all leaves with nothing below them, in order.
void leaves(const std::vector<FieldId>& fields, std::vector<std::int64_t>& ids) {
  for (const FieldId& field : fields) {
    if (field.children.empty()) ids.push_back(field.id);
    leaves(field.children, ids);
  }
}

Result<void> add_column_stats(SQLite::Statement& insert, std::int64_t file_id, std::int64_t table_id,
                              const NewDataFile& file, const std::vector<FieldId>& fields) {
  std::vector<std::int64_t> missing;
  leaves(fields, missing);
  for (const ColumnStats& stats : file.columns) {
    const auto id = field_id_of(fields, stats.path);
    if (!id) return fail(ErrorCode::internal, "statistics of '" + file.path + "' name a column it does not have");
    std::erase(missing, *id);
    SQLite::bind(insert, file_id, table_id, *id, stats.column_size_bytes, stats.value_count);
    bind_optional(insert, 6, stats.null_count);
    bind_optional(insert, 7, stats.min);
    bind_optional(insert, 8, stats.max);
    bind_optional(insert, 9, stats.contains_nan);
    insert.exec();
    insert.reset();
  }
  // A row with nothing known, so that a bound over all files is known to be unknown.
  for (const std::int64_t id : missing) {
    SQLite::bind(insert, file_id, table_id, id);
    for (int i = 4; i <= 9; ++i) insert.bind(i);
    insert.exec();
    insert.reset();
  }
  return {};
}

}  // namespace

std::string table_directory(const std::string& name, std::int64_t table_id) {
  return is_simple(name) ? name + "-" + std::to_string(table_id) : "t" + std::to_string(table_id);
}

Result<FileState> state_of(const fs::path& path) {
  MATVIEW_ASSIGN(const auto status, support::status_of(path));
  if (!status) return fail(ErrorCode::failed, "the file '" + path.string() + "' is missing");
  FileState state;
  state.path = path.string();
  state.size = status->size;
  state.mtime_ns = status->mtime_ns;
  state.ctime_ns = status->ctime_ns;
  state.inode = status->inode;
  state.device = status->device;
  return state;
}

std::string data_path_of(SQLite::Database& database, std::int64_t table_id) {
  SQLite::Statement query(database,
                          "SELECT s.path || t.path FROM ducklake_table t JOIN ducklake_schema s USING (schema_id)"
                          " WHERE t.table_id = ?");
  SQLite::bind(query, table_id);
  return query.executeStep() ? query.getColumn(0).getString() : std::string();
}

std::vector<DataFile> read_data_files(SQLite::Database& database, std::int64_t table_id, std::int64_t snapshot,
                                      const fs::path& data_directory) {
  SQLite::Statement query(database,
                          "SELECT f.data_file_id, f.path, f.record_count, f.file_size_bytes, m.checksum, m.size,"
                          " m.mtime_ns, m.ctime_ns, m.inode, m.device"
                          " FROM ducklake_data_file f LEFT JOIN matview_data_file m USING (data_file_id)"
                          " WHERE f.table_id = ?1 AND f.begin_snapshot <= ?2"
                          " AND (f.end_snapshot IS NULL OR f.end_snapshot > ?2) ORDER BY f.file_order");
  SQLite::bind(query, table_id, snapshot);
  const fs::path directory = data_directory / data_path_of(database, table_id);
  std::vector<DataFile> files;
  while (query.executeStep()) {
    DataFile file;
    file.data_file_id = query.getColumn(0).getInt64();
    file.path = (directory / query.getColumn(1).getString()).string();
    file.rows = query.getColumn(2).getInt64();
    file.bytes = query.getColumn(3).getInt64();
    file.checksum = query.getColumn(4).getString();
    file.recorded.path = file.path;
    file.recorded.size = query.getColumn(5).getInt64();
    file.recorded.mtime_ns = query.getColumn(6).getInt64();
    file.recorded.ctime_ns = query.getColumn(7).getInt64();
    file.recorded.inode = static_cast<std::uint64_t>(query.getColumn(8).getInt64());
    file.recorded.device = static_cast<std::uint64_t>(query.getColumn(9).getInt64());
    files.push_back(std::move(file));
  }
  return files;
}

std::int64_t end_data_files(SQLite::Database& database, std::int64_t table_id, std::int64_t snapshot) {
  SQLite::Statement end(database,
                        "UPDATE ducklake_data_file SET end_snapshot = ? WHERE table_id = ? AND end_snapshot IS NULL"
                        " RETURNING record_count");
  SQLite::bind(end, snapshot, table_id);
  std::int64_t rows = 0;
  while (end.executeStep()) rows += end.getColumn(0).getInt64();
  return rows;
}

Result<void> add_data_files(SQLite::Database& database, std::int64_t table_id, LakeSnapshot& snapshot,
                            const std::vector<MeasuredFile>& files, const std::vector<FieldId>& fields) {
  SQLite::Statement next(database, "SELECT next_row_id FROM ducklake_table_stats WHERE table_id = ?");
  SQLite::bind(next, table_id);
  std::int64_t row_id = next.executeStep() ? next.getColumn(0).getInt64() : 0;
  SQLite::Statement add(database,
                        "INSERT INTO ducklake_data_file(data_file_id, table_id, begin_snapshot, file_order, path,"
                        " path_is_relative, file_format, record_count, file_size_bytes, footer_size, row_id_start)"
                        " VALUES (?, ?, ?, ?, ?, 1, 'parquet', ?, ?, ?, ?)");
  SQLite::Statement add_ours(database, "INSERT INTO matview_data_file VALUES (?, ?, ?, ?, ?, ?, ?, ?)");
  SQLite::Statement add_stats(database,
                              "INSERT INTO ducklake_file_column_stats(data_file_id, table_id, column_id,"
                              " column_size_bytes, value_count, null_count, min_value, max_value, contains_nan)"
                              " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)");
  std::int64_t order = 0;
  for (const auto& [file, state] : files) {
    const std::int64_t id = snapshot.next_file_id++;
    SQLite::bind(add, id, table_id, snapshot.id, order++, file.path, file.rows, file.bytes, file.footer_size, row_id);
    add.exec();
    add.reset();
    row_id += file.rows;
    SQLite::bind(add_ours, id, table_id, file.checksum, state.size, state.mtime_ns, state.ctime_ns,
                 static_cast<std::int64_t>(state.inode), static_cast<std::int64_t>(state.device));
    add_ours.exec();
    add_ours.reset();
    MATVIEW_TRY(add_column_stats(add_stats, id, table_id, file, fields));
  }
  return {};
}

std::int64_t schedule_ended_files(SQLite::Database& database, std::int64_t table_id,
                                  std::optional<std::int64_t> snapshot, Time now) {
  const std::string ended = snapshot ? " AND end_snapshot <= ?2" : "";
  const auto bind = [&](SQLite::Statement& statement) {
    SQLite::bind(statement, table_id);
    if (snapshot) statement.bind(2, *snapshot);
  };
  SQLite::Statement schedule(database,
                             "INSERT INTO ducklake_files_scheduled_for_deletion"
                             " SELECT data_file_id, ?3 || path, 1, ?4 FROM ducklake_data_file WHERE table_id = ?1" +
                                 ended);
  bind(schedule);
  schedule.bind(3, data_path_of(database, table_id));
  schedule.bind(4, lake_time(now));
  const std::int64_t scheduled = schedule.exec();
  if (scheduled == 0) return 0;
  const std::string which =
      " WHERE data_file_id IN (SELECT data_file_id FROM ducklake_data_file WHERE table_id = ?1" + ended + ")";
  for (const std::string& statement :
       {"DELETE FROM ducklake_file_column_stats" + which + " AND table_id = ?1",
        "DELETE FROM matview_data_file" + which, "DELETE FROM ducklake_data_file WHERE table_id = ?1" + ended}) {
    SQLite::Statement remove(database, statement);
    bind(remove);
    remove.exec();
  }
  return scheduled;
}

}  // namespace matview::engine
