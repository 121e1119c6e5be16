#pragma once

#include <vector>

#include "app/selection.hpp"
#include "output/metrics.hpp"

namespace matview::app {

/// What a monitoring system is told of these views as they are now. When one was refreshed last with success is looked
/// up in its past jobs where its last job was none.
std::vector<output::ViewMetrics> metrics_of(Workspace& workspace, const std::vector<View>& views);

/// Adds what the jobs of a run tell: of a view that is not among `metrics` all that is known, of the others what its
/// backend has not told.
void add_jobs(std::vector<output::ViewMetrics>& metrics, Workspace& workspace, const std::vector<Job>& jobs);

/// `selector` without what depends on how views are doing now: all the views that it may ever mean. A file of metrics
/// tells of all of them, else a view that was not due would have none.
Selector whole_scope(Selector selector);

}  // namespace matview::app
