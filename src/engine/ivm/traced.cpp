#include <fmt/format.h>

#include <algorithm>

#include "engine/duckdb/sql_text.hpp"
#include "engine/ivm/compiler.hpp"
#include "engine/ivm/joins.hpp"
#include "engine/ivm/partials.hpp"
#include "engine/sources/pinned.hpp"

namespace matview::engine::ivm {

namespace {

using Merge = Aggregate::Merge;

/// Aggregates of all rows, put together from those of each file.
struct Parts {
  std::vector<Aggregate> of_files;
  std::vector<Aggregate> of_groups;  ///< over those
  std::vector<std::string> results;  ///< expressions over those

  void add(const Aggregate& aggregate);

 private:
  void add_part(Aggregate part, Merge merge, const std::string& type);
};

bool has_parts(const Aggregate& aggregate) { return aggregate.merge != Merge::moment; }

void Parts::add_part(Aggregate part, Merge merge, const std::string& type) {
  of_groups.push_back({merge, part.name, type, part.name, part.type, {}});
  of_files.push_back(std::move(part));
}

void Parts::add(const Aggregate& aggregate) {
  const auto name = quote_identifier(aggregate.name);
  std::string result = name;
  switch (aggregate.merge) {
    case Merge::count:
      add_part(aggregate, Merge::sum, "HUGEINT");
      result = fmt::format("coalesce({}, 0)", name);
      break;
    case Merge::average:
    case Merge::float_average: {
      const bool exact = aggregate.merge == Merge::average;
      auto sum = aggregate;
      sum.merge = exact ? Merge::sum : Merge::float_sum;
      sum.type = exact ? sum_type(aggregate.argument_type) : "DOUBLE";
      auto count = aggregate;
      count.merge = Merge::count;
      count.name += "n";
      count.type = "BIGINT";
      result = fmt::format("CAST({} AS DOUBLE) / {}", name, quote_identifier(count.name));
      add_part(sum, sum.merge, sum.type);
      add_part(count, Merge::sum, "HUGEINT");
      break;
    }
    case Merge::count_true: add_part(aggregate, Merge::sum, aggregate.type); break;
    default: add_part(aggregate, aggregate.merge, aggregate.type);
  }
  results.push_back(fmt::format("CAST({} AS {})", result, aggregate.type));
}

}  // namespace

/// What a file gave is known by its path where each row is made of one row of a file; nothing where it is not.
Result<std::optional<std::int64_t>> Compiler::traced_rows(const Piece& piece, const std::string& label,
                                                          std::vector<std::string> names) {
  const std::optional<std::int64_t> none;
  if (piece.inputs.size() != 1 || piece.inputs.front().relation.kind != Relation::Kind::reference) return none;
  auto own = piece;
  own.traced = true;
  auto& input = own.inputs.front();
  if (!leaves_.at(static_cast<std::size_t>(input.relation.index)).traced || reads_whole_rows(piece, input)) return none;
  std::vector<std::string> path;
  auto from = own.node.at("from_table");
  if (!find_path(from, input.token, path)) return none;
  for (std::size_t i = 0; i < path.size(); ++i)
    if (!is_linear(at_path(from, path, i), path[i])) return none;

  MATVIEW_ASSIGN(auto expected, tree_.describe(piece.node));
  const auto table = at_path(from, path, path.size());
  const auto source = std::string(k_source_column);
  show_too(own.node, text_of(table, "alias"), source);
  auto columns = columns_of(input.relation);
  columns.push_back({source, "VARCHAR"});
  MATVIEW_TRY(tree_.declare(input.token, columns));
  expected.push_back({source, "VARCHAR"});
  if (!names.empty()) names.push_back(source);

  Block block;
  block.label = label;
  block.technique = "traced_rows";
  block.settles = piece.settles;
  block.keeps_rows = true;
  block.traced = true;
  const auto sql = tree_.print(own.node);
  const auto described = sql ? tree_.describe_sql(*sql) : fail(sql.error());
  if (described && same_columns(*described, expected) && (names.empty() || names.size() == expected.size())) {
    block.sql = *sql;
    block.columns = *described;
    for (std::size_t i = 0; i < names.size(); ++i) block.columns[i].name = names[i];
    MATVIEW_ASSIGN(input.change, linear(own, input, table));
    input.columns = columns_read(piece.node, input);
    if (!input.change.weighted_sql.empty()) {
      block.inputs = own.inputs;
      MATVIEW_ASSIGN(const auto added, add(std::move(block)));
      return std::optional(added);
    }
  }
  MATVIEW_TRY(tree_.declare(input.token, columns_of(input.relation)));
  return none;
}

Result<std::int64_t> Compiler::without_source(std::int64_t rows) {
  const auto& block = plan_.blocks.at(static_cast<std::size_t>(rows));
  if (!block.traced) return rows;
  std::vector<Json> list;
  std::vector<std::string> names;
  for (const auto& column : block.columns) {
    if (column.name == k_source_column) continue;
    list.push_back(column_ref({column.name}));
    names.push_back(column.name);
  }
  MATVIEW_ASSIGN(auto piece, over(rows, std::move(list)));
  return finish(std::move(piece), "columns", names);
}

/// Of traced rows it is enough to keep what each file gives to each group. The groups of all files are made of these.
Result<std::optional<std::int64_t>> Compiler::groups_of_files(std::int64_t rows, const std::vector<std::string>& keys,
                                                              const std::vector<Aggregate>& aggregates) {
  if (!plan_.blocks.at(static_cast<std::size_t>(rows)).traced ||
      !std::all_of(aggregates.begin(), aggregates.end(), has_parts))
    return std::optional<std::int64_t>();
  Parts parts;
  for (const auto& aggregate : aggregates) parts.add(aggregate);
  auto file_keys = keys;
  file_keys.insert(file_keys.begin(), std::string(k_source_column));
  MATVIEW_ASSIGN(const auto of_files, group_rows(rows, file_keys, parts.of_files));
  auto& kept = plan_.blocks.at(static_cast<std::size_t>(of_files));
  kept.label = "aggregate of each file";
  kept.technique = "file_partials";
  kept.traced = true;
  auto& source = plan_.blocks.at(static_cast<std::size_t>(rows));
  source.technique.clear();
  source.keeps_rows = false;

  MATVIEW_ASSIGN(const auto groups, group_rows(of_files, keys, parts.of_groups));
  std::vector<Json> list;
  auto names = keys;
  for (const auto& key : keys) list.push_back(column_ref({key}));
  for (std::size_t i = 0; i < aggregates.size(); ++i) {
    MATVIEW_ASSIGN(auto result, tree_.expression(parts.results[i]));
    list.push_back(std::move(result));
    names.push_back(aggregates[i].name);
  }
  if (list.empty()) return std::optional(groups);
  MATVIEW_ASSIGN(auto piece, over(groups, std::move(list)));
  MATVIEW_ASSIGN(const auto shown, finish(std::move(piece), "aggregate", names));
  return std::optional(shown);
}

}  // namespace matview::engine::ivm
