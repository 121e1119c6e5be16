#include "engine/sources/changes.hpp"

#include <algorithm>
#include <map>
#include <optional>

#include "engine/duckdb/types.hpp"
#include "engine/refresh/run_sources.hpp"
#include "engine/sources/attached.hpp"
#include "engine/sources/clock.hpp"
#include "engine/sources/extract.hpp"
#include "engine/sources/file_changes.hpp"
#include "engine/sources/matching.hpp"
#include "engine/sources/relations.hpp"
#include "engine/store/relation_sql.hpp"
#include "support/file.hpp"

namespace matview::engine {

namespace {

constexpr const char* k_lost = "SOURCE_HISTORY_MISSING ";
constexpr const char* k_old_alias = "__matview_old_";

std::int64_t bytes_of(const std::vector<FileState>& files) {
  std::int64_t bytes = 0;
  for (const auto& file : files) bytes += file.size;
  return bytes;
}

bool exists(const std::string& path) {
  const auto status = support::status_of(path);
  return status && *status;
}

/// Of the rows that one list of files has and another has not, told by whole files and numbers of deleted rows.
std::int64_t bytes_only_in(const std::vector<DataFile>& files, const std::vector<DataFile>& others) {
  std::map<std::int64_t, const DataFile*> known;
  for (const auto& file : others) known.emplace(file.data_file_id, &file);
  const auto deleted = [](const DataFile& file) { return file.deletes ? file.deletes->rows : 0; };
  std::int64_t bytes = 0;
  for (const auto& file : files) {
    const auto other = known.find(file.data_file_id);
    if (other == known.end()) {
      bytes += file.bytes;
    } else if (const auto gone = deleted(*other->second) - deleted(file); gone > 0 && file.rows > 0) {
      bytes += file.bytes * gone / file.rows;
    }
  }
  return bytes;
}

/// Rows of one state that another has not, equal ones counted.
std::string rows_without(const std::string& from, const std::string& other) { return from + " EXCEPT ALL " + other; }

/// Finds the changes of one definition's references.
class Finder {
 public:
  Finder(Database& database, const ViewDefinition& definition, const SourceVector& recorded,
         const SourceVector& observed, const RetainedFiles& retained, RunSources& run, const SourceReads& reads)
      : database_(database),
        definition_(definition),
        recorded_(recorded),
        observed_(observed),
        retained_(retained),
        run_(run),
        parts_([&run](const FileState& file, std::int64_t before) { return run.growth_of(file, before); },
               [&run] { return run.temporary_directory(); }),
        reads_(reads) {}

  Result<SourceChanges> find() {
    if (observed_.size() != definition_.sources.size())
      return fail(ErrorCode::internal, "the sources of '" + definition_.name + "' are not those of its definition");
    MATVIEW_ASSIGN(const auto syntax, analyze_known(database_, definition_.sql));
    MATVIEW_ASSIGN(attachments_, parse_attachments(definition_.attachments));
    MATVIEW_ASSIGN(const auto references, pinned_references(definition_, syntax, attachments_, run_.upstream()));
    for (const auto& attachment : attachments_)
      if (!attachment.is_lake) changes_.setup.push_back(attachment.statement());
    find_clocks();
    parts_.want_old(reads_.old_rows == OldRows::always ||
                    (reads_.old_rows == OldRows::of_several && changed(references) > 1));
    extracts_.emplace(retained_, reads_, references);
    for (const auto& reference : references) {
      MATVIEW_ASSIGN(auto change, change_of(reference));
      changes_.references.push_back(std::move(change));
    }
    changes_.parts = parts_.directory();
    return std::move(changes_);
  }

 private:
  /// Of the reference whose change is found now: they come one after the other.
  bool is_traced() const {
    const auto index = changes_.references.size();
    return index < reads_.traced.size() && reads_.traced[index];
  }

  /// How many references have a source that is not as it was, and the clock if it moved.
  std::ptrdiff_t changed(const std::vector<PinnedReference>& references) const {
    return (changes_.clock_moved ? 1 : 0) +
           std::count_if(references.begin(), references.end(), [&](const PinnedReference& reference) {
             return reference.resolved.kind != Resolved::Kind::other && reference.source < recorded_.size() &&
                    recorded_[reference.source] != observed_[reference.source];
           });
  }

  Result<ReferenceChange> change_of(const PinnedReference& reference) {
    ReferenceChange change;
    change.name = reference.name();
    if (reference.resolved.kind == Resolved::Kind::other) return change;
    change.columns = reference.columns();
    const auto& now = observed_[reference.source];
    const auto* before = reference.source < recorded_.size() ? &recorded_[reference.source] : nullptr;
    if (before == nullptr || before->source != now.source) {
      MATVIEW_ASSIGN(change.new_rows, rows_of(database_, reference, now, attachments_));
      change.lost = k_lost + now.source + " was not read before";
      return change;
    }
    MATVIEW_TRY(compare(reference, *before, now, change));
    if (!change.lost.empty()) {
      change.old_rows = change.added = change.removed = "";
      change.added_bytes = change.removed_bytes = 0;
      change.overlaps = false;
    }
    return change;
  }

