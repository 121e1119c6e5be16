#include "engine/ivm/compile.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "engine/duckdb/sql_text.hpp"
#include "engine/duckdb/types.hpp"
#include "engine/ivm/top.hpp"

namespace matview::engine::ivm {

namespace {

constexpr const char* k_unsupported = "SYNTAX_NOT_SUPPORTED";

/// Types whose equality is coarser than being the same: INTERVAL '1 month' equals INTERVAL '30 days', and a row that
/// leaves could not be told from one that stays.
Result<void> require_exact_types(const std::vector<Column>& columns) {
  for (const auto& column : columns)
    if (has_coarse_equality(column.type))
      return fail(
          refusal("TYPE_EQUALITY", fmt::format("{} is of type {}, which has values that are equal but not the"
                                               " same",
                                               column.name.starts_with("__matview_") ? "what the query computes with"
                                                                                     : "column '" + column.name + "'",
                                               column.type)));
  return {};
}

}  // namespace

std::string block_token(std::int64_t block) { return fmt::format("__matview_block_{}_", block); }
std::string leaf_token(std::size_t leaf) { return fmt::format("__matview_leaf_{}_", leaf); }

Result<Plan> Compiler::compile(std::string_view sql) {
  for (std::size_t i = 0; i < leaves_.size(); ++i)
    if (!leaves_[i].columns.empty()) MATVIEW_TRY(tree_.declare(leaf_token(i), leaves_[i].columns));
  MATVIEW_ASSIGN(const auto node, tree_.parse(sql));
  MATVIEW_ASSIGN(const auto shown, query(node, {}));
  MATVIEW_TRY(show_as_stored(shown));
  for (std::size_t i = 0; i < plan_.blocks.size(); ++i)
    if (!passes_each_row_on(i)) MATVIEW_TRY(require_exact_types(plan_.blocks[i].columns));
  return std::move(plan_);
}

/// The view's rows are found again among those that are stored, so that values which are equal and not the same are
/// shown as text, as they are stored.
Result<void> Compiler::show_as_stored(std::int64_t shown) {
  const auto columns = plan_.blocks.at(static_cast<std::size_t>(shown)).columns;
  if (!has_coarse_equality(columns)) return {};
  MATVIEW_ASSIGN(const auto stored, storage_columns(columns));
  std::vector<Json> list;
  std::vector<std::string> names;
  for (const auto& column : stored) {
    const auto name = quote_identifier(column.name);
    MATVIEW_ASSIGN(auto value, tree_.expression(has_coarse_equality(column.type) ? encode_value(name, column) : name));
    list.push_back(std::move(value));
    names.push_back(column.name);
  }
  MATVIEW_ASSIGN(auto piece, over(shown, std::move(list)));
  MATVIEW_TRY(finish(std::move(piece), "columns", names));
  return {};
}

/// Whether the rows of a block go to one reader that looks at each by itself: they are never compared.
bool Compiler::passes_each_row_on(std::size_t index) const {
  const auto& own = plan_.blocks[index];
  const Block* reader = nullptr;
  for (const auto& block : plan_.blocks)
    for (const auto& input : block.inputs) {
      if (input.relation.kind != Relation::Kind::block || input.relation.index != static_cast<std::int64_t>(index))
        continue;
      if (reader != nullptr || input.change.way != Propagation::Way::linear || input.change.weighted_sql.empty())
        return false;
      reader = &block;
    }
  return reader != nullptr && own.kind == Block::Kind::query && !own.keeps_rows && reader->kind == Block::Kind::query &&
         !reader->keeps_rows && reader->technique.empty() && reader->inputs.size() == 1;
}

Result<std::int64_t> Compiler::query(const Json& node, Scope scope) {
  const auto type = text_of(node, "type");
  auto own = node;
  MATVIEW_TRY(open_scope(own, scope));
  if (type == "SELECT_NODE") return select(std::move(own), scope);
  if (type == "SET_OPERATION_NODE") return set_operation(std::move(own), scope);
  return fail(refusal(k_unsupported, fmt::format("a query node of type {}", type)));
}

Result<void> Compiler::open_scope(Json& node, Scope& scope) {
  for (auto& entry : node.at("cte_map").at("map")) {
    auto& value = entry.at("value");
    const auto query = value.at("query").at("node");
    auto table = std::make_shared<CommonTable>();
    table->query = query;
    table->names = value.at("aliases").get<std::vector<std::string>>();
    table->scope = scope;
    scope[fold_case(text_of(entry, "key"))] = std::move(table);
  }
  node["cte_map"]["map"] = Json::array();
  return {};
}

Result<std::int64_t> Compiler::common_table(CommonTable& table) {
  if (table.block) return *table.block;
  if (text_of(table.query, "type") == "RECURSIVE_CTE_NODE") {
    MATVIEW_ASSIGN(table.block, recursion(table));
    return *table.block;
  }
  MATVIEW_ASSIGN(auto block, query(table.query, table.scope));
  if (!table.names.empty()) {
    auto names = table.names;
    const auto& columns = plan_.blocks.at(static_cast<std::size_t>(block)).columns;
    for (auto i = names.size(); i < columns.size(); ++i) names.push_back(columns[i].name);
    MATVIEW_ASSIGN(block, renamed(block, names));
  }
  table.block = block;
  return block;
}

/// The tree with tables that exist in place of references and common tables, so that the binder can be asked.
Result<Json> Compiler::bindable(const Json& node, const Scope& scope) {
  auto copy = node;
  std::optional<Error> error;
  const auto replace = [&](Json& table) {
    const auto alias = text_of(table, "alias");
    const auto reference = reference_at(table);
    if (reference && !leaves_[*reference].columns.empty()) {
      auto names = table.value("column_name_alias", Json::array());
      table = table_ref(leaf_token(*reference), alias.empty() ? leaves_[*reference].name : alias);
      table["column_name_alias"] = std::move(names);
      return;
    }
    const auto name = text_of(table, "table_name");
    const auto found = scope.find(fold_case(name));
    if (text_of(table, "type") != "BASE_TABLE" || reference || found == scope.end()) return;
    if (const auto& working = found->second->working) {
      table["table_name"] = working_token(*working);
    } else {
      const auto block = common_table(*found->second);
      if (!block) {
        error = block.error();
        return;
      }
      table["table_name"] = block_token(*block);
    }
    if (alias.empty()) table["alias"] = name;
  };
  walk(copy, [&](Json& inner) {
    const auto type = text_of(inner, "type");
    if (type == "BASE_TABLE" || type == "TABLE_FUNCTION") replace(inner);
    return !error;
  });
  if (error) return fail(*std::move(error));
  return copy;
}

bool Compiler::stands_alone(const Json& node, const Scope& scope) {
  const auto copy = bindable(node, scope);
  return copy && tree_.describe(*copy).has_value();
}

Result<std::int64_t> Compiler::select(Json node, const Scope& scope) {
  if (!node.at("sample").is_null()) return fail(refusal("SAMPLE", "the query takes a sample"));
  MATVIEW_ASSIGN(const auto copy, bindable(node, scope));
  MATVIEW_ASSIGN(auto columns, tree_.describe(copy));
  MATVIEW_ASSIGN(auto first, take_distinct_on(node));
  MATVIEW_ASSIGN(auto limit, take_limit(node));
  Piece piece{std::move(node), {}};
  MATVIEW_TRY(take_subqueries_out_of_joins(piece.node));
  MATVIEW_TRY(adopt_from(piece.node["from_table"], piece, scope));
  expand_stars(piece.node);
  auto& modifiers = piece.node["modifiers"];
  bool is_distinct = false;
  for (const auto& modifier : modifiers) is_distinct = is_distinct || text_of(modifier, "type") == "DISTINCT_MODIFIER";
  modifiers = Json::array();
  if (first)
    MATVIEW_TRY(add_order(piece.node, *first, false));
  else if (limit)
    MATVIEW_TRY(add_order(piece.node, *limit, is_distinct));
  const auto shown = columns.size();
  std::vector<std::string> names;
  for (const auto& column : columns) names.push_back(column.name);
  if (first) names.insert(names.end(), first->added.begin(), first->added.end());
  if (limit && !first && !is_distinct)
    for (const auto& name : limit->added) names.push_back(name);

  const auto& own = piece.node;
  const bool groups = !own.at("group_expressions").empty() || !own.at("having").is_null() ||
                      text_of(own, "aggregate_handling") == "FORCE_AGGREGATES" ||
                      tree_.has_aggregate(own.at("select_list")) || tree_.has_aggregate(own.at("qualify"));
  MATVIEW_ASSIGN(auto rows, groups ? grouped(std::move(piece), scope, columns) : ungrouped(std::move(piece), scope));
  if (plan_.blocks.at(static_cast<std::size_t>(rows)).columns.size() != names.size())
    return fail(refusal(k_unsupported, "the columns of the query cannot be told apart"));
  MATVIEW_ASSIGN(rows, renamed(rows, names));
  for (std::size_t i = 0; i < shown; ++i)
    if (plan_.blocks.at(static_cast<std::size_t>(rows)).columns.at(i).type != columns[i].type)
      return fail(refusal(k_unsupported, fmt::format("column '{}' would have another type", columns[i].name)));
  if (is_distinct) {
    MATVIEW_ASSIGN(rows, distinct(rows, "counters"));
  }
  if (first) {
    MATVIEW_ASSIGN(rows, distinct_on(rows, *first, limit.has_value()));
  }
  if (first && limit) {
    limit->added.assign(first->added.begin() + first->limit, first->added.end());
    limit->keys.assign(first->keys.begin() + first->limit, first->keys.end());
  }
  return limit ? top(rows, *limit) : Result<std::int64_t>(rows);
}

Result<std::int64_t> Compiler::ungrouped(Piece piece, const Scope& scope) {
  if (Tree::has_window(piece.node.at("select_list")) || !piece.node.at("qualify").is_null())
    return windowed(std::move(piece), scope);
  MATVIEW_TRY(adopt_expressions(piece.node["select_list"], piece, scope));
  MATVIEW_TRY(adopt_expressions(piece.node["where_clause"], piece, scope));
  const bool joins = text_of(piece.node.at("from_table"), "type") == "JOIN";
  return finish(std::move(piece), joins ? "join" : "select");
}

/// An alias of the select list that is used as a column elsewhere is replaced by what it stands for. Columns come
/// first, as they do in DuckDB.
Result<void> Compiler::substitute_aliases(Json& node) {
  std::map<std::string, Json> aliases;
  const auto& from = node.at("from_table");
  const auto substitute = [&](Json& tree) {
    walk(tree, [&](Json& inner) {
      if (is_expression(inner, "SUBQUERY")) return false;
      if (!is_expression(inner, "COLUMN_REF") || inner.at("column_names").size() != 1) return true;
      const auto found = aliases.find(fold_case(inner.at("column_names").at(0).get<std::string>()));
      if (found == aliases.end() || tree_.binds(inner, from)) return true;
      const auto alias = text_of(inner, "alias");
      inner = found->second;
      inner["alias"] = alias;
      return false;
    });
  };
  for (auto& item : node["select_list"]) {
    auto alias = text_of(item, "alias");
    substitute(item);
    if (alias.empty()) continue;
    auto meaning = item;
    meaning["alias"] = "";
    aliases.emplace(fold_case(alias), std::move(meaning));
  }
  for (const char* part : {"where_clause", "having", "qualify"}) substitute(node[part]);
  return {};
}

Result<std::int64_t> Compiler::finish(Piece piece, std::string label, const std::vector<std::string>& names) {
  MATVIEW_ASSIGN(const auto block, finish_traced(std::move(piece), std::move(label), names));
  return without_source(block);
}

Result<std::int64_t> Compiler::finish_traced(Piece piece, std::string label, const std::vector<std::string>& names) {
  MATVIEW_TRY(adopt_clocks(piece));
  MATVIEW_ASSIGN(const auto traced, traced_rows(piece, label, names));
  if (traced) return *traced;
  Block block;
  block.label = std::move(label);
  block.settles = piece.settles;
  MATVIEW_ASSIGN(block.sql, tree_.print(piece.node));
  MATVIEW_ASSIGN(block.columns, tree_.describe_sql(block.sql));
  if (!names.empty()) {
    if (names.size() != block.columns.size())
      return fail(refusal(k_unsupported, "the columns of a part of the query cannot be counted"));
    for (std::size_t i = 0; i < names.size(); ++i) block.columns[i].name = names[i];
  }
  for (auto& input : piece.inputs) {
    MATVIEW_ASSIGN(input.change, propagation(piece, input));
    input.columns = columns_read(piece.node, input);
    // Rows of what is joined are compared when they come and go.
    if (piece.inputs.size() > 1) {
      std::vector<Column> compared;
      for (const auto& column : columns_of(input.relation))
        if (std::find(input.columns.begin(), input.columns.end(), column.name) != input.columns.end())
          compared.push_back(column);
      MATVIEW_TRY(require_exact_types(compared));
    }
    block.inputs.push_back(input);
  }
  return add(std::move(block));
}

Result<std::int64_t> Compiler::add(Block block) {
  const auto index = static_cast<std::int64_t>(plan_.blocks.size());
  MATVIEW_TRY(tree_.declare(block_token(index), block.columns));
  plan_.blocks.push_back(std::move(block));
  return index;
}

Result<Piece> Compiler::over(std::int64_t block, std::vector<Json> list) {
  Piece piece;
  MATVIEW_ASSIGN(auto table, input(piece, {Relation::Kind::block, block}, "__matview_rows"));
  piece.node = select_node(std::move(list), std::move(table));
  return piece;
}

Result<std::int64_t> Compiler::renamed(std::int64_t block, const std::vector<std::string>& names) {
  auto& columns = plan_.blocks.at(static_cast<std::size_t>(block)).columns;
  bool same_names = columns.size() == names.size();
  for (std::size_t i = 0; same_names && i < names.size(); ++i) same_names = columns[i].name == names[i];
  if (same_names) return block;
  // A query's columns are named by position, so the last one can be renamed as long as nobody reads it.
  if (plan_.blocks[static_cast<std::size_t>(block)].kind == Block::Kind::query &&
      static_cast<std::size_t>(block) + 1 == plan_.blocks.size()) {
    for (std::size_t i = 0; i < names.size(); ++i) columns[i].name = names[i];
    MATVIEW_TRY(tree_.declare(block_token(block), columns));
    return block;
  }
  std::vector<Json> list;
  for (const auto& column : columns) list.push_back(column_ref({column.name}));
  MATVIEW_ASSIGN(auto piece, over(block, std::move(list)));
  return finish(std::move(piece), "columns", names);
}

Result<Plan> compile(Database& database, std::string_view sql, const Syntax& syntax, const std::vector<Leaf>& leaves) {
  return Compiler(database, syntax, leaves).compile(sql);
}

}  // namespace matview::engine::ivm
