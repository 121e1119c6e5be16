#include "app/watch.hpp"

#include <algorithm>
#include <set>

namespace matview::app {

namespace {

/// The views whose schedule has ticked; `round` learns of all there are.
Result<std::vector<Selected>> select_due(Workspace& workspace, const Selector& selector, Round& round,
                                         Control& control) {
  SelectionNeeds needs;
  needs.whole = true;
  needs.tolerant = true;
  MATVIEW_ASSIGN(auto views, select(workspace, selector, needs, control));
  std::set<std::string> refused;
  for (const auto& selected : views) {
    if (selected.refusal && refused.insert(selected.profile).second) round.errors.push_back(*selected.refusal);
    if (selected.refusal) continue;
    const View& view = selected.view;
    if (view.suspended.value_or(false)) {
      ++round.suspended;
      continue;
    }
    if (!view.schedule.empty()) ++round.scheduled;
    if (view.auto_refresh.value_or(false)) ++round.automatic;
    if (view.next_refresh_at && (!round.next || *view.next_refresh_at < *round.next)) round.next = view.next_refresh_at;
  }
  std::erase_if(views, [](const Selected& selected) { return selected.refusal || !selected.view.due; });
  return views;
}

Result<std::vector<Selected>> select_automatic(Workspace& workspace, Selector selector, Control& control) {
  selector.auto_due = true;
  SelectionNeeds needs;
  needs.tolerant = true;
  MATVIEW_ASSIGN(auto views, select(workspace, selector, needs, control));
  // The round has told of them.
  std::erase_if(views, [](const Selected& selected) { return selected.refusal.has_value(); });
  return views;
}

}  // namespace

Round watch_round(Workspace& workspace, const Selector& selector, const RefreshOptions& options, RunListener& listener,
                  Control& control) {
  Round round;
  const auto work = [&](const Result<std::vector<Selected>>& views) {
    if (!views)
      round.errors.push_back(views.error());
    else if (!views->empty())
      (void)refresh(workspace, *views, options, listener, control);
  };
  work(select_due(workspace, selector, round, control));
  if (round.automatic > 0 && control.stop.load() == 0) work(select_automatic(workspace, selector, control));
  return round;
}

Result<RefreshPlans> plan_round(Workspace& workspace, const Selector& selector, const RefreshOptions& options,
                                Control& control) {
  Round round;
  MATVIEW_ASSIGN(auto views, select_due(workspace, selector, round, control));
  MATVIEW_ASSIGN(const auto automatic, select_automatic(workspace, selector, control));
  for (const auto& selected : automatic) {
    const bool known = std::any_of(views.begin(), views.end(), [&](const Selected& other) {
      return other.profile == selected.profile && other.view.name == selected.view.name;
    });
    if (!known) views.push_back(selected);
  }
  order_by_dependency(views);
  MATVIEW_ASSIGN(auto plans, plan_refresh(workspace, views, options, control));
  for (auto& error : round.errors) {
    if (!plans.error)
      plans.error = plans.plans.empty() ? error : Error(ErrorCode::partial, "not all views can be looked at");
    plans.failed.emplace_back(ViewKey(error.profile, ""), std::move(error));
  }
  return plans;
}

}  // namespace matview::app
