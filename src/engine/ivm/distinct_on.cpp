#include <fmt/format.h>

#include "engine/duckdb/sql_text.hpp"
#include "engine/ivm/top.hpp"

namespace matview::engine::ivm {

/// Takes DISTINCT ON off a query. What tells its rows apart stands before what they are ordered by; `limit` is how many
/// of those there are.
Result<std::optional<Compiler::Limit>> Compiler::take_distinct_on(Json& node) {
  Json rest = Json::array();
  std::vector<Json> targets;
  Json orders = Json::array();
  for (const auto& modifier : node.at("modifiers")) {
    if (text_of(modifier, "type") == "ORDER_MODIFIER") orders = modifier.at("orders");
    if (text_of(modifier, "type") == "DISTINCT_MODIFIER" && !modifier.at("distinct_on_targets").empty())
      targets = modifier.at("distinct_on_targets").get<std::vector<Json>>();
    else
      rest.push_back(modifier);
  }
  if (targets.empty()) return std::optional<Limit>();
  if (orders.empty())
    return fail(refusal("LIMIT_WITHOUT_ORDER", "DISTINCT ON without ORDER BY takes any row of those it finds equal"));
  node["modifiers"] = std::move(rest);
  Limit first;
  first.limit = static_cast<std::int64_t>(targets.size());
  for (auto& target : targets)
    first.orders.push_back({{"type", "ASCENDING"}, {"null_order", "NULLS LAST"}, {"expression", std::move(target)}});
  first.orders.insert(first.orders.end(), orders.begin(), orders.end());
  return first;
}

/// Of the rows that the first of the added columns do not tell apart the one that comes first by the others, then by
/// all that is shown. With `keeps_order` what was ordered by stays.
Result<std::int64_t> Compiler::distinct_on(std::int64_t rows, const Limit& first, bool keeps_order) {
  const auto columns = plan_.blocks.at(static_cast<std::size_t>(rows)).columns;
  const auto count = static_cast<std::size_t>(first.limit);
  std::string partition;
  std::string order;
  std::vector<Json> keys;
  for (std::size_t i = 0; i < first.added.size(); ++i) {
    auto& text = i < count ? partition : order;
    text += (text.empty() ? "" : ", ") + quote_identifier(first.added[i]) + (i < count ? "" : first.keys[i].suffix);
    if (i < count) keys.push_back(column_ref({first.added[i]}));
  }
  std::vector<Json> list;
  for (std::size_t i = 0; i < columns.size() - first.added.size(); ++i) {
    list.push_back(column_ref({columns[i].name}));
    order += ", " + quote_identifier(columns[i].name);
  }
  for (std::size_t i = count; keeps_order && i < first.added.size(); ++i) list.push_back(column_ref({first.added[i]}));
  MATVIEW_ASSIGN(const auto text,
                 tree_.parse(fmt::format("SELECT 1 QUALIFY row_number() OVER (PARTITION BY {} ORDER BY {}) = 1",
                                         partition, order)));
  MATVIEW_ASSIGN(auto piece, over(rows, std::move(list)));
  piece.node["qualify"] = text.at("qualify");
  piece.settles = true;
  MATVIEW_ASSIGN(const auto result, finish(piece, "distinct on"));
  MATVIEW_ASSIGN(auto change, by_columns(piece.node, keys));
  auto& block = plan_.blocks.at(static_cast<std::size_t>(result));
  block.technique = "touched_partitions";
  block.inputs.back().change = std::move(change);
  return result;
}

}  // namespace matview::engine::ivm
