#include <SQLiteCpp/SQLiteCpp.h>
#include <SQLiteCpp/VariadicBind.h>

#include <utility>

#include "engine/store/data_files.hpp"

namespace matview::engine {

namespace {

// Columns of a view's files that are no columns of the view: no field id, no place in DuckLake's catalog.
constexpr std::string_view k_hidden = "__matview_";

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
    if (!stats.path.empty() && stats.path.front().starts_with(k_hidden)) continue;
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

void add_identity(SQLite::Statement& insert, std::int64_t file_id, std::int64_t table_id, const std::string& checksum,
                  const FileState& state) {
  SQLite::bind(insert, file_id, table_id, checksum, state.size, state.mtime_ns, state.ctime_ns,
               static_cast<std::int64_t>(state.inode), static_cast<std::int64_t>(state.device));
  insert.exec();
  insert.reset();
}

constexpr const char* k_add_identity = "INSERT INTO matview_data_file VALUES (?, ?, ?, ?, ?, ?, ?, ?)";

}  // namespace

std::int64_t end_data_files(SQLite::Database& database, std::int64_t table_id, std::int64_t snapshot) {
  const auto end = [&](const char* table) {
    SQLite::Statement statement(
        database, std::string("UPDATE ") + table + " SET end_snapshot = ? WHERE table_id = ? AND end_snapshot IS NULL");
    SQLite::bind(statement, snapshot, table_id);
    return statement.exec();
  };
  end("ducklake_delete_file");
  return end("ducklake_data_file");
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
  SQLite::Statement add_ours(database, k_add_identity);
  SQLite::Statement add_stats(database,
                              "INSERT INTO ducklake_file_column_stats(data_file_id, table_id, column_id,"
                              " column_size_bytes, value_count, null_count, min_value, max_value, contains_nan)"
                              " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)");
  SQLite::Statement last(database,
                         "SELECT coalesce(max(file_order) + 1, 0) FROM ducklake_data_file WHERE table_id = ?"
                         " AND end_snapshot IS NULL");
  SQLite::bind(last, table_id);
  last.executeStep();
  std::int64_t order = last.getColumn(0).getInt64();
  for (const auto& [file, state] : files) {
    const std::int64_t id = snapshot.next_file_id++;
    SQLite::bind(add, id, table_id, snapshot.id, order++, file.path, file.rows, file.bytes, file.footer_size, row_id);
    add.exec();
    add.reset();
    row_id += file.rows;
    add_identity(add_ours, id, table_id, file.checksum, state);
    MATVIEW_TRY(add_column_stats(add_stats, id, table_id, file, fields));
  }
  return {};
}

Result<void> add_delete_files(SQLite::Database& database, std::int64_t table_id, LakeSnapshot& snapshot,
                              const std::vector<MeasuredDeleteFile>& files) {
  SQLite::Statement find(database,
                         "SELECT f.record_count, coalesce(d.delete_count, 0) FROM ducklake_data_file f"
                         " LEFT JOIN ducklake_delete_file d ON d.table_id = f.table_id"
                         "  AND d.data_file_id = f.data_file_id AND d.end_snapshot IS NULL"
                         " WHERE f.table_id = ? AND f.data_file_id = ? AND f.end_snapshot IS NULL");
  const std::string which = " SET end_snapshot = ? WHERE table_id = ? AND data_file_id = ? AND end_snapshot IS NULL";
  SQLite::Statement end_deletes(database, "UPDATE ducklake_delete_file" + which);
  SQLite::Statement end_data(database, "UPDATE ducklake_data_file" + which);
  SQLite::Statement add(database,
                        "INSERT INTO ducklake_delete_file(delete_file_id, table_id, begin_snapshot, data_file_id, path,"
                        " path_is_relative, format, delete_count, file_size_bytes, footer_size)"
                        " VALUES (?, ?, ?, ?, ?, 1, 'parquet', ?, ?, ?)");
  SQLite::Statement add_ours(database, k_add_identity);
  const auto end = [&](SQLite::Statement& statement, std::int64_t data_file_id) {
    SQLite::bind(statement, snapshot.id, table_id, data_file_id);
    statement.exec();
    statement.reset();
  };
  for (const auto& [file, state] : files) {
    SQLite::bind(find, table_id, file.data_file_id);
    if (!find.executeStep())
      return fail(ErrorCode::internal, "rows are deleted from a file that is not there: " + file.path);
    const std::int64_t rows = find.getColumn(0).getInt64();
    const std::int64_t deleted = find.getColumn(1).getInt64();
    find.reset();
    if (file.rows <= deleted || file.rows > rows)
      return fail(ErrorCode::internal, "the delete file '" + file.path + "' names " + std::to_string(file.rows) +
                                           " of " + std::to_string(rows) + " rows, after " + std::to_string(deleted));
    end(end_deletes, file.data_file_id);
    if (file.rows == rows) {
      end(end_data, file.data_file_id);
      continue;
    }
    const std::int64_t id = snapshot.next_file_id++;
    SQLite::bind(add, id, table_id, snapshot.id, file.data_file_id, file.path, file.rows, file.bytes, file.footer_size);
    add.exec();
    add.reset();
    add_identity(add_ours, id, table_id, file.checksum, state);
  }
  return {};
}

LiveSize live_size(SQLite::Database& database, std::int64_t table_id) {
  SQLite::Statement query(database,
                          "SELECT coalesce(sum(f.record_count - coalesce(d.delete_count, 0)), 0),"
                          " coalesce(sum(f.file_size_bytes + coalesce(d.file_size_bytes, 0)), 0)"
                          " FROM ducklake_data_file f LEFT JOIN ducklake_delete_file d ON d.table_id = f.table_id"
                          "  AND d.data_file_id = f.data_file_id AND d.end_snapshot IS NULL"
                          " WHERE f.table_id = ? AND f.end_snapshot IS NULL");
  SQLite::bind(query, table_id);
  query.executeStep();
  return {query.getColumn(0).getInt64(), query.getColumn(1).getInt64()};
}

}  // namespace matview::engine