  Result<void> compare(const PinnedReference& reference, const SourceState& before, const SourceState& now,
                       ReferenceChange& change) {
    switch (reference.resolved.kind) {
      case Resolved::Kind::files:
        return find_file_changes(database_, reference, match_of(reference.source), now,
                                 {retained_, parts_, *extracts_, is_traced()}, change);
      case Resolved::Kind::duckdb: return compare_databases(reference, before, now, change);
      default: break;
    }
    MATVIEW_ASSIGN(change.new_rows, rows_of(database_, reference, now, attachments_));
    if (reference.resolved.kind == Resolved::Kind::view) return compare_versions(reference, before, now, change);
    return compare_snapshots(reference, before, now, change);
  }

  void find_clocks() {
    const auto now = clock_time(observed_);
    if (!now) return;
    const auto before = clock_time(recorded_).value_or(*now);
    changes_.clock_moved = before != *now;
    changes_.clocks = clock_macros(*now, k_new_clock);
    for (auto& macro : clock_macros(before, k_old_clock)) changes_.clocks.push_back(std::move(macro));
  }

  /// The files of a source, matched once for all references to it.
  const FileMatch& match_of(std::size_t source) {
    const auto known = matches_.find(source);
    if (known != matches_.end()) return known->second;
    const auto pinned = pinned_from_json(definition_.sources[source].pinned);
    auto match = match_files(recorded_[source].files, observed_[source].files, retained_,
                             pinned ? sensitivity_of(definition_, *pinned) : Sensitivity{true, true});
    return matches_.emplace(source, std::move(match)).first->second;
  }

  /// Tables of a DuckDB file: the whole file is kept, with its log, and attached beside the one there is.
  Result<void> compare_databases(const PinnedReference& reference, const SourceState& before, const SourceState& now,
                                 ReferenceChange& change) {
    const auto* attachment = find_attachment(attachments_, reference.pinned.attachment);
    MATVIEW_TRY(attach_duckdb(database_, *attachment));
    const auto columns = attached_columns(database_, reference.pinned);
    if (!columns || !has_columns(*columns, reference.pinned.columns))
      return fail(
          Error(ErrorCode::failed, "table '" + now.source + "' has other columns than when the view was defined")
              .with_hint("define the view anew with 'create --replace'"));
    MATVIEW_ASSIGN(change.new_rows, rows_of(database_, reference, now, attachments_));
    change.new_bytes = bytes_of(now.files);
    // The query itself reads the table as it is, with what a star takes.
    if (!same_columns(*columns, reference.pinned.columns)) {
      change.lost = k_lost + now.source + " has more columns than when the view was defined";
      return {};
    }
    const auto& match = match_of(reference.source);
    if (match.added.empty() && match.removed.empty()) {
      change.old_rows = change.new_rows;
      return {};
    }
    if (const auto path = extracts_->path_of(reference.source, before.files); !path.empty()) {
      MATVIEW_ASSIGN(change.old_rows, extracts_->rows(reference, path));
      differ(change, bytes_of(before.files), extracts_->masked(reference, change.new_rows));
      return {};
    }
    auto old = reference;
    old.pinned.attachment = k_old_alias + attachment->alias;
    if (const auto reason = attach_kept(before, old.pinned.attachment); !reason.empty()) {
      change.lost = k_lost + before.source + " was changed, and " + reason;
      return {};
    }
    const auto old_columns = attached_columns(database_, old.pinned);
    if (!old_columns || !same_columns(*old_columns, reference.pinned.columns)) {
      change.lost = k_lost + before.source + " had other columns";
      return {};
    }
    MATVIEW_ASSIGN(change.old_rows, rows_of(database_, old, before, attachments_));
    differ(change, bytes_of(before.files), change.new_rows);
    return {};
  }

  /// Attaches what is kept of a DuckDB file; why that cannot be, or nothing.
  std::string attach_kept(const SourceState& before, const std::string& alias) {
    Attachment kept{alias, ""};
    for (const auto& file : before.files) {
      const auto* found = retained_.find(file);
      if (found == nullptr) return "what it was is not kept";
      const auto path = retained_.path_of(*found);
      if (kept.path.empty()) kept.path = path;
      if (path != kept.path && path != kept.path + ".wal") return "its log is kept elsewhere";
    }
    if (auto attached = attach_duckdb(database_, kept); !attached)
      return "what is kept of it " + attached.error().message;
    if (std::find(changes_.setup.begin(), changes_.setup.end(), kept.statement()) == changes_.setup.end())
      changes_.setup.push_back(kept.statement());
    return "";
  }

