#include "engine/sources/file_changes.hpp"

#include <algorithm>

#include "engine/duckdb/sql_text.hpp"
#include "support/file.hpp"
#include "support/text.hpp"

namespace matview::engine {

namespace {

constexpr const char* k_lost = "SOURCE_HISTORY_MISSING ";

std::int64_t bytes_of(const std::vector<FileState>& files) {
  std::int64_t bytes = 0;
  for (const auto& file : files) bytes += file.size;
  return bytes;
}

/// What became of a file whose old rows cannot be read.
std::string reason_for(const FileState& file, const RetainedFiles& retained) {
  const auto status = support::status_of(file.path);
  const bool there = status && *status;
  if (there && (*status)->inode == file.inode && (*status)->device == file.device)
    return file.path + " was changed in place";
  if (retained.has(file)) return "what was kept of " + file.path + " is damaged";
  return file.path + (there ? " was replaced" : " was removed") + ", and nothing was kept of it";
}

class FileChanges {
 public:
  FileChanges(Database& database, const PinnedReference& reference, const RetainedFiles& retained)
      : database_(database),
        call_(*reference.resolved.call),
        use_(reference.pinned.uses[reference.use]),
        retained_(retained) {}

  Result<void> find(const FileMatch& match, const SourceState& now, ReferenceChange& change) {
    change.new_bytes = bytes_of(now.files);
    change.added_bytes = bytes_of(match.added);
    change.removed_bytes = bytes_of(match.removed);
    if (!match.added.empty()) {
      MATVIEW_ASSIGN(change.added, rows(match.added, Unseen::all));
    }
    MATVIEW_ASSIGN(change.new_rows, rows(now.files, Unseen::known));
    check_root(match, change);
    for (const auto& file : match.removed)
      if (change.lost.empty() && retained_.find(file) == nullptr) change.lost = k_lost + reason_for(file, retained_);
    if (!change.lost.empty()) return {};
    if (match.added.empty() && match.removed.empty()) {
      change.old_rows = change.new_rows;
      return {};
    }
    if (!match.removed.empty()) {
      MATVIEW_ASSIGN(change.removed, retained_rows(match.removed));
    }
    std::vector<FileState> kept;
    for (const auto& file : match.kept) kept.push_back(file.now);
    if (!kept.empty() || change.removed.empty()) {
      MATVIEW_ASSIGN(change.old_rows, rows(kept, Unseen::known));
    }
    if (!change.removed.empty()) change.old_rows += (change.old_rows.empty() ? "" : " UNION ALL ") + change.removed;
    change.overlaps = !match.added.empty() && !match.removed.empty();
    return {};
  }

 private:
  Result<std::string> rows(const std::vector<FileState>& files, Unseen unseen) {
    MATVIEW_ASSIGN(const auto relation, file_relation(database_, call_, use_, files, true, unseen));
    return select_columns(use_.columns, relation);
  }

  /// A hive partition in the store's own path would be taken for one of the files'.
  void check_root(const FileMatch& match, ReferenceChange& change) {
    if (match.removed.empty()) return;
    const auto directories = fold_case(hive_directories(retained_.root().string() + "/"));
    for (const auto& column : use_.columns)
      if (("/" + directories).find("/" + fold_case(column.name) + "=") != std::string::npos)
        change.lost = k_lost + ("files kept below " + retained_.root().string() + " would show it as the partition '" +
                                column.name + "'");
  }

  Result<std::string> retained_rows(const std::vector<FileState>& removed) {
    std::vector<FileState> files;
    std::string names;
    for (const auto& file : removed) {
      auto kept = file;
      kept.path = retained_.path_of(*retained_.find(file));
      names += (names.empty() ? "(" : ", (") + quote_literal(kept.path) + ", " + quote_literal(file.path) + ")";
      files.push_back(std::move(kept));
    }
    const auto name = filename_column(call_, use_);
    if (name.empty()) return rows(files, Unseen::known);
    MATVIEW_ASSIGN(const auto relation, file_relation(database_, call_, use_, files, true, Unseen::known));
    std::string list;
    for (const auto& column : use_.columns)
      list += (list.empty() ? "" : ", ") +
              (column.name == name ? "__matview_names.original AS "
                                   : "__matview_kept." + quote_identifier(column.name) + " AS ") +
              quote_identifier(column.name);
    return "SELECT " + list + " FROM (FROM " + relation + ") AS __matview_kept JOIN (VALUES " + names +
           ") AS __matview_names(path, original) ON __matview_kept." + quote_identifier(name) +
           " = __matview_names.path";
  }

  Database& database_;
  const FileCall& call_;
  const FileUse& use_;
  const RetainedFiles& retained_;
};

}  // namespace

std::string hive_directories(const std::string& path) {
  std::string found;
  for (std::size_t at = 0; at < path.size();) {
    const auto end = path.find('/', at);
    if (end == std::string::npos) break;
    const auto part = path.substr(at, end - at);
    if (part.find('=') != std::string::npos) found += part + "/";
    at = end + 1;
  }
  return found;
}

Result<void> find_file_changes(Database& database, const PinnedReference& reference, const FileMatch& match,
                               const SourceState& now, const RetainedFiles& retained, ReferenceChange& change) {
  return FileChanges(database, reference, retained).find(match, now, change);
}

}  // namespace matview::engine
