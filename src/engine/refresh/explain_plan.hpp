#pragma once

#include <string>
#include <vector>

#include "engine/ivm/plan.hpp"
#include "matview/explanation.hpp"

namespace matview::engine {

/// The techniques of a plan, block by block: what maintains it, and what cannot and why. `references` are those of the
/// definition as its text has them. In their SQL `changed_1`, `new_1` and `old_1` stand for the rows of the first
/// reference, `changed_block_1` and so on for those of a block; `changed_…` has the weight `__matview_w`.
std::vector<Technique> techniques_of(const ivm::Plan& plan, const std::vector<std::string>& references);

}  // namespace matview::engine
