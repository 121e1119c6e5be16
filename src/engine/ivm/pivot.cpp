#include <fmt/format.h>
#include <fmt/ranges.h>

#include "engine/duckdb/sql_text.hpp"
#include "engine/ivm/compiler.hpp"

namespace matview::engine::ivm {

namespace {

constexpr const char* k_unsupported = "SYNTAX_NOT_SUPPORTED";

// As many values DuckDB itself turns into aggregates with FILTER (pivot_filter_threshold).
constexpr std::size_t k_most_values = 20;

Json constant(const Json& value) {
  return {{"class", "CONSTANT"}, {"type", "VALUE_CONSTANT"}, {"alias", ""}, {"value", value}};
}

std::string names_of(const std::vector<Column>& columns, std::size_t count) {
  std::string list;
  for (std::size_t i = 0; i < count; ++i) list += quote_identifier(columns[i].name) + ", ";
  return list;
}

/// Entries of one value each.
Result<std::vector<Json>> values_of(const Json& pivot) {
  if (!text_of(pivot, "pivot_enum").empty()) return fail(refusal(k_unsupported, "PIVOT by the values of a type"));
  std::vector<Json> values;
  for (const auto& entry : pivot.at("entries")) {
    if (!entry.at("star_expr").is_null() || entry.at("values").size() != 1)
      return fail(refusal(k_unsupported, "PIVOT or UNPIVOT of a star, or of several values at once"));
    values.push_back(entry.at("values").at(0));
  }
  return values;
}

}  // namespace

/// PIVOT with listed values is GROUP BY with FILTER, UNPIVOT an unnest: the table becomes such a subquery.
Result<void> Compiler::write_out_pivot(Json& table, const Scope& scope) {
  if (table.at("pivots").size() != 1) return fail(refusal(k_unsupported, "PIVOT or UNPIVOT of several columns"));
  const auto& pivot = table.at("pivots").at(0);
  MATVIEW_ASSIGN(const auto values, values_of(pivot));
  MATVIEW_ASSIGN(const auto star, tree_.expression("*"));
  auto bare = table;
  bare["column_name_alias"] = Json::array();
  MATVIEW_ASSIGN(const auto copy, bindable(select_node({star}, bare), scope));
  MATVIEW_ASSIGN(const auto columns, tree_.describe(copy));
  const auto& aggregates = table.at("aggregates");
  Json node;
  if (!aggregates.empty()) {
    const auto made = values.size() * aggregates.size();
    if (values.size() > k_most_values || pivot.at("pivot_expressions").size() != 1 || columns.size() < made)
      return fail(refusal(k_unsupported, "PIVOT by more than 20 values, or by several expressions"));
    const auto groups = columns.size() - made;
    MATVIEW_ASSIGN(
        node, tree_.parse(fmt::format("SELECT {}1{}", names_of(columns, groups), groups > 0 ? " GROUP BY ALL" : "")));
    auto& list = node["select_list"];
    list.erase(list.size() - 1);
    MATVIEW_ASSIGN(const auto same, tree_.expression("__matview_a IS NOT DISTINCT FROM __matview_b"));
    std::size_t at = groups;
    for (const auto& value : values)
      for (auto call : aggregates) {
        if (!tree_.is_aggregate(call)) return fail(refusal(k_unsupported, "PIVOT with an expression of aggregates"));
        auto condition = same;
        condition["left"] = pivot.at("pivot_expressions").at(0);
        condition["right"] = constant(value);
        auto conditions = conjuncts(call.at("filter"));
        conditions.push_back(std::move(condition));
        call["filter"] = conjunction(std::move(conditions));
        call["alias"] = columns[at++].name;
        list.push_back(std::move(call));
      }
    node["from_table"] = table.at("source");
  } else {
    if (table.at("unpivot_names").size() != 1 || pivot.at("unpivot_names").size() != 1 || columns.size() < 2)
      return fail(refusal(k_unsupported, "UNPIVOT into several columns"));
    const auto& value = columns.back();
    const auto rest = names_of(columns, columns.size() - 2);
    std::vector<std::string> names;
    std::vector<std::string> cells;
    for (const auto& entry : values) {
      if (!entry.at("value").is_string()) return fail(refusal(k_unsupported, "UNPIVOT of an expression"));
      const auto name = entry.at("value").get<std::string>();
      names.push_back(quote_literal(name));
      cells.push_back(fmt::format("CAST({} AS {})", quote_identifier(name), value.type));
    }
    const auto own_name = quote_identifier(columns[columns.size() - 2].name);
    const auto own_value = quote_identifier(value.name);
    MATVIEW_ASSIGN(node, tree_.parse(fmt::format(
                             "SELECT {0}{1}, {2} FROM (SELECT {0}unnest([{3}]) AS {1}, unnest([{4}]) AS {2})"
                             "{5}",
                             rest, own_name, own_value, fmt::join(names, ", "), fmt::join(cells, ", "),
                             table.at("include_nulls") == true ? "" : " WHERE " + own_value + " IS NOT NULL")));
    node["from_table"]["subquery"]["node"]["from_table"] = table.at("source");
  }
  table = {{"type", "SUBQUERY"},
           {"alias", text_of(table, "alias")},
           {"sample", table.at("sample")},
           {"subquery", {{"node", std::move(node)}, {"named_param_map", Json::array()}}},
           {"column_name_alias", table.at("column_name_alias")}};
  return {};
}

}  // namespace matview::engine::ivm
