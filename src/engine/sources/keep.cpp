#include "engine/sources/keep.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <unordered_map>
#include <unordered_set>

#include "engine/sources/file_changes.hpp"
#include "engine/sources/retained.hpp"
#include "support/checksum.hpp"
#include "support/copy.hpp"
#include "support/file.hpp"

namespace matview::engine {

namespace fs = std::filesystem;

namespace {

// What is linked is also read through for its checksum while that costs next to nothing. A checksum tells a file that
// was merely touched from one that was changed in place.
constexpr std::int64_t k_checksum_file = std::int64_t{8} << 20;
constexpr std::int64_t k_checksum_all = std::int64_t{64} << 20;

FileState state_now(const FileState& file, const support::FileStatus& status) {
  return {file.path, status.size, status.mtime_ns, status.ctime_ns, status.inode, status.device};
}

/// Whether a DuckDB file has rows that are not in it yet. An empty log is none.
bool has_log(const std::string& path) {
  const auto status = support::status_of(path + ".wal");
  return status && *status && (*status)->size > 0;
}

class Keeper {
 public:
  Keeper(const std::vector<RetainedFile>& before, const KeepOptions& options) : options_(options) {
    for (const auto& file : before) {
      before_.emplace(file.original.path, &file);
      if (!file.copied) links_.emplace(file.original.inode, &file);
    }
  }

  KeptFiles keep(const ViewDefinition& definition, const SourceVector& sources) {
    kept_.sources = sources;
    for (std::size_t i = 0; i < kept_.sources.size() && i < definition.sources.size(); ++i) {
      const auto& kind = definition.sources[i].kind;
      if (kind == "files")
        for (const auto& file : kept_.sources[i].files) keep(file, options_.mode == "copy");
      if (kind == "duckdb") keep_database(kept_.sources[i].files);
    }
    for (auto& source : kept_.sources)
      for (auto& file : source.files)
        if (const auto time = times_.find(file.inode); time != times_.end() && time->second.first == file.device)
          file.ctime_ns = time->second.second;
    return std::move(kept_);
  }

 private:
  /// A file and its log are of one moment, and found beside each other under names that go together.
  void keep_database(const std::vector<FileState>& files) {
    if (files.size() == 1) kept_.unlogged.push_back(files.front().path);
    kept_before_ = std::all_of(files.begin(), files.end(), [&](const auto& file) { return known(file) != nullptr; });
    for (const auto& file : files) keep(file, true);
    kept_before_ = true;
  }

  const RetainedFile* known(const FileState& file) const {
    const auto [first, last] = before_.equal_range(file.path);
    for (auto each = first; each != last; ++each)
      if (same_file(each->second->original, file)) return each->second;
    return nullptr;
  }

  void add(RetainedFile file) {
    // A file may be a source of the view more than once.
    if (done_.insert(file.original.path).second) kept_.retained.push_back(std::move(file));
  }

  void keep(const FileState& file, bool by_copy) {
    if (done_.contains(file.path)) return;
    const auto* same = kept_before_ ? known(file) : nullptr;
    // A link is as good as nothing where a copy is asked for and can be had.
    if (same && (same->copied || !by_copy || file.size > options_.copy_limit)) {
      auto entry = *same;
      entry.original.ctime_ns = file.ctime_ns;
      add(std::move(entry));
      return;
    }
    if (!by_copy && (take_over(file) || link(file))) return;
    copy(file);
  }

  /// A renamed or touched file has its link already. To make another and remove this one would be a touch of its own.
  bool take_over(const FileState& file) {
    const auto [first, last] = links_.equal_range(file.inode);
    for (auto each = first; each != last; ++each) {
      const auto& link = *each->second;
      const auto name = fs::path(link.path).filename();
      if (link.original.device != file.device || name != fs::path(file.path).filename()) continue;
      if (hive_directories(link.path) != hive_directories(file.path)) continue;
      const auto status = support::status_of(options_.store_root / link.path);
      if (!status || !*status || !same_file(state_now(file, **status), file)) continue;
      add({file, link.path, false, checksum_of(file, options_.store_root / link.path)});
      return true;
    }
    return false;
  }

