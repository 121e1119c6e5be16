#include "engine/refresh/apply_change.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cstdlib>

#include "engine/duckdb/types.hpp"
#include "engine/ivm/tree.hpp"
#include "engine/refresh/compaction.hpp"
#include "engine/store/relation_sql.hpp"

namespace matview::engine {

namespace {

constexpr std::string_view k_going = "__matview_going";
constexpr std::string_view k_places = "__matview_places";

std::vector<std::string> quoted_names(const std::vector<StoredColumn>& columns) {
  std::vector<std::string> names;
  for (const auto& column : columns) names.push_back(quote_identifier(column.name));
  return names;
}

/// The stored rows in the types of the query, and where they are.
std::string located_rows(const PinnedVersion& current, const std::vector<StoredColumn>& columns) {
  auto located = columns;
  for (const char* place : {"__matview_file", "__matview_pos"}) located.push_back({place, "BIGINT", "BIGINT"});
  return decode_sql("(" + located_rows_sql(current.files, quoted_names(columns)) + ")", located);
}

bool is_nested(const std::string& type) { return type.ends_with("]") || type.find('(') != std::string::npos; }

/// What a change is like: how many rows come and go, and for each column whether no row that goes has a NULL in it.
struct ChangeSize {
  std::int64_t added = 0;
  std::int64_t removed = 0;
  std::vector<bool> whole;
};

Result<ChangeSize> measure_change(Database& database, const std::vector<StoredColumn>& columns) {
  const auto& weight = ivm::k_weight;
  std::string counts;
  for (const auto& column : columns)
    counts += fmt::format(", count({}) FILTER (WHERE {} < 0)", quote_identifier(column.name), weight);
  MATVIEW_ASSIGN(
      const auto rows,
      database.rows(fmt::format(
          "SELECT CAST(coalesce(sum({0}) FILTER (WHERE {0} > 0), 0) AS BIGINT), CAST(coalesce(-sum({0}) FILTER (WHERE"
          " {0} < 0), 0) AS BIGINT), count(*) FILTER (WHERE {0} < 0){1} FROM {2}",
          weight, counts, ivm::Maintenance::k_change_table)));
  const auto number = [&](std::size_t i) { return std::strtoll(rows.at(0).at(i).value_or("0").c_str(), nullptr, 10); };
  ChangeSize size{number(0), number(1), {}};
  for (std::size_t i = 0; i < columns.size(); ++i) size.whole.push_back(number(3 + i) == number(2));
  return size;
}

/// How stored rows are found by value. Where no row that goes has a NULL "=" is the same as being equal, and lets
/// DuckDB skip row groups.
std::string same_values(const std::vector<StoredColumn>& columns, const ChangeSize& size) {
  std::vector<std::string> conditions;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    const bool whole = size.whole[i] && !is_nested(columns[i].type);
    conditions.push_back(
        fmt::format("s.{0} {1} g.{0}", quote_identifier(columns[i].name), whole ? "=" : "IS NOT DISTINCT FROM"));
  }
  return fmt::format("{}", fmt::join(conditions, " AND "));
}

/// Finds as many copies of each row that goes as go, and makes a table of their places.
Result<void> find_places(Writing& writing, const PinnedVersion& current, const std::vector<StoredColumn>& columns,
                         const ChangeSize& size) {
  auto& database = writing.database;
  if (current.files.empty()) return fail(ivm::refusal("STATE_MISMATCH", "rows should go and the view has none"));
  MATVIEW_ASSIGN(
      const auto made,
      database.run(
          fmt::format("CREATE OR REPLACE TEMP TABLE {} AS SELECT __matview_file, __matview_pos FROM"
                      " (SELECT s.__matview_file, s.__matview_pos, g.__matview_copies, row_number() OVER (PARTITION BY"
                      " g.__matview_row) AS __matview_copy FROM ({}) AS s JOIN {} AS g ON {})"
                      " WHERE __matview_copy <= __matview_copies",
                      k_places, located_rows(current, columns), k_going, same_values(columns, size)),
          writing.control, writing.view));
  const auto found = made.at(0).at(0).value_or("");  // DuckDB answers with the number of rows
  if (found == std::to_string(size.removed)) return {};
  return fail(
      ivm::refusal("STATE_MISMATCH", fmt::format("of {} rows that should go the view has {}", size.removed, found)));
}

}  // namespace

Result<AppliedRows> apply_rows(Writing& writing, const PinnedVersion& current, const std::vector<StoredColumn>& columns,
                               const std::vector<FieldId>& field_ids) {
  auto& database = writing.database;
  const auto& change = ivm::Maintenance::k_change_table;
  const auto& weight = ivm::k_weight;
  AppliedRows applied;
  MATVIEW_ASSIGN(const auto size, measure_change(database, columns));
  applied.added = size.added;
  applied.removed = size.removed;
  if (applied.removed > 0) {
    MATVIEW_TRY(database.execute(
        fmt::format("CREATE OR REPLACE TEMP TABLE {0} AS SELECT * EXCLUDE ({1}), -{1} AS __matview_copies,"
                    " row_number() OVER () AS __matview_row FROM {2} WHERE {1} < 0",
                    k_going, weight, change)));
    MATVIEW_TRY(find_places(writing, current, columns, size));
    MATVIEW_ASSIGN(applied.deletes, write_deletes(database, fmt::format("FROM {}", k_places), current.files,
                                                  writing.rows, writing.control, writing.view));
  }
  if (applied.added > 0) {
    const auto rows = fmt::format(
        "SELECT {0} FROM (SELECT {0}, unnest(range(CAST({1} AS BIGINT))) AS __matview_copy FROM {2} WHERE {1} > 0)",
        fmt::join(quoted_names(columns), ", "), weight, change);
    MATVIEW_ASSIGN(auto file, write_rows(database, encode_sql(rows, columns), field_ids_sql(field_ids),
                                         writing.rows.add(), writing.control, writing.view));
    applied.files.push_back(std::move(file));
  }
  RelationChange written{columns, false, std::move(applied.files), std::move(applied.deletes)};
  MATVIEW_TRY(compact(database, current.files, written, quoted_names(columns), field_ids_sql(field_ids), writing.rows,
                      writing.control, writing.view));
  applied.files = std::move(written.files);
  applied.deletes = std::move(written.deletes);
  return applied;
}

Result<RelationChange> apply_state(Writing& writing, const ivm::StateChange& change, const StateRelation& current) {
  RelationChange applied;
  MATVIEW_ASSIGN(applied.columns, storage_columns(change.columns));
  applied.replaces = change.replaces;
  if (!change.positions.empty()) {
    MATVIEW_ASSIGN(applied.deletes, write_deletes(writing.database, change.positions, current.files, writing.state,
                                                  writing.control, writing.view));
  }
  MATVIEW_ASSIGN(auto file, write_rows(writing.database, encode_sql(change.come, applied.columns), "",
                                       writing.state.add("state"), writing.control, writing.view));
  if (file.rows > 0) applied.files.push_back(std::move(file));
  MATVIEW_TRY(compact(writing.database, current.files, applied, quoted_names(applied.columns), "", writing.state,
                      writing.control, writing.view));
  return applied;
}

}  // namespace matview::engine
