#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/sources/definition.hpp"
#include "engine/store/store.hpp"
#include "matview/result.hpp"

namespace matview::engine {

/// The state of the world that all refreshes of one run see: each source is looked at once, each upstream view is
/// pinned at one version. In a diamond A -> {B, C} -> D this is what makes B and C read the same A.
class RunSources {
 public:
  explicit RunSources(Store& store) : store_(store) {}

  /// Forgets everything: a new run begins.
  void reset();

  /// Forgets one view, after its refresh made a new version: those downstream are to read that one.
  void forget_view(std::string_view name);

  /// Forgets what was seen of files, of which some have changed since. Views stay at this run's versions.
  void look_again();

  /// Files that were seen have another ctime now, and are the same for all that.
  void note_touches(const std::vector<FileTouch>& touches);

  /// The state of every source of `definition`, in its order.
  Result<SourceVector> observe(const ViewDefinition& definition);

  /// Finds upstream views at this run's versions. A view that was never filled has version 0 and no rows.
  /// The function stays valid as long as this object.
  UpstreamLookup upstream();

  /// Like `upstream()`, but each view at the version that `states` recorded. `not_found` once that version has expired.
  UpstreamLookup upstream_at(const SourceVector& states);

 private:
  Result<std::optional<UpstreamView>> find_upstream(std::string_view name, std::optional<std::int64_t> version);

  Store& store_;
  std::map<std::string, SourceState, std::less<>> observed_;
  std::map<std::string, UpstreamView, std::less<>> upstream_;  ///< by name, in one case: names differ by more than that
  std::vector<std::shared_ptr<ReadPin>> pins_;                 ///< keep what upstream_ names readable for the whole run
};

/// A SELECT of the rows of a pinned version, with the types of the query that made them.
std::string select_of(const PinnedVersion& pinned);

}  // namespace matview::engine
