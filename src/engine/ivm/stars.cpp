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

/// The columns that a star shows, one by one, under their names; nothing where one of them cannot be told by its name.
std::optional<std::vector<Json>> Compiler::columns_of_star(const Json& star, const Json& from) {
  const auto columns = tree_.describe(select_node({star}, from));
  if (!columns || !star.at("rename_list").empty() || !star.at("qualified_exclude_list").empty()) return std::nullopt;
  const auto relation = text_of(star, "relation_name");
  std::vector<Json> list;
  for (const auto& column : *columns) {
    // Of tables that are joined by name the bare one may be another's.
    auto expression = column_ref(relation.empty() ? std::vector{column.name} : std::vector{relation, column.name});
    for (const auto& replaced : star.at("replace_list"))
      if (fold_case(text_of(replaced, "key")) == fold_case(column.name)) expression = replaced.at("value");
    const auto shown = tree_.describe(select_node({expression}, from));
    if (!shown || shown->front().type != column.type) return std::nullopt;
    expression["alias"] = column.name;
    list.push_back(std::move(expression));
  }
  return list;
}

/// Writes out expressions that are computed of each column there is.
void Compiler::expand_stars(Json& node) {
  std::vector<Json> list;
  for (const auto& item : node.at("select_list")) {
    const auto star = star_within(item);
    const auto columns = star ? columns_of_star(*star, node.at("from_table")) : std::nullopt;
    if (!columns) {
      list.push_back(item);
      continue;
    }
    for (const auto& column : *columns) {
      list.push_back(item);
      walk(list.back(), [&](Json& inner) {
        if (!is_expression(inner, "STAR")) return true;
        inner = column;
        inner["alias"] = "";
        return false;
      });
    }
  }
  node["select_list"] = std::move(list);
}

/// Writes out the stars of a select list. Refused where that cannot be done.
Result<void> Compiler::write_out_stars(Json& node) {
  std::vector<Json> list;
  for (const auto& item : node.at("select_list")) {
    if (!is_expression(item, "STAR")) {
      list.push_back(item);
      continue;
    }
    const auto columns = columns_of_star(item, node.at("from_table"));
    if (!columns)
      return fail(refusal("SYNTAX_NOT_SUPPORTED", "a star with columns that cannot be told by their names"));
    list.insert(list.end(), columns->begin(), columns->end());
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
