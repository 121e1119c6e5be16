#include "engine/store/retained_rows.hpp"

#include <SQLiteCpp/SQLiteCpp.h>
#include <SQLiteCpp/VariadicBind.h>

#include <algorithm>
#include <set>
#include <string>
#include <tuple>

#include "engine/store/data_files.hpp"
#include "engine/store/store.hpp"
#include "support/file.hpp"

namespace matview::engine {

namespace {

auto key_of(const RetainedFile& file) {
  const auto& was = file.original;
  return std::tie(was.path, file.path, was.size, was.mtime_ns, was.ctime_ns, was.inode, was.device, file.copied,
                  file.checksum);
}

bool comes_before(const RetainedFile& left, const RetainedFile& right) { return key_of(left) < key_of(right); }

void bind_file(SQLite::Statement& statement, const FileState& file) {
  SQLite::bind(statement, static_cast<std::int64_t>(file.inode), static_cast<std::int64_t>(file.device), file.size,
               file.mtime_ns);
}

std::vector<RetainedFile> read_where(SQLite::Database& database, const std::string& condition) {
  SQLite::Statement query(database,
                          "SELECT original, path, copied, checksum, size, mtime_ns, ctime_ns, inode, device"
                          " FROM matview_retained WHERE " +
                              condition + " ORDER BY original, path");
  std::vector<RetainedFile> files;
  while (query.executeStep())
    files.push_back({identity_at(query, 4, query.getColumn(0).getString()), query.getColumn(1).getString(),
                     query.getColumn(2).getInt() != 0, query.getColumn(3).getString()});
  return files;
}

constexpr const char* k_is_file =
    " matview_source_file WHERE inode = ?1 AND device = ?2 AND size = ?3 AND mtime_ns = ?4";

}  // namespace

std::vector<RetainedFile> read_retained(SQLite::Database& database, std::int64_t view_id) {
  return read_where(database, "view_id = " + std::to_string(view_id));
}

std::vector<RetainedFile> read_retained(SQLite::Database& database) { return read_where(database, "true"); }

KeptSpace space_of(const std::vector<RetainedFile>& files, const std::filesystem::path& store_root) {
  KeptSpace space;
  std::set<std::string> seen;
  for (const RetainedFile& file : files) {
    if (file.path.empty() || !seen.insert(file.path).second) continue;
    ++space.files;
    const auto status = support::status_of(store_root / file.path);
    if (status && *status && (*status)->links < 2) space.bytes += (*status)->size;
  }
  return space;
}

void write_retained(SQLite::Database& database, std::int64_t view_id, const std::vector<RetainedFile>& files,
                    Time now) {
  // There may be thousands of which one changed: only what differs is written.
  auto before = read_retained(database, view_id);
  auto after = files;
  std::sort(before.begin(), before.end(), comes_before);
  std::sort(after.begin(), after.end(), comes_before);
  std::vector<RetainedFile> gone;
  std::set_difference(before.begin(), before.end(), after.begin(), after.end(), std::back_inserter(gone), comes_before);
  std::vector<RetainedFile> fresh;
  std::set_difference(after.begin(), after.end(), before.begin(), before.end(), std::back_inserter(fresh),
                      comes_before);
  SQLite::Statement remove(database,
                           "DELETE FROM matview_retained INDEXED BY matview_retained_path"
                           " WHERE path = ? AND view_id = ? AND original = ?");
  SQLite::Statement schedule(database, "INSERT OR IGNORE INTO matview_scheduled_file VALUES (?, ?, ?)");
  for (const RetainedFile& file : gone) {
    SQLite::bind(remove, file.path, view_id, file.original.path);
    remove.exec();
    remove.reset();
    if (file.path.empty()) continue;
    SQLite::bind(schedule, file.path, view_id, std::int64_t{now.time_since_epoch().count()});
    schedule.exec();
    schedule.reset();
  }
  SQLite::Statement add(database, "INSERT INTO matview_retained VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
  for (const RetainedFile& file : fresh) {
    const FileState& original = file.original;
    SQLite::bind(add, view_id, original.path, original.size, original.mtime_ns, original.ctime_ns,
                 static_cast<std::int64_t>(original.inode), static_cast<std::int64_t>(original.device), file.path,
                 file.copied ? 1 : 0, file.checksum);
    add.exec();
    add.reset();
  }
  // Some that went under one name came back under another.
  if (!gone.empty() || !fresh.empty())
    database.exec("DELETE FROM matview_scheduled_file WHERE path IN (SELECT path FROM matview_retained)");
}

std::vector<FileTouch> known_touches(SQLite::Database& database, const std::vector<FileTouch>& touches) {
  // Whatever its ctime: one touch may go on from the one before.
  SQLite::Statement find(database, std::string("SELECT 1 FROM") + k_is_file);
  std::vector<FileTouch> known;
  for (const FileTouch& touch : touches) {
    bind_file(find, touch.before);
    if (find.executeStep()) known.push_back(touch);
    find.reset();
  }
  return known;
}

void write_touches(SQLite::Database& database, const std::vector<FileTouch>& touches) {
  std::string sql = k_is_file;
  sql.replace(sql.find(" WHERE"), 0, " SET ctime_ns = ?6");
  SQLite::Statement update(database, "UPDATE" + sql + " AND ctime_ns = ?5");
  for (const FileTouch& touch : touches) {
    bind_file(update, touch.before);
    update.bind(5, touch.before.ctime_ns);
    update.bind(6, touch.ctime_ns);
    update.exec();
    update.reset();
  }
}

}  // namespace matview::engine