  Result<void> compare_versions(const PinnedReference& reference, const SourceState& before, const SourceState& now,
                                ReferenceChange& change) {
    change.new_bytes = reference.resolved.view->bytes;
    if (before == now) {
      change.old_rows = change.new_rows;
      return {};
    }
    if (before.object_id != now.object_id) {
      change.lost = k_lost + before.source + " was made anew";
      return {};
    }
    auto old = reference;
    auto found = run_.upstream_at({before})(reference.reference.name);
    if (!found || !*found) {
      change.lost =
          k_lost + ("version " + std::to_string(before.version.value_or(0))) + " of " + before.source + " has expired";
      return {};
    }
    old.resolved.view = **found;
    auto rows = rows_of(database_, old, before, attachments_);
    if (!rows) {
      change.lost = k_lost + before.source + " had other columns";
      return {};
    }
    change.old_rows = *std::move(rows);
    const auto& from = *old.resolved.view;
    const auto& to = *reference.resolved.view;
    if (from.columns.empty() || from.columns != to.columns) {
      differ(change, from.bytes, change.new_rows);
      return {};
    }
    auto rows_between = rows_change(from.files, to.files, to.columns);
    rows_between.added_bytes = bytes_only_in(to.files, from.files);
    rows_between.removed_bytes = bytes_only_in(from.files, to.files);
    take(change, rows_between);
    return {};
  }

  static void take(ReferenceChange& change, const RowsChange& rows) {
    const auto select = [&](const std::string& sql) {
      return sql.empty() ? sql : select_columns(change.columns, "(" + sql + ")");
    };
    change.added = select(rows.added);
    change.removed = select(rows.removed);
    change.added_bytes = rows.added_bytes;
    change.removed_bytes = rows.removed_bytes;
    // Rows that are equal and not the same must not cancel out.
    if (!rows.rewritten || has_coarse_equality(change.columns)) return;
    // Files that hold mostly the same rows: what is left of both sides is the change.
    const auto added = change.added;
    change.added = rows_without(added, change.removed);
    change.removed = rows_without(change.removed, added);
    change.added_bytes = change.removed_bytes = rows.added_bytes + rows.removed_bytes;
  }

  Result<void> compare_snapshots(const PinnedReference& reference, const SourceState& before, const SourceState& now,
                                 ReferenceChange& change) {
    const auto* attachment = find_attachment(attachments_, reference.pinned.attachment);
    MATVIEW_ASSIGN(const auto table, lake_table(*attachment, reference.pinned, now.version));
    change.new_bytes = table.bytes;
    if (before == now) {
      change.old_rows = change.new_rows;
      return {};
    }
    const auto old = lake_table(*attachment, reference.pinned, before.version);
    if (old)
      for (const auto& file : old->files)
        if (!exists(file)) {
          change.lost = k_lost + file + " is gone, which snapshot " + std::to_string(before.version.value_or(0)) +
                        " of " + before.source + " had";
          return {};
        }
    auto rows = old ? rows_of(database_, reference, before, attachments_) : Result<std::string>(std::string());
    if (!old || !rows) {
      change.lost = k_lost + ("snapshot " + std::to_string(before.version.value_or(0))) + " of " + before.source +
                    " cannot be read: " + (old ? rows.error() : old.error()).message;
      return {};
    }
    change.old_rows = *std::move(rows);
    MATVIEW_ASSIGN(const auto rows_between,
                   lake_changes(*attachment, reference.pinned, before.version.value_or(0), now.version.value_or(0)));
    change.lost = rows_between.lost;
    take(change, rows_between);
    return {};
  }

  /// What is on one side alone, where nothing is known but both sides.
  static void differ(ReferenceChange& change, std::int64_t old_bytes, const std::string& new_rows) {
    const bool whole = has_coarse_equality(change.columns);
    change.added = whole ? new_rows : rows_without(new_rows, change.old_rows);
    change.removed = whole ? change.old_rows : rows_without(change.old_rows, new_rows);
    change.added_bytes = change.removed_bytes = change.new_bytes + old_bytes;
  }

  Database& database_;
  const ViewDefinition& definition_;
  const SourceVector& recorded_;
  const SourceVector& observed_;
  const RetainedFiles& retained_;
  RunSources& run_;
  PartFiles parts_;
  std::optional<Extracts> extracts_;
  const SourceReads& reads_;
  std::vector<Attachment> attachments_;
  std::map<std::size_t, FileMatch> matches_;
  SourceChanges changes_;
};

}  // namespace

Result<SourceChanges> reference_changes(Database& database, const ViewDefinition& definition,
                                        const SourceVector& recorded, const SourceVector& observed,
                                        const std::vector<RetainedFile>& retained,
                                        const std::filesystem::path& store_root, RunSources& run,
                                        const SourceReads& reads) {
  const RetainedFiles kept(retained, store_root);
  return Finder(database, definition, recorded, observed, kept, run, reads).find();
}

}  // namespace matview::engine
