#include "engine/refresh/new_version.hpp"

#include <tuple>

#include "support/failpoint.hpp"

namespace matview::engine {

Result<NewVersion> NewVersion::begin(const EngineContext& context, std::int64_t view_id) {
  MATVIEW_ASSIGN(auto rows, context.store.data_directory(view_id));
  MATVIEW_ASSIGN(auto state, context.store.state_directory(view_id));
  return NewVersion(context, UncommittedFiles(std::move(rows), context.environment),
                    UncommittedFiles(std::move(state), context.environment));
}

Result<VersionRecord> NewVersion::commit(RefreshCommit commit, KeptSources& sources) {
  // Whoever gives a file another ctime by linking it corrects what is on record, and this is not yet.
  const auto held = context_.sources.hold();
  std::ignore = sources.confirm();
  commit.sources = sources.sources();
  commit.retained = sources.retained();
  MATVIEW_TRY(support::failpoint("refresh.before_commit"));
  auto version = context_.store.commit_refresh(commit);
  if (!version) version = look_for_commit(std::move(version).error(), commit.job, sources);
  if (!version) return version;
  if (commit.replaces || !commit.files.empty() || !commit.deletes.empty()) rows_.release();
  state_.release();
  sources.release();
  return version;
}

/// A commit can fail after the catalog has it: then the files are the catalog's and must stay. Where not even that can
/// be told the files stay too, as orphans that `gc` finds.
Result<VersionRecord> NewVersion::look_for_commit(Error error, const Job& job, KeptSources& sources) {
  const auto found = context_.store.find_job(job.id);
  const bool committed = found && *found && (*found)->state == JobState::succeeded;
  if (!found || committed) release_all(sources);
  if (!committed) return fail(std::move(error));
  MATVIEW_ASSIGN(const auto view, context_.store.find_view(job.view));
  if (!view || !view->current) return fail(std::move(error));
  return *view->current;
}

void NewVersion::release_all(KeptSources& sources) {
  rows_.release();
  state_.release();
  sources.release();
}

}  // namespace matview::engine
