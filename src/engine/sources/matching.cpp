#include "engine/sources/matching.hpp"

#include <algorithm>
#include <map>

#include "engine/duckdb/sql_text.hpp"

namespace matview::engine {

namespace {

// Files of equal size are compared with a new one to see whether it is one of them renamed. More than a few would be
// chance, and each may have to be read.
constexpr std::size_t k_most_candidates = 4;

bool has_column(const FileUse& use, std::string_view name) {
  return std::any_of(use.columns.begin(), use.columns.end(),
                     [&](const Column& column) { return fold_case(column.name) == name; });
}

/// Pairs removed with added files that hold the same.
class RenameFinder {
 public:
  RenameFinder(FileMatch& match, const RetainedFiles& retained) : match_(match), retained_(retained) {}

  void find() {
    for (std::size_t i = 0; i < match_.added.size(); ++i) by_size_[match_.added[i].size].push_back(i);
    taken_.assign(match_.added.size(), false);
    std::vector<FileState> gone;
    for (auto& file : match_.removed) {
      if (const auto target = target_of(file)) {
        taken_[*target] = true;
        match_.kept.push_back({file, match_.added[*target]});
      } else {
        gone.push_back(std::move(file));
      }
    }
    match_.removed = std::move(gone);
    std::vector<FileState> fresh;
    for (std::size_t i = 0; i < taken_.size(); ++i)
      if (!taken_[i]) fresh.push_back(std::move(match_.added[i]));
    match_.added = std::move(fresh);
  }

 private:
  std::optional<std::size_t> target_of(const FileState& file) const {
    // What is not kept cannot be told from another file that was given its inode.
    const auto* kept = retained_.find(file);
    const auto candidates = by_size_.find(file.size);
    if (kept == nullptr || candidates == by_size_.end()) return std::nullopt;
    for (const auto i : candidates->second)
      if (may_be(i, file) && !kept->copied && same_file(match_.added[i], file)) return i;
    if (candidates->second.size() > k_most_candidates) return std::nullopt;
    for (const auto i : candidates->second)
      if (may_be(i, file) && retained_.has_content_of(match_.added[i], file)) return i;
    return std::nullopt;
  }

  /// A file under its own name was compared already.
  bool may_be(std::size_t i, const FileState& file) const { return !taken_[i] && match_.added[i].path != file.path; }

  FileMatch& match_;
  const RetainedFiles& retained_;
  std::map<std::int64_t, std::vector<std::size_t>> by_size_;
  std::vector<bool> taken_;
};

}  // namespace

Sensitivity sensitivity_of(const ViewDefinition& definition, const Pinned& pinned) {
  Sensitivity sensitivity;
  // Rows that are traced to their files (see ivm/traced) are by their names.
  if (definition.keep_sources == "off") sensitivity.paths = true;
  // A DuckDB file and its log are found by their names.
  if (!pinned.attachment.empty()) sensitivity.paths = true;
  const auto sql = fold_case(definition.sql);
  // Columns that files have without being asked for, beside those of the query's own making.
  for (const std::string_view name : {"filename", "file_index"})
    if (sql.find(name) != std::string::npos) sensitivity.paths = true;
  for (const auto& use : pinned.uses) {
    if (has_column(use, "filename") || use.pins.find("hive_partitioning = true") != std::string::npos)
      sensitivity.paths = true;
    if (has_column(use, "last_modified")) sensitivity.times = true;
  }
  return sensitivity;
}

FileMatch match_files(const std::vector<FileState>& before, const std::vector<FileState>& now,
                      const RetainedFiles& retained, const Sensitivity& sensitivity) {
  FileMatch match;
  auto old = before.begin();
  auto fresh = now.begin();
  while (old != before.end() || fresh != now.end()) {
    if (fresh == now.end() || (old != before.end() && old->path < fresh->path)) {
      match.removed.push_back(*old++);
    } else if (old == before.end() || fresh->path < old->path) {
      match.added.push_back(*fresh++);
    } else {
      if (*old == *fresh || (!sensitivity.times && retained.has_content_of(*fresh, *old))) {
        match.kept.push_back({*old, *fresh});
      } else {
        match.removed.push_back(*old);
        match.added.push_back(*fresh);
      }
      ++old;
      ++fresh;
    }
  }
  if (!sensitivity.paths && !sensitivity.times && !match.removed.empty() && !match.added.empty())
    RenameFinder(match, retained).find();
  return match;
}

SourceVector as_recorded(const ViewDefinition& definition, const SourceVector& before, const SourceVector& now,
                         const RetainedFiles& retained) {
  auto result = now;
  for (std::size_t i = 0; i < result.size() && i < before.size() && i < definition.sources.size(); ++i) {
    auto& state = result[i];
    if (state.files.empty() || state == before[i] || state.source != before[i].source) continue;
    const auto pinned = pinned_from_json(definition.sources[i].pinned);
    if (!pinned) continue;
    auto match = match_files(before[i].files, state.files, retained, sensitivity_of(definition, *pinned));
    // Where a new file took the name of a renamed one, both stand here, the recorded one first.
    state.files.clear();
    for (auto& kept : match.kept) state.files.push_back(std::move(kept.was));
    for (auto& file : match.added) state.files.push_back(std::move(file));
    std::stable_sort(state.files.begin(), state.files.end(),
                     [](const FileState& a, const FileState& b) { return a.path < b.path; });
  }
  return result;
}

}  // namespace matview::engine
