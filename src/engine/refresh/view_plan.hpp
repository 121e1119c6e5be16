#pragma once

#include <string>

#include "engine/refresh/refresh.hpp"

namespace matview::engine {

/// How the changes of a view are computed, as JSON (see ivm/plan.hpp): its stored plan. A view of a store that was made
/// before there were plans has none; one is made of its definition, and `is_new` says that it is not stored yet.
struct ViewPlan {
  std::string text;
  bool is_new = false;
};
Result<ViewPlan> plan_of_view(const EngineContext& context, const ViewRecord& view);

}  // namespace matview::engine
