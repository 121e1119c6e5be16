#include "engine/sources/retained.hpp"

#include <algorithm>

#include "support/checksum.hpp"
#include "support/copy.hpp"
#include "support/file.hpp"

namespace matview::engine {

bool same_file(const FileState& left, const FileState& right) {
  return left.inode == right.inode && left.device == right.device && left.size == right.size &&
         left.mtime_ns == right.mtime_ns;
}

std::string extract_directory(const std::string& key, std::size_t source) {
  return "extract-" + key + "-" + std::to_string(source);
}

bool is_extract(const RetainedFile& file) { return file.path.find("/extract-") != std::string::npos; }

bool same_files(const SourceVector& left, const SourceVector& right) {
  return std::equal(left.begin(), left.end(), right.begin(), right.end(), [](const auto& l, const auto& r) {
    return l.source == r.source && l.version == r.version && l.object_id == r.object_id &&
           std::equal(l.files.begin(), l.files.end(), r.files.begin(), r.files.end(),
                      [](const auto& a, const auto& b) { return a.path == b.path && same_file(a, b); });
  });
}

RetainedFiles::RetainedFiles(const std::vector<RetainedFile>& files, std::filesystem::path store_root)
    : root_(std::move(store_root)) {
  for (const auto& file : files) by_path_[file.original.path].push_back(&file);
}

const RetainedFile* RetainedFiles::lookup(const FileState& original) const {
  const auto found = by_path_.find(original.path);
  if (found == by_path_.end()) return nullptr;
  for (const auto* file : found->second)
    if (!is_extract(*file) && same_file(file->original, original)) return file;
  return nullptr;
}

const RetainedFile* RetainedFiles::find_extract(const FileState& original, const std::string& key,
                                                std::size_t source) const {
  const auto found = by_path_.find(original.path);
  if (found == by_path_.end() || key.empty()) return nullptr;
  const auto directory = "/" + extract_directory(key, source) + "/";
  for (const auto* file : found->second) {
    if (!same_file(file->original, original) || file->path.find(directory) == std::string::npos) continue;
    return is_intact(*file) ? file : nullptr;
  }
  return nullptr;
}

bool RetainedFiles::is_intact(const RetainedFile& file) const {
  const auto known = intact_.find(&file);
  return known != intact_.end() ? known->second : intact_.emplace(&file, looks_intact(file)).first->second;
}

const RetainedFile* RetainedFiles::find(const FileState& original) const {
  const auto* file = lookup(original);
  if (file == nullptr) return nullptr;
  return is_intact(*file) ? file : nullptr;
}

bool RetainedFiles::looks_intact(const RetainedFile& file) const {
  if (file.path.empty()) return false;
  const auto path = root_ / file.path;
  const auto status = support::status_of(path);
  if (!status || !*status || !(*status)->is_regular) return false;
  const auto& original = file.original;
  // An extract has a size and a time of its own.
  const bool is_whole = !is_extract(file);
  if (is_whole && ((*status)->size != original.size || (*status)->mtime_ns != original.mtime_ns)) return false;
  if (!file.copied && ((*status)->inode != original.inode || (*status)->device != original.device)) return false;
  if (file.checksum.empty()) return !file.copied;
  const auto checksum = support::file_checksum(path);
  return checksum && *checksum == file.checksum;
}

bool RetainedFiles::has_content_of(const FileState& now, const FileState& original) const {
  if (now.size != original.size) return false;
  const auto* file = lookup(original);
  if (file == nullptr) return false;
  if (!file->checksum.empty()) {
    const auto checksum = support::file_checksum(now.path);
    return checksum && *checksum == file->checksum;
  }
  const bool is_link = !file->copied && now.inode == original.inode && now.device == original.device;
  // Written in place: the link shows what is there now, and nothing of what was.
  if (is_link && now.mtime_ns != original.mtime_ns) return false;
  file = find(original);
  if (file == nullptr) return false;
  // Another owner, mode or link, such as one that a backup makes.
  if (is_link) return true;
  const auto same = support::same_content(now.path, path_of(*file));
  return same && *same;
}

}  // namespace matview::engine
