#include "engine/refresh/freshness.hpp"

#include <fmt/format.h>

namespace matview::engine {

const FreshnessReport& FreshnessProbe::of(const ViewRecord& view) {
  if (const auto found = known_.find(view.view_id); found != known_.end()) return found->second;
  auto report = look(view);
  return known_.insert_or_assign(view.view_id, std::move(report)).first->second;
}

FreshnessReport FreshnessProbe::look(const ViewRecord& view) {
  FreshnessReport report;
  auto decision = decide_refresh(store_, sources_, view);
  if (!decision) {
    report.freshness = view.current ? Freshness::unknown : Freshness::empty;
    report.reason = decision.error().message;
    return report;
  }
  report.observed = std::move(decision->observed);
  report.recorded = std::move(decision->recorded);
  report.changes = std::move(decision->changes);
  report.redefined = decision->action == RefreshDecision::Action::reinitialized;
  if (!view.current) {
    report.freshness = Freshness::empty;
    return report;
  }
  report.freshness = Freshness::stale;
  report.reason = decision->reason;
  if (decision->action != RefreshDecision::Action::no_data) return report;
  report.reason = stale_upstream(view);
  if (report.reason.empty()) report.freshness = Freshness::fresh;
  return report;
}

std::string FreshnessProbe::stale_upstream(const ViewRecord& view) {
  for (const auto& name : view.definition.depends_on) {
    const auto upstream = store_.find_view(name);
    if (!upstream || !*upstream) continue;  // decide_refresh has already said so
    const auto& report = of(**upstream);
    if (report.freshness == Freshness::stale || report.freshness == Freshness::empty)
      return fmt::format("the view '{}' it reads from is {}", name, to_string(report.freshness));
  }
  return {};
}

}  // namespace matview::engine
