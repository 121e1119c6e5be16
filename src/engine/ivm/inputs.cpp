#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "engine/duckdb/sql_text.hpp"
#include "engine/ivm/compiler.hpp"

namespace matview::engine::ivm {

namespace {

constexpr const char* k_unsupported = "SYNTAX_NOT_SUPPORTED";

}  // namespace

std::optional<std::size_t> Compiler::reference_at(const Json& table) const {
  const auto found = table.find("query_location");
  if (found == table.end()) return std::nullopt;
  for (std::size_t i = 0; i < syntax_.references.size(); ++i)
    if (*found == syntax_.references[i].location) return i;
  return std::nullopt;
}

const std::vector<Column>& Compiler::columns_of(const Relation& relation) const {
  static const std::vector<Column> k_none;
  if (relation.kind == Relation::Kind::clock) return k_none;
  const auto index = static_cast<std::size_t>(relation.index);
  if (relation.kind == Relation::Kind::working) return working_.at(index);
  return relation.kind == Relation::Kind::reference ? leaves_.at(index).columns : plan_.blocks.at(index).columns;
}

std::vector<std::string> Compiler::columns_read(const Json& node, const Input& input) const {
  std::set<std::string> names;
  bool all = false;
  walk(node, [&](const Json& inner) {
    if (is_expression(inner, "COLUMN_REF"))
      for (const auto& name : inner.at("column_names")) names.insert(fold_case(name.get<std::string>()));
    if (is_expression(inner, "STAR")) all = true;
    if (text_of(inner, "type") == "JOIN") {
      for (const auto& name : inner.at("using_columns")) names.insert(fold_case(name.get<std::string>()));
    }
    // Columns with other names are told by their place.
    if (text_of(inner, "table_name") == input.token) all = all || !inner.at("column_name_alias").empty();
    return !all;
  });
  // A name of the table itself may stand for whole rows.
  walk(node, [&](const Json& inner) {
    if (text_of(inner, "table_name") == input.token) {
      walk(node, [&](const Json& column) {
        if (is_expression(column, "COLUMN_REF") && column.at("column_names").size() == 1 &&
            fold_case(column.at("column_names").at(0).get<std::string>()) == fold_case(text_of(inner, "alias")))
          all = true;
        return !all;
      });
    }
    return !all;
  });
  std::vector<std::string> read;
  for (const auto& column : columns_of(input.relation))
    if (all || names.contains(fold_case(column.name))) read.push_back(column.name);
  if (read.empty() && !columns_of(input.relation).empty()) read.push_back(columns_of(input.relation).front().name);
  return read;
}

/// Makes the piece read a relation; the table that stands for it in the tree.
Result<Json> Compiler::input(Piece& piece, Relation relation, std::string_view alias) {
  Input made;
  made.relation = relation;
  made.token = fmt::format("__matview_in_{}_", tokens_++);
  MATVIEW_TRY(tree_.declare(made.token, columns_of(relation)));
  auto table = table_ref(made.token, alias);
  piece.inputs.push_back(std::move(made));
  return table;
}

/// What a condition of an inner join asks of a subquery can be asked by WHERE, where no other join is around it that
/// makes rows of its own of those that do not fit.
Result<void> Compiler::take_subqueries_out_of_joins(Json& node) {
  MATVIEW_ASSIGN(const auto always, tree_.expression("1 = 1"));
  auto conditions = conjuncts(node.at("where_clause"));
  bool taken = false;
  const auto take = [&](const auto& self, Json& from) -> void {
    if (text_of(from, "type") != "JOIN") return;
    const auto kind = text_of(from, "join_type");
    const bool inner = kind == "INNER";
    if (inner && text_of(from, "ref_type") == "REGULAR" && Tree::has_subquery(from.at("condition"))) {
      std::vector<Json> rest;
      for (auto& part : conjuncts(from.at("condition")))
        (Tree::has_subquery(part) ? conditions : rest).push_back(std::move(part));
      if (rest.empty()) rest.push_back(always);
      from["condition"] = conjunction(std::move(rest));
      taken = true;
    }
    if (inner || kind == "LEFT" || kind == "SEMI" || kind == "ANTI") self(self, from["left"]);
    if (inner || kind == "RIGHT") self(self, from["right"]);
  };
  take(take, node["from_table"]);
  if (taken) node["where_clause"] = conjunction(std::move(conditions));
  return {};
}

/// A NATURAL join with USING instead.
Result<void> Compiler::name_columns(Json& natural) {
  MATVIEW_ASSIGN(const auto left, tree_.describe(select_node({star()}, natural.at("left"))));
  MATVIEW_ASSIGN(const auto right, tree_.describe(select_node({star()}, natural.at("right"))));
  std::set<std::string> others;
  for (const auto& column : right) others.insert(fold_case(column.name));
  for (const auto& column : left)
    if (others.contains(fold_case(column.name))) natural["using_columns"].push_back(column.name);
  natural["ref_type"] = "REGULAR";
  return {};
}

Result<void> Compiler::adopt_from(Json& from, Piece& piece, const Scope& scope) {
  const auto type = text_of(from, "type");
  if (const auto sample = from.find("sample"); sample != from.end() && !sample->is_null())
    return fail(refusal("SAMPLE", "the query takes a sample"));
  if (type == "JOIN") {
    MATVIEW_TRY(adopt_from(from["left"], piece, scope));
    MATVIEW_TRY(adopt_from(from["right"], piece, scope));
    if (text_of(from, "ref_type") == "NATURAL") MATVIEW_TRY(name_columns(from));
    if (text_of(from, "ref_type") == "CROSS") {
      // "a, b" would bind less tightly than what is put around it.
      MATVIEW_ASSIGN(auto always, tree_.expression("1 = 1"));
      from = join("INNER", std::move(from["left"]), std::move(from["right"]), std::move(always));
      return {};
    }
    if (Tree::has_subquery(from.at("condition")))
      return fail(
          refusal(k_unsupported, fmt::format("a subquery in the condition of a {} join", text_of(from, "join_type"))));
    return {};
  }
  if (type == "BASE_TABLE") return adopt_table(from, piece, scope);
  if (type == "PIVOT") MATVIEW_TRY(write_out_pivot(from, scope));
  if (type == "SUBQUERY" || type == "PIVOT") return adopt_subquery(from, piece, scope);
  if (type == "TABLE_FUNCTION") {
    if (const auto reference = reference_at(from); reference && !leaves_[*reference].columns.empty())
      return adopt_table(from, piece, scope);
    if (Tree::has_subquery(from)) return fail(refusal(k_unsupported, "a subquery as argument of a table function"));
    return {};
  }
  if (type == "EMPTY" || type == "EXPRESSION_LIST") return {};
  return fail(refusal(k_unsupported, fmt::format("{} in FROM", type)));
}

Result<void> Compiler::adopt_table(Json& table, Piece& piece, const Scope& scope) {
  if (const auto at = table.find("at_clause"); at != table.end() && !at->is_null())
    return fail(refusal(k_unsupported, "AT"));
  const auto name = text_of(table, "table_name");
  auto alias = text_of(table, "alias");
  Relation relation;
  if (const auto reference = reference_at(table)) {
    if (leaves_[*reference].columns.empty()) return {};
    relation.index = static_cast<std::int64_t>(*reference);
    if (alias.empty()) alias = leaves_[*reference].name;
  } else {
    const auto found = scope.find(fold_case(name));
    if (found == scope.end()) return fail(refusal(k_unsupported, fmt::format("the table '{}'", name)));
    if (const auto& working = found->second->working) {
      relation = {Relation::Kind::working, static_cast<std::int64_t>(*working)};
    } else {
      relation.kind = Relation::Kind::block;
      MATVIEW_ASSIGN(relation.index, common_table(*found->second));
    }
    if (alias.empty()) alias = name;
  }
  auto names = table.value("column_name_alias", Json::array());
  MATVIEW_ASSIGN(table, input(piece, relation, alias));
  table["column_name_alias"] = std::move(names);
  return {};
}

Result<void> Compiler::adopt_subquery(Json& table, Piece& piece, const Scope& scope) {
  const auto& node = table.at("subquery").at("node");
  if (!stands_alone(node, scope)) return adopt_lateral(table, piece, scope);
  Relation relation{Relation::Kind::block, 0};
  MATVIEW_ASSIGN(relation.index, query(node, scope));
  auto names = table.value("column_name_alias", Json::array());
  auto alias = text_of(table, "alias");
  if (alias.empty()) alias = fmt::format("__matview_unnamed_{}", tokens_);
  MATVIEW_ASSIGN(table, input(piece, relation, alias));
  table["column_name_alias"] = std::move(names);
  return {};
}

/// Finds the subqueries of expressions and makes the piece read what they read.
Result<void> Compiler::adopt_expressions(Json& tree, Piece& piece, const Scope& scope) {
  std::optional<Error> error;
  walk(tree, [&](Json& inner) {
    if (error || !is_expression(inner, "SUBQUERY")) return !error;
    if (const auto adopted = adopt_expression_subquery(inner, piece, scope); !adopted) error = adopted.error();
    return false;
  });
  if (error) return fail(*std::move(error));
  return {};
}

Result<void> Compiler::adopt_expression_subquery(Json& expression, Piece& piece, const Scope& scope) {
  if (const auto child = expression.find("child"); child != expression.end() && Tree::has_subquery(*child))
    return fail(refusal(k_unsupported, "a subquery as operand of a subquery"));
  auto& node = expression["subquery"]["node"];
  if (stands_alone(node, scope)) {
    Relation relation{Relation::Kind::block, 0};
    MATVIEW_ASSIGN(relation.index, query(node, scope));
    MATVIEW_ASSIGN(auto table, input(piece, relation, "__matview_subquery"));
    MATVIEW_ASSIGN(node, tree_.parse("SELECT *"));
    node["from_table"] = std::move(table);
    return {};
  }
  if (text_of(node, "type") != "SELECT_NODE" || !node.at("cte_map").at("map").empty())
    return fail(refusal(k_unsupported, "a correlated subquery that is more than one SELECT"));
  // Which rows there are does not matter to EXISTS.
  if (text_of(expression, "subquery_type") != "EXISTS") MATVIEW_TRY(settle_limit(node, piece));
  return adopt_correlated(node, piece, scope);
}

}  // namespace matview::engine::ivm
