#include "app/suspend.hpp"

#include <fmt/format.h>

namespace matview::app {

Result<std::vector<View>> change_suspension(Workspace& workspace, const std::vector<Selected>& views, Suspension change,
                                            Control& control) {
  for (const auto& selected : views) MATVIEW_TRY(workspace.require(selected.profile, Operation::suspend));
  std::vector<View> changed;
  for (const auto& selected : views) {
    Provider& provider = *selected.provider;
    const auto& name = selected.view.name;
    auto view = change == Suspension::suspend ? provider.suspend(name, control) : provider.resume(name, control);
    if (!view)
      return fail(suggest_view(workspace.attribute(std::move(view).error(), selected.profile), workspace,
                               selected.profile, name, control));
    view->profile = selected.profile;
    changed.push_back(*std::move(view));
  }
  return changed;
}

std::vector<Plan> plan_suspension(const std::vector<Selected>& views, Suspension change) {
  const bool suspends = change == Suspension::suspend;
  std::vector<Plan> plans;
  for (const auto& selected : views) {
    Plan plan;
    plan.operation = suspends ? "suspend" : "resume";
    plan.view = selected.view.name;
    plan.profile = selected.profile;
    const bool is_suspended = selected.view.suspended.value_or(false);
    plan.mode = is_suspended == suspends ? "unchanged" : plan.operation;
    if (is_suspended) plan.reason = fmt::format("suspended {}", selected.view.suspended_reason);
    if (!is_suspended && !suspends) plan.reason = "it is not suspended";
    plans.push_back(std::move(plan));
  }
  return plans;
}

}  // namespace matview::app
