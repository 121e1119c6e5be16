#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "engine/refresh/refresh.hpp"
#include "engine/sources/changes.hpp"
#include "engine/sources/keep.hpp"
#include "engine/store/store.hpp"

namespace matview::engine {

/// The sources that one refresh reads, kept for the next one. What was kept for this refresh alone is removed with it
/// unless it is committed.
class KeptSources {
 public:
  KeptSources(Store& store, KeptFiles files, std::filesystem::path directory);
  KeptSources(KeptSources&& other) noexcept;
  KeptSources& operator=(KeptSources&&) = delete;
  ~KeptSources();

  const SourceVector& sources() const { return files_.sources; }                 ///< for RefreshCommit::sources
  const std::vector<RetainedFile>& retained() const { return files_.retained; }  ///< for RefreshCommit::retained

  /// To be called when everything was read, before anything is committed. A file that changed meanwhile may have been
  /// read in either state: it is put down as unknown, so that the next refresh finds it changed without a history. The
  /// paths of such files. Rows computed from old and new states are wrong then and must not be committed; those of a
  /// full refresh are as good as any.
  std::vector<std::string> confirm();

  /// To be called when the database has attached what the sources are: writes the extracts of those of which no more
  /// can be kept. What goes wrong with that leaves them without a history and is no error.
  void extract(Database& database, const ViewDefinition& definition, const SourceReads& reads,
               const UpstreamLookup& upstream, std::int64_t limit);

  /// The commit has it.
  void release() { directory_.clear(); }

 private:
  Store* store_;
  KeptFiles files_;
  std::filesystem::path directory_;  ///< relative to the store; empty if there is nothing to remove
};

/// Keeps the files of `observed` as the definition wants it, if an incremental refresh may ever need them: if `reads`
/// has a key; else none is kept. `recorded` is what the refresh before read. Files that changed since they were
/// observed are looked at again: `sources()` is what counts. The view's lock is held.
Result<KeptSources> keep_sources(const EngineContext& context, const ViewRecord& view, const SourceVector& recorded,
                                 const SourceVector& observed, const SourceReads& reads);

}  // namespace matview::engine
