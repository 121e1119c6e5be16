#include <set>

#include "engine/duckdb/sql_text.hpp"
#include "engine/ivm/compiler.hpp"

namespace matview::engine::ivm {

namespace {

/// Whether an expression is computed of all columns there are, as in f(*COLUMNS(*)); a list of columns to show is no
/// such thing.
bool computes_with_star(const Json& node, bool is_shown) {
  if (is_expression(node, "STAR") && !is_shown) return true;
  if (!node.is_structured()) return false;
  for (const auto& [key, value] : node.items()) {
    if (key != "select_list") {
      if (computes_with_star(value, false)) return true;
      continue;
    }
    for (const auto& item : value)
      if (computes_with_star(item, true)) return true;
  }
  return false;
}

/// The star that an expression is computed of, column by column, as in COLUMNS(*) + 1; nothing if there is none, or
/// several that differ, or one that stands for a list of arguments.
std::optional<Json> star_within(const Json& item) {
  std::optional<Json> found;
  bool plain = !is_expression(item, "STAR");
  walk(item, [&](const Json& node) {
    if (is_expression(node, "SUBQUERY") || text_of(node, "type") == "OPERATOR_UNPACK") return plain = false;
    if (!is_expression(node, "STAR")) return plain;
    plain = plain && (!found || same(*found, node));
    found = node;
    return false;
  });
  return plain ? found : std::nullopt;
}

}  // namespace

/// Writes out expressions that are computed of each column there is.
Result<void> Compiler::expand_stars(Json& node) {
  const auto& from = node.at("from_table");
  std::vector<Json> list;
  for (const auto& item : node.at("select_list")) {
    const auto star = star_within(item);
    const auto columns = star ? tree_.describe(select_node({*star}, from)) : Result<std::vector<Column>>();
    if (!star || !columns) {
      list.push_back(item);
      continue;
    }
    std::vector<Json> items;
    bool names_are_clear = true;  // a name that two tables have is ambiguous alone
    for (const auto& column : *columns) {
      names_are_clear = names_are_clear && tree_.binds(column_ref({column.name}), from);
      items.push_back(item);
      walk(items.back(), [&](Json& inner) {
        if (is_expression(inner, "STAR")) inner = column_ref({column.name});
        return true;
      });
    }
    if (names_are_clear)
      list.insert(list.end(), items.begin(), items.end());
    else
      list.push_back(item);
  }
  node["select_list"] = std::move(list);
  return {};
}

/// Whether something is computed of whole rows of an input: by the name of its table as a column, or by a star within
/// an expression. The rows of a change must not have a weight among their columns then.
bool Compiler::reads_whole_rows(const Piece& piece, const Input& input) const {
  if (computes_with_star(piece.node, false)) return true;
  std::set<std::string> columns;
  for (const auto& other : piece.inputs)
    for (const auto& column : columns_of(other.relation)) columns.insert(fold_case(column.name));
  std::set<std::string> names;
  walk(piece.node, [&](const Json& inner) {
    if (text_of(inner, "table_name") == input.token) names.insert(fold_case(text_of(inner, "alias")));
    return true;
  });
  bool found = false;
  walk(piece.node, [&](const Json& inner) {
    if (!is_expression(inner, "COLUMN_REF") || inner.at("column_names").size() != 1) return !found;
    const auto name = fold_case(inner.at("column_names").at(0).get<std::string>());
    found = found || (names.contains(name) && !columns.contains(name));
    return !found;
  });
  return found;
}

}  // namespace matview::engine::ivm
