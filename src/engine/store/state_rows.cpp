#include "engine/store/state_rows.hpp"

#include <SQLiteCpp/SQLiteCpp.h>
#include <SQLiteCpp/VariadicBind.h>

#include <string>

#include "engine/store/documents.hpp"
#include "engine/store/paths.hpp"

namespace matview::engine {

namespace fs = std::filesystem;

namespace {

std::int64_t microseconds(Time time) { return time.time_since_epoch().count(); }

template <typename... Values>
void run(SQLite::Database& database, const std::string& sql, Values&&... values) {
  SQLite::Statement statement(database, sql);
  SQLite::bind(statement, std::forward<Values>(values)...);
  statement.exec();
}

/// Puts paths that `select` finds, relative to the view's state, on the list of files to be deleted.
void schedule(SQLite::Database& database, std::int64_t view_id, Time now, const std::string& select) {
  const std::string directory = StorePaths{}.state(view_id).string() + "/";
  run(database, "INSERT OR IGNORE INTO matview_scheduled_file SELECT ? || path, ?, ? FROM (" + select + ")", directory,
      view_id, microseconds(now));
}

/// Takes those of a view's files of state out of the catalog of which the condition `which` is true.
void remove_files(SQLite::Database& database, std::int64_t view_id, Time now, const std::string& which) {
  const std::string files =
      "(SELECT file_id FROM matview_state_file WHERE view_id = " + std::to_string(view_id) + " AND " + which + ")";
  schedule(database, view_id, now,
           "SELECT path FROM matview_state_file WHERE file_id IN " + files +
               " UNION ALL SELECT path FROM matview_state_delete_file WHERE file_id IN " + files);
  for (const char* table : {"matview_state_delete_file", "matview_state_file"})
    run(database, std::string("DELETE FROM ") + table + " WHERE file_id IN " + files);
}

std::string relation_is(std::int64_t relation) { return "relation = " + std::to_string(relation); }

void add_files(SQLite::Database& database, std::int64_t view_id, std::int64_t relation,
               const std::vector<MeasuredFile>& files) {
  for (const auto& [file, state] : files)
    run(database, "INSERT INTO matview_state_file VALUES (NULL, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", view_id, relation,
        file.path, file.rows, file.checksum, state.size, state.mtime_ns, state.ctime_ns,
        static_cast<std::int64_t>(state.inode), static_cast<std::int64_t>(state.device));
}

Result<void> delete_rows(SQLite::Database& database, std::int64_t view_id, std::int64_t relation,
                         const std::vector<MeasuredDeleteFile>& files, Time now) {
  SQLite::Statement find(database,
                         "SELECT f.rows, coalesce(d.rows, 0) FROM matview_state_file f"
                         " LEFT JOIN matview_state_delete_file d USING (file_id)"
                         " WHERE f.view_id = ? AND f.relation = ? AND f.file_id = ?");
  for (const auto& [file, state] : files) {
    SQLite::bind(find, view_id, relation, file.data_file_id);
    if (!find.executeStep())
      return fail(ErrorCode::internal, "rows of state are deleted from a file that is not there: " + file.path);
    const std::int64_t rows = find.getColumn(0).getInt64();
    const std::int64_t deleted = find.getColumn(1).getInt64();
    find.reset();
    if (file.rows <= deleted || file.rows > rows)
      return fail(ErrorCode::internal, "the delete file '" + file.path + "' of state names " +
                                           std::to_string(file.rows) + " of " + std::to_string(rows) + " rows, after " +
                                           std::to_string(deleted));
    if (file.rows == rows) {
      remove_files(database, view_id, now, "file_id = " + std::to_string(file.data_file_id));
      continue;
    }
    schedule(database, view_id, now,
             "SELECT path FROM matview_state_delete_file WHERE file_id = " + std::to_string(file.data_file_id));
    run(database, "INSERT OR REPLACE INTO matview_state_delete_file VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        file.data_file_id, file.path, file.rows, file.checksum, state.size, state.mtime_ns, state.ctime_ns,
        static_cast<std::int64_t>(state.inode), static_cast<std::int64_t>(state.device));
  }
  return {};
}

Result<void> change_relation(SQLite::Database& database, std::int64_t view_id, std::int64_t relation,
                             const MeasuredRelation& change, Time now) {
  const std::string columns = columns_to_text(change.columns);
  if (change.replaces) {
    remove_files(database, view_id, now, relation_is(relation));
    run(database, "INSERT OR REPLACE INTO matview_state_relation VALUES (?, ?, ?)", view_id, relation, columns);
  } else {
    SQLite::Statement known(database,
                            "SELECT 1 FROM matview_state_relation WHERE view_id = ? AND relation = ? AND columns = ?");
    SQLite::bind(known, view_id, relation, columns);
    if (!known.executeStep())
      return fail(ErrorCode::internal,
                  "state relation " + std::to_string(relation) + " does not go on from what there is");
    MATVIEW_TRY(delete_rows(database, view_id, relation, change.deletes, now));
  }
  add_files(database, view_id, relation, change.files);
  return {};
}

}  // namespace

std::map<std::int64_t, StateRelation> read_state(SQLite::Database& database, std::int64_t view_id,
                                                 const fs::path& directory) {
  std::map<std::int64_t, StateRelation> state;
  SQLite::Statement relations(database, "SELECT relation, columns FROM matview_state_relation WHERE view_id = ?");
  SQLite::bind(relations, view_id);
  while (relations.executeStep())
    state[relations.getColumn(0).getInt64()].columns = columns_from_text(relations.getColumn(1).getString());
  SQLite::Statement query(database,
                          "SELECT f.relation, f.file_id, f.path, f.rows, f.checksum, f.size, f.mtime_ns, f.ctime_ns,"
                          " f.inode, f.device, d.path, d.rows, d.checksum, d.size, d.mtime_ns, d.ctime_ns, d.inode,"
                          " d.device FROM matview_state_file f LEFT JOIN matview_state_delete_file d USING (file_id)"
                          " WHERE f.view_id = ? ORDER BY f.file_id");
  SQLite::bind(query, view_id);
  while (query.executeStep()) {
    DataFile file;
    file.data_file_id = query.getColumn(1).getInt64();
    file.path = (directory / query.getColumn(2).getString()).string();
    file.rows = query.getColumn(3).getInt64();
    file.checksum = query.getColumn(4).getString();
    file.recorded = identity_at(query, 5, file.path);
    file.bytes = file.recorded.size;
    if (!query.getColumn(10).isNull()) {
      DeleteFile& deletes = file.deletes.emplace();
      deletes.path = (directory / query.getColumn(10).getString()).string();
      deletes.rows = query.getColumn(11).getInt64();
      deletes.checksum = query.getColumn(12).getString();
      deletes.recorded = identity_at(query, 13, deletes.path);
      deletes.bytes = deletes.recorded.size;
    }
    state[query.getColumn(0).getInt64()].files.push_back(std::move(file));
  }
  return state;
}

std::int64_t read_state_serial(SQLite::Database& database, std::int64_t view_id) {
  SQLite::Statement query(database, "SELECT state_serial FROM matview_view WHERE view_id = ?");
  SQLite::bind(query, view_id);
  return query.executeStep() ? query.getColumn(0).getInt64() : 0;
}

Result<void> write_state(SQLite::Database& database, std::int64_t view_id,
                         const std::map<std::int64_t, MeasuredRelation>& state, bool keeps, Time now) {
  for (const auto& [relation, known] : read_state(database, view_id, {})) {
    if (keeps || state.contains(relation)) continue;
    remove_files(database, view_id, now, relation_is(relation));
    run(database, "DELETE FROM matview_state_relation WHERE view_id = ? AND relation = ?", view_id, relation);
  }
  for (const auto& [relation, change] : state) MATVIEW_TRY(change_relation(database, view_id, relation, change, now));
  run(database, "UPDATE matview_view SET state_serial = state_serial + 1 WHERE view_id = ?", view_id);
  return {};
}

void remove_state(SQLite::Database& database, std::int64_t view_id, Time now) {
  remove_files(database, view_id, now, "true");
  run(database, "DELETE FROM matview_state_relation WHERE view_id = ?", view_id);
}

std::vector<ScheduledPrivateFile> read_scheduled_private(SQLite::Database& database, Time before,
                                                         std::optional<std::int64_t> view_id) {
  SQLite::Statement query(database,
                          "SELECT path, view_id FROM matview_scheduled_file WHERE scheduled_at <= ?1"
                          " AND (?2 IS NULL OR view_id = ?2) ORDER BY path");
  query.bind(1, std::int64_t{microseconds(before)});
  if (view_id) query.bind(2, *view_id);
  std::vector<ScheduledPrivateFile> files;
  while (query.executeStep()) files.push_back({query.getColumn(0).getString(), query.getColumn(1).getInt64()});
  return files;
}

void forget_scheduled_private(SQLite::Database& database, const std::string& path) {
  run(database, "DELETE FROM matview_scheduled_file WHERE path = ?", path);
}

}  // namespace matview::engine
