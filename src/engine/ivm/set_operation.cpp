#include <fmt/format.h>

#include "engine/duckdb/sql_text.hpp"
#include "engine/ivm/top.hpp"

namespace matview::engine::ivm {

namespace {

constexpr const char* k_left = "__matview_left";
constexpr const char* k_right = "__matview_right";

}  // namespace

/// All rows of the parts, with the types that DuckDB finds for them together. With `counted` two more columns tell of
/// which of two parts a row is.
Result<std::int64_t> Compiler::union_all(const std::vector<std::int64_t>& parts, bool by_name, bool counted) {
  const auto columns_of_part = [&](std::size_t i) -> const std::vector<Column>& {
    return plan_.blocks.at(static_cast<std::size_t>(parts[i])).columns;
  };
  std::string all;
  for (const auto part : parts)
    all += fmt::format("{}SELECT * FROM {}",
                       all.empty() ? ""
                       : by_name   ? " UNION ALL BY NAME "
                                   : " UNION ALL ",
                       block_token(part));
  Block block;
  block.label = "union";
  MATVIEW_ASSIGN(block.columns, tree_.describe_sql(all));
  const auto shown = block.columns;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    Piece piece;
    MATVIEW_TRY(input(piece, {Relation::Kind::block, parts[i]}, "__matview_rows"));
    std::string list;
    for (std::size_t c = 0; c < shown.size(); ++c) {
      std::string source = "NULL";
      if (!by_name) source = quote_identifier(columns_of_part(i).at(c).name);
      for (const auto& column : columns_of_part(i))
        if (by_name && fold_case(column.name) == fold_case(shown[c].name)) source = quote_identifier(column.name);
      list += fmt::format("{}CAST({} AS {})", list.empty() ? "" : ", ", source, shown[c].type);
    }
    if (counted) list += i == 0 ? ", 1, 0" : ", 0, 1";
    auto& made = piece.inputs.front();
    made.change.way = Propagation::Way::linear;
    made.change.weighted_sql = fmt::format("SELECT {}, {} FROM {} AS r", list, k_weight, made.token);
    block.sql += fmt::format("{}SELECT {} FROM {} AS r", block.sql.empty() ? "" : " UNION ALL ", list, made.token);
    block.inputs.push_back(made);
  }
  if (counted) {
    block.columns.push_back({k_left, "INTEGER"});
    block.columns.push_back({k_right, "INTEGER"});
  }
  return add(std::move(block));
}

Result<std::int64_t> Compiler::set_operation(Json node, const Scope& scope) {
  MATVIEW_ASSIGN(const auto copy, bindable(node, scope));
  MATVIEW_ASSIGN(const auto columns, tree_.describe(copy));
  MATVIEW_ASSIGN(auto limit, take_limit(node));
  std::vector<std::int64_t> parts;
  for (const char* side : {"left", "right"}) {
    if (!node.contains(side)) return fail(refusal("SYNTAX_NOT_SUPPORTED", "a set operation of another form"));
    MATVIEW_ASSIGN(const auto part, query(node.at(side), scope));
    parts.push_back(part);
  }
  const auto type = text_of(node, "setop_type");
  const bool all = node.at("setop_all") == true;
  const bool by_name = type == "UNION_BY_NAME";
  std::vector<std::string> names;
  for (const auto& column : columns) names.push_back(column.name);
  std::int64_t rows = 0;
  if (type == "UNION" || by_name) {
    MATVIEW_ASSIGN(rows, union_all(parts, by_name, false));
    MATVIEW_ASSIGN(rows, renamed(rows, names));
    if (!all) {
      MATVIEW_ASSIGN(rows, distinct(rows, "counters"));
    }
  } else {
    MATVIEW_ASSIGN(const auto both, union_all(parts, false, true));
    MATVIEW_ASSIGN(rows, counted_rows(both, type == "EXCEPT", all, names));
  }
  if (!limit) return rows;
  auto& select = node;
  select["select_list"] = Json::array();
  for (const auto& name : names) select["select_list"].push_back(column_ref({name}));
  MATVIEW_TRY(add_order(select, *limit, true));
  return top(rows, *limit);
}

/// EXCEPT and INTERSECT from how often each row is on either side.
Result<std::int64_t> Compiler::counted_rows(std::int64_t both, bool except, bool all,
                                            const std::vector<std::string>& names) {
  MATVIEW_ASSIGN(auto reader, over(both, {}));
  Block block;
  block.kind = Block::Kind::groups;
  block.label = except ? "except" : "intersect";
  block.technique = "counters";
  block.inputs = reader.inputs;
  block.inputs.front().change.way = Propagation::Way::linear;
  const auto columns = plan_.blocks.at(static_cast<std::size_t>(both)).columns;
  for (const auto& column : columns) {
    if (column.name == k_left || column.name == k_right) continue;
    block.columns.push_back(column);
    block.keys.push_back(column.name);
  }
  for (const char* side : {k_left, k_right}) {
    Aggregate sum;
    sum.merge = Aggregate::Merge::sum;
    sum.name = side;
    sum.type = "HUGEINT";
    sum.argument = side;
    sum.argument_type = "INTEGER";
    block.columns.push_back({side, sum.type});
    block.aggregates.push_back(std::move(sum));
  }
  const auto keys = block.keys;
  MATVIEW_ASSIGN(const auto groups, add(std::move(block)));
  std::vector<Json> list;
  for (const auto& key : keys) list.push_back(column_ref({key}));
  MATVIEW_ASSIGN(auto result, over(groups, std::move(list)));
  std::string shown;
  if (all)
    shown =
        except ? fmt::format("greatest({} - {}, 0)", k_left, k_right) : fmt::format("least({}, {})", k_left, k_right);
  else
    shown = fmt::format("CASE WHEN {} > 0 AND {} {} 0 THEN 1 ELSE 0 END", k_left, k_right, except ? "=" : ">");
  MATVIEW_ASSIGN(auto repeated, tree_.parse(fmt::format("SELECT 1 FROM range(CAST({} AS BIGINT))", shown)));
  MATVIEW_ASSIGN(auto always, tree_.expression("1 = 1"));
  result.node["from_table"] = join("INNER", std::move(result.node["from_table"]), repeated.at("from_table"), always);
  return finish(std::move(result), except ? "except" : "intersect", names);
}

}  // namespace matview::engine::ivm
