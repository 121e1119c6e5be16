#pragma once

#include <optional>

#include "engine/ivm/plan.hpp"
#include "engine/refresh/cost.hpp"
#include "engine/refresh/decision.hpp"
#include "engine/refresh/refresh.hpp"
#include "engine/sources/changes.hpp"

namespace matview::engine {

/// What a refresh would do as far as can be told without running anything.
struct Foresight {
  RefreshDecision decision;  ///< `incremental` only if nothing known stands in the way
  ivm::Plan plan;
  SourceChanges changes;                 ///< empty where the sources were not compared
  std::optional<Prediction> prediction;  ///< where both ways can be taken
};

/// `view` may be one that is not stored: then `plan` is its definition's.
Result<Foresight> foresee(const EngineContext& context, const ViewRecord& view);

}  // namespace matview::engine
