#include "engine/sources/file_changes.hpp"

#include <algorithm>
#include <optional>
#include <set>

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

/// A file that is read in place of another, under that one's name.
struct StandIn {
  FileState original;
  std::string path;
};

// A byte that is only compared costs so small a part of one whose rows are read.
constexpr std::int64_t k_compared = 16;

class FileChanges {
 public:
  FileChanges(Database& database, const PinnedReference& reference, const OldFiles& old)
      : database_(database),
        reference_(reference),
        call_(*reference.resolved.call),
        use_(old.traced ? with_paths(call_, reference.pinned.uses[reference.use], k_source_column)
                        : reference.pinned.uses[reference.use]),
        retained_(old.retained),
        parts_(old.parts),
        extracts_(old.extracts),
        traced_(old.traced) {}

  Result<void> find(const FileMatch& match, const SourceState& now, ReferenceChange& change) {
    removed_ = match.removed;
    added_ = match.added;
    change.new_bytes = bytes_of(now.files);
    MATVIEW_ASSIGN(change.new_rows, rows(now.files, Unseen::known));
    if (!traced_) check_root(match, change);
    if (change.lost.empty()) take_appended(change);
    change.added_bytes += bytes_of(added_);
    if (!traced_) change.removed_bytes = bytes_of(removed_);
    if (!added_.empty()) MATVIEW_TRY(join(change.added, rows(added_, Unseen::all)));
    if (!tails_.empty()) MATVIEW_TRY(join(change.added, rows_in_place(tails_)));
    change.appended = !appended_.empty();
    if (traced_) {
      for (const auto& file : removed_) change.gone.push_back(file.path);
      return {};
    }
    find_kept(change);
    if (!change.lost.empty()) return {};
    if (match.added.empty() && match.removed.empty()) {
      change.old_rows = change.new_rows;
      return {};
    }
    if (!kept_.empty()) MATVIEW_TRY(join(change.removed, rows_in_place(kept_)));
    for (const auto& path : extracted_) MATVIEW_TRY(join(change.removed, extracts_.rows(reference_, path)));
    MATVIEW_TRY(find_old_rows(match, change));
    change.overlaps = !change.added.empty() && !change.removed.empty();
    return {};
  }

 private:
  static Result<void> join(std::string& all, Result<std::string> more) {
    if (!more) return fail(std::move(more).error());
    all += (all.empty() ? "" : " UNION ALL ") + *more;
    return {};
  }

  /// Files that only grew have no rows that go, and of the rows that come those at their end.
  void take_appended(ReferenceChange& change) {
    std::vector<FileState> gone;
    std::set<std::string> grown;
    for (const auto& was : removed_) {
      const bool is_known = was.inode != 0;
      if (is_known && was.size == 0 && may_grow(use_.call, was.path)) continue;  // it had no rows
      auto file = appended(was);
      if (!file) {
        gone.push_back(was);
        continue;
      }
      grown.insert(was.path);
      tails_.push_back({file->now, file->added});
      database_.name_part(file->added, file->now.path);
      if (file->old) database_.name_part(*file->old, file->now.path);
      change.added_bytes += file->now.size - was.size + was.size / k_compared;
      appended_.push_back(*std::move(file));
    }
    removed_ = std::move(gone);
    std::erase_if(added_, [&](const FileState& file) { return grown.contains(file.path); });
  }

  std::optional<AppendedFile> appended(const FileState& was) {
    if (!may_grow(use_.call, was.path)) return std::nullopt;
    const auto now = std::lower_bound(added_.begin(), added_.end(), was.path,
                                      [](const FileState& file, const std::string& path) { return file.path < path; });
    if (now == added_.end() || now->path != was.path) return std::nullopt;
    return parts_.split(call_, use_, was, *now, retained_);
  }

  /// Where the old rows of each file are that left.
  void find_kept(ReferenceChange& change) {
    for (const auto& file : removed_) {
      if (const auto* kept = retained_.find(file)) {
        kept_.push_back({file, retained_.path_of(*kept)});
      } else if (auto path = extracts_.path_of(reference_.source, {file}); !path.empty()) {
        extracted_.push_back(std::move(path));
      } else if (change.lost.empty()) {
        change.lost = k_lost + reason_for(file, retained_);
      }
    }
  }

  Result<void> find_old_rows(const FileMatch& match, ReferenceChange& change) {
    std::vector<FileState> kept;
    for (const auto& file : match.kept) kept.push_back(file.now);
    if (!kept.empty() || (change.removed.empty() && appended_.empty()))
      MATVIEW_TRY(join(change.old_rows, rows(kept, Unseen::known)));
    if (!change.removed.empty()) change.old_rows += (change.old_rows.empty() ? "" : " UNION ALL ") + change.removed;
    for (const auto& file : appended_) {
      if (file.old) {
        MATVIEW_TRY(join(change.old_rows, rows_in_place({{file.was, *file.old}})));
        continue;
      }
      MATVIEW_ASSIGN(const auto all, rows({file.now}, Unseen::known));
      MATVIEW_ASSIGN(const auto tail, rows_in_place({{file.now, file.added}}));
      MATVIEW_TRY(join(change.old_rows, "(" + all + " EXCEPT ALL " + tail + ")"));
    }
    return {};
  }

  Result<std::string> rows(const std::vector<FileState>& files, Unseen unseen) {
    MATVIEW_ASSIGN(const auto relation, file_relation(database_, call_, use_, files, true, unseen));
    return with_source(select_columns(use_.columns, relation));
  }

  /// Of traced rows their path may be a column of the query's own.
  std::string with_source(std::string rows) const {
    if (!traced_ || !use_.paths.empty()) return rows;
    return "SELECT *, " + quote_identifier(filename_column(call_, use_)) + " AS " + std::string(k_source_column) +
           " FROM (" + rows + ")";
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

  Result<std::string> rows_in_place(const std::vector<StandIn>& stand_ins) {
    std::vector<FileState> files;
    std::string names;
    for (const auto& [original, path] : stand_ins) {
      auto kept = original;
      kept.path = path;
      names += (names.empty() ? "(" : ", (") + quote_literal(kept.path) + ", " + quote_literal(original.path) + ")";
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
    return with_source("SELECT " + list + " FROM (FROM " + relation + ") AS __matview_kept JOIN (VALUES " + names +
                       ") AS __matview_names(path, original) ON __matview_kept." + quote_identifier(name) +
                       " = __matview_names.path");
  }

  Database& database_;
  const PinnedReference& reference_;
  const FileCall& call_;
  const FileUse use_;
  const RetainedFiles& retained_;
  PartFiles& parts_;
  const Extracts& extracts_;
  const bool traced_;
  std::vector<StandIn> kept_;
  std::vector<std::string> extracted_;
  std::vector<FileState> removed_;
  std::vector<FileState> added_;  ///< by path
  std::vector<StandIn> tails_;
  std::vector<AppendedFile> appended_;
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
                               const SourceState& now, const OldFiles& old, ReferenceChange& change) {
  return FileChanges(database, reference, old).find(match, now, change);
}

}  // namespace matview::engine
