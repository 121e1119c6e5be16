#include <fmt/format.h>

#include <algorithm>

#include "engine/duckdb/sql_text.hpp"
#include "engine/duckdb/types.hpp"
#include "engine/ivm/compiler.hpp"

namespace matview::engine::ivm {

namespace {

constexpr const char* k_value = "__matview_value";

/// Aggregates of a GROUP BY over the same values: all rows', or those that one column has where another is true.
struct Values {
  std::string argument;  ///< empty: not DISTINCT
  std::string filter;
  std::vector<Aggregate> aggregates;
};

/// For these it makes no difference how often a value occurs.
bool ignores_repetition(const Aggregate& aggregate) {
  using Merge = Aggregate::Merge;
  return aggregate.merge == Merge::minimum || aggregate.merge == Merge::maximum || aggregate.merge == Merge::all_true ||
         aggregate.merge == Merge::any_true;
}

}  // namespace

Result<std::int64_t> Compiler::group_rows(std::int64_t rows, const std::vector<std::string>& keys,
                                          std::vector<Aggregate> aggregates) {
  Block block;
  block.kind = Block::Kind::groups;
  block.label = "aggregate";
  block.technique = "merge_groups";
  block.keys = keys;
  MATVIEW_ASSIGN(auto reader, over(rows, {}));
  block.inputs = reader.inputs;
  block.inputs.front().change.way = Propagation::Way::linear;
  const auto& row_columns = plan_.blocks.at(static_cast<std::size_t>(rows)).columns;
  for (const auto& key : keys)
    for (const auto& column : row_columns)
      if (column.name == key) block.columns.push_back(column);
  for (const auto& aggregate : aggregates) block.columns.push_back({aggregate.name, aggregate.type});
  block.aggregates = std::move(aggregates);
  return add(std::move(block));
}

/// The values of one column in each group, each once: how often it occurs is counted. Where a filter is not true the
/// value is NULL, which no aggregate of values takes notice of.
Result<std::int64_t> Compiler::distinct_values(std::int64_t rows, const std::vector<std::string>& keys,
                                               const std::string& argument, const std::string& filter) {
  std::vector<Json> list;
  for (const auto& key : keys) list.push_back(column_ref({key}));
  MATVIEW_ASSIGN(auto value,
                 tree_.expression(filter.empty() ? quote_identifier(argument)
                                                 : fmt::format("CASE WHEN {} THEN {} END", quote_identifier(filter),
                                                               quote_identifier(argument))));
  list.push_back(std::move(value));
  MATVIEW_ASSIGN(auto piece, over(rows, std::move(list)));
  auto names = keys;
  names.emplace_back(k_value);
  MATVIEW_ASSIGN(const auto values, finish(std::move(piece), "values", names));
  return distinct(values, "counters");
}

/// Groups that hold parts of the aggregates, put together by their keys. Each part has all groups.
Result<std::int64_t> Compiler::joined_groups(const std::vector<std::int64_t>& parts,
                                             const std::vector<std::string>& keys,
                                             const std::vector<std::string>& names) {
  Piece piece;
  Json from;
  const auto alias = [](std::size_t i) { return fmt::format("__matview_part{}", i); };
  const auto has = [&](std::size_t i, const std::string& name) {
    const auto& columns = plan_.blocks.at(static_cast<std::size_t>(parts[i])).columns;
    return std::any_of(columns.begin(), columns.end(), [&](const Column& column) { return column.name == name; });
  };
  for (std::size_t i = 0; i < parts.size(); ++i) {
    MATVIEW_ASSIGN(auto table, input(piece, {Relation::Kind::block, parts[i]}, alias(i)));
    if (i == 0) {
      from = std::move(table);
      continue;
    }
    std::string condition = keys.empty() ? "1 = 1" : "";
    for (const auto& key : keys)
      condition += fmt::format("{0}{1}.{3} IS NOT DISTINCT FROM {2}.{3}", condition.empty() ? "" : " AND ", alias(0),
                               alias(i), quote_identifier(key));
    MATVIEW_ASSIGN(auto on, tree_.expression(condition));
    from = join("INNER", std::move(from), std::move(table), std::move(on));
  }
  auto all = keys;
  all.insert(all.end(), names.begin(), names.end());
  std::vector<Json> list;
  for (const auto& name : all)
    for (std::size_t i = 0; i < parts.size(); ++i)
      if (has(i, name)) {
        list.push_back(column_ref({alias(i), name}));
        break;
      }
  piece.node = select_node(std::move(list), std::move(from));
  return finish(std::move(piece), "aggregate", all);
}

Result<std::optional<std::int64_t>> Compiler::merged_groups(std::int64_t rows, const std::vector<std::string>& keys,
                                                            const Hoist& calls, std::string& unmergeable) {
  const auto row_columns = plan_.blocks.at(static_cast<std::size_t>(rows)).columns;
  std::vector<Values> all;
  for (std::size_t i = 0; i < calls.expressions().size(); ++i) {
    auto call = calls.expressions()[i];
    const bool is_distinct = call.at("distinct") == true;
    call["distinct"] = false;
    auto aggregate = mergeable(call, row_columns);
    const bool has_order = call.contains("order_bys") && !call.at("order_bys").at("orders").empty();
    if (!aggregate ||
        (is_distinct && (aggregate->argument.empty() || !aggregate->second_argument.empty() || has_order))) {
      unmergeable = text_of(call, "function_name");
      return std::optional<std::int64_t>();
    }
    aggregate->name = calls.names()[i];
    Values values;
    if (is_distinct && !ignores_repetition(*aggregate)) {
      values.argument = aggregate->argument;
      values.filter = aggregate->filter;
      aggregate->argument = k_value;
      aggregate->filter.clear();
    }
    const auto same = std::find_if(all.begin(), all.end(), [&](const Values& other) {
      return other.argument == values.argument && other.filter == values.filter;
    });
    auto& group = same == all.end() ? all.emplace_back(std::move(values)) : *same;
    group.aggregates.push_back(*std::move(aggregate));
  }
  if (all.empty()) all.emplace_back();
  if (all.size() > 1) {
    std::vector<Column> compared;
    for (const auto& column : row_columns)
      if (std::find(keys.begin(), keys.end(), column.name) != keys.end()) compared.push_back(column);
    for (const auto& values : all)
      for (const auto& aggregate : values.aggregates) compared.push_back({aggregate.name, aggregate.type});
    if (has_coarse_equality(compared)) {
      unmergeable = "count(DISTINCT)";
      return std::optional<std::int64_t>();
    }
  }
  if (all.size() == 1 && all.front().argument.empty()) {
    MATVIEW_ASSIGN(const auto by_file, groups_of_files(rows, keys, all.front().aggregates));
    if (by_file) return by_file;
  }
  std::vector<std::int64_t> parts;
  for (auto& values : all) {
    auto source = rows;
    if (!values.argument.empty()) {
      MATVIEW_ASSIGN(source, distinct_values(rows, keys, values.argument, values.filter));
    }
    MATVIEW_ASSIGN(const auto part, group_rows(source, keys, std::move(values.aggregates)));
    parts.push_back(part);
  }
  if (parts.size() == 1) return std::optional(parts.front());
  MATVIEW_ASSIGN(const auto joined, joined_groups(parts, keys, calls.names()));
  return std::optional(joined);
}

}  // namespace matview::engine::ivm
