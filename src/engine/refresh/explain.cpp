#include "engine/refresh/explain.hpp"

#include <fmt/format.h>

#include "engine/ivm/tree.hpp"
#include "engine/refresh/foresee.hpp"
#include "engine/refresh/source_report.hpp"
#include "engine/sources/syntax.hpp"

namespace matview::engine {

namespace {

using Action = RefreshDecision::Action;
using Way = ivm::Propagation::Way;

/// Tells of a plan's blocks as people read of them.
class Teller {
 public:
  Teller(const ViewDefinition& definition, const Foresight& foresight, std::vector<std::string> references)
      : definition_(definition), foresight_(foresight), references_(std::move(references)) {}

  std::vector<Technique> tell() {
    const auto& plan = foresight_.plan;
    for (std::size_t i = 0; i < plan.blocks.size(); ++i) tell_of(i, plan.blocks[i]);
    Technique full;
    full.block = "whole definition";
    full.name = "full";
    full.applicable = true;
    full.chosen = foresight_.decision.action == Action::full || foresight_.decision.action == Action::reinitialized;
    if (!plan.is_incremental()) {
      Technique none;
      none.block = full.block;
      none.name = "incremental";
      none.code = plan.code;
      none.reason = plan.reason;
      techniques_.push_back(std::move(none));
    }
    if (!full.chosen) full.code = foresight_.decision.action == Action::no_data ? "NO_DATA" : "NOT_NEEDED";
    full.sql = definition_.sql;
    techniques_.push_back(std::move(full));
    return std::move(techniques_);
  }

 private:
  void tell_of(std::size_t index, const ivm::Block& block) {
    const auto label = fmt::format("{}: {}", index + 1, block.label);
    if (block.kind != ivm::Block::Kind::query) {
      add(label, block.technique, nullptr, state_sql(block));
      return;
    }
    for (std::size_t i = 0; i < block.inputs.size(); ++i) {
      const auto& change = block.inputs[i].change;
      const auto from = fmt::format("{}, change of {}", label, name_of(block.inputs[i].relation));
      if (change.way == Way::linear) {
        add(from, "linear", nullptr, readable(change.weighted_sql.empty() ? block.sql : change.weighted_sql, block, i));
        continue;
      }
      ivm::Propagation not_linear;
      not_linear.code = change.code.empty() ? "NOT_LINEAR" : change.code;
      not_linear.reason = change.reason;
      if (change.way == Way::switched) {
        add(from, "linear", &not_linear, {});
        add(from, "scalar", nullptr, readable(change.switched_sql, block, i, "new"));
        continue;
      }
      const auto keyed = block.technique.empty() ? std::string("touched_keys") : block.technique;
      if (change.way == Way::keyed) {
        add(from, "linear", &not_linear, {});
        add(from, keyed, nullptr, keyed_sql(block, i));
      } else {
        add(from, keyed, &not_linear, {});
      }
    }
  }

  void add(const std::string& block, const std::string& name, const ivm::Propagation* hindrance, std::string sql) {
    Technique technique;
    technique.block = block;
    technique.name = name;
    technique.applicable = hindrance == nullptr;
    technique.chosen = technique.applicable && foresight_.decision.action == Action::incremental;
    if (hindrance != nullptr) {
      technique.code = hindrance->code;
      technique.reason = hindrance->reason;
    } else if (!technique.chosen) {
      technique.code = foresight_.decision.code;
    }
    technique.sql = std::move(sql);
    techniques_.push_back(std::move(technique));
  }

  std::string name_of(const ivm::Relation& relation) const {
    if (relation.kind == ivm::Relation::Kind::block) return fmt::format("block {}", relation.index + 1);
    const auto index = static_cast<std::size_t>(relation.index);
    return index < references_.size() ? references_[index] : fmt::format("source {}", relation.index + 1);
  }

  /// Names in place of tokens: the inputs before the changed one are new already, those behind it still old.
  std::string readable(std::string sql, const ivm::Block& block, std::size_t changed,
                       const char* state = "change") const {
    for (std::size_t i = 0; i < block.inputs.size(); ++i) {
      sql = ivm::replace_token(std::move(sql), ivm::old_token(block.inputs[i].token),
                               quote_identifier(fmt::format("old {}", name_of(block.inputs[i].relation))));
      const char* which = i == changed ? state : i < changed ? "new" : "old";
      sql = ivm::replace_token(std::move(sql), block.inputs[i].token,
                               quote_identifier(fmt::format("{} {}", which, name_of(block.inputs[i].relation))));
    }
    return ivm::replace_token(std::move(sql), ivm::k_keys_token, "\"touched keys\"");
  }

