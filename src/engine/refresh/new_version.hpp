#pragma once

#include "engine/refresh/keep_sources.hpp"
#include "engine/refresh/refresh.hpp"
#include "engine/refresh/write_rows.hpp"
#include "engine/store/store.hpp"

namespace matview::engine {

/// What one refresh writes of a view, until the catalog has it. Its files go with it where the commit does not happen.
class NewVersion {
 public:
  static Result<NewVersion> begin(const EngineContext& context, std::int64_t view_id);

  UncommittedFiles& rows() { return rows_; }
  UncommittedFiles& state() { return state_; }

  /// Commits, with the sources that were read as they are now. Where no row changed the version stays, and only sources
  /// and state are recorded anew.
  Result<VersionRecord> commit(RefreshCommit commit, KeptSources& sources);

 private:
  NewVersion(const EngineContext& context, UncommittedFiles rows, UncommittedFiles state)
      : context_(context), rows_(std::move(rows)), state_(std::move(state)) {}
  Result<VersionRecord> look_for_commit(Error error, const Job& job, KeptSources& sources);
  void release_all(KeptSources& sources);

  const EngineContext& context_;
  UncommittedFiles rows_;
  UncommittedFiles state_;
};

}  // namespace matview::engine
