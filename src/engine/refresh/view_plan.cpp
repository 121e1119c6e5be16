#include "engine/refresh/view_plan.hpp"

#include "engine/ivm/make_plan.hpp"
#include "engine/refresh/refresh_mode.hpp"

namespace matview::engine {

Result<ViewPlan> plan_of_view(const EngineContext& context, const ViewRecord& view) {
  const auto& definition = view.definition;
  if (view.view_id == 0) return ViewPlan{ivm::plan_from_json(definition.plan), false};
  MATVIEW_ASSIGN(const auto text, context.store.plan(view.view_id));
  auto plan = ivm::plan_from_json(text);
  const bool may_have_one = allows_incremental(definition) && definition.program.empty();
  if (!may_have_one || !(text.empty() || plan.is_outdated())) return ViewPlan{std::move(plan), false};
  MATVIEW_ASSIGN(plan, ivm::make_plan(definition, context.sources.upstream()));
  return ViewPlan{std::move(plan), true};
}

}  // namespace matview::engine
