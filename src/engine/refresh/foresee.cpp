#include "engine/refresh/foresee.hpp"

#include <algorithm>

#include "engine/refresh/program_refresh.hpp"
#include "engine/refresh/refresh_mode.hpp"
#include "engine/refresh/source_version.hpp"
#include "engine/refresh/view_plan.hpp"
#include "engine/refresh/weigh.hpp"

namespace matview::engine {

namespace {

using Action = RefreshDecision::Action;

/// The first change that no technique of the plan takes, as far as it comes from a source itself.
const ivm::Propagation* hindrance(const ivm::Plan& plan, const SourceChanges& changes) {
  for (const auto& block : plan.blocks)
    for (const auto& input : block.inputs) {
      bool changed = changes.clock_moved;
      if (input.relation.kind == ivm::Relation::Kind::block) continue;
      if (input.relation.kind == ivm::Relation::Kind::reference) {
        const auto& change = changes.references.at(static_cast<std::size_t>(input.relation.index));
        changed = !change.is_empty();
      }
      if (changed && input.change.way == ivm::Propagation::Way::full) return &input.change;
    }
  return nullptr;
}

void recompute(RefreshDecision& decision, std::string code, const std::string& reason) {
  decision.action = Action::full;
  decision.code = std::move(code);
  if (!reason.empty()) decision.reason += (decision.reason.empty() ? "" : "; ") + reason;
}

/// A program is run for what is new wherever it is known what it was given.
Result<void> foresee_program(const EngineContext& context, const ViewRecord& view, RefreshDecision& decision) {
  if (decision.action != Action::full || !view.current || decision.changes.empty()) return {};
  if (!allows_incremental(view.definition)) {
    recompute(decision, "USER_SPECIFIED_FULL", "the view is to be recomputed by every refresh");
    return {};
  }
  MATVIEW_ASSIGN(const auto state, context.store.state(view.view_id));
  if (!state.contains(k_unit_relation)) {
    recompute(decision, "STATE_MISSING", "it is not known which rows the program was given");
    return {};
  }
  decision.action = Action::incremental;
  decision.code.clear();
  return {};
}

}  // namespace

Result<Foresight> foresee(const EngineContext& context, const ViewRecord& view) {
  Foresight foresight;
  auto& decision = foresight.decision;
  MATVIEW_ASSIGN(decision, decide(context, view));
  if (!view.definition.program.empty()) {
    MATVIEW_TRY(foresee_program(context, view, decision));
    return foresight;
  }
  MATVIEW_ASSIGN(auto stored, plan_of_view(context, view));
  foresight.plan = std::move(stored.plan);
  if (decision.action != Action::full || !view.current || decision.changes.empty()) return foresight;
  if (!foresight.plan.is_incremental()) {
    recompute(decision, foresight.plan.code, foresight.plan.reason);
    return foresight;
  }
  if (stored.is_new) {
    recompute(decision, "STATE_MISMATCH", std::string(k_plan_is_new));
    return foresight;
  }
  DatabaseOptions options = context.database;
  options.time_zone = view.definition.time_zone;
  MATVIEW_ASSIGN(const auto database, Database::open(options));
  MATVIEW_ASSIGN(const auto retained, context.store.retained(view.view_id));
  MATVIEW_ASSIGN(foresight.changes,
                 reference_changes(*database, view.definition, decision.recorded, decision.observed, retained,
                                   context.store.root(), context.sources, ivm::source_reads(foresight.plan)));
  for (const auto& reference : foresight.changes.references) {
    if (reference.lost.empty()) continue;
    const auto end = std::min(reference.lost.find(' '), reference.lost.size());
    recompute(decision, reference.lost.substr(0, end),
              end < reference.lost.size() ? reference.lost.substr(end + 1) : "");
    return foresight;
  }
  if (const auto* change = hindrance(foresight.plan, foresight.changes)) {
    recompute(decision, change->code, change->reason);
    return foresight;
  }
  decision.action = Action::incremental;
  decision.code.clear();
  MATVIEW_ASSIGN(const auto weighing,
                 weigh_change(context, view, foresight.plan, decision.observed, foresight.changes));
  foresight.prediction = weighing.prediction;
  if (!weighing.incremental) recompute(decision, "COST_FULL_CHEAPER", weighing.reason());
  return foresight;
}

}  // namespace matview::engine
