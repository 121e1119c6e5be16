#include "engine/refresh/explain.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "engine/refresh/explain_plan.hpp"
#include "engine/refresh/refresh_mode.hpp"
#include "engine/refresh/source_report.hpp"
#include "engine/refresh/weigh.hpp"
#include "engine/sources/changes.hpp"
#include "engine/sources/syntax.hpp"

namespace matview::engine {

namespace {

using Action = RefreshDecision::Action;

constexpr std::int64_t k_history = 50;  ///< jobs to learn from: older ones weigh next to nothing
constexpr const char* k_whole = "whole definition";

/// Finds out, without reading rows, how one refresh would go.
class Outlook {
 public:
  Outlook(const EngineContext& context, const ViewRecord& view) : context_(context), view_(view) {}

  Result<Explanation> explain(const std::string& plan_text) {
    const auto& definition = view_.definition;
    MATVIEW_ASSIGN(decision_, decide_refresh(context_.store, context_.sources, view_));
    MATVIEW_ASSIGN(plan_, ivm::plan_from_json(plan_text));
    // Nothing is computed, and so there is nothing to spill: a store that is not there stays so.
    auto options = context_.database;
    options.time_zone = definition.time_zone;
    MATVIEW_ASSIGN(database_, Database::open(options));
    explanation_.view = definition.name;
    explanation_.refresh_mode = definition.refresh_mode;
    explanation_.sources = report_sources(definition, decision_.observed, decision_.recorded, decision_.changes);
    MATVIEW_TRY(choose());
    MATVIEW_TRY(add_techniques());
    return std::move(explanation_);
  }

 private:
  /// The action and its reason, and what is to be said of the incremental way.
  Result<void> choose() {
    explanation_.action = to_string(decision_.action);
    explanation_.code = decision_.code;
    explanation_.reason = decision_.reason;
    incremental_ = {k_whole, "incremental", plan_.is_incremental(), false, decision_.code, decision_.reason, ""};
    if (!plan_.is_incremental()) {
      incremental_.code = plan_.code;
      incremental_.reason = plan_.reason;
    }
    MATVIEW_TRY(predict_full());
    if (decision_.action != Action::full || !view_.current) return {};
    if (!plan_.is_incremental()) return full(plan_.code, plan_.reason);
    return weigh();
  }

  Result<void> weigh() {
    MATVIEW_ASSIGN(const auto retained, context_.store.retained(view_.view_id));
    MATVIEW_ASSIGN(const auto changes,
                   reference_changes(*database_, view_.definition, decision_.recorded, decision_.observed, retained,
                                     context_.store.root(), context_.sources));
    for (const auto& reference : changes.references) {
      if (reference.lost.empty()) continue;
      incremental_.applicable = false;
      const auto space = reference.lost.find(' ');
      return full(reference.lost.substr(0, space),
                  space == std::string::npos ? std::string() : reference.lost.substr(space + 1));
    }
    MATVIEW_ASSIGN(const auto weighing, weigh_change(context_, view_, plan_, decision_.observed, changes.references));
    explanation_.predicted_incremental = weighing.prediction.incremental;
    explanation_.predicted_full = weighing.prediction.full;
    if (!weighing.incremental) return full("COST_FULL_CHEAPER", weighing.reason());
    explanation_.action = to_string(Action::incremental);
    explanation_.code.clear();
    incremental_.chosen = true;
    incremental_.code.clear();
    incremental_.reason.clear();
    return {};
  }

  /// Everything is computed, for this reason.
  Result<void> full(std::string code, std::string reason) {
    explanation_.code = incremental_.code = std::move(code);
    explanation_.reason = incremental_.reason = std::move(reason);
    // Under `strict` such a refresh fails.
    if (const auto allowed = allow_full(view_.definition, explanation_.code, explanation_.reason); !allowed)
      explanation_.reason += "; refresh mode strict fails it";
    return {};
  }

  /// Before the first refresh nobody knows what its query costs.
  Result<void> predict_full() {
    if (!view_.current) return {};
    MATVIEW_ASSIGN(const auto features, full_cost_features(view_, decision_.observed, context_.sources.upstream()));
    MATVIEW_ASSIGN(const auto jobs, context_.store.jobs(view_.view_id, k_history));
    if (const auto prediction = predict(jobs, features); prediction.full_samples > 0)
      explanation_.predicted_full = prediction.full;
    return {};
  }

  Result<void> add_techniques() {
    const bool computes = explanation_.action == "full" || explanation_.action == "reinitialized";
    Technique everything{k_whole, "full", true, computes, "", "", ""};
    if (explanation_.action == "no_data") everything.code = explanation_.code;
    explanation_.techniques = {incremental_, std::move(everything)};
    if (!plan_.is_incremental()) return {};
    const auto& sql = view_.definition.sql;
    MATVIEW_ASSIGN(const auto syntax, analyze(*database_, sql));
    std::vector<std::string> references;
    for (const auto& reference : syntax.references)
      references.push_back(reference.alias.empty() ? sql.substr(reference.begin, reference.end - reference.begin)
                                                   : reference.alias);
    auto blocks = techniques_of(plan_, references);
    std::move(blocks.begin(), blocks.end(), std::back_inserter(explanation_.techniques));
    return {};
  }

  const EngineContext& context_;
  const ViewRecord& view_;
  RefreshDecision decision_;
  ivm::Plan plan_;
  std::unique_ptr<Database> database_;
  Explanation explanation_;
  Technique incremental_;
};

Result<ViewRecord> require_view(Store& store, const std::string& name) {
  MATVIEW_ASSIGN(auto view, store.find_view(name));
  if (!view) return fail(ErrorCode::not_found, fmt::format("there is no view '{}'", name));
  return *std::move(view);
}

/// What computes everything, as it would be run.
Result<std::string> full_sql(const EngineContext& context, const ViewDefinition& definition) {
  MATVIEW_ASSIGN(const auto observed, context.sources.observe(definition));
  MATVIEW_TRY(require_files(definition, observed));
  MATVIEW_ASSIGN(const auto opened, open_database(context, definition.time_zone, RowOrder::any));
  MATVIEW_ASSIGN(const auto query, build_query(*opened.database, definition, observed, context.sources.upstream()));
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
  MATVIEW_ASSIGN(const auto plan, context.store.plan(view.view_id));
  return Outlook(context, view).explain(plan);
}

Result<Explanation> explain_definition(const EngineContext& context, const ViewDefinition& definition, Control&) {
  ViewRecord record;
  record.definition = definition;
  return Outlook(context, record).explain(definition.plan);
}

Result<Plan> plan_refresh(const EngineContext& context, const RefreshRequest& request, Control& control) {
  MATVIEW_ASSIGN(const auto view, require_view(context.store, request.name));
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
  if (plan.mode == to_string(Action::incremental)) {
    plan.sql = change_sql(explanation.techniques);
    return plan;
  }
  MATVIEW_ASSIGN(plan.sql, full_sql(context, view.definition));
  return plan;
}

}  // namespace matview::engine
