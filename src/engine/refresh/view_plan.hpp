#pragma once

#include <string_view>

#include "engine/ivm/plan.hpp"
#include "engine/refresh/refresh.hpp"

namespace matview::engine {

/// How the changes of a view are computed. Where the store has no plan of it, or one of an older version of matview,
/// one is made of its definition, and `is_new` says that it is not stored yet: there is no state to go on from with it.
struct ViewPlan {
  ivm::Plan plan;
  bool is_new = false;
};
inline constexpr std::string_view k_plan_is_new = "its plan is of another version of matview and is made anew";
Result<ViewPlan> plan_of_view(const EngineContext& context, const ViewRecord& view);

}  // namespace matview::engine
