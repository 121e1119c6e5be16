#pragma once

#include <string>

#include "engine/ivm/plan.hpp"
#include "engine/refresh/cost.hpp"
#include "engine/refresh/refresh.hpp"
#include "engine/sources/changes.hpp"

namespace matview::engine {

/// What both ways of a refresh are expected to cost.
struct Weighing {
  CostFeatures features;
  Prediction prediction;
  bool incremental = true;  ///< the way to go, as far as costs decide: under `auto`

  /// In words, where full is the way: "expected to take 2.1 s, and 0.9 s in full".
  std::string reason() const;
};

/// Weighs an incremental refresh of a view against a full one, by what its jobs did cost. Reads no rows.
Result<Weighing> weigh_change(const EngineContext& context, const ViewRecord& view, const ivm::Plan& plan,
                              const SourceVector& observed, const std::vector<ReferenceChange>& references);

}  // namespace matview::engine
