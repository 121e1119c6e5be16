#include <fmt/format.h>

#include <algorithm>

#include "engine/ivm/compiler.hpp"

namespace matview::engine::ivm {

Json Hoist::add(const Json& expression) {
  if (auto found = find(expression)) return *std::move(found);
  expressions_.push_back(expression);
  expressions_.back()["alias"] = "";
  names_.push_back(fmt::format("{}{}", prefix_, names_.size()));
  return column_ref({names_.back()});
}

std::optional<Json> Hoist::find(const Json& expression) const {
  for (std::size_t i = 0; i < expressions_.size(); ++i)
    if (same(expressions_[i], expression)) return column_ref({names_[i]});
  return std::nullopt;
}

namespace {

/// "(a, b)": a type without names, which no column can be given.
bool is_row(const Json& expression) {
  return is_expression(expression, "FUNCTION") && text_of(expression, "function_name") == "row";
}

/// "PARTITION BY (a, b)" is what it is without the parentheses.
void open_partitions(Json& tree) {
  walk(tree, [](Json& node) {
    if (!is_expression(node, "WINDOW")) return true;
    Json flat = Json::array();
    for (const auto& partition : node.at("partitions")) {
      const auto parts = is_row(partition) ? partition.at("children") : Json::array({partition});
      flat.insert(flat.end(), parts.begin(), parts.end());
    }
    node["partitions"] = std::move(flat);
    return true;
  });
}

}  // namespace

/// The expression over columns that an inner query computes: all but its window functions.
Json Compiler::over_rows(const Json& expression, Hoist& rows, bool keeps_time) {
  if (expression.is_array()) {
    Json list = Json::array();
    for (const auto& child : expression) list.push_back(over_rows(child, rows, keeps_time));
    return list;
  }
  if (!expression.is_object()) return expression;
  const bool is_whole = expression.contains("class") && !Tree::has_window(expression) && !is_row(expression);
  if (is_whole) {
    if (is_fixed(expression) || (keeps_time && is_time_alone(expression))) return expression;
    auto column = rows.add(expression);
    column["alias"] = text_of(expression, "alias");
    return column;
  }
  auto copy = expression;
  for (auto& [key, child] : copy.items())
    if (child.is_structured()) child = over_rows(child, rows, keeps_time);
  return copy;
}

Result<std::int64_t> Compiler::windowed(Piece piece, const Scope& scope) {
  MATVIEW_TRY(substitute_aliases(piece.node));
  Hoist rows("__matview_c");
  std::vector<Json> list;
  MATVIEW_TRY(write_out_stars(piece.node));
  for (const char* part : {"select_list", "qualify"}) open_partitions(piece.node[part]);
  for (const auto& item : piece.node.at("select_list")) list.push_back(over_rows(item, rows, true));
  auto qualify = over_rows(piece.node.at("qualify"), rows, true);

  piece.node["select_list"] = rows.expressions();
  piece.node["qualify"] = nullptr;
  if (rows.expressions().empty()) {
    MATVIEW_ASSIGN(auto nothing, tree_.expression("1"));
    piece.node["select_list"].push_back(std::move(nothing));
  }
  MATVIEW_TRY(adopt_expressions(piece.node["select_list"], piece, scope));
  MATVIEW_TRY(adopt_expressions(piece.node["where_clause"], piece, scope));
  auto names = rows.names();
  if (names.empty()) names.emplace_back("__matview_c0");
  MATVIEW_ASSIGN(const auto input_rows, finish(std::move(piece), "rows", names));

  // What all windows partition by: rows of other partitions stay as they are.
  std::optional<std::vector<Json>> partition;
  bool partitioned = true;  // each of them is
  const auto meet = [&](const Json& window) {
    const auto& own = window.at("partitions");
    partitioned = partitioned && !own.empty();
    if (!partition) {
      partition.emplace();
      for (const auto& expression : own)
        if (is_expression(expression, "COLUMN_REF")) partition->push_back(expression);
      return;
    }
    std::erase_if(*partition, [&](const Json& expression) {
      return std::none_of(own.begin(), own.end(), [&](const Json& other) { return same(expression, other); });
    });
  };
  Json all = list;
  all.push_back(qualify);
  walk(all, [&](const Json& inner) {
    if (is_expression(inner, "WINDOW")) meet(inner);
    return true;
  });

  const auto shown = list.size();
  std::vector<std::int64_t> keys;
  const auto unrepeatable = unrepeatable_window(all, columns_of({Relation::Kind::block, input_rows}));
  if (!unrepeatable.empty() && partition) keys = columns_for(*partition, list);
  MATVIEW_ASSIGN(auto windows, over(input_rows, std::move(list)));
  windows.node["qualify"] = std::move(qualify);
  MATVIEW_TRY(adopt_clocks(windows));
  MATVIEW_ASSIGN(const auto result, finish(windows, "window"));
  auto& block = plan_.blocks.at(static_cast<std::size_t>(result));
  block.technique = "touched_partitions";
  auto& change = block.inputs.back().change;
  change = {};
  if (!partition || partition->empty()) {
    change.code = partitioned ? "NO_COMMON_PARTITION" : "WINDOW_WITHOUT_PARTITION";
    change.reason = "no expression that all window functions partition by";
    return result;
  }
  MATVIEW_ASSIGN(change, by_columns(windows.node, *partition));
  if (unrepeatable.empty()) return result;
  if (block.inputs.size() > 1)
    return fail(refusal("ORDER_DEPENDENT", fmt::format("{}() beside the time depends on the order of rows that its"
                                                       " window does not tell apart",
                                                       unrepeatable)));
  block.keeps_rows = true;
  block.key_columns = std::move(keys);
  return first_columns(result, shown);
}

/// Which of the columns of a list these expressions are; those that are missing come to its end.
std::vector<std::int64_t> Compiler::columns_for(const std::vector<Json>& expressions, std::vector<Json>& list) {
  std::vector<std::int64_t> places;
  for (const auto& expression : expressions) {
    const auto found = std::find_if(list.begin(), list.end(), [&](const Json& item) { return same(item, expression); });
    places.push_back(found - list.begin());
    if (found != list.end()) continue;
    list.push_back(expression);
    list.back()["alias"] = fmt::format("__matview_k{}", places.size() - 1);
  }
  return places;
}

Result<std::int64_t> Compiler::first_columns(std::int64_t block, std::size_t count) {
  const auto& columns = plan_.blocks.at(static_cast<std::size_t>(block)).columns;
  if (columns.size() == count) return block;
  std::vector<Json> list;
  std::vector<std::string> names;
  for (std::size_t i = 0; i < count; ++i) {
    list.push_back(column_ref({columns[i].name}));
    names.push_back(columns[i].name);
  }
  MATVIEW_ASSIGN(auto piece, over(block, std::move(list)));
  return finish(std::move(piece), "columns", names);
}

}  // namespace matview::engine::ivm
