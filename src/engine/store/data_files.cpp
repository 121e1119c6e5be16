#include "engine/store/data_files.hpp"

#include <SQLiteCpp/SQLiteCpp.h>
#include <SQLiteCpp/VariadicBind.h>

#include <algorithm>
#include <cctype>
#include <utility>

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

FileState identity_at(const SQLite::Statement& row, int column, std::string path) {
  FileState state;
  state.path = std::move(path);
  state.size = row.getColumn(column).getInt64();
  state.mtime_ns = row.getColumn(column + 1).getInt64();
  state.ctime_ns = row.getColumn(column + 2).getInt64();
  state.inode = static_cast<std::uint64_t>(row.getColumn(column + 3).getInt64());
  state.device = static_cast<std::uint64_t>(row.getColumn(column + 4).getInt64());
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
                          " m.mtime_ns, m.ctime_ns, m.inode, m.device, d.path, d.delete_count, d.file_size_bytes,"
                          " n.checksum, n.size, n.mtime_ns, n.ctime_ns, n.inode, n.device"
                          " FROM ducklake_data_file f LEFT JOIN matview_data_file m USING (data_file_id)"
                          " LEFT JOIN ducklake_delete_file d ON d.table_id = f.table_id"
                          "  AND d.data_file_id = f.data_file_id AND d.begin_snapshot <= ?2"
                          "  AND (d.end_snapshot IS NULL OR d.end_snapshot > ?2)"
                          " LEFT JOIN matview_data_file n ON n.data_file_id = d.delete_file_id"
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
    file.recorded = identity_at(query, 5, file.path);
    if (!query.getColumn(10).isNull()) {
      DeleteFile& deletes = file.deletes.emplace();
      deletes.path = (directory / query.getColumn(10).getString()).string();
      deletes.rows = query.getColumn(11).getInt64();
      deletes.bytes = query.getColumn(12).getInt64();
      deletes.checksum = query.getColumn(13).getString();
      deletes.recorded = identity_at(query, 14, deletes.path);
    }
    files.push_back(std::move(file));
  }
  return files;
}

std::int64_t schedule_ended_files(SQLite::Database& database, std::int64_t table_id,
                                  std::optional<std::int64_t> snapshot, Time now) {
  const std::string ended = std::string(" WHERE table_id = ?1") + (snapshot ? " AND end_snapshot <= ?2" : "");
  const auto run = [&](const std::string& sql, bool schedules) {
    SQLite::Statement statement(database, sql);
    SQLite::bind(statement, table_id);
    if (snapshot) statement.bind(2, *snapshot);
    if (schedules) statement.bind(3, data_path_of(database, table_id));
    if (schedules) statement.bind(4, lake_time(now));
    return statement.exec();
  };
  std::int64_t scheduled = 0;
  for (const auto& [table, id] : {std::pair<std::string, std::string>("ducklake_data_file", "data_file_id"),
                                  std::pair<std::string, std::string>("ducklake_delete_file", "delete_file_id")}) {
    const int found = run(
        "INSERT INTO ducklake_files_scheduled_for_deletion SELECT " + id + ", ?3 || path, 1, ?4 FROM " + table + ended,
        true);
    if (found == 0) continue;
    scheduled += found;
    const std::string which = " WHERE data_file_id IN (SELECT " + id + " FROM " + table + ended + ")";
    run("DELETE FROM ducklake_file_column_stats" + which + " AND table_id = ?1", false);
    run("DELETE FROM matview_data_file" + which, false);
    run("DELETE FROM " + table + ended, false);
  }
  return scheduled;
}

}  // namespace matview::engine