  bool link(const FileState& file) {
    const auto target = target_of(file);
    const auto before = support::status_of(file.path);
    if (target.empty() || !before || !*before) return false;
    if (!support::link_file(file.path, options_.store_root / target)) return false;
    const auto status = support::status_of(options_.store_root / target);
    if (!status || !*status) return false;
    const auto linked = state_now(file, **status);
    kept_.touched.push_back({state_now(file, **before), linked.ctime_ns});
    if (!same_file(linked, kept_.touched.back().before)) kept_.touched.pop_back();
    if (!same_file(linked, file)) {
      (void)support::remove_file(options_.store_root / target);
      kept_.restless = true;
      return true;
    }
    // The same file may be a source under several names.
    times_[file.inode] = {file.device, linked.ctime_ns};
    add({file, target.string(), false, checksum_of(file, options_.store_root / target)});
    return true;
  }

  void copy(const FileState& file) {
    if (file.size > options_.copy_limit) return;
    const auto target = target_of(file);
    if (target.empty()) return;
    const auto path = options_.store_root / target;
    if (!support::copy_file(file.path, path)) return;
    const auto status = support::status_of(file.path);
    auto checksum = support::file_checksum(path);
    if (!status || !*status || state_now(file, **status) != file || !checksum) {
      (void)support::remove_file(path);
      kept_.restless = true;
      return;
    }
    add({file, target.string(), true, *std::move(checksum)});
  }

  std::string checksum_of(const FileState& file, const fs::path& path) {
    if (file.size > k_checksum_file || checksummed_ + file.size > k_checksum_all) return "";
    checksummed_ += file.size;
    return support::file_checksum(path).value_or("");
  }

  /// A place for the file, relative to the store, that shows the same hive partitions and the same name; empty if its
  /// directory cannot be made.
  fs::path target_of(const FileState& file) {
    const fs::path original(file.path);
    const auto parent = original.parent_path().string();
    auto found = directories_.find(parent);
    if (found == directories_.end()) {
      const auto directory = options_.directory / std::to_string(directories_.size()) / hive_directories(parent + "/");
      std::error_code failed;
      fs::create_directories(options_.store_root / directory, failed);
      found = directories_.emplace(parent, failed ? fs::path() : directory).first;
    }
    return found->second.empty() ? fs::path() : found->second / original.filename();
  }

  const KeepOptions& options_;
  std::unordered_multimap<std::string, const RetainedFile*> before_;
  std::unordered_multimap<std::uint64_t, const RetainedFile*> links_;
  std::unordered_set<std::string> done_;
  std::unordered_map<std::uint64_t, std::pair<std::uint64_t, std::int64_t>> times_;  ///< device and ctime by inode
  std::map<std::string, fs::path> directories_;
  bool kept_before_ = true;
  std::int64_t checksummed_ = 0;
  KeptFiles kept_;
};

}  // namespace

KeptFiles keep_files(const ViewDefinition& definition, const SourceVector& sources,
                     const std::vector<RetainedFile>& before, const KeepOptions& options) {
  if (options.mode != "link" && options.mode != "copy") return {sources};
  return Keeper(before, options).keep(definition, sources);
}

std::vector<std::string> confirm_read(KeptFiles& kept) {
  const std::set<std::string> unlogged(kept.unlogged.begin(), kept.unlogged.end());
  std::unordered_map<std::string, FileState> now;
  std::vector<std::string> changed;
  for (auto& source : kept.sources)
    for (auto& file : source.files) {
      auto known = now.find(file.path);
      if (known == now.end()) {
        const auto status = support::status_of(file.path);
        const bool same = status && *status && same_file(state_now(file, **status), file) &&
                          !(unlogged.contains(file.path) && has_log(file.path));
        if (!same) changed.push_back(file.path);
        known = now.emplace(file.path, same ? state_now(file, **status) : FileState{file.path}).first;
      }
      file = known->second;
    }
  std::erase_if(kept.retained, [&](RetainedFile& file) {
    const auto known = now.find(file.original.path);
    if (known == now.end() || known->second.inode == 0) return true;
    file.original.ctime_ns = known->second.ctime_ns;
    return false;
  });
  return changed;
}

}  // namespace matview::engine
