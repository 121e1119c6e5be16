#include "engine/ivm/top.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "engine/duckdb/sql_text.hpp"

namespace matview::engine::ivm {

namespace {

Result<std::int64_t> row_count(const Json& value, std::int64_t otherwise) {
  if (value.is_null()) return otherwise;
  if (const auto number = whole_number(value)) return *number;
  // "LIMIT ALL" is one of NULL rows, which is no limit.
  if (is_expression(value, "CONSTANT") && value.at("value").at("is_null") == true) return otherwise;
  return fail(refusal("SYNTAX_NOT_SUPPORTED", "a LIMIT that is no number"));
}

/// Whether an item is a star under whose names something else may be shown than the tables have under them.
bool names_columns(const Json& item) {
  return is_expression(item, "STAR") && (!text_of(item, "relation_name").empty() || !item.at("replace_list").empty() ||
                                         !item.at("rename_list").empty());
}

}  // namespace

/// Takes ORDER BY and LIMIT off a query. ORDER BY alone does not matter: the rows of a view have no order.
Result<std::optional<Compiler::Limit>> Compiler::take_limit(Json& node) {
  std::optional<Limit> limit;
  Json orders = Json::array();
  Json rest = Json::array();
  for (const auto& modifier : node.at("modifiers")) {
    const auto type = text_of(modifier, "type");
    if (type == "ORDER_MODIFIER") {
      orders = modifier.at("orders");
    } else if (type == "LIMIT_MODIFIER") {
      limit.emplace();
      MATVIEW_ASSIGN(limit->offset, row_count(modifier.at("offset"), 0));
      MATVIEW_ASSIGN(limit->limit, row_count(modifier.at("limit"), INT64_MAX / 4));
    } else if (type == "LIMIT_PERCENT_MODIFIER") {
      return fail(refusal("SYNTAX_NOT_SUPPORTED", "LIMIT in percent"));
    } else {
      rest.push_back(modifier);
    }
  }
  node["modifiers"] = std::move(rest);
  if (!limit) return limit;
  if (orders.empty()) return fail(refusal("LIMIT_WITHOUT_ORDER", "LIMIT without ORDER BY takes any rows"));
  limit->orders = std::move(orders);
  return limit;
}

/// Makes the query compute what it is ordered by, in columns of their own. After DISTINCT or a set operation only
/// columns that are shown can be ordered by.
Result<void> Compiler::add_order(Json& node, Limit& limit, bool only_shown) {
  auto all = star();  // ORDER BY ALL; ORDER BY COLUMNS(…) has more to it
  all["columns"] = true;
  const auto by_place = [](const Json& order) {
    const auto& expression = order.at("expression");
    return whole_number(expression) || is_expression(expression, "STAR");
  };
  auto& list = node["select_list"];
  if (only_shown || std::any_of(limit.orders.begin(), limit.orders.end(), by_place) ||
      std::any_of(list.begin(), list.end(), names_columns))
    MATVIEW_TRY(write_out_stars(node));
  const auto items = list;
  const auto add = [&](const Json& order, Json expression, std::optional<std::size_t> item) {
    Limit::Order made;
    made.item = item;
    made.suffix = text_of(order, "type") == "DESCENDING" ? " DESC" : " ASC";
    const auto nulls = text_of(order, "null_order");
    made.suffix += nulls == "NULLS FIRST" || nulls == "NULLS_FIRST" ? " NULLS FIRST" : " NULLS LAST";
    if (!only_shown) {
      expression["alias"] = "";
      limit.added.push_back(fmt::format("__matview_order_{}", limit.added.size()));
      list.push_back(std::move(expression));
    }
    limit.keys.push_back(std::move(made));
  };
  for (const auto& order : limit.orders) {
    const auto& expression = order.at("expression");
    if (is_expression(expression, "STAR")) {
      if (!same(expression, all)) return fail(refusal("SYNTAX_NOT_SUPPORTED", "ORDER BY columns of a pattern"));
      for (std::size_t i = 0; i < items.size(); ++i) add(order, items[i], i);
      continue;
    }
    std::optional<std::size_t> item;
    if (const auto number = whole_number(expression)) {
      if (*number < 1 || *number > static_cast<std::int64_t>(items.size()))
        return fail(refusal("SYNTAX_NOT_SUPPORTED", "ORDER BY a position that is not there"));
      item = static_cast<std::size_t>(*number - 1);
    }
    if (is_expression(expression, "COLUMN_REF") && expression.at("column_names").size() == 1) {
      const auto name = fold_case(expression.at("column_names").at(0).get<std::string>());
      for (std::size_t i = 0; i < items.size() && !item; ++i) {
        auto shown = fold_case(text_of(items[i], "alias"));
        if (shown.empty() && is_expression(items[i], "COLUMN_REF"))
          shown = fold_case(items[i].at("column_names").back().get<std::string>());
        if (shown == name) item = i;
      }
    }
    if (only_shown && !item) return fail(refusal("SYNTAX_NOT_SUPPORTED", "ORDER BY an expression after DISTINCT"));
    add(order, item ? items.at(*item) : expression, item);
  }
  return {};
}

Result<std::int64_t> Compiler::top(std::int64_t rows, const Limit& limit) {
  const auto columns = plan_.blocks.at(static_cast<std::size_t>(rows)).columns;
  Block block;
  block.kind = Block::Kind::top;
  block.label = "top-k";
  block.technique = "top_k";
  block.limit = limit.limit;
  block.offset = limit.offset;
  const auto shown = columns.size() - limit.added.size();
  block.columns = columns;
  for (std::size_t i = 0; i < limit.keys.size(); ++i) {
    const auto& name = limit.added.empty() ? columns.at(*limit.keys[i].item).name : limit.added[i];
    block.order.push_back(quote_identifier(name) + limit.keys[i].suffix);
  }
  MATVIEW_ASSIGN(auto reader, over(rows, {}));
  block.inputs = reader.inputs;
  block.inputs.front().change.way = Propagation::Way::linear;
  MATVIEW_ASSIGN(const auto kept, add(std::move(block)));
  std::vector<Json> list;
  for (std::size_t i = 0; i < shown; ++i) list.push_back(column_ref({columns[i].name}));
  MATVIEW_ASSIGN(auto result, over(kept, std::move(list)));
  return finish(std::move(result), "columns");
}

}  // namespace matview::engine::ivm
