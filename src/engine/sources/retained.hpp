#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "engine/store/records.hpp"

namespace matview::engine {

/// Whether two looks saw one file with one content, whatever it is called: all that stat says is equal but for the
/// path and ctime, which a new name or link changes too.
bool same_file(const FileState& left, const FileState& right);

/// What is kept of a file may be what a view reads of it, as Parquet, where the file itself is too large to be copied:
/// then its path says for which plan (SourceReads::key) and which of the view's sources. Of DuckDB files that is one
/// table.
std::string extract_directory(const std::string& key, std::size_t source);
bool is_extract(const RetainedFile& file);

/// Whether two looks at the same sources saw the same files.
bool same_files(const SourceVector& left, const SourceVector& right);

/// The files that a view's last refresh kept, found by what they were.
class RetainedFiles {
 public:
  RetainedFiles(const std::vector<RetainedFile>& files, std::filesystem::path store_root);

  /// What is kept of a file as it was read; null if nothing is, or it is not intact any more: gone, torn by a crash,
  /// or changed in place through another of its names.
  const RetainedFile* find(const FileState& original) const;

  /// Whether there was something, intact or not.
  bool has(const FileState& original) const {
    const auto* file = lookup(original);
    return file != nullptr && !file->path.empty();
  }

  /// Of what a file held when it was read; empty if that is not on record.
  std::string checksum_of(const FileState& original) const {
    const auto* file = lookup(original);
    return file != nullptr ? file->checksum : std::string();
  }

  /// The intact extract of a file as it was read; null if there is none.
  const RetainedFile* find_extract(const FileState& original, const std::string& key, std::size_t source) const;

  const std::filesystem::path& root() const { return root_; }
  std::string path_of(const RetainedFile& file) const { return (root_ / file.path).string(); }

  /// Whether a file as it is now holds what `original` did. False also where that cannot be told. One that is linked,
  /// has no checksum and the same size and mtime is taken for the same, whatever its ctime: links, owners and modes
  /// change that.
  bool has_content_of(const FileState& now, const FileState& original) const;

 private:
  const RetainedFile* lookup(const FileState& original) const;
  bool is_intact(const RetainedFile& file) const;
  bool looks_intact(const RetainedFile& file) const;

  std::filesystem::path root_;
  std::map<std::string, std::vector<const RetainedFile*>, std::less<>> by_path_;
  mutable std::map<const RetainedFile*, bool> intact_;
};

}  // namespace matview::engine
