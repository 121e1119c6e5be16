#include "engine/ivm/tree.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>

#include "engine/duckdb/sql_text.hpp"

namespace matview::engine::ivm {

namespace {

constexpr const char* k_unsupported = "SYNTAX_NOT_SUPPORTED";
constexpr std::string_view k_select = "SELECT ";

tl::unexpected<Error> unprintable() {
  return fail(refusal(k_unsupported, "the query uses syntax that cannot be written back from its syntax tree"));
}

enum class Names {
  written,  ///< with aliases
  meant,    ///< without, and in one case: it makes no difference to columns and functions
};

/// The tree without what says where it stood.
Json bare(const Json& node, Names names) {
  if (node.is_array()) {
    Json list = Json::array();
    for (const auto& child : node) list.push_back(bare(child, names));
    return list;
  }
  if (!node.is_object()) return node;
  Json result = Json::object();
  for (const auto& [key, child] : node.items())
    if (key != "query_location" && (names == Names::written || key != "alias")) result[key] = bare(child, names);
  if (names == Names::written) return result;
  if (is_expression(result, "COLUMN_REF"))
    for (auto& name : result["column_names"]) name = fold_case(name.get<std::string>());
  if (is_expression(result, "FUNCTION")) result["function_name"] = fold_case(text_of(result, "function_name"));
  return result;
}

template <typename Is>
bool holds(const Json& tree, Is is) {
  bool found = false;
  walk(tree, [&](const Json& node) {
    found = found || is(node);
    return !found;
  });
  return found;
}

bool is_double(const Json& node) {
  return is_expression(node, "CONSTANT") && text_of(node.at("value").at("type"), "id") == "DOUBLE";
}

bool has_double(const Json& tree) { return holds(tree, is_double); }

bool has_star(const Json& tree) {
  return holds(tree, [](const Json& node) { return is_expression(node, "STAR"); });
}

/// DuckDB prints the DOUBLE 1e3 as 1000.0, which is a DECIMAL.
void cast_doubles(Json& tree) {
  walk(tree, [](Json& node) {
    if (!is_double(node)) return true;
    auto text = node;
    text["alias"] = "";
    text["value"] = {{"type", {{"id", "VARCHAR"}, {"type_info", nullptr}}},
                     {"is_null", false},
                     {"value", node.at("value").at("value").dump()}};
    node = {{"class", "CAST"},        {"type", "OPERATOR_CAST"},
            {"alias", node["alias"]}, {"query_location", node["query_location"]},
            {"child", text},          {"cast_type", {{"id", "DOUBLE"}, {"type_info", nullptr}}},
            {"try_cast", false}};
    return false;
  });
}

/// DuckDB prints VALUES in FROM as SELECT * of it, once more each time.
void unwrap_values(Json& tree) {
  walk(tree, [](Json& node) {
    if (text_of(node, "type") != "SUBQUERY" || !node.contains("column_name_alias") ||
        !node.at("column_name_alias").empty())
      return true;
    const auto& query = node.at("subquery").at("node");
    if (text_of(query, "type") != "SELECT_NODE" || text_of(query.at("from_table"), "type") != "EXPRESSION_LIST")
      return true;
    auto values = query.at("from_table");
    if (bare(query, Names::written) != bare(select_node({star()}, values), Names::written)) return true;
    values["alias"] = node.at("alias");
    node = std::move(values);
    return true;
  });
}

std::string serialized(const Json& node) {
  return Json{{"error", false}, {"statements", Json::array({{{"node", node}, {"named_param_map", Json::array()}}})}}
      .dump();
}

}  // namespace

Error refusal(std::string_view code, std::string message) {
  Error error(ErrorCode::unsupported, std::move(message));
  error.detail = code;
  return error;
}

std::string text_of(const Json& node, const char* key) {
  const auto found = node.find(key);
  return found != node.end() && found->is_string() ? found->get<std::string>() : std::string();
}

bool is_expression(const Json& node, std::string_view expression_class) {
  return node.is_object() && text_of(node, "class") == expression_class;
}

bool is_exact_number(std::string_view type) {
  for (const std::string_view name :
       {"TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT"})
    if (type == name) return true;
  return type.starts_with("DECIMAL(");
}

std::optional<std::int64_t> whole_number(const Json& expression) {
  if (!is_expression(expression, "CONSTANT")) return std::nullopt;
  const auto& value = expression.at("value");
  const auto number = value.find("value");
  const auto type = text_of(value.at("type"), "id");
  const bool whole = type == "TINYINT" || type == "SMALLINT" || type == "INTEGER" || type == "BIGINT";
  if (!whole || number == value.end() || !number->is_number_integer()) return std::nullopt;
  return number->get<std::int64_t>();
}

bool is_fixed(const Json& expression) {
  if (is_expression(expression, "CONSTANT")) return true;
  if (is_expression(expression, "CAST")) return is_fixed(expression.at("child"));
  if (!is_expression(expression, "FUNCTION")) return false;
  const auto& arguments = expression.at("children");
  return !arguments.empty() && std::all_of(arguments.begin(), arguments.end(), is_fixed);
}

bool same(const Json& left, const Json& right) { return bare(left, Names::meant) == bare(right, Names::meant); }

Result<Json> Tree::parse(std::string_view sql) {
  MATVIEW_ASSIGN(const auto rows, database_.rows("SELECT json_serialize_sql(" + quote_literal(sql) + ")::VARCHAR"));
  const auto document = Json::parse(rows.at(0).at(0).value_or(""), nullptr, false);
  if (document.is_discarded() || !document.contains("statements") || document.at("statements").size() != 1)
    return fail(refusal(k_unsupported, "the syntax tree of the query cannot be read"));
  auto node = document.at("statements").at(0).at("node");
  MATVIEW_TRY(make_printable(node));
  return node;
}

Result<void> Tree::make_printable(Json& node) {
  unwrap_values(node);
  if (!has_double(node)) return {};
  std::optional<Error> error;
  walk(node, [&](Json& inner) {
    const auto list = inner.find("select_list");
    if (list == inner.end() || error) return !error;
    for (auto& item : *list) {
      // The columns of a star keep their names.
      if (!text_of(item, "alias").empty() || is_expression(item, "STAR") || !has_double(item)) continue;
      if (has_star(item)) return error = unprintable().value(), false;
      // What has no name is called as it was written.
      auto name = deserialized(select_node({item}, empty_from()));
      if (!name) return error = std::move(name).error(), false;
      item["alias"] = name->substr(k_select.size());
    }
    return true;
  });
  if (error) return fail(*std::move(error));
  cast_doubles(node);
  return {};
}

Result<Json> Tree::expression(std::string_view text) {
  MATVIEW_ASSIGN(const auto node, parse("SELECT " + std::string(text)));
  return node.at("select_list").at(0);
}

Result<std::string> Tree::deserialized(const Json& node) {
  const auto rows = database_.rows("SELECT json_deserialize_sql(" + quote_literal(serialized(node)) + "::JSON)");
  if (!rows || !rows->at(0).at(0)) return unprintable();
  return *rows->at(0).at(0);
}

Result<std::string> Tree::print(const Json& node) {
  MATVIEW_ASSIGN(auto sql, deserialized(node));
  const auto again = parse(sql);
  if (!again || bare(*again, Names::written) != bare(node, Names::written)) return unprintable();
  return sql;
}

Result<std::string> Tree::print_expression(const Json& expression) {
  MATVIEW_ASSIGN(const auto sql, print(select_node({expression}, empty_from())));
  if (!sql.starts_with(k_select)) return fail(ErrorCode::internal, "an expression was printed as '" + sql + "'");
  return sql.substr(k_select.size());
}

Result<void> Tree::declare(std::string_view name, const std::vector<Column>& columns) {
  auto list = null_list(columns);
  if (list.empty()) list = "CAST(NULL AS INTEGER) AS __matview_nothing";
  // A view: a table would have a rowid, which what it stands for has not.
  return database_.execute("CREATE OR REPLACE TEMP VIEW " + quote_identifier(name) + " AS SELECT " + list);
}

Result<std::vector<Column>> Tree::describe_sql(std::string_view sql) {
  return database_.describe("SELECT * FROM (" + std::string(sql) + ")");
}

Result<std::vector<Column>> Tree::describe(const Json& node) {
  MATVIEW_ASSIGN(const auto sql, print(node));
  return describe_sql(sql);
}

bool Tree::binds(const Json& expression, const Json& from) {
  const auto node = select_node({expression}, from);
  const auto question = bare(node, Names::written).dump();
  const auto known = bound_.find(question);
  if (known != bound_.end()) return known->second;
  return bound_[question] = describe(node).has_value();
}

Result<void> Tree::load_aggregates() {
  if (!aggregates_.empty()) return {};
  MATVIEW_ASSIGN(const auto functions, database_.rows("SELECT DISTINCT function_name FROM duckdb_functions()"
                                                      " WHERE function_type = 'aggregate'"));
  for (const auto& row : functions) aggregates_.insert(row.at(0).value_or(""));
  MATVIEW_ASSIGN(const auto macros,
                 database_.rows("SELECT DISTINCT m.function_name FROM duckdb_functions() m, duckdb_functions() a"
                                " WHERE m.function_type = 'macro' AND a.function_type = 'aggregate'"
                                " AND contains(m.macro_definition, a.function_name || '(')"));
  for (const auto& row : macros) aggregate_macros_.insert(row.at(0).value_or(""));
  return {};
}

bool Tree::is_aggregate(const Json& expression) {
  if (!is_expression(expression, "FUNCTION") || !load_aggregates()) return false;
  const auto name = fold_case(text_of(expression, "function_name"));
  return aggregates_.contains(name) || aggregate_macros_.contains(name);
}

bool Tree::has_aggregate(const Json& tree) {
  bool found = false;
  walk(tree, [&](const Json& node) {
    if (is_expression(node, "SUBQUERY") || is_expression(node, "WINDOW")) {
      // The arguments of a window function may hold aggregates; the function itself is none.
      if (is_expression(node, "WINDOW"))
        for (const auto& child : node) found = found || has_aggregate(child);
      return false;
    }
    found = found || is_aggregate(node);
    return !found;
  });
  return found;
}

bool Tree::has_window(const Json& tree) {
  bool found = false;
  walk(tree, [&](const Json& node) {
    if (is_expression(node, "SUBQUERY")) return false;
    found = found || is_expression(node, "WINDOW");
    return !found;
  });
  return found;
}

bool Tree::has_subquery(const Json& tree) {
  return holds(tree, [](const Json& node) { return is_expression(node, "SUBQUERY"); });
}

Json select_node(std::vector<Json> list, Json from) {
  return {{"type", "SELECT_NODE"},
          {"modifiers", Json::array()},
          {"cte_map", {{"map", Json::array()}}},
          {"select_list", std::move(list)},
          {"from_table", std::move(from)},
          {"where_clause", nullptr},
          {"group_expressions", Json::array()},
          {"group_sets", Json::array()},
          {"aggregate_handling", "STANDARD_HANDLING"},
          {"having", nullptr},
          {"sample", nullptr},
          {"qualify", nullptr}};
}

Json empty_from() { return {{"type", "EMPTY"}, {"alias", ""}, {"sample", nullptr}}; }

Json table_ref(std::string_view name, std::string_view alias) {
  return {{"type", "BASE_TABLE"}, {"alias", alias},      {"sample", nullptr},
          {"schema_name", ""},    {"table_name", name},  {"column_name_alias", Json::array()},
          {"catalog_name", ""},   {"at_clause", nullptr}};
}

Json star() {
  return {{"class", "STAR"},
          {"type", "STAR"},
          {"alias", ""},
          {"relation_name", ""},
          {"exclude_list", Json::array()},
          {"replace_list", Json::array()},
          {"columns", false},
          {"expr", nullptr},
          {"qualified_exclude_list", Json::array()},
          {"rename_list", Json::array()}};
}

Json column_ref(std::vector<std::string> names) {
  return {{"class", "COLUMN_REF"}, {"type", "COLUMN_REF"}, {"alias", ""}, {"column_names", std::move(names)}};
}

Json join(std::string_view kind, Json left, Json right, Json condition) {
  return {{"type", "JOIN"},
          {"alias", ""},
          {"sample", nullptr},
          {"left", std::move(left)},
          {"right", std::move(right)},
          {"condition", std::move(condition)},
          {"join_type", kind},
          {"ref_type", "REGULAR"},
          {"using_columns", Json::array()},
          {"delim_flipped", false},
          {"duplicate_eliminated_columns", Json::array()}};
}

Json conjunction(std::vector<Json> conditions) {
  if (conditions.empty()) return nullptr;
  if (conditions.size() == 1) return std::move(conditions.front());
  return {{"class", "CONJUNCTION"}, {"type", "CONJUNCTION_AND"}, {"alias", ""}, {"children", std::move(conditions)}};
}

std::vector<Json> conjuncts(const Json& condition) {
  if (condition.is_null()) return {};
  if (text_of(condition, "type") != "CONJUNCTION_AND") return {condition};
  std::vector<Json> all;
  for (const auto& child : condition.at("children"))
    for (auto& part : conjuncts(child)) all.push_back(std::move(part));
  return all;
}

std::string replace_token(std::string sql, std::string_view token, std::string_view replacement) {
  for (auto at = sql.find(token); at != std::string::npos; at = sql.find(token, at + replacement.size()))
    sql.replace(at, token.size(), replacement);
  return sql;
}

std::int64_t count_of(std::string_view sql, std::string_view token) {
  std::int64_t count = 0;
  for (auto at = sql.find(token); at != std::string_view::npos; at = sql.find(token, at + token.size())) ++count;
  return count;
}

}  // namespace matview::engine::ivm
