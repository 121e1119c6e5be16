#include <fmt/format.h>

#include <algorithm>

#include "engine/ivm/joins.hpp"
#include "engine/ivm/maintenance.hpp"

namespace matview::engine::ivm {

namespace {

constexpr std::string_view k_more = "__matview_n";   // by how many more rows have the key
constexpr std::string_view k_count = "__matview_m";  // how many have it now

}  // namespace

/// The input is the side of a LEFT or RIGHT join that may match nothing, and stands there alone. Its rows with a key
/// match if they fulfil what the join demands of that side; so whether a row of the other side finds a match is told by
/// their number.
Result<void> Compiler::add_matches(Propagation& keyed, const Piece& piece, const Input& input,
                                   const std::vector<std::string>& path, std::size_t level,
                                   const Equalities& equalities) {
  auto inner = piece;
  auto& join = at_path(inner.node["from_table"], path, level);
  const auto& side = path[level];
  const auto table = join.at(side);
  const auto outer = side == "right" ? "LEFT" : "RIGHT";
  if (keyed.near_of(input.token) == nullptr || equalities.null_keys || text_of(join, "join_type") != outer) return {};
  std::vector<Json> demands;
  std::size_t equal = join.at("using_columns").size();
  if (text_of(join, "ref_type") != "REGULAR") return {};
  for (const auto& condition : conjuncts(join.at("condition"))) {
    if (tree_.binds(condition, table) && !Tree::has_subquery(condition))
      demands.push_back(condition);
    else
      ++equal;
  }
  if (equal != equalities.own.size()) return {};  // something is demanded of both sides at once

  const auto keys_of = [&](Json node) {
    node["select_list"] = keys_query(equalities.own, table).at("select_list");
    auto conditions = conjuncts(node.at("where_clause"));
    conditions.insert(conditions.end(), demands.begin(), demands.end());
    node["where_clause"] = conjunction(std::move(conditions));
    return node;
  };
  auto changed = keys_of(select_node({}, table));
  changed["select_list"].push_back(column_ref({text_of(table, "alias"), std::string(k_weight)}));
  MATVIEW_ASSIGN(const auto near, near_rows(keyed, table, equalities.own, k_equal));
  const auto changed_sql = tree_.print(changed);
  const auto near_sql = tree_.print(keys_of(near));
  join["join_type"] = "INNER";
  MATVIEW_ASSIGN(const auto matching, linear(inner, input, at_path(inner.node["from_table"], path, path.size())));
  if (!changed_sql || !near_sql || matching.weighted_sql.empty()) return {};
  keyed.matches.inner_sql = matching.weighted_sql;
  keyed.matches.keys_sql =
      fmt::format("SELECT * EXCLUDE ({0}), CAST(sum({0}) AS BIGINT) AS {1} FROM ({2}) GROUP BY ALL", k_weight, k_more,
                  *changed_sql);
  keyed.matches.count_sql = fmt::format("SELECT *, count(*) AS {} FROM ({}) GROUP BY ALL", k_count, *near_sql);
  return {};
}

/// What matches the changed rows comes and goes with them. Of the rows of the other side those differ besides that now
/// find a match and found none, or the other way round.
Result<void> Maintenance::matched_terms(const Block& own, std::size_t index, std::vector<Progress::Term>& terms) {
  const auto& input = own.inputs[index];
  const auto& change = input.change;
  MATVIEW_ASSIGN(const auto rows, weighted_change(input.relation, own));
  if (!changed(input.relation)) return {};
  const auto keys = fmt::format("__matview_keys_{}", tables_++);
  MATVIEW_ASSIGN(const auto count, make_table(keys, with_inputs(change.matches.keys_sql, own, index, rows)));
  if (count == 0) return {};
  MATVIEW_TRY(make_near(change, keys, NullKeys::none));
  const auto counts = fmt::format("__matview_counts_{}", tables_++);
  MATVIEW_TRY(
      make_table(counts, with_inputs(replace_token(change.matches.count_sql, k_keys_token, keys), own, index, "")));
  MATVIEW_ASSIGN(const auto near, near_tables(own, index, keys, NullKeys::none, Sides::others));

  const auto inner_sql = over_near(change.matches.inner_sql, near);
  for (const int sign : {1, -1})
    if (const auto part = part_of_change(input.relation, rows, sign); !part.empty())
      terms.push_back({named(with_inputs(inner_sql, own, index, part), own.columns, true), sign});

  const auto nothing = fmt::format("FROM ({}) WHERE false", new_rows(input.relation));
  const auto unmatched = [&](const std::string& condition, int sign) -> Result<void> {
    const auto turned = fmt::format("__matview_keys_{}", tables_++);
    MATVIEW_ASSIGN(const auto some,
                   make_table(turned, fmt::format("SELECT * EXCLUDE ({}, {}) FROM {} NATURAL LEFT JOIN {} WHERE {}",
                                                  k_more, k_count, keys, counts, condition)));
    if (some == 0) return {};
    const auto sql = over_near(replace_token(change.plain_sql, k_keys_token, turned), near);
    terms.push_back({weighted(named(with_inputs(sql, own, index, nothing), own.columns), sign), sign});
    return {};
  };
  // None is left, and there were as many as went; or all there are came.
  MATVIEW_TRY(unmatched(fmt::format("{} IS NULL AND {} < 0", k_count, k_more), 1));
  return unmatched(fmt::format("{} = {}", k_count, k_more), -1);
}

}  // namespace matview::engine::ivm
