#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/sources/definition.hpp"
#include "engine/sources/growth.hpp"
#include "engine/store/store.hpp"
#include "matview/result.hpp"

namespace matview::engine {

/// What one run has seen so far: shared by all that take part in it.
struct RunMemory {
  std::shared_ptr<std::recursive_mutex> mutex = std::make_shared<std::recursive_mutex>();  ///< of all the rest
  std::map<std::string, SourceState, std::less<>> observed;
  std::map<std::string, UpstreamView, std::less<>> upstream;  ///< by name, in one case: names differ by more than that
  std::map<std::string, std::int64_t, std::less<>> made;      ///< versions that this run made or found unchanged
  std::optional<Time> time;                                   ///< what all clocks of this run tell
  std::map<std::string, Growth> growths;                      ///< by the file as it was seen, and the first bytes
  std::vector<std::shared_ptr<ReadPin>> pins;                 ///< keep what `upstream` names readable for the whole run
};

/// The state of the world that all refreshes of one run see: each source is looked at once, each upstream view is
/// pinned at one version. In a diamond A -> {B, C} -> D this is what makes B and C read the same A, and D read what
/// they made of it, whatever other processes do meanwhile. One for each thread, over a store of its own; those of a run
/// share its memory.
class RunSources {
 public:
  explicit RunSources(Store& store) : RunSources(store, std::make_shared<RunMemory>()) {}
  RunSources(Store& store, std::shared_ptr<RunMemory> memory) : store_(store), memory_(std::move(memory)) {}

  /// Keeps the other threads of the run from looking at sources, and from changing what looking at them shows, while it
  /// lives: to link a file gives it another ctime.
  std::unique_lock<std::recursive_mutex> hold() { return std::unique_lock(*memory_->mutex); }

  /// Sees everything as it is now, and is held by the same `hold`.
  RunSources afresh() const {
    auto memory = std::make_shared<RunMemory>();
    memory->mutex = memory_->mutex;
    return RunSources(store_, std::move(memory));
  }

  /// Forgets everything: a new run begins.
  void reset();

  /// Forgets one view, whose definition is another one now.
  void forget_view(std::string_view name);

  /// A refresh of the view made this version, or found it up to date: those downstream are to read that one.
  void note_version(std::string_view name, std::int64_t version);

  /// Forgets what was seen of files, of which some have changed since. Views stay at this run's versions.
  void look_again();

  /// Files that were seen have another ctime now, and are the same for all that.
  void note_touches(const std::vector<FileTouch>& touches);

  /// measure_growth of a file as it was seen, read once in a run.
  Result<Growth> growth_of(const FileState& file, std::int64_t before);

  /// A directory of the store for what one refresh alone reads; it goes with the last copy of what is answered.
  Result<std::shared_ptr<std::filesystem::path>> temporary_directory() { return store_.temporary_directory(); }

  /// The state of every source of `definition`, in its order.
  Result<SourceVector> observe(const ViewDefinition& definition);

  /// Finds upstream views at this run's versions. A view that was never filled has version 0 and no rows.
  /// The function stays valid as long as this object.
  UpstreamLookup upstream();

  /// Like `upstream()`, but each view at the version that `states` recorded. `not_found` once that version has expired.
  UpstreamLookup upstream_at(const SourceVector& states);

 private:
  Result<std::optional<UpstreamView>> find_upstream(std::string_view name, std::optional<std::int64_t> version);

  /// At the version of this run if that is still there, else at the newest.
  Result<std::optional<UpstreamView>> find_for_run(std::string_view name, const std::string& key);

  Store& store_;
  std::shared_ptr<RunMemory> memory_;
};

/// A SELECT of the rows of a pinned version, with the types of the query that made them.
std::string select_of(const PinnedVersion& pinned);

}  // namespace matview::engine
