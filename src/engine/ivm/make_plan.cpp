#include "engine/ivm/make_plan.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "engine/duckdb/sql_text.hpp"
#include "engine/duckdb/types.hpp"
#include "engine/ivm/compile.hpp"
#include "engine/ivm/maintenance.hpp"
#include "engine/ivm/partials.hpp"
#include "engine/refresh/reasons.hpp"
#include "engine/sources/definition.hpp"
#include "engine/sources/files.hpp"
#include "engine/sources/relations.hpp"
#include "engine/sources/resolve.hpp"
#include "engine/sources/syntax.hpp"

namespace matview::engine::ivm {

namespace {

Plan refused(std::string code, std::string reason) { return {{}, std::move(code), std::move(reason)}; }

/// State must be storable without change, like rows.
Result<void> check_state(const Plan& plan) {
  for (std::size_t i = 0; i < plan.blocks.size(); ++i) {
    const auto& block = plan.blocks[i];
    if (!plan.has_state(i)) continue;
    std::vector<Column> columns;
    switch (block.kind) {
      case Block::Kind::groups: {
        const auto& input = plan.blocks.at(static_cast<std::size_t>(block.inputs.front().relation.index)).columns;
        columns = group_state_columns(block, input);
        break;
      }
      case Block::Kind::top: columns = top_state_columns(block); break;
      case Block::Kind::recursion:
      case Block::Kind::query: columns = block.columns; break;
    }
    MATVIEW_TRY(storage_columns(columns));
  }
  return {};
}

Result<Plan> compile_storable(Database& database, const std::string& sql, const Syntax& syntax,
                              const std::vector<Leaf>& leaves) {
  MATVIEW_ASSIGN(auto plan, compile(database, sql, syntax, leaves));
  MATVIEW_TRY(check_state(plan));
  return plan;
}

/// Files of which nothing is kept do not tell their old rows: what was made of them must.
void trace(std::vector<Leaf>& leaves, const ViewDefinition& definition,
           const std::vector<PinnedReference>& references) {
  if (definition.keep_sources != "off") return;
  for (std::size_t i = 0; i < leaves.size(); ++i) {
    const auto& reference = references[i];
    leaves[i].traced = reference.resolved.kind == Resolved::Kind::files &&
                       tells_paths(*reference.resolved.call, reference.pinned.uses[reference.use]);
  }
}

/// What the time decides in a way that nothing maintains: it moves with every refresh.
const Propagation* hindered_by_time(const Plan& plan) {
  for (const auto& block : plan.blocks)
    for (const auto& input : block.inputs)
      if (input.relation.kind == Relation::Kind::clock && input.change.way == Propagation::Way::full)
        return &input.change;
  return nullptr;
}

/// A block that computes everything anew whichever source changes, as an ASOF join does; its first reason.
const Propagation* hindered_by_all(const Plan& plan) {
  for (const auto& block : plan.blocks)
    if (!block.inputs.empty() && std::all_of(block.inputs.begin(), block.inputs.end(), [](const Input& input) {
          return input.relation.kind == Relation::Kind::reference && input.change.way == Propagation::Way::full;
        }))
      return &block.inputs.front().change;
  return nullptr;
}

/// A name that begins as those of the columns and tables do by which a change is computed.
bool has_own_prefix(const std::string& text) { return fold_case(text).find("__matview_") != std::string::npos; }

bool uses_own_names(const ViewDefinition& definition, const std::vector<Leaf>& leaves) {
  return has_own_prefix(definition.sql) || std::any_of(leaves.begin(), leaves.end(), [](const Leaf& leaf) {
           return std::any_of(leaf.columns.begin(), leaf.columns.end(),
                              [](const Column& column) { return has_own_prefix(column.name); });
         });
}

}  // namespace

bool is_refusal(const Error& error) {
  return error.code == ErrorCode::unsupported && !error.detail.empty() &&
         std::all_of(error.detail.begin(), error.detail.end(),
                     [](char c) { return c == '_' || (c >= 'A' && c <= 'Z'); });
}

Result<Plan> make_plan(const ViewDefinition& definition, const UpstreamLookup& upstream, Tracing tracing) {
  DatabaseOptions options;
  options.threads = 1;
  if (!definition.time_zone.empty()) options.time_zone = definition.time_zone;
  MATVIEW_ASSIGN(const auto database, Database::open(options));
  return make_plan(*database, definition, upstream, tracing);
}

Result<Plan> make_plan(Database& database, const ViewDefinition& definition, const UpstreamLookup& upstream,
                       Tracing tracing) {
  if (!definition.unstable_functions.empty()) {
    const auto& function = definition.unstable_functions.front();
    return refused(std::string(code_of_unstable(definition.unstable_functions)),
                   fmt::format("{} gives something else at every refresh", function));
  }
  const auto sql = with_names(definition, definition.sql);
  MATVIEW_ASSIGN(const auto syntax, analyze(database, sql));
  // A change is told by rows that are the same; by a collation others are equal too.
  if (syntax.collates) return refused("SYNTAX_NOT_SUPPORTED", "a collation makes texts equal that are not the same");
  MATVIEW_ASSIGN(const auto attachments, parse_attachments(definition.attachments));
  MATVIEW_ASSIGN(const auto references, pinned_references(definition, syntax, attachments, upstream));
  std::vector<Leaf> leaves;
  for (const auto& reference : references) {
    Leaf leaf;
    if (reference.resolved.kind != Resolved::Kind::other) leaf = {reference.name(), reference.columns()};
    leaves.push_back(std::move(leaf));
  }
  if (uses_own_names(definition, leaves))
    return refused("SYNTAX_NOT_SUPPORTED", "a name begins with '__matview_', as those do that matview works with");
  if (tracing == Tracing::where_not_kept) trace(leaves, definition, references);
  auto plan = compile_storable(database, sql, syntax, leaves);
  const bool traces = std::any_of(leaves.begin(), leaves.end(), [](const Leaf& leaf) { return leaf.traced; });
  if (traces && (!plan || is_partly_traced(*plan))) {
    for (auto& leaf : leaves) leaf.traced = false;
    plan = compile_storable(database, sql, syntax, leaves);
  }
  if (plan) {
    for (const auto* change : {hindered_by_time(*plan), hindered_by_all(*plan)})
      if (change) return refused(change->code, change->reason);
    return plan;
  }
  if (is_refusal(plan.error())) return refused(plan.error().detail, plan.error().message);
  // Whatever the binder does not take of the parts is taken as a whole.
  return refused("SYNTAX_NOT_SUPPORTED", "a part of the query cannot be taken by itself: " + plan.error().message);
}

}  // namespace matview::engine::ivm
