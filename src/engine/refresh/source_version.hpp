#pragma once

#include "engine/refresh/decision.hpp"
#include "engine/refresh/refresh.hpp"

namespace matview::engine {

/// What a refresh would do by the options of this command: a limit on a program's rows, the version of its source.
/// `usage` if a version is asked for and the definition reads no view or DuckLake table, or several.
Result<RefreshDecision> decide(const EngineContext& context, const ViewRecord& view);

/// The upstream views at this run's versions, or at the one that was asked for.
UpstreamLookup upstream_of(const EngineContext& context, const SourceVector& observed);

}  // namespace matview::engine
