#pragma once

#include <map>
#include <string>
#include <vector>

#include "engine/refresh/decision.hpp"
#include "matview/view.hpp"

namespace matview::engine {

/// What `status` says of a view.
struct FreshnessReport {
  Freshness freshness = Freshness::unknown;
  std::string reason;     ///< why it is stale or unknown; empty when fresh
  SourceVector observed;  ///< the sources now; empty if they could not be looked at
  SourceVector recorded;  ///< what the current version read
  std::vector<SourceChange> changes;
  bool redefined = false;  ///< the rows are those of another definition
};

/// Tells which views are stale. A view is stale if its sources changed, or if a view it reads from is stale or empty:
/// a refresh of all stale views, in order, then leaves none behind. Each view is looked at once.
class FreshnessProbe {
 public:
  FreshnessProbe(Store& store, RunSources& sources) : store_(store), sources_(sources) {}

  /// Never fails: a source that cannot be looked at makes the freshness `unknown`, with the reason.
  const FreshnessReport& of(const ViewRecord& view);

 private:
  FreshnessReport look(const ViewRecord& view);
  std::string stale_upstream(const ViewRecord& view);

  Store& store_;
  RunSources& sources_;
  std::map<std::int64_t, FreshnessReport> known_;
};

}  // namespace matview::engine
