#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/sources/files.hpp"
#include "engine/sources/growth.hpp"
#include "engine/sources/retained.hpp"

namespace matview::engine {

/// A text file to which rows were written behind those it had, with parts of it that read as files of their own.
struct AppendedFile {
  FileState was;
  FileState now;
  std::string added;               ///< path of the new rows alone, behind what every reader skips or takes for a header
  std::optional<std::string> old;  ///< path of what it was; empty where that was not asked for
};

/// Where parts of files are written that one refresh reads, removed with the last copy of this.
class PartFiles {
 public:
  using MakeDirectory = std::function<Result<std::shared_ptr<std::filesystem::path>>()>;
  PartFiles(GrowthOf growth, MakeDirectory make) : growth_(std::move(growth)), make_(std::move(make)) {}

  /// Whether AppendedFile::old is asked for; it is told anyway where a copy is kept.
  void want_old(bool wanted) { wants_old_ = wanted; }

  /// `now` as `was` with rows appended. Nothing where it is another change, or cannot be proved to be this one: the
  /// first bytes must have the checksum that is on record, and no row may reach across the old end.
  std::optional<AppendedFile> split(const FileCall& call, const FileUse& use, const FileState& was,
                                    const FileState& now, const RetainedFiles& retained);

  /// Null if nothing was written.
  const std::shared_ptr<std::filesystem::path>& directory() const { return directory_; }

 private:
  std::string path_for(const std::string& original);

  GrowthOf growth_;
  MakeDirectory make_;
  bool wants_old_ = true;
  std::shared_ptr<std::filesystem::path> directory_;
  int files_ = 0;
};

}  // namespace matview::engine
