#pragma once

#include "engine/ivm/plan.hpp"
#include "engine/refresh/refresh.hpp"

namespace matview::engine {

/// How the changes of a view are computed. Where the store has no plan of it, or one of an older version of matview,
/// one is made of its definition, and `is_new` says that it is not stored yet.
struct ViewPlan {
  ivm::Plan plan;
  bool is_new = false;
};
Result<ViewPlan> plan_of_view(const EngineContext& context, const ViewRecord& view);

}  // namespace matview::engine
