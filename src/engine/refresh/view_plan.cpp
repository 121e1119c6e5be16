#include "engine/refresh/view_plan.hpp"

#include "engine/ivm/make_plan.hpp"
#include "engine/refresh/refresh_mode.hpp"

namespace matview::engine {

Result<ViewPlan> plan_of_view(const EngineContext& context, const ViewRecord& view) {
  const auto& definition = view.definition;
  ViewPlan plan{definition.plan, false};
  if (view.view_id == 0) return plan;
  MATVIEW_ASSIGN(plan.text, context.store.plan(view.view_id));
  if (!plan.text.empty() || !allows_incremental(definition) || !definition.program.empty()) return plan;
  MATVIEW_ASSIGN(const auto made, ivm::make_plan(definition, context.sources.upstream()));
  return ViewPlan{ivm::to_json(made), true};
}

}  // namespace matview::engine
