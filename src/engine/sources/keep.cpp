#include "engine/sources/keep.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <unordered_map>
#include <unordered_set>

#include "engine/sources/file_changes.hpp"
#include "engine/sources/pinned.hpp"
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

// Rows may be appended to a text file, which its checksum proves. Beside what parsing it costs that is little; but it
// may have to be fetched from the disk again. What once grew is read for it however large it is.
constexpr std::int64_t k_checksum_text = std::int64_t{256} << 20;
constexpr std::int64_t k_checksum_texts = std::int64_t{1} << 30;

// What a view reads of a file may be so much smaller than the file.
constexpr std::int64_t k_extracted = 64;

// Small files that are copied rather than linked take up no more than this.
constexpr std::int64_t k_small_files = std::int64_t{64} << 20;

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
      if (is_extract(file)) {
        extracts_.emplace(file.original.path, &file);
        continue;
      }
      before_.emplace(file.original.path, &file);
      if (!file.copied && !file.path.empty()) links_.emplace(file.original.inode, &file);
    }
  }

  KeptFiles keep(const ViewDefinition& definition, const SourceVector& sources) {
    kept_.sources = sources;
    for (std::size_t i = 0; i < kept_.sources.size() && i < definition.sources.size(); ++i) {
      const auto& kind = definition.sources[i].kind;
      if (kind == "files") {
        find_calls(definition.sources[i]);
        for (const auto& file : kept_.sources[i].files) keep(file, options_.mode == "copy");
        calls_.clear();
        for (const auto& file : kept_.sources[i].files)
          if (lacks_old_rows(file)) extract(i, {file});
      }
      if (kind == "duckdb" && options_.mode != "off") {
        const auto& files = kept_.sources[i].files;
        keep_database(files);
        if (std::any_of(files.begin(), files.end(), [&](const auto& file) { return !has_kept(file.path); }))
          extract(i, files);
      }
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

  bool has_kept(const std::string& path) const {
    return std::any_of(kept_.retained.begin(), kept_.retained.end(), [&](const RetainedFile& file) {
      return file.original.path == path && !file.path.empty() && !is_extract(file);
    });
  }

  /// Whether nothing is kept of a file but what shows the file as it is now, or a checksum.
  bool lacks_old_rows(const FileState& file) const {
    return options_.mode != "off" && !options_.extract_key.empty() &&
           (refused_.contains(file.path) || extracts_.contains(file.path));
  }

  /// What is there already of files as they are goes on. Otherwise one is asked for of what has changed before.
  void extract(std::size_t source, const std::vector<FileState>& files) {
    if (options_.extract_key.empty()) return;
    const auto directory = "/" + extract_directory(options_.extract_key, source) + "/";
    std::vector<RetainedFile> there;
    bool changed = false;
    std::int64_t bytes = 0;
    for (const auto& file : files) {
      bytes += file.size;
      changed = changed || has_changed(source, file);
      const auto [first, last] = extracts_.equal_range(file.path);
      for (auto each = first; each != last; ++each) {
        changed = true;
        if (!same_file(each->second->original, file) || each->second->path.find(directory) == std::string::npos)
          continue;
        there.push_back(*each->second);
        there.back().original.ctime_ns = file.ctime_ns;
      }
    }
    const bool is_whole = there.size() == files.size() && std::all_of(there.begin(), there.end(), [&](const auto& f) {
                            return f.path == there[0].path;
                          });
    if (is_whole) {
      kept_.retained.insert(kept_.retained.end(), there.begin(), there.end());
    } else if (changed && bytes / k_extracted <= options_.copy_limit) {
      kept_.extracts.push_back({source, files});
    }
  }

  bool has_changed(std::size_t source, const FileState& file) const {
    if (source >= options_.recorded.size()) return false;
    const auto& files = options_.recorded[source].files;  // by path
    const auto was = std::lower_bound(files.begin(), files.end(), file.path,
                                      [](const FileState& each, const std::string& path) { return each.path < path; });
    return was != files.end() && was->path == file.path && !same_file(*was, file);
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

  void find_calls(const PinnedSource& source) {
    if (const auto pinned = pinned_from_json(source.pinned))
      for (const auto& use : pinned->uses) calls_.push_back(use.call);
  }

  bool is_text(const FileState& file) const {
    return std::any_of(calls_.begin(), calls_.end(),
                       [&](const std::string& call) { return may_grow(call, file.path); });
  }

  void keep(const FileState& file, bool by_copy) {
    if (done_.contains(file.path)) return;
    const auto* same = kept_before_ ? known(file) : nullptr;
    // A link is as good as nothing where a copy is asked for and can be had.
    if (same && !same->path.empty() && options_.mode != "off" &&
        (same->copied || !by_copy || file.size > options_.copy_limit)) {
      auto entry = *same;
      entry.original.ctime_ns = file.ctime_ns;
      add(std::move(entry));
      return;
    }
    if (options_.mode != "off") {
      if (!by_copy && wants_copy(file)) {
        if (copy(file)) return;
        refused_.insert(file.path);
      }
      if (!by_copy && (take_over(file) || link(file))) return;
      if (copy(file)) return;
      refused_.insert(file.path);
    }
    if (!is_text(file)) return;
    if (auto checksum = same ? same->checksum : checksum_of(file, file.path); !checksum.empty())
      add({file, "", false, std::move(checksum)});
  }

  /// Whether a link would not do: it shows what is in the file now.
  bool wants_copy(const FileState& file) {
    if (file.size <= options_.small_file && small_ + file.size <= k_small_files) {
      small_ += file.size;
      return true;
    }
    const auto* was = at_its_place(file);
    if (was == nullptr || was->original.inode != file.inode || was->original.device != file.device) return false;
    return was->copied || !(has_grown(*was, file) || is_unchanged(*was, file));
  }

  /// What is on record of a file of this name.
  const RetainedFile* at_its_place(const FileState& file) const {
    const auto found = before_.find(file.path);
    return found == before_.end() ? nullptr : found->second;
  }

  bool has_grown(const RetainedFile& was, const FileState& file) {
    if (file.size <= was.original.size || was.checksum.empty() || !is_text(file)) return false;
    const auto growth = options_.growth(file, was.original.size);
    if (!growth || growth->before != was.checksum) return false;
    if (growth->size == file.size) grown_[file.path] = growth->all;
    return true;
  }

  bool is_unchanged(const RetainedFile& was, const FileState& file) const {
    return file.size == was.original.size && !was.checksum.empty() &&
           support::file_checksum(file.path).value_or("") == was.checksum;
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

  /// False if it cannot be had.
  bool copy(const FileState& file) {
    const auto target = target_of(file);
    if (target.empty()) return false;
    const auto path = options_.store_root / target;
    // Where it takes no space it may be as large as it likes.
    const auto cloned = clones_ ? support::clone_file(file.path, path) : Result<bool>(false);
    clones_ = cloned && *cloned;
    if (!clones_ && (file.size > options_.copy_limit || !support::copy_file(file.path, path))) return false;
    const auto status = support::status_of(file.path);
    auto checksum = support::file_checksum(path);
    if (!status || !*status || state_now(file, **status) != file || !checksum) {
      (void)support::remove_file(path);
      kept_.restless = true;
      return true;
    }
    add({file, target.string(), true, *std::move(checksum)});
    return true;
  }

  std::string checksum_of(const FileState& file, const fs::path& path) {
    if (const auto* was = at_its_place(file)) has_grown(*was, file);
    if (const auto known = grown_.find(file.path); known != grown_.end()) return known->second;
    if (is_text(file)) {
      const bool grows = at_its_place(file) != nullptr && at_its_place(file)->original.size < file.size;
      if (!grows && (file.size > k_checksum_text || texts_ + file.size > k_checksum_texts)) return "";
      texts_ += file.size;
      return support::file_checksum(path).value_or("");
    }
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
  std::unordered_multimap<std::string, const RetainedFile*> extracts_;  ///< there were before, by path of the file
  std::unordered_set<std::string> refused_;  ///< files of which a copy was wanted and could not be had
  std::unordered_set<std::string> done_;
  std::unordered_map<std::uint64_t, std::pair<std::uint64_t, std::int64_t>> times_;  ///< device and ctime by inode
  std::map<std::string, fs::path> directories_;
  bool kept_before_ = true;
  bool clones_ = true;                        ///< as far as is known, files can share their content here
  std::vector<std::string> calls_;            ///< by which the source at hand is read
  std::map<std::string, std::string> grown_;  ///< checksums that were found on the way, by path
  std::int64_t checksummed_ = 0;
  std::int64_t texts_ = 0;
  std::int64_t small_ = 0;
  KeptFiles kept_;
};

}  // namespace

KeptFiles keep_files(const ViewDefinition& definition, const SourceVector& sources,
                     const std::vector<RetainedFile>& before, const KeepOptions& options) {
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