  std::string keyed_sql(const ivm::Block& block, std::size_t input) const {
    const auto& change = block.inputs[input].change;
    return fmt::format("-- touched keys\n{};\n-- what comes; the same with the old rows goes\n{}",
                       readable(change.keys_sql, block, input), readable(change.restricted_sql, block, input, "new"));
  }

  std::string state_sql(const ivm::Block& block) const {
    std::string list;
    const auto append = [&](const std::string& item) { list += (list.empty() ? "" : ", ") + item; };
    if (block.kind == ivm::Block::Kind::top) {
      for (const auto& order : block.order) append(order);
      return fmt::format("-- kept with a reserve\nFROM \"{}\" ORDER BY {} LIMIT {} OFFSET {}",
                         name_of(block.inputs.front().relation), list, block.limit, block.offset);
    }
    for (const auto& key : block.keys) append(quote_identifier(key));
    const auto keys = list;
    for (const auto& aggregate : block.aggregates)
      append(fmt::format("partial {} of {}", quote_identifier(aggregate.name),
                         aggregate.argument.empty() ? "*" : quote_identifier(aggregate.argument)));
    append("count(*)");
    return fmt::format("-- added to what is kept of each group\nSELECT {} FROM \"change of {}\"{}{}", list,
                       name_of(block.inputs.front().relation), keys.empty() ? "" : " GROUP BY ", keys);
  }

  const ViewDefinition& definition_;
  const Foresight& foresight_;
  std::vector<std::string> references_;
  std::vector<Technique> techniques_;
};

Result<std::vector<std::string>> reference_names(const ViewDefinition& definition) {
  MATVIEW_ASSIGN(const auto database, Database::open({}));
  MATVIEW_ASSIGN(const auto syntax, analyze(*database, definition.sql));
  std::vector<std::string> names;
  for (const auto& reference : syntax.references)
    names.push_back(reference.alias.empty() ? reference.name : reference.alias);
  return names;
}

Result<Explanation> explain(const EngineContext& context, const ViewRecord& view) {
  const auto& definition = view.definition;
  MATVIEW_ASSIGN(const auto foresight, foresee(context, view));
  MATVIEW_ASSIGN(auto names, reference_names(definition));
  const auto& decision = foresight.decision;
  Explanation explanation;
  explanation.view = definition.name;
  explanation.refresh_mode = definition.refresh_mode;
  explanation.action = to_string(decision.action);
  explanation.code = decision.code;
  explanation.reason = decision.reason;
  explanation.sources = report_sources(definition, decision.observed, decision.recorded, decision.changes);
  explanation.techniques = Teller(definition, foresight, std::move(names)).tell();
  if (foresight.prediction) {
    explanation.predicted_incremental = foresight.prediction->incremental;
    if (foresight.prediction->full_samples > 0) explanation.predicted_full = foresight.prediction->full;
    return explanation;
  }
  if (!view.current) return explanation;
  MATVIEW_ASSIGN(const auto features, full_cost_features(view, decision.observed, context.sources.upstream()));
  MATVIEW_ASSIGN(const auto jobs, cost_history(context.store, view));
  // Before the first refresh nobody knows what its query costs.
  if (const auto prediction = predict(jobs, features); prediction.full_samples > 0)
    explanation.predicted_full = prediction.full;
  return explanation;
}

}  // namespace

Result<Explanation> explain_view(const EngineContext& context, const std::string& name, Control&) {
  MATVIEW_ASSIGN(const auto view, context.store.find_view(name));
  if (!view) return fail(ErrorCode::not_found, fmt::format("there is no view '{}'", name));
  return explain(context, *view);
}

Result<Explanation> explain_definition(const EngineContext& context, const ViewDefinition& definition, Control&) {
  ViewRecord record;
  record.definition = definition;
  return explain(context, record);
}

}  // namespace matview::engine
