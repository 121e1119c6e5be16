#include "engine/store/source_rows.hpp"

#include <SQLiteCpp/SQLiteCpp.h>
#include <SQLiteCpp/VariadicBind.h>

#include <algorithm>
#include <string>

namespace matview::engine {

namespace {

void bind_optional(SQLite::Statement& statement, int index, const std::optional<std::int64_t>& value) {
  if (value)
    statement.bind(index, *value);
  else
    statement.bind(index);
}

void run(SQLite::Statement& statement) {
  statement.exec();
  statement.reset();
}

/// Ends a row that held until now: removed if it held for no version but this one.
class Ender {
 public:
  Ender(SQLite::Database& database, const std::string& table, const std::string& key)
      : remove_(database, "DELETE FROM " + table + " WHERE " + key + " AND begin_version = ?4 AND end_version IS NULL"),
        end_(database, "UPDATE " + table + " SET end_version = ?4 WHERE " + key + " AND end_version IS NULL") {}

  void operator()(std::int64_t view_id, std::int64_t position, const std::string& path, std::int64_t version) {
    for (SQLite::Statement* statement : {&remove_, &end_}) {
      SQLite::bind(*statement, view_id, position);
      if (!path.empty()) statement->bind(3, path);
      statement->bind(4, version);
      run(*statement);
    }
  }

 private:
  SQLite::Statement remove_;
  SQLite::Statement end_;
};

class SourceWriter {
 public:
  SourceWriter(SQLite::Database& database, std::int64_t view_id, std::int64_t version)
      : view_id_(view_id),
        version_(version),
        end_source_(database, "matview_source", "view_id = ?1 AND position = ?2"),
        end_file_(database, "matview_source_file", "view_id = ?1 AND position = ?2 AND path = ?3"),
        add_source_(database, "INSERT INTO matview_source VALUES (?, ?, ?, NULL, ?, ?, ?)"),
        add_file_(database, "INSERT INTO matview_source_file VALUES (?, ?, ?, ?, NULL, ?, ?, ?, ?, ?)") {}

  void change(std::int64_t position, const SourceState* before, const SourceState* after) {
    const bool same = before != nullptr && after != nullptr && before->source == after->source &&
                      before->version == after->version && before->object_id == after->object_id;
    if (before != nullptr && !same) end_source_(view_id_, position, {}, version_);
    if (after != nullptr && !same) add(position, *after);
    static const std::vector<FileState> k_none;
    change_files(position, before != nullptr ? before->files : k_none, after != nullptr ? after->files : k_none);
  }

 private:
  void add(std::int64_t position, const SourceState& state) {
    SQLite::bind(add_source_, view_id_, position, version_, state.source);
    bind_optional(add_source_, 5, state.version);
    add_source_.bind(6, state.object_id);
    run(add_source_);
  }

  void add(std::int64_t position, const FileState& file) {
    SQLite::bind(add_file_, view_id_, position, file.path, version_, file.size, file.mtime_ns, file.ctime_ns,
                 static_cast<std::int64_t>(file.inode), static_cast<std::int64_t>(file.device));
    run(add_file_);
  }

  /// Both sorted by path.
  void change_files(std::int64_t position, const std::vector<FileState>& before, const std::vector<FileState>& after) {
    auto old_file = before.begin();
    auto new_file = after.begin();
    while (old_file != before.end() || new_file != after.end()) {
      const bool removed = new_file == after.end() || (old_file != before.end() && old_file->path < new_file->path);
      const bool added = old_file == before.end() || (new_file != after.end() && new_file->path < old_file->path);
      const bool changed = !removed && !added && !(*old_file == *new_file);
      if (removed || changed) end_file_(view_id_, position, old_file->path, version_);
      if (added || changed) add(position, *new_file);
      if (!added) ++old_file;
      if (!removed) ++new_file;
    }
  }

  std::int64_t view_id_;
  std::int64_t version_;
  Ender end_source_;
  Ender end_file_;
  SQLite::Statement add_source_;
  SQLite::Statement add_file_;
};

constexpr const char* k_holds = " AND begin_version <= ?2 AND (end_version IS NULL OR end_version > ?2)";

SourceVector sorted(SourceVector sources) {
  for (SourceState& state : sources)
    std::sort(state.files.begin(), state.files.end(),
              [](const FileState& a, const FileState& b) { return a.path < b.path; });
  return sources;
}

}  // namespace

SourceVector read_sources(SQLite::Database& database, std::int64_t view_id, std::int64_t version) {
  SourceVector sources;
  SQLite::Statement query(database, std::string("SELECT source, version, object_id FROM matview_source"
                                                " WHERE view_id = ?1") +
                                        k_holds + " ORDER BY position");
  SQLite::bind(query, view_id, version);
  while (query.executeStep()) {
    SourceState state;
    state.source = query.getColumn(0).getString();
    if (!query.getColumn(1).isNull()) state.version = query.getColumn(1).getInt64();
    state.object_id = query.getColumn(2).getString();
    sources.push_back(std::move(state));
  }
  SQLite::Statement files(database, std::string("SELECT position, path, size, mtime_ns, ctime_ns, inode, device"
                                                " FROM matview_source_file WHERE view_id = ?1") +
                                        k_holds + " ORDER BY position, path");
  SQLite::bind(files, view_id, version);
  while (files.executeStep()) {
    FileState file;
    file.path = files.getColumn(1).getString();
    file.size = files.getColumn(2).getInt64();
    file.mtime_ns = files.getColumn(3).getInt64();
    file.ctime_ns = files.getColumn(4).getInt64();
    file.inode = static_cast<std::uint64_t>(files.getColumn(5).getInt64());
    file.device = static_cast<std::uint64_t>(files.getColumn(6).getInt64());
    const auto position = static_cast<std::size_t>(files.getColumn(0).getInt64());
    if (position < sources.size()) sources[position].files.push_back(std::move(file));
  }
  return sources;
}

void write_sources(SQLite::Database& database, std::int64_t view_id, std::int64_t version,
                   const SourceVector& sources) {
  // What holds now: rows without an end, whatever version they began with.
  const SourceVector before = read_sources(database, view_id, version);
  const SourceVector after = sorted(sources);
  SourceWriter writer(database, view_id, version);
  for (std::size_t i = 0; i < std::max(before.size(), after.size()); ++i)
    writer.change(static_cast<std::int64_t>(i), i < before.size() ? &before[i] : nullptr,
                  i < after.size() ? &after[i] : nullptr);
}

void expire_sources(SQLite::Database& database, std::int64_t view_id, std::int64_t oldest) {
  for (const char* table : {"matview_source", "matview_source_file"}) {
    SQLite::Statement expire(database, std::string("DELETE FROM ") + table + " WHERE view_id = ? AND end_version <= ?");
    SQLite::bind(expire, view_id, oldest);
    expire.exec();
  }
}

void remove_sources(SQLite::Database& database, std::int64_t view_id) {
  for (const char* table : {"matview_source", "matview_source_file"}) {
    SQLite::Statement remove(database, std::string("DELETE FROM ") + table + " WHERE view_id = ?");
    SQLite::bind(remove, view_id);
    remove.exec();
  }
}

}  // namespace matview::engine
