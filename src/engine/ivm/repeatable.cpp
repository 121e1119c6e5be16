#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "engine/duckdb/sql_text.hpp"
#include "engine/ivm/compiler.hpp"

// A result may come out otherwise when it is computed again over the same rows: sums of floating-point numbers depend
// on the order in which threads add them, and functions like row_number() or list() on which of several rows that are
// alike to their ORDER BY comes first. Old rows that are computed again are then not those that were shown.

namespace matview::engine::ivm {

namespace {

using Names = std::set<std::string, std::less<>>;

/// Aggregates that the order of rows makes no difference to.
const Names k_unordered{"count",
                        "count_star",
                        "count_if",
                        "countif",
                        "min",
                        "max",
                        "bool_and",
                        "bool_or",
                        "bit_and",
                        "bit_or",
                        "bit_xor",
                        "median",
                        "quantile_cont",
                        "quantile_disc",
                        "quantile",
                        "mad",
                        "histogram",
                        "bitstring_agg",
                        "approx_count_distinct"};

/// The same, of numbers whose sums are exact.
const Names k_sums{"sum", "avg", "mean"};

/// Aggregates of numbers that are the same but for rounding in whichever order they are computed.
const Names k_numeric{
    "sum",      "avg",        "mean",        "fsum",       "sumkahan",       "kahan_sum", "favg",       "product",
    "stddev",   "stddev_pop", "stddev_samp", "variance",   "var_pop",        "var_samp",  "covar_pop",  "covar_samp",
    "corr",     "regr_avgx",  "regr_avgy",   "regr_count", "regr_intercept", "regr_r2",   "regr_slope", "regr_sxx",
    "regr_sxy", "regr_syy",   "skewness",    "kurtosis",   "kurtosis_pop",   "sem",       "entropy"};

/// Functions of windows alone that rows alike to their ORDER BY share a value of.
const Names k_ranks{"rank", "dense_rank", "percent_rank", "cume_dist"};

bool contains(const std::vector<Json>& expressions, const Json& wanted) {
  return std::any_of(expressions.begin(), expressions.end(), [&](const Json& one) { return same(one, wanted); });
}

std::vector<Json> ordered_by(const Json& orders) {
  std::vector<Json> expressions;
  for (const auto& order : orders) expressions.push_back(order.at("expression"));
  return expressions;
}

std::vector<Json> own_order(const Json& call) {
  if (const auto orders = call.find("order_bys"); orders != call.end() && orders->is_object())
    return ordered_by(orders->at("orders"));
  return call.contains("arg_orders") ? ordered_by(call.at("arg_orders")) : std::vector<Json>();
}

/// Whether rows that the window does not tell apart are equal in all that it reads.
bool orders_totally(const Json& window, const std::vector<Column>& columns) {
  auto told = ordered_by(window.at("orders"));
  for (const auto& partition : window.at("partitions")) told.push_back(partition);
  return std::all_of(columns.begin(), columns.end(),
                     [&](const Column& column) { return contains(told, column_ref({column.name})); });
}

/// "list(x ORDER BY x)", as the parser has it.
bool sorts_a_list(const Json& call) {
  static const Names k_sorts{"list_sort", "array_sort", "list_reverse_sort", "array_reverse_sort"};
  if (!is_expression(call, "FUNCTION") || !k_sorts.contains(fold_case(text_of(call, "function_name")))) return false;
  const auto& sorted = call.at("children").at(0);
  return is_expression(sorted, "FUNCTION") &&
         (text_of(sorted, "function_name") == "list" || text_of(sorted, "function_name") == "array_agg");
}

bool counts_rows(const Json& window) {
  const auto by_rows = [&](const char* bound) { return text_of(window, bound).ends_with("_ROWS"); };
  return !window.at("orders").empty() && (by_rows("start") || by_rows("end"));
}

}  // namespace

/// Whether an aggregate gives the same for the same rows in any order.
bool Compiler::is_repeatable(const Json& call, const TypeOf& type_of) {
  const auto name = fold_case(text_of(call, "function_name"));
  if (k_unordered.contains(name)) return true;
  const auto& arguments = call.at("children");
  if (k_sums.contains(name) && arguments.size() == 1 && is_exact_number(type_of(arguments.at(0)))) return true;
  const auto order = own_order(call);
  return !order.empty() && std::all_of(arguments.begin(), arguments.end(), [&](const Json& argument) {
    return is_expression(argument, "CONSTANT") || contains(order, argument);
  });
}

/// A window function of a tree that may come out otherwise over the same rows, which have these columns; empty if there
/// is none.
std::string Compiler::unrepeatable_window(const Json& tree, const std::vector<Column>& columns) {
  const auto type_of = [&](const Json& argument) {
    for (const auto& column : columns)
      if (same(argument, column_ref({column.name}))) return column.type;
    return std::string();
  };
  std::string found;
  walk(tree, [&](const Json& node) {
    if (!is_expression(node, "WINDOW") || !found.empty()) return found.empty();
    const auto name = fold_case(text_of(node, "function_name"));
    const bool aggregates = text_of(node, "type") == "WINDOW_AGGREGATE";
    const bool any_order = aggregates ? is_repeatable(node, type_of) : k_ranks.contains(name);
    // Floating-point numbers are not added up in the order of the rows either.
    const bool is_ordered = (!aggregates || any_order) && orders_totally(node, columns);
    if (!is_ordered && (!any_order || counts_rows(node))) found = name;
    return true;
  });
  return found;
}

/// Makes the aggregates of a subquery that is computed for each row around it the same in any order of its rows.
Result<void> Compiler::make_repeatable(Json& node, Piece& piece) {
  const auto type_of = [&](const Json& argument) {
    const auto described = tree_.describe(select_node({argument}, node.at("from_table")));
    return described && described->size() == 1 ? described->front().type : std::string();
  };
  std::string refused;
  for (const char* part : {"select_list", "having", "qualify"})
    walk(node[part], [&](Json& call) {
      if (is_expression(call, "SUBQUERY") || sorts_a_list(call)) return false;
      if (is_expression(call, "WINDOW") && refused.empty()) refused = unrepeatable_window(call, {{"", ""}});
      if (!tree_.is_aggregate(call) || is_repeatable(call, type_of)) return true;
      const auto name = fold_case(text_of(call, "function_name"));
      if (!k_numeric.contains(name)) {
        if (refused.empty()) refused = name;
        return true;
      }
      auto& orders = call["order_bys"]["orders"];
      for (const auto& argument : call.at("children"))
        orders.push_back({{"type", "ASCENDING"}, {"null_order", "NULLS LAST"}, {"expression", argument}});
      piece.settles = true;
      return true;
    });
  if (refused.empty()) return {};
  return fail(refusal("ORDER_DEPENDENT",
                      fmt::format("{}() in a subquery for each row depends on the order of its rows", refused)));
}

}  // namespace matview::engine::ivm
