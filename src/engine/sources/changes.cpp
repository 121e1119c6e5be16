#include "engine/sources/changes.hpp"

#include <algorithm>

#include "engine/refresh/run_sources.hpp"
#include "engine/sources/attached.hpp"
#include "engine/sources/relations.hpp"

namespace matview::engine {

namespace {

constexpr const char* k_lost = "SOURCE_HISTORY_MISSING ";

std::int64_t bytes_of(const std::vector<FileState>& files) {
  std::int64_t bytes = 0;
  for (const auto& file : files) bytes += file.size;
  return bytes;
}

/// The files of `from` that are not, as they are, among `to`. Both are sorted by path.
std::vector<FileState> files_without(const std::vector<FileState>& from, const std::vector<FileState>& to) {
  std::vector<FileState> rest;
  auto other = to.begin();
  for (const auto& file : from) {
    while (other != to.end() && other->path < file.path) ++other;
    if (other == to.end() || *other != file) rest.push_back(file);
  }
  return rest;
}

/// Rows of one state that another has not, equal ones counted.
std::string rows_without(const std::string& from, const std::string& other) { return from + " EXCEPT ALL " + other; }

/// Finds the changes of one definition's references.
class Finder {
 public:
  Finder(Database& database, const ViewDefinition& definition, const SourceVector& recorded,
         const SourceVector& observed, RunSources& run)
      : database_(database), definition_(definition), recorded_(recorded), observed_(observed), run_(run) {}

  Result<SourceChanges> find() {
    if (observed_.size() != definition_.sources.size())
      return fail(ErrorCode::internal, "the sources of '" + definition_.name + "' are not those of its definition");
    MATVIEW_ASSIGN(const auto syntax, analyze(database_, definition_.sql));
    MATVIEW_ASSIGN(attachments_, parse_attachments(definition_.attachments));
    MATVIEW_ASSIGN(const auto references, pinned_references(definition_, syntax, attachments_, run_.upstream()));
    SourceChanges changes;
    for (const auto& attachment : attachments_)
      if (!attachment.is_lake) changes.setup.push_back(attachment.statement());
    for (const auto& reference : references) {
      MATVIEW_ASSIGN(auto change, change_of(reference));
      changes.references.push_back(std::move(change));
    }
    return changes;
  }

 private:
  Result<ReferenceChange> change_of(const PinnedReference& reference) {
    ReferenceChange change;
    change.name = reference.name();
    if (reference.resolved.kind == Resolved::Kind::other) return change;
    change.columns = reference.columns();
    const auto& now = observed_[reference.source];
    MATVIEW_ASSIGN(change.new_rows, rows_of(database_, reference, now, attachments_));
    change.new_bytes = bytes_of(now.files);
    const auto* before = reference.source < recorded_.size() ? &recorded_[reference.source] : nullptr;
    if (before == nullptr || before->source != now.source) {
      change.lost = k_lost + now.source + " was not read before";
      return change;
    }
    if (*before == now) {
      change.old_rows = change.new_rows;
      return change;
    }
    MATVIEW_TRY(compare(reference, *before, now, change));
    if (!change.lost.empty()) {
      change.old_rows = change.added = change.removed = "";
      change.added_bytes = change.removed_bytes = 0;
    }
    return change;
  }

  Result<void> compare(const PinnedReference& reference, const SourceState& before, const SourceState& now,
                       ReferenceChange& change) {
    switch (reference.resolved.kind) {
      case Resolved::Kind::files: return compare_files(reference, before, now, change);
      case Resolved::Kind::view: return compare_versions(reference, before, now, change);
      case Resolved::Kind::ducklake: return compare_snapshots(reference, before, now, change);
      default: break;
    }
    change.lost = k_lost + before.source + " was changed in place";
    return {};
  }

  Result<void> compare_files(const PinnedReference& reference, const SourceState& before, const SourceState& now,
                             ReferenceChange& change) {
    if (const auto gone = files_without(before.files, now.files); !gone.empty()) {
      change.lost = k_lost + gone.front().path + " was removed or changed";
      return {};
    }
    MATVIEW_ASSIGN(change.old_rows, rows_of(database_, reference, before, attachments_));
    auto fresh = now;
    fresh.files = files_without(now.files, before.files);
    MATVIEW_ASSIGN(change.added, rows_of(database_, reference, fresh, attachments_));
    change.added_bytes = bytes_of(fresh.files);
    return {};
  }

  Result<void> compare_versions(const PinnedReference& reference, const SourceState& before, const SourceState& now,
                                ReferenceChange& change) {
    change.new_bytes = reference.resolved.view->bytes;
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
    differ(change, old.resolved.view->bytes);
    return {};
  }

  Result<void> compare_snapshots(const PinnedReference& reference, const SourceState& before, const SourceState& now,
                                 ReferenceChange& change) {
    const auto* attachment = find_attachment(attachments_, reference.pinned.attachment);
    MATVIEW_ASSIGN(const auto table, lake_table(*attachment, reference.pinned, now.version));
    change.new_bytes = table.bytes;
    const auto old = lake_table(*attachment, reference.pinned, before.version);
    auto rows = old ? rows_of(database_, reference, before, attachments_) : Result<std::string>(std::string());
    if (!old || !rows) {
      change.lost = k_lost + ("snapshot " + std::to_string(before.version.value_or(0))) + " of " + before.source +
                    " cannot be read: " + (old ? rows.error() : old.error()).message;
      return {};
    }
    change.old_rows = *std::move(rows);
    differ(change, old->bytes);
    return {};
  }

  /// What is on one side alone, where nothing is known but both sides.
  static void differ(ReferenceChange& change, std::int64_t old_bytes) {
    change.added = rows_without(change.new_rows, change.old_rows);
    change.removed = rows_without(change.old_rows, change.new_rows);
    change.added_bytes = change.removed_bytes = change.new_bytes + old_bytes;
  }

  Database& database_;
  const ViewDefinition& definition_;
  const SourceVector& recorded_;
  const SourceVector& observed_;
  RunSources& run_;
  std::vector<Attachment> attachments_;
};

}  // namespace

Result<SourceChanges> reference_changes(Database& database, const ViewDefinition& definition,
                                        const SourceVector& recorded, const SourceVector& observed,
                                        const std::vector<RetainedFile>& retained,
                                        const std::filesystem::path& store_root, RunSources& run) {
  (void)retained;
  (void)store_root;
  return Finder(database, definition, recorded, observed, run).find();
}

}  // namespace matview::engine
