#include "engine/refresh/explain.hpp"

#include <fmt/format.h>

#include "engine/refresh/cost.hpp"
#include "engine/refresh/source_report.hpp"

namespace matview::engine {

namespace {

constexpr std::int64_t k_history = 50;  ///< jobs to learn from: older ones weigh next to nothing

/// Computing everything: the technique that there always is.
Technique full_technique(const RefreshDecision& decision) {
  Technique technique;
  technique.block = "whole definition";
  technique.name = "full";
  technique.applicable = true;
  technique.chosen = decision.action != RefreshDecision::Action::no_data;
  if (!technique.chosen) {
    technique.code = decision.code;
    technique.reason = decision.reason;
  }
  return technique;
}

Explanation explanation_of(const ViewDefinition& definition, const RefreshDecision& decision) {
  Explanation explanation;
  explanation.view = definition.name;
  explanation.refresh_mode = definition.refresh_mode;
  explanation.action = to_string(decision.action);
  explanation.code = decision.code;
  explanation.reason = decision.reason;
  explanation.sources = report_sources(definition, decision.observed, decision.recorded, decision.changes);
  explanation.techniques.push_back(full_technique(decision));
  return explanation;
}

}  // namespace

Result<Explanation> explain_view(const EngineContext& context, const std::string& name, Control&) {
  MATVIEW_ASSIGN(const auto view, context.store.find_view(name));
  if (!view) return fail(ErrorCode::not_found, fmt::format("there is no view '{}'", name));
  MATVIEW_ASSIGN(const auto decision, decide_refresh(context.store, context.sources, *view));
  auto explanation = explanation_of(view->definition, decision);
  MATVIEW_ASSIGN(const auto features, full_cost_features(*view, decision.observed, context.sources.upstream()));
  MATVIEW_ASSIGN(const auto jobs, context.store.jobs(view->view_id, k_history));
  // Before the first refresh nobody knows what its query costs.
  if (const auto prediction = predict(jobs, features); prediction.full_samples > 0)
    explanation.predicted_full = prediction.full;
  return explanation;
}

Result<Explanation> explain_definition(const EngineContext& context, const ViewDefinition& definition, Control&) {
  ViewRecord record;
  record.definition = definition;
  MATVIEW_ASSIGN(const auto decision, decide_refresh(context.store, context.sources, record));
  return explanation_of(definition, decision);
}

}  // namespace matview::engine
