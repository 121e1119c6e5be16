#pragma once

#include <vector>

#include "engine/sources/pinned.hpp"
#include "engine/sources/retained.hpp"
#include "engine/store/records.hpp"

namespace matview::engine {

/// What of its files, beside their content, the query can see.
struct Sensitivity {
  bool paths = false;  ///< a file's name, or a hive partition in it: a renamed file has other rows
  bool times = false;  ///< when it was changed: a touched file has other rows
};
Sensitivity sensitivity_of(const ViewDefinition& definition, const Pinned& pinned);

/// What became of the files of a source.
struct FileMatch {
  struct Kept {
    FileState was;
    FileState now;
  };
  std::vector<Kept> kept;  ///< the same content: untouched, touched, written alike, or renamed
  std::vector<FileState> removed;
  std::vector<FileState> added;  ///< the new content of a replaced file stands here, the old one in `removed`
};

/// Matches files by stat where that is enough, and by their content where it is not.
FileMatch match_files(const std::vector<FileState>& before, const std::vector<FileState>& now,
                      const RetainedFiles& retained, const Sensitivity& sensitivity);

/// `now`, but files whose content is that of recorded ones are as they were recorded: what then differs from `before`
/// is another content.
SourceVector as_recorded(const ViewDefinition& definition, const SourceVector& before, const SourceVector& now,
                         const RetainedFiles& retained);

}  // namespace matview::engine
