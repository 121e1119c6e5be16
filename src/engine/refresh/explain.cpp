#include "engine/refresh/explain.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "engine/refresh/admission.hpp"
#include "engine/refresh/explain_plan.hpp"
#include "engine/refresh/foresee.hpp"
#include "engine/refresh/operation_database.hpp"
#include "engine/refresh/refresh_mode.hpp"
#include "engine/refresh/source_report.hpp"
#include "engine/refresh/source_version.hpp"
#include "engine/sources/syntax.hpp"

namespace matview::engine {

namespace {

using Action = RefreshDecision::Action;

constexpr std::int64_t k_history = 50;  ///< jobs to learn from: older ones weigh next to nothing
constexpr const char* k_whole = "whole definition";

/// The references of a definition as its text has them, or by the user's aliases.
Result<std::vector<std::string>> reference_names(const ViewDefinition& definition) {
  MATVIEW_ASSIGN(const auto database, Database::open({}));
  MATVIEW_ASSIGN(const auto syntax, analyze(*database, definition.sql));
  std::vector<std::string> names;
  for (const auto& reference : syntax.references)
    names.push_back(reference.alias.empty() ? definition.sql.substr(reference.begin, reference.end - reference.begin)
                                            : reference.alias);
  return names;
}

/// The two ways there are for the whole, and why the one that is not taken is not.
std::vector<Technique> whole(const ViewDefinition& definition, const Foresight& foresight) {
  const auto& decision = foresight.decision;
  const bool computes = decision.action == Action::full || decision.action == Action::reinitialized;
  Technique incremental{k_whole,
                        "incremental",
                        !definition.program.empty() || foresight.plan.is_incremental(),
                        decision.action == Action::incremental,
                        "",
                        "",
                        ""};
  if (!incremental.applicable) {
    incremental.code = foresight.plan.code;
    incremental.reason = foresight.plan.reason;
  } else if (!incremental.chosen) {
    // Both could be taken, but for what the data did this time.
    incremental.applicable = !computes || foresight.prediction || decision.code == "NEVER_FILLED" ||
                             decision.code == "DEFINITION_CHANGED" || decision.code == "USER_SPECIFIED_FULL";
    incremental.code = decision.code;
    incremental.reason = decision.reason;
  }
  Technique full{k_whole, "full", true, computes, "", "", ""};
  if (decision.action == Action::no_data) full.code = decision.code;
  return {std::move(incremental), std::move(full)};
}

/// Before the first refresh nobody knows what its query costs.
Result<std::optional<Duration>> full_cost(const EngineContext& context, const ViewRecord& view,
                                          const SourceVector& observed) {
  if (!view.current) return std::optional<Duration>();
  MATVIEW_ASSIGN(const auto features, full_cost_features(view, observed, context.sources.upstream()));
  MATVIEW_ASSIGN(const auto jobs, context.store.jobs(view.view_id, k_history));
  const auto prediction = predict(jobs, features);
  return prediction.full_samples > 0 ? std::optional(prediction.full) : std::nullopt;
}

Result<Explanation> explain(const EngineContext& context, const ViewRecord& view) {
  const auto& definition = view.definition;
  MATVIEW_ASSIGN(const auto foresight, foresee(context, view));
  const auto& decision = foresight.decision;
  Explanation explanation;
  explanation.view = definition.name;
  explanation.refresh_mode = definition.refresh_mode;
  explanation.action = to_string(decision.action);
  explanation.code = decision.code;
  explanation.reason = decision.reason;
  if (decision.action == Action::full && !allow_full(definition, decision.code, ""))
    explanation.reason += "; refresh mode strict fails it";
  explanation.sources = report_sources(definition, decision.observed, decision.recorded, decision.changes);
  explanation.techniques = whole(definition, foresight);
  MATVIEW_ASSIGN(const auto names, reference_names(definition));
  auto blocks = techniques_of(foresight.plan, names);
  std::move(blocks.begin(), blocks.end(), std::back_inserter(explanation.techniques));
  if (foresight.prediction) {
    explanation.predicted_incremental = foresight.prediction->incremental;
    explanation.predicted_full = foresight.prediction->full;
  } else {
    MATVIEW_ASSIGN(explanation.predicted_full, full_cost(context, view, decision.observed));
  }
  return explanation;
}

/// What computes everything, as it would be run.
Result<std::string> full_sql(const EngineContext& context, const ViewRecord& view) {
  const auto& definition = view.definition;
  MATVIEW_ASSIGN(const auto decision, decide(context, view));
  const auto& observed = decision.observed;
  MATVIEW_TRY(require_files(definition, observed));
  MATVIEW_ASSIGN(const auto opened, open_database(context, database_needs(definition)));
  MATVIEW_ASSIGN(const auto query, build_query(*opened.database, definition, observed, upstream_of(context, observed)));
  std::string sql;
  for (const auto& statement : query.setup) sql += statement + ";\n";
  return sql + query.sql;
}

std::string change_sql(const std::vector<Technique>& techniques) {
  std::string sql;
  for (const auto& technique : techniques)
    if (technique.chosen && !technique.sql.empty())
      sql += fmt::format("{}-- {}: {}\n{}", sql.empty() ? "" : "\n", technique.block, technique.name, technique.sql);
  return sql;
}

}  // namespace

Result<Explanation> explain_view(const EngineContext& context, const std::string& name, Control&) {
  MATVIEW_ASSIGN(const auto view, require_view(context.store, name));
  return explain(context, view);
}

Result<Explanation> explain_definition(const EngineContext& context, const ViewDefinition& definition, Control&) {
  ViewRecord record;
  record.definition = definition;
  return explain(context, record);
}

Result<Plan> plan_refresh(const EngineContext& context, const RefreshRequest& request, Control& control) {
  MATVIEW_ASSIGN(const auto view, require_view(context.store, request.name));
  MATVIEW_TRY(require_window(context, view, request));
  MATVIEW_ASSIGN(auto explanation, explain_view(context, request.name, control));
  const bool nothing = explanation.action == to_string(Action::no_data);
  if (request.full || (request.force && nothing)) {
    explanation.action = to_string(Action::full);
    explanation.code = "USER_SPECIFIED_FULL";
    explanation.reason = request.full ? "asked for with --full" : "asked for with --force";
  }
  Plan plan;
  plan.operation = "refresh";
  plan.view = request.name;
  plan.mode = explanation.action;
  plan.reason = explanation.reason;
  plan.native.set("code", explanation.code);
  plan.sources = explanation.sources;
  if (plan.mode == to_string(Action::no_data)) return plan;
  if (plan.mode == to_string(Action::incremental) && view.definition.program.empty()) {
    plan.sql = change_sql(explanation.techniques);
    return plan;
  }
  MATVIEW_ASSIGN(plan.sql, full_sql(context, view));
  return plan;
}

}  // namespace matview::engine
