#include <fmt/format.h>

#include <algorithm>

#include "engine/duckdb/sql_text.hpp"
#include "engine/ivm/compiler.hpp"

namespace matview::engine::ivm {

namespace {

constexpr const char* k_code = "RECURSION";

bool is_working(const Input& input) { return input.relation.kind == Relation::Kind::working; }

/// The common table by itself: SELECT * FROM name, with nothing else defined.
Json whole(const Json& table, const std::string& name, const std::vector<std::string>& names) {
  auto node = select_node({star()}, table_ref(name, ""));
  node["cte_map"]["map"].push_back({{"key", name},
                                    {"value",
                                     {{"aliases", names},
                                      {"query", {{"node", table}, {"named_param_map", Json::array()}}},
                                      {"materialized", "CTE_MATERIALIZE_DEFAULT"},
                                      {"key_targets", Json::array()}}}});
  return node;
}

}  // namespace

std::string working_token(std::size_t number) { return fmt::format("__matview_working_{}_", number); }

/// WITH RECURSIVE: first rows, and a step that makes further rows of those found last. A step that takes each row by
/// itself is maintained: what comes and goes leads to all else that does. One without a word of the table's own rows is
/// a UNION like any other.
Result<std::int64_t> Compiler::recursion(const CommonTable& table) {
  auto node = table.query;
  const auto name = text_of(node, "cte_name");
  if (!node.at("key_targets").empty()) return fail(refusal(k_code, "a recursion USING KEY replaces its own rows"));
  if (!node.at("modifiers").empty()) return fail(refusal(k_code, "ORDER BY or LIMIT of a recursion"));
  auto scope = table.scope;
  scope.erase(fold_case(name));
  MATVIEW_ASSIGN(const auto copy, bindable(whole(node, name, table.names), scope));
  MATVIEW_ASSIGN(const auto columns, tree_.describe(copy));
  MATVIEW_TRY(open_scope(node, scope));
  MATVIEW_ASSIGN(const auto base, query(node.at("left"), scope));

  auto step_scope = scope;
  auto working = std::make_shared<CommonTable>();
  working->working = working_.size();
  working_.push_back(columns);
  MATVIEW_TRY(tree_.declare(working_token(*working->working), columns));
  step_scope[fold_case(name)] = std::move(working);
  const auto first = plan_.blocks.size();
  MATVIEW_ASSIGN(const auto step, query(node.at("right"), step_scope));

  const bool all = node.at("union_all") == true;
  std::vector<std::string> names;
  for (const auto& column : columns) names.push_back(column.name);
  std::int64_t readers = 0;
  std::size_t reader = 0;
  for (std::size_t i = first; i < plan_.blocks.size(); ++i) {
    const auto& inputs = plan_.blocks[i].inputs;
    readers += std::count_if(inputs.begin(), inputs.end(), is_working);
    if (std::any_of(inputs.begin(), inputs.end(), is_working)) reader = i;
  }
  if (readers == 0) {
    MATVIEW_ASSIGN(auto rows, union_all({base, step}, false, false));
    MATVIEW_ASSIGN(rows, renamed(rows, names));
    const auto& made = plan_.blocks.at(static_cast<std::size_t>(rows)).columns;
    for (std::size_t i = 0; i < columns.size(); ++i)
      if (made.at(i).type != columns[i].type) return fail(refusal(k_code, "a recursion that is none, of other types"));
    return all ? Result<std::int64_t>(rows) : distinct(rows, "counters");
  }
  const auto last = plan_.blocks.size() - 1;
  if (readers > 1) return fail(refusal(k_code, fmt::format("'{}' joins its own rows with each other", name)));
  if (reader != last || step != static_cast<std::int64_t>(last) || plan_.blocks[last].kind != Block::Kind::query)
    return fail(refusal(k_code, fmt::format("'{}' goes on from its own rows through '{}'", name,
                                            plan_.blocks[std::min(reader + 1, last)].label)));

  // The step becomes the recursion itself, which reads its own rows.
  Block block = std::move(plan_.blocks.back());
  plan_.blocks.pop_back();
  for (auto& input : block.inputs) {
    auto& change = input.change;
    if (is_working(input)) {
      if (change.way != Propagation::Way::linear)
        return fail(refusal(k_code, fmt::format("'{}' does not go on from each of its own rows by itself", name)));
      input.relation = {Relation::Kind::block, static_cast<std::int64_t>(plan_.blocks.size())};
      change = {};
      continue;
    }
    if (change.way == Propagation::Way::linear) continue;
    const bool timed = input.relation.kind == Relation::Kind::clock;
    const auto reason = timed                   ? "the time decides how a recursion goes on"
                        : change.reason.empty() ? "what a recursion goes on with is not joined row by row"
                                                : "in the step of a recursion: " + change.reason;
    change = {};
    change.code = timed ? "TIME_FUNCTION" : k_code;
    change.reason = reason;
  }
  Piece first_rows;
  MATVIEW_TRY(input(first_rows, {Relation::Kind::block, base}, "__matview_rows"));
  first_rows.inputs.front().change.way = Propagation::Way::linear;
  block.inputs.push_back(std::move(first_rows.inputs.front()));
  block.kind = Block::Kind::recursion;
  block.label = "recursion";
  block.technique = "semi_naive";
  block.keeps_copies = all;
  block.columns = columns;
  return add(std::move(block));
}

}  // namespace matview::engine::ivm
