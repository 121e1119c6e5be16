#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "engine/duckdb/sql_text.hpp"
#include "engine/ivm/joins.hpp"
#include "engine/ivm/switched.hpp"

namespace matview::engine::ivm {

Result<Propagation> Compiler::propagation(const Piece& piece, const Input& input) {
  if (input.relation.kind == Relation::Kind::clock) return through_clock(piece, input);
  const auto& from = piece.node.at("from_table");
  std::vector<std::string> path;
  if (!find_path(from, input.token, path))
    return reads(from, input.token) ? through_lateral(piece, input) : through_subquery(piece, input);
  auto copy = from;
  bool all_linear = true;
  for (std::size_t i = 0; i < path.size(); ++i) all_linear = all_linear && is_linear(at_path(copy, path, i), path[i]);
  if (all_linear) return linear(piece, input, at_path(copy, path, path.size()));
  return through_join(piece, input, path);
}

/// Of a condition `… IN (SELECT * FROM input)`, where the input is read by nothing else: its place.
std::optional<std::size_t> Compiler::member_of(const Piece& piece, const Json& condition) {
  if (!is_expression(condition, "SUBQUERY") || text_of(condition, "subquery_type") != "ANY" ||
      text_of(condition, "comparison_type") != k_equal)
    return std::nullopt;
  const auto& query = condition.at("subquery").at("node");
  if (text_of(query, "type") != "SELECT_NODE") return std::nullopt;
  const auto whole = select_node(query.at("select_list"), query.at("from_table"));
  if (!same(query, whole) || whole.at("select_list").size() != 1 ||
      !is_expression(whole.at("select_list").at(0), "STAR"))
    return std::nullopt;
  for (std::size_t i = 0; i < piece.inputs.size(); ++i) {
    const auto& token = piece.inputs[i].token;
    if (text_of(whole.at("from_table"), "table_name") != token) continue;
    std::int64_t readers = 0;
    walk(piece.node, [&](const Json& node) {
      readers += text_of(node, "table_name") == token ? 1 : 0;
      return true;
    });
    if (readers == 1 && columns_of(piece.inputs[i].relation).size() == 1) return i;
  }
  return std::nullopt;
}

/// Equalities of columns between the input and others, where all joins are inner ones, and of an input that must be
/// among the rows of another.
std::vector<Equality> Compiler::equalities(const Piece& piece, const Input& input) {
  std::vector<Equality> found;
  std::map<std::string, Json> tables;
  auto conditions = conjuncts(piece.node.at("where_clause"));
  bool all_inner = true;
  walk(piece.node.at("from_table"), [&](const Json& node) {
    if (text_of(node, "type") == "JOIN") {
      all_inner = all_inner && text_of(node, "join_type") == "INNER" && text_of(node, "ref_type") == "REGULAR";
      for (auto& part : conjuncts(node.at("condition"))) conditions.push_back(std::move(part));
    }
    if (text_of(node, "type") == "BASE_TABLE" && node.at("column_name_alias").empty())
      tables.emplace(text_of(node, "table_name"), node);
    return all_inner;
  });
  const auto own = tables.find(input.token);
  if (!all_inner || own == tables.end()) return found;
  const auto column = [&](const Json& expression, const Json& table, const Relation& relation) {
    if (!is_expression(expression, "COLUMN_REF") || expression.at("column_names").size() > 2) return std::string();
    const auto name = fold_case(expression.at("column_names").back().get<std::string>());
    for (const auto& candidate : columns_of(relation))
      if (fold_case(candidate.name) == name && tree_.binds(expression, table)) return candidate.name;
    return std::string();
  };
  for (const auto& condition : conditions) {
    if (const auto other = member_of(piece, condition)) {
      auto own_column = column(condition.at("child"), own->second, input.relation);
      const auto& member = columns_of(piece.inputs[*other].relation).front();
      for (const auto& candidate : columns_of(input.relation))
        if (candidate.name == own_column && candidate.type == member.type)
          found.push_back({static_cast<std::int64_t>(*other), std::move(own_column), member.name});
    }
    if (!is_expression(condition, "COMPARISON") || text_of(condition, "type") != k_equal) continue;
    for (std::size_t i = 0; i < piece.inputs.size(); ++i) {
      const auto& other = piece.inputs[i];
      const auto table = tables.find(other.token);
      if (other.token == input.token || table == tables.end()) continue;
      for (const auto& [mine, theirs] : {std::pair("left", "right"), std::pair("right", "left")}) {
        auto own_column = column(condition.at(mine), own->second, input.relation);
        auto other_column = column(condition.at(theirs), table->second, other.relation);
        if (!own_column.empty() && !other_column.empty())
          found.push_back({static_cast<std::int64_t>(i), std::move(own_column), std::move(other_column)});
      }
    }
  }
  return found;
}

Result<Propagation> Compiler::linear(const Piece& piece, const Input& input, const Json& table) {
  Propagation result;
  result.way = Propagation::Way::linear;
  if (piece.inputs.size() > 1) result.equalities = equalities(piece, input);
  if (reads_whole_rows(piece, input)) return result;
  auto node = piece.node;
  show_too(node, text_of(table, "alias"), k_weight);
  auto columns = columns_of(input.relation);
  if (piece.traced) columns.push_back({std::string(k_source_column), "VARCHAR"});
  columns.push_back({std::string(k_weight), "INTEGER"});
  const auto weighted_token = input.token + "w_";
  MATVIEW_TRY(tree_.declare(weighted_token, columns));
  const auto sql = tree_.print(node);
  if (!sql) return result;
  const auto described = tree_.describe_sql(replace_token(*sql, input.token, weighted_token));
  MATVIEW_ASSIGN(const auto expected, tree_.describe(piece.node));
  if (described && described->size() == expected.size() + 1 && described->back().type == "INTEGER")
    result.weighted_sql = *sql;
  return result;
}

Result<Propagation> Compiler::keyed(const Json& keys, const Json& restricted, const Json& plain) {
  Propagation result;
  result.way = Propagation::Way::keyed;
  MATVIEW_ASSIGN(result.keys_sql, tree_.print(keys));
  MATVIEW_ASSIGN(const auto columns, tree_.describe_sql(result.keys_sql));
  MATVIEW_TRY(tree_.declare(k_keys_token, columns));
  MATVIEW_ASSIGN(result.restricted_sql, tree_.print(restricted));
  MATVIEW_ASSIGN(result.plain_sql, tree_.print(plain));
  for (const auto& sql : {result.restricted_sql, result.plain_sql})
    if (!tree_.describe_sql(sql)) return refused("NO_EQUALITY_KEY", "the keys of a join cannot be told apart");
  return result;
}

namespace {

/// Whether two values of the type that are equal have the same hash. There are no collations here: see make_plan.
bool is_hashed_by_value(const std::string& type) {
  static const std::set<std::string, std::less<>> k_types{"TINYINT",  "SMALLINT",  "INTEGER",   "BIGINT",  "HUGEINT",
                                                          "UTINYINT", "USMALLINT", "UINTEGER",  "UBIGINT", "BOOLEAN",
                                                          "DATE",     "UUID",      "TIMESTAMP", "VARCHAR"};
  return type.starts_with("DECIMAL(") || k_types.contains(type);
}

}  // namespace

/// The rows of a table that have the keys. Where hashes can tell which may have one those are asked first.
Result<Json> Compiler::near_rows(const Propagation& keyed, const Json& table, const std::vector<Json>& keys,
                                 const char* type) {
  MATVIEW_ASSIGN(const auto star, tree_.expression("*"));
  auto node = select_node({star}, restricted_to_keys(table, keys, type));
  MATVIEW_ASSIGN(const auto types, tree_.describe_sql(keyed.keys_sql));
  MATVIEW_ASSIGN(const auto own_types, tree_.describe(keys_query(keys, table)));
  for (std::size_t i = 0; i < keys.size(); ++i)
    if (types[i].type != own_types[i].type || !is_hashed_by_value(types[i].type)) return node;
  MATVIEW_ASSIGN(auto near, tree_.expression(fmt::format("{}(0)", k_near_token)));
  near["children"] = keys;
  node["where_clause"] = std::move(near);
  return node;
}

/// Where the keys are expressions over one table and nothing else of it is read, its rows are looked for once.
Result<void> Compiler::add_near(Propagation& keyed, const Json& table, const std::vector<Json>& keys) {
  if (keyed.way != Propagation::Way::keyed || text_of(table, "type") != "BASE_TABLE") return {};
  if (!table.at("column_name_alias").empty()) return {};
  for (const auto& key : keys)
    if (is_expression(key, "CONSTANT")) return {};
  const auto token = text_of(table, "table_name");
  if (keyed.near_of(token) || count_of(keyed.plain_sql, token) != 1) return {};
  Propagation::Near near{token, {}, {}};
  MATVIEW_ASSIGN(const auto plain, near_rows(keyed, table, keys, k_equal));
  MATVIEW_ASSIGN(near.plain_sql, tree_.print(plain));
  MATVIEW_ASSIGN(const auto same, near_rows(keyed, table, keys, k_same));
  MATVIEW_ASSIGN(near.sql, tree_.print(same));
  keyed.near.push_back(std::move(near));
  return {};
}

Result<Propagation> Compiler::by_columns(const Json& node, const std::vector<Json>& columns) {
  const auto with = [&](const char* comparison_type) {
    auto restricted = node;
    restricted["from_table"] = restricted_to_keys(node.at("from_table"), columns, comparison_type);
    return restricted;
  };
  MATVIEW_ASSIGN(auto result, keyed(keys_query(columns, node.at("from_table")), with(k_same), with(k_equal)));
  result.null_keys = true;
  MATVIEW_TRY(add_near(result, node.at("from_table"), columns));
  return result;
}

/// What a join demands to be equal of that side and of the other.
Equalities Compiler::equalities_of(const Json& join, const std::string& side) {
  const auto& own = join.at(side);
  const auto& other = join.at(side == "left" ? "right" : "left");
  Equalities equalities;
  const auto is_own = [&](const Json& expression) { return tree_.binds(expression, own); };
  const auto is_other = [&](const Json& expression) { return tree_.binds(expression, other); };
  for (const auto& condition : conjuncts(join.at("condition"))) equalities.add(condition, is_own, is_other);
  for (const auto& name : join.at("using_columns").get<std::vector<std::string>>())
    equalities.add(comparison(k_equal, column_ref({name}), column_ref({name})), is_own, is_other);
  return equalities;
}

/// The input is on a side of a join where a row's coming or going changes what becomes of others. Where such joins
/// stand within each other, the rows of the inner one that differ, before and after, give the keys of the outer one.
Result<Propagation> Compiler::through_join(const Piece& piece, const Input& input,
                                           const std::vector<std::string>& path) {
  auto from = piece.node.at("from_table");
  std::vector<std::size_t> levels;
  for (std::size_t i = 0; i < path.size(); ++i)
    if (!is_linear(at_path(from, path, i), path[i])) levels.push_back(i);
  for (const auto& prefix : {new_token(input.token), old_token(input.token)})
    MATVIEW_TRY(tree_.declare(prefix, columns_of(input.relation)));

  const auto restrict_join = [](Json& place, const std::string& side, const Equalities& equalities, const char* type,
                                const Json& keys = nullptr) {
    const std::string other = side == "left" ? "right" : "left";
    place[side] = restricted_to_keys(place.at(side), equalities.own, type, keys);
    place[other] = restricted_to_keys(place.at(other), equalities.other, type, keys);
  };
  Json keys;
  Equalities equalities;
  for (auto level = levels.size(); level-- > 0;) {
    const auto at = levels[level];
    const auto& join = at_path(from, path, at);
    const auto reference = text_of(join, "ref_type");
    if (reference != "REGULAR") return refused("SYNTAX_NOT_SUPPORTED", fmt::format("a join of the kind {}", reference));
    auto own = equalities_of(join, path[at]);
    if (own.own.empty())
      return refused("NO_EQUALITY_KEY",
                     fmt::format("a {} join whose condition has no equality", text_of(join, "join_type")));
    if (keys.is_null()) {
      keys = keys_query(own.own, join.at(path[at]));
    } else {
      MATVIEW_ASSIGN(auto both, tree_.parse("SELECT 1 UNION SELECT 2"));
      for (const auto& [side, token] : {std::pair("left", new_token(input.token)), {"right", old_token(input.token)}}) {
        auto rows = join.at(path[at]);
        walk(rows, [&](Json& table) {
          if (text_of(table, "table_name") == input.token) table["table_name"] = token;
          return true;
        });
        const auto inner = levels[level + 1];
        const std::vector<std::string> below(path.begin() + static_cast<std::ptrdiff_t>(at) + 1, path.end());
        restrict_join(at_path(rows, below, inner - at - 1), path[inner], equalities, k_same, keys_table(keys));
        both[side] = keys_query(own.own, std::move(rows));
      }
      keys = std::move(both);
    }
    equalities = std::move(own);
  }

  const auto outermost = levels.front();
  const auto& side = path[outermost];
  const auto join = at_path(from, path, outermost);
  const auto kind = text_of(join, "join_type");
  const auto with = [&](const char* comparison_type) {
    auto restricted = piece.node;
    restrict_join(at_path(restricted["from_table"], path, outermost), side, equalities, comparison_type);
    return restricted;
  };
  MATVIEW_ASSIGN(auto result, keyed(keys, with(k_same), with(k_equal)));
  result.null_keys = kind == "OUTER" || kind == "FULL" || equalities.null_keys;
  if (levels.size() == 1) MATVIEW_TRY(add_near(result, join.at(side), equalities.own));
  MATVIEW_TRY(add_near(result, join.at(side == "left" ? "right" : "left"), equalities.other));
  if (levels.size() == 1) MATVIEW_TRY(add_matches(result, piece, input, path, outermost, equalities));
  result.code = "NOT_LINEAR";
  result.reason = fmt::format("a row of that side of a {} join changes what becomes of others", kind);
  return result;
}

/// The input is read by subqueries of expressions alone: what they say of each row now, and what they said before.
Result<std::string> Compiler::through_values(const Piece& piece, const Input& input) {
  const auto& node = piece.node;
  for (const auto& [part, tree] : node.items())
    if (part != "select_list" && part != "where_clause" && reads(tree, input.token))
      return fail(refusal("SYNTAX_NOT_SUPPORTED", "a subquery in an unusual place"));
  if (Tree::has_window(node.at("select_list")) || !node.at("qualify").is_null())
    return fail(refusal("SYNTAX_NOT_SUPPORTED", "a subquery beside a window function"));
  MATVIEW_TRY(tree_.declare(old_token(input.token), columns_of(input.relation)));
  const auto before = [&](Json tree) {
    walk(tree, [&](Json& inner) {
      if (text_of(inner, "table_name") == input.token) inner["table_name"] = old_token(input.token);
      return true;
    });
    return tree;
  };
  return switched_sql(node, "where_clause",
                      {[&](const Json& tree) { return reads(tree, input.token); }, before, Json()});
}

/// The input is read by a subquery of an expression: by the keys of its equality with the outer query, or else by what
/// it says of every row.
Result<Propagation> Compiler::through_subquery(const Piece& piece, const Input& input) {
  MATVIEW_ASSIGN(auto keyed, through_subquery_keys(piece, input));
  if (keyed.way == Propagation::Way::keyed && !keyed.null_sensitive) return keyed;
  auto sql = through_values(piece, input);
  if (!sql) return keyed;
  keyed.switched_sql = *std::move(sql);
  // Where a NULL may decide about all rows there are both ways.
  if (keyed.way == Propagation::Way::keyed) return keyed;
  keyed.way = Propagation::Way::switched;
  keyed.code = "NOT_LINEAR";
  keyed.reason = "what a subquery says decides about all rows";
  return keyed;
}

Result<Propagation> Compiler::through_subquery_keys(const Piece& piece, const Input& input) {
  auto node = piece.node;
  Json* found = nullptr;
  const auto look = [&](Json& tree) {
    walk(tree, [&](Json& inner) {
      if (is_expression(inner, "SUBQUERY") && reads(inner, input.token)) found = &inner;
      return found == nullptr;
    });
  };
  for (const char* part : {"select_list", "where_clause", "having", "qualify"}) look(node[part]);
  if (found == nullptr) return refused("SYNTAX_NOT_SUPPORTED", "a subquery in an unusual place");
  bool demanded = false;  // as it stands, its being true is a condition of every row
  for (const auto& condition : conjuncts(node.at("where_clause"))) demanded = demanded || condition == *found;

  auto& inner = (*found)["subquery"]["node"];
  auto& inner_from = inner["from_table"];
  std::vector<std::string> path;
  if (!find_path(inner_from, input.token, path)) return refused("NO_EQUALITY_KEY", "subqueries within subqueries");
  for (std::size_t i = 0; i < path.size(); ++i)
    if (!is_linear(at_path(inner_from, path, i), path[i]))
      return refused("NO_EQUALITY_KEY", "an outer join within a subquery");

  const auto outer_from = node.at("from_table");
  const auto own = inner_from;
  Equalities equalities;
  const auto is_own = [&](const Json& expression) { return tree_.binds(expression, own); };
  const auto is_other = [&](const Json& expression) {
    return !tree_.binds(expression, own) && tree_.binds(expression, outer_from);
  };
  for (const auto& condition : conjuncts(inner.at("where_clause"))) equalities.add(condition, is_own, is_other);
  const bool correlated = !equalities.own.empty();
  const bool is_in = text_of(*found, "subquery_type") == "ANY" && text_of(*found, "comparison_type") == k_equal;
  if (!correlated) {
    const bool whole = inner.at("where_clause").is_null() && inner.at("select_list").size() == 1 &&
                       is_expression(inner.at("select_list").at(0), "STAR");
    const auto& columns = columns_of(input.relation);
    if (!is_in || !whole || columns.size() != 1)
      return refused(whole && !is_in ? "SCALAR_VALUE_CHANGED" : "NO_EQUALITY_KEY",
                     whole && !is_in ? "the value of a subquery changes all rows" : "a subquery without an equality");
    if (!is_other(found->at("child")) && !tree_.binds(found->at("child"), outer_from))
      return refused("NO_EQUALITY_KEY", "the operand of IN is no expression over the joined tables");
    equalities.own.push_back(column_ref({columns.front().name}));
    equalities.other.push_back(found->at("child"));
  }
  const auto with = [&](const char* comparison_type) {
    // Where NULLs count the subquery must stay whole: it is only asked for fewer rows.
    if (correlated || demanded) inner_from = restricted_to_keys(own, equalities.own, comparison_type);
    node["from_table"] = restricted_to_keys(outer_from, equalities.other, comparison_type);
    return node;
  };
  const auto restricted = with(k_same);
  MATVIEW_ASSIGN(auto result, keyed(keys_query(equalities.own, own), restricted, with(k_equal)));
  result.null_keys = equalities.null_keys;
  if (correlated || demanded) MATVIEW_TRY(add_near(result, own, equalities.own));
  MATVIEW_TRY(add_near(result, outer_from, equalities.other));
  result.null_sensitive = !correlated && !demanded;
  result.code = "NOT_LINEAR";
  result.reason = "a row of a subquery changes what becomes of others";
  return result;
}

}  // namespace matview::engine::ivm
