#include <algorithm>

#include "engine/ivm/joins.hpp"

namespace matview::engine::ivm {

namespace {

/// Where the subquery in FROM stands that has the token: the sides taken from the root.
bool find_lateral(const Json& from, const std::string& token, std::vector<std::string>& path) {
  if (text_of(from, "type") == "SUBQUERY") return reads(from, token);
  if (text_of(from, "type") != "JOIN") return false;
  for (const char* side : {"left", "right"}) {
    path.emplace_back(side);
    if (find_lateral(from.at(side), token, path)) return true;
    path.pop_back();
  }
  return false;
}

bool has_modifier(const Json& node, const char* type) {
  const auto& modifiers = node.at("modifiers");
  return std::any_of(modifiers.begin(), modifiers.end(), [&](const Json& one) { return text_of(one, "type") == type; });
}

}  // namespace

/// A subquery that reads the rows beside it: its own tables become inputs, and it stays in the text.
Result<void> Compiler::adopt_lateral(Json& table, Piece& piece, const Scope& scope) {
  auto& node = table["subquery"]["node"];
  if (text_of(node, "type") != "SELECT_NODE" || !node.at("cte_map").at("map").empty())
    return fail(refusal("SYNTAX_NOT_SUPPORTED",
                        "a subquery in FROM that reads its neighbours and is more than one"
                        " SELECT"));
  if (!node.at("sample").is_null()) return fail(refusal("SAMPLE", "the query takes a sample"));
  MATVIEW_TRY(settle_limit(node, piece));
  return adopt_correlated(node, piece, scope);
}

/// The inside of a subquery that is computed for each row around it.
Result<void> Compiler::adopt_correlated(Json& node, Piece& piece, const Scope& scope) {
  MATVIEW_TRY(take_subqueries_out_of_joins(node));
  MATVIEW_TRY(adopt_from(node["from_table"], piece, scope));
  for (const char* part : {"select_list", "where_clause", "having", "qualify", "group_expressions"})
    MATVIEW_TRY(adopt_expressions(node[part], piece, scope));
  return make_repeatable(node, piece);
}

/// Of rows that ORDER BY does not tell apart LIMIT takes any: here those that come first by all that is shown.
Result<void> Compiler::settle_limit(Json& node, Piece& piece) {
  for (const auto& modifier : node.at("modifiers"))
    if (text_of(modifier, "type") == "DISTINCT_MODIFIER" && !modifier.at("distinct_on_targets").empty())
      return fail(refusal("SYNTAX_NOT_SUPPORTED", "DISTINCT ON in a subquery that reads its neighbours"));
  if (!has_modifier(node, "LIMIT_MODIFIER") && !has_modifier(node, "LIMIT_PERCENT_MODIFIER")) return {};
  if (!has_modifier(node, "ORDER_MODIFIER"))
    return fail(refusal("LIMIT_WITHOUT_ORDER", "LIMIT without ORDER BY takes any rows"));
  for (auto& modifier : node["modifiers"]) {
    if (text_of(modifier, "type") != "ORDER_MODIFIER") continue;
    for (const auto& item : node.at("select_list")) {
      if (is_expression(item, "STAR"))
        return fail(refusal("SYNTAX_NOT_SUPPORTED", "LIMIT of a star in a subquery that reads its neighbours"));
      auto expression = item;
      expression["alias"] = "";
      modifier["orders"].push_back(
          {{"type", "ASCENDING"}, {"null_order", "NULLS LAST"}, {"expression", std::move(expression)}});
    }
  }
  piece.settles = true;
  return {};
}

/// The input is read by a subquery in FROM that reads its neighbours.
Result<Propagation> Compiler::through_lateral(const Piece& piece, const Input& input) {
  auto node = piece.node;
  auto& from = node["from_table"];
  std::vector<std::string> path;
  if (!find_lateral(from, input.token, path) || path.empty() || path.back() != "right")
    return refused("SYNTAX_NOT_SUPPORTED", "a subquery in an unusual place");
  const auto place = path.size() - 1;
  for (std::size_t i = 0; i < place; ++i)
    if (!is_linear(at_path(from, path, i), path[i]))
      return refused("NO_EQUALITY_KEY", "a subquery that reads its neighbours within an outer join");
  auto& join = at_path(from, path, place);
  const auto kind = text_of(join, "join_type");
  if (text_of(join, "ref_type") != "REGULAR" || (kind != "INNER" && kind != "LEFT"))
    return refused("SYNTAX_NOT_SUPPORTED", "a subquery that reads its neighbours in a join of another kind");
  auto& inner = join["right"]["subquery"]["node"];
  std::vector<std::string> inner_path;
  if (!find_path(inner.at("from_table"), input.token, inner_path))
    return refused("NO_EQUALITY_KEY", "subqueries within subqueries");
  auto inner_from = inner.at("from_table");
  for (std::size_t i = 0; i < inner_path.size(); ++i)
    if (!is_linear(at_path(inner_from, inner_path, i), inner_path[i]))
      return refused("NO_EQUALITY_KEY", "an outer join within a subquery");

  const bool plain = inner.at("modifiers").empty() && inner.at("group_expressions").empty() &&
                     inner.at("having").is_null() && inner.at("qualify").is_null() &&
                     text_of(inner, "aggregate_handling") == "STANDARD_HANDLING" &&
                     !tree_.has_aggregate(inner.at("select_list")) && !Tree::has_window(inner.at("select_list"));
  if (plain && kind == "INNER") {
    Propagation result;
    result.way = Propagation::Way::linear;
    return result;
  }
  const auto outer = join.at("left");
  Equalities equalities;
  const auto is_own = [&](const Json& expression) { return tree_.binds(expression, inner_from); };
  const auto is_other = [&](const Json& expression) {
    return !tree_.binds(expression, inner_from) && tree_.binds(expression, outer);
  };
  for (const auto& condition : conjuncts(inner.at("where_clause"))) equalities.add(condition, is_own, is_other);
  if (equalities.own.empty())
    return refused("NO_EQUALITY_KEY", "a subquery that reads its neighbours, without an equality");
  const auto with = [&](const char* comparison_type) {
    inner["from_table"] = restricted_to_keys(inner_from, equalities.own, comparison_type);
    join["left"] = restricted_to_keys(outer, equalities.other, comparison_type);
    return node;
  };
  const auto restricted = with(k_same);
  MATVIEW_ASSIGN(auto result, keyed(keys_query(equalities.own, inner_from), restricted, with(k_equal)));
  result.null_keys = equalities.null_keys;
  MATVIEW_TRY(add_near(result, inner_from, equalities.own));
  MATVIEW_TRY(add_near(result, outer, equalities.other));
  result.code = "NOT_LINEAR";
  result.reason = "a row of a subquery changes what becomes of others";
  return result;
}

}  // namespace matview::engine::ivm
