#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "engine/duckdb/sql_text.hpp"
#include "engine/ivm/compiler.hpp"
#include "engine/ivm/moments.hpp"

namespace matview::engine::ivm {

namespace {

constexpr const char* k_unsupported = "SYNTAX_NOT_SUPPORTED";
constexpr std::string_view k_groups_alias = "__matview_rows";

/// The last name of a column.
std::string last_name(const Json& column) { return fold_case(column.at("column_names").back().get<std::string>()); }

/// The name of a column of the aggregated rows; nothing for anything else.
std::string column_name(const Json& expression) {
  return is_expression(expression, "COLUMN_REF") && expression.at("column_names").size() == 1
             ? expression.at("column_names").at(0).get<std::string>()
             : std::string();
}

}  // namespace

/// What is known of one GROUP BY while the expressions above it are rewritten.
struct Compiler::Grouping {
  const Json& from;                       ///< of the user's query
  const std::vector<Json>& groups;        ///< all expressions that are grouped by
  const std::set<std::size_t>& used;      ///< those of this grouping set
  std::set<std::string> tables;           ///< names the query gives to its tables
  Hoist rows{"__matview_c"};              ///< columns of the rows that are aggregated; the used groups come first
  Hoist calls{"__matview_g"};             ///< aggregate functions over those columns
  std::set<std::string> parameters = {};  ///< of the lambda functions around
};

namespace {

void table_names(const Json& from, std::set<std::string>& names) {
  if (text_of(from, "type") == "JOIN") {
    table_names(from.at("left"), names);
    table_names(from.at("right"), names);
    return;
  }
  if (const auto alias = text_of(from, "alias"); !alias.empty()) names.insert(fold_case(alias));
}

bool joins_by_name(const Json& from) {
  bool found = false;
  walk(from, [&](const Json& node) {
    if (text_of(node, "type") == "JOIN") found = found || !node.at("using_columns").empty();
    return !found;
  });
  return found;
}

}  // namespace

Result<std::vector<Json>> Compiler::group_expressions(const Json& node) {
  std::vector<Json> groups;
  if (text_of(node, "aggregate_handling") == "FORCE_AGGREGATES") {
    // What reads no column is the same for all rows: DuckDB does not group by it.
    for (const auto& item : node.at("select_list"))
      if (!tree_.has_aggregate(item) && !Tree::has_window(item) && !tree_.binds(item, empty_from()))
        groups.push_back(item);
  } else {
    groups = node.at("group_expressions").get<std::vector<Json>>();
  }
  for (auto& group : groups) {
    if (const auto number = whole_number(group)) {
      const auto& list = node.at("select_list");
      if (*number < 1 || static_cast<std::size_t>(*number) > list.size())
        return fail(refusal(k_unsupported, "GROUP BY a position that is not there"));
      group = list.at(static_cast<std::size_t>(*number - 1));
    } else if (!column_name(group).empty() && !tree_.binds(group, node.at("from_table"))) {
      for (const auto& item : node.at("select_list"))
        if (fold_case(text_of(item, "alias")) == fold_case(column_name(group))) {
          group = item;
          break;
        }
    }
    group["alias"] = "";
    if (Tree::has_subquery(group)) return fail(refusal(k_unsupported, "GROUP BY a subquery"));
  }
  return groups;
}

/// An expression above a GROUP BY, over the groups' columns.
Result<Json> Compiler::over_groups(const Json& expression, Grouping& grouping) {
  if (expression.is_array()) {
    Json list = Json::array();
    for (const auto& child : expression) {
      MATVIEW_ASSIGN(auto rewritten, over_groups(child, grouping));
      list.push_back(std::move(rewritten));
    }
    return list;
  }
  if (!expression.is_object()) return expression;
  const auto alias = text_of(expression, "alias");
  const auto named = [&](Json column) {
    column["alias"] = alias;
    return column;
  };
  if (text_of(expression, "type") == "GROUPING_FUNCTION") {
    std::int64_t mask = 0;
    for (const auto& argument : expression.at("children")) {
      const auto found = std::find_if(grouping.groups.begin(), grouping.groups.end(),
                                      [&](const Json& group) { return same(group, argument); });
      if (found == grouping.groups.end()) return fail(refusal(k_unsupported, "GROUPING of another expression"));
      mask = mask * 2 + (grouping.used.contains(static_cast<std::size_t>(found - grouping.groups.begin())) ? 0 : 1);
    }
    MATVIEW_ASSIGN(auto constant, tree_.expression(fmt::format("CAST({} AS BIGINT)", mask)));
    return named(std::move(constant));
  }
  if (is_expression(expression, "COLUMN_REF") && grouping.parameters.contains(fold_case(column_name(expression))))
    return expression;
  if (expression.contains("class")) {
    for (std::size_t i = 0; i < grouping.groups.size(); ++i) {
      const auto& group = grouping.groups[i];
      bool equal = same(group, expression);
      if (!equal && is_expression(expression, "COLUMN_REF") && is_expression(group, "COLUMN_REF") &&
          last_name(group) == last_name(expression) && !joins_by_name(grouping.from)) {
        // "x" and "t.x" are one column where the bare name is not ambiguous and t is a table.
        const auto& longer = group.at("column_names").size() > 1 ? group : expression;
        const auto& names = longer.at("column_names");
        equal = names.size() == 2 && group.at("column_names").size() + expression.at("column_names").size() == 3 &&
                grouping.tables.contains(fold_case(names.at(0).get<std::string>())) &&
                tree_.binds(column_ref({last_name(longer)}), grouping.from);
      }
      if (!equal) continue;
      if (grouping.used.contains(i)) return named(grouping.rows.add(group));
      MATVIEW_ASSIGN(const auto described, tree_.describe(select_node({group}, grouping.from)));
      MATVIEW_ASSIGN(auto null, tree_.expression(fmt::format("CAST(NULL AS {})", described.at(0).type)));
      return named(std::move(null));
    }
  }
  if (tree_.is_aggregate(expression)) {
    auto call = expression;
    call["alias"] = "";
    for (auto& [key, child] : call.items())
      if (child.is_structured()) child = over_rows(child, grouping.rows);
    // What is added up is a column even where it is the same for all rows; how may have to be constant.
    if (auto& arguments = call["children"];
        arguments.size() == 1 && is_fixed(arguments[0]) && call.at("order_bys").at("orders").empty())
      arguments[0] = grouping.rows.add(arguments[0]);
    return named(grouping.calls.add(call));
  }
  if (is_expression(expression, "SUBQUERY")) {
    if (const auto child = expression.find("child"); child != expression.end() && !child->is_null()) {
      auto copy = expression;
      MATVIEW_ASSIGN(copy["child"], over_groups(*child, grouping));
      return copy;
    }
    return expression;
  }
  if (is_expression(expression, "LAMBDA")) {
    auto copy = expression;
    const auto around = grouping.parameters;
    walk(expression.at("lhs"), [&](const Json& node) {
      if (is_expression(node, "COLUMN_REF")) grouping.parameters.insert(last_name(node));
      return true;
    });
    auto body = over_groups(expression.at("expr"), grouping);
    grouping.parameters = around;
    if (!body) return body;
    copy["expr"] = *std::move(body);
    return copy;
  }
  if (is_expression(expression, "STAR")) return fail(refusal(k_unsupported, "a star in an aggregation"));
  if (is_time_alone(expression)) return expression;
  if (is_expression(expression, "COLUMN_REF"))
    return fail(refusal(k_unsupported, "a column in an aggregation that is not grouped by as it is written"));
  auto copy = expression;
  for (auto& [key, child] : copy.items())
    if (child.is_structured()) {
      MATVIEW_ASSIGN(child, over_groups(child, grouping));
    }
  return copy;
}

Result<std::int64_t> Compiler::grouped(Piece piece, const Scope& scope, const std::vector<Column>& columns) {
  MATVIEW_TRY(write_out_stars(piece.node));
  MATVIEW_TRY(substitute_aliases(piece.node));
  MATVIEW_ASSIGN(const auto groups, group_expressions(piece.node));
  const auto& sets = piece.node.at("group_sets");
  if (sets.size() <= 1) {
    std::set<std::size_t> all;
    for (std::size_t i = 0; i < groups.size(); ++i) all.insert(i);
    return grouped_by(piece, scope, groups, all);
  }
  if (Tree::has_window(piece.node.at("select_list")) || !piece.node.at("qualify").is_null())
    return fail(refusal(k_unsupported, "window functions over several grouping sets"));
  std::vector<std::int64_t> parts;
  for (const auto& set : sets) {
    // Each set reads the tables anew.
    auto own = piece;
    for (auto& input : own.inputs) {
      const auto token = fmt::format("__matview_in_{}_", tokens_++);
      MATVIEW_TRY(tree_.declare(token, columns_of(input.relation)));
      walk(own.node, [&](Json& node) {
        if (text_of(node, "table_name") == input.token) node["table_name"] = token;
        return true;
      });
      input.token = token;
    }
    MATVIEW_ASSIGN(const auto part, grouped_by(own, scope, groups, set.get<std::set<std::size_t>>()));
    parts.push_back(part);
  }
  std::ignore = columns;
  return union_all(parts, false, false);
}

Result<std::int64_t> Compiler::grouped_by(const Piece& piece, const Scope& scope, const std::vector<Json>& groups,
                                          const std::set<std::size_t>& used) {
  Grouping grouping{piece.node.at("from_table"), groups, used, {}};
  table_names(grouping.from, grouping.tables);
  for (const auto index : used) grouping.rows.add(groups.at(index));
  const auto key_count = grouping.rows.names().size();

  std::vector<Json> list;
  for (const auto& item : piece.node.at("select_list")) {
    MATVIEW_ASSIGN(auto rewritten, over_groups(item, grouping));
    list.push_back(std::move(rewritten));
  }
  MATVIEW_ASSIGN(auto having, over_groups(piece.node.at("having"), grouping));
  MATVIEW_ASSIGN(auto qualify, over_groups(piece.node.at("qualify"), grouping));

  Piece rows = piece;
  rows.node["select_list"] = grouping.rows.expressions();
  for (const char* part : {"having", "qualify"}) rows.node[part] = nullptr;
  for (const char* part : {"group_expressions", "group_sets"}) rows.node[part] = Json::array();
  rows.node["aggregate_handling"] = "STANDARD_HANDLING";
  auto names = grouping.rows.names();
  if (names.empty()) {
    MATVIEW_ASSIGN(auto one, tree_.expression("1"));
    rows.node["select_list"].push_back(std::move(one));
    names.emplace_back("__matview_c0");
  }
  MATVIEW_TRY(adopt_expressions(rows.node["select_list"], rows, scope));
  MATVIEW_TRY(adopt_expressions(rows.node["where_clause"], rows, scope));
  MATVIEW_ASSIGN(const auto row_block, finish_traced(std::move(rows), "rows", names));

  // The groups, and above them what the query makes of them.
  std::vector<std::string> keys(names.begin(), names.begin() + static_cast<std::ptrdiff_t>(key_count));
  std::string unmergeable;
  MATVIEW_ASSIGN(const auto merged, merged_groups(row_block, keys, grouping.calls, unmergeable));
  auto group_block = merged.value_or(0);
  if (!merged) {
    std::vector<Json> selected;
    std::vector<Json> key_columns;
    for (const auto& key : keys) key_columns.push_back(column_ref({key}));
    selected = key_columns;
    for (const auto& call : grouping.calls.expressions()) selected.push_back(call);
    MATVIEW_ASSIGN(auto reader, over(row_block, std::move(selected)));
    reader.node["group_expressions"] = key_columns;
    if (!key_columns.empty()) {
      Json all = Json::array();
      for (std::size_t i = 0; i < key_columns.size(); ++i) all.push_back(i);
      reader.node["group_sets"] = Json::array({std::move(all)});
    }
    auto output = keys;
    output.insert(output.end(), grouping.calls.names().begin(), grouping.calls.names().end());
    MATVIEW_ASSIGN(group_block, finish(reader, "aggregate", output));
    auto& block = plan_.blocks.at(static_cast<std::size_t>(group_block));
    block.technique = "touched_groups";
    block.keeps_rows = true;
    for (std::size_t i = 0; i < keys.size(); ++i) block.key_columns.push_back(static_cast<std::int64_t>(i));
    auto& change = block.inputs.front().change;
    if (keys.empty()) {
      // One group that any change touches.
      MATVIEW_ASSIGN(const auto one, tree_.expression("1"));
      MATVIEW_ASSIGN(change, by_columns(reader.node, {one}));
      change.code = "GLOBAL_AGGREGATE";
      change.reason = fmt::format("{}() over all rows is no sum of parts", unmergeable);
    } else {
      MATVIEW_ASSIGN(change, by_columns(reader.node, key_columns));
      change.code = "AGGREGATE_NOT_MERGEABLE";
      change.reason = fmt::format("{}() cannot be brought up to date from a change", unmergeable);
    }
  }
  MATVIEW_ASSIGN(auto result, over(group_block, std::move(list)));
  result.node["where_clause"] = std::move(having);
  result.node["qualify"] = std::move(qualify);
  if (used.empty() && grouping.calls.expressions().empty()) {
    // Nothing of the one group is shown, but it is there.
    if (plan_.blocks.at(static_cast<std::size_t>(group_block)).columns.empty())
      return fail(refusal(k_unsupported, "an aggregation without groups and aggregates"));
  }
  return ungrouped(std::move(result), scope);
}

std::optional<Aggregate> Compiler::mergeable(const Json& call, const std::vector<Column>& columns) {
  const auto name = fold_case(text_of(call, "function_name"));
  const auto& arguments = call.at("children");
  const bool moment = is_moment(name, arguments.size());
  if (arguments.size() > 1 && !moment) return std::nullopt;
  Aggregate aggregate;
  const auto type_of = [&](const std::string& column) {
    for (const auto& other : columns)
      if (other.name == column) return other.type;
    return std::string();
  };
  if (!call.at("filter").is_null()) {
    aggregate.filter = column_name(call.at("filter"));
    if (aggregate.filter.empty() || type_of(aggregate.filter) != "BOOLEAN") return std::nullopt;
  }
  if (!arguments.empty()) {
    aggregate.argument = column_name(arguments.at(0));
    aggregate.argument_type = type_of(aggregate.argument);
    if (aggregate.argument_type.empty()) return std::nullopt;
  }
  using Merge = Aggregate::Merge;
  const auto& type = aggregate.argument_type;
  const auto is_number = [](const std::string& of) { return is_exact_number(of) || of == "DOUBLE" || of == "FLOAT"; };
  if (name == "count" || name == "count_star") {
    aggregate.merge = Merge::count;
  } else if (aggregate.argument.empty()) {
    return std::nullopt;
  } else if (name == "sum" && is_exact_number(type)) {
    aggregate.merge = Merge::sum;
  } else if ((name == "avg" || name == "mean") && is_exact_number(type)) {
    aggregate.merge = Merge::average;
  } else if ((name == "sum" || name == "avg" || name == "mean") && (type == "DOUBLE" || type == "FLOAT")) {
    aggregate.merge = name == "sum" ? Merge::float_sum : Merge::float_average;
  } else if (moment && is_number(type)) {
    aggregate.merge = Merge::moment;
    aggregate.function = name;
    if (arguments.size() > 1) {
      aggregate.second_argument = column_name(arguments.at(1));
      if (!is_number(type_of(aggregate.second_argument))) return std::nullopt;
    }
  } else if ((name == "count_if" || name == "countif") && type == "BOOLEAN") {
    aggregate.merge = Merge::count_true;
  } else if (name == "min" || name == "max") {
    aggregate.merge = name == "min" ? Merge::minimum : Merge::maximum;
  } else if ((name == "bool_and" || name == "bool_or") && type == "BOOLEAN") {
    aggregate.merge = name == "bool_and" ? Merge::all_true : Merge::any_true;
  } else {
    return std::nullopt;
  }
  // The type is what the binder says of the call itself.
  const auto sql = tree_.print_expression(call);
  if (!sql) return std::nullopt;
  const auto described = tree_.describe_sql(fmt::format("SELECT {} FROM (SELECT {})", *sql, null_list(columns)));
  if (!described) return std::nullopt;
  aggregate.type = described->front().type;
  return aggregate;
}

/// The rows without repetition.
Result<std::int64_t> Compiler::distinct(std::int64_t rows, std::string technique) {
  Block block;
  block.kind = Block::Kind::groups;
  block.label = "distinct";
  block.technique = std::move(technique);
  block.columns = plan_.blocks.at(static_cast<std::size_t>(rows)).columns;
  for (const auto& column : block.columns) block.keys.push_back(column.name);
  MATVIEW_ASSIGN(auto reader, over(rows, {}));
  block.inputs = reader.inputs;
  block.inputs.front().change.way = Propagation::Way::linear;
  return add(std::move(block));
}

}  // namespace matview::engine::ivm
