#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include "engine/ivm/plan.hpp"
#include "engine/refresh/cost.hpp"
#include "engine/sources/changes.hpp"

namespace matview::engine {

/// How much an incremental refresh would read, by its plan and the sizes of what changed: known before any row is read.
/// `state_bytes` are the sizes of the blocks' states, by number of the block. `full` is what a full refresh reads.
CostFeatures change_cost_features(const CostFeatures& full, const ivm::Plan& plan,
                                  const std::vector<ReferenceChange>& references,
                                  const std::map<std::int64_t, std::int64_t>& state_bytes, bool clock_moved = false);

}  // namespace matview::engine
