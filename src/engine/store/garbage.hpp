#pragma once

#include <cstdint>
#include <optional>

#include "engine/store/paths.hpp"
#include "engine/store/sqlite.hpp"
#include "matview/environment.hpp"
#include "matview/provider.hpp"
#include "matview/result.hpp"

namespace matview::engine {

/// Takes away what a store no longer needs. Safe at any time and beside any process; killed anywhere it can be run
/// again. Files leave the catalog before they leave the disk, and the list of files to delete only after that.
class GarbageCollector {
 public:
  GarbageCollector(Catalog& catalog, const StorePaths& paths, const Environment& environment)
      : catalog_(catalog), paths_(paths), environment_(environment) {}

  /// Everything, or what belongs to one view.
  Result<GcReport> collect(std::optional<std::int64_t> view_id, const GcRequest& request);

  /// What a change of one view leaves behind. The caller holds the view's lock. What cannot go now goes with the next
  /// collection, so there is nothing to report.
  void tidy(std::int64_t view_id, const std::filesystem::path& directory);

 private:
  Catalog& catalog_;
  const StorePaths& paths_;
  const Environment& environment_;
};

}  // namespace matview::engine
