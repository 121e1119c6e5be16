#include "engine/refresh/apply_change.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstdlib>

#include "engine/duckdb/sql_text.hpp"
#include "engine/duckdb/types.hpp"
#include "engine/ivm/tree.hpp"
#include "engine/refresh/compaction.hpp"
#include "engine/store/relation_sql.hpp"

namespace matview::engine {

namespace {

constexpr std::string_view k_places = "__matview_places";  // of rows that go

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

// A view of so many rows is compared whole about as quickly as one column of it is chosen.
constexpr std::int64_t k_small_view = 20'000;

/// What a change is like: how many rows come and go, and for each column of those that go how many are no NULLs and, in
/// a view that is not small, about how many are different.
struct ChangeSize {
  std::int64_t added = 0;
  std::int64_t removed = 0;  ///< copies counted
  std::int64_t different = 0;
  struct Column {
    bool whole = false;  ///< without a NULL
    std::int64_t values = 0;
  };
  std::vector<Column> columns;
};

Result<ChangeSize> measure_change(Database& database, const PinnedVersion& current,
                                  const std::vector<StoredColumn>& columns) {
  const auto& weight = ivm::k_weight;
  std::string counts;
  for (const auto& column : columns)
    counts += fmt::format(", count({0}) FILTER (WHERE {1} < 0), {2} FILTER (WHERE {1} < 0)",
                          quote_identifier(column.name), weight,
                          is_nested(column.type) || current.version.rows < k_small_view
                              ? "count(NULL)"
                              : fmt::format("approx_count_distinct({})", quote_identifier(column.name)));
  MATVIEW_ASSIGN(
      const auto rows,
      database.rows(fmt::format(
          "SELECT CAST(coalesce(sum({0}) FILTER (WHERE {0} > 0), 0) AS BIGINT), CAST(coalesce(-sum({0}) FILTER (WHERE"
          " {0} < 0), 0) AS BIGINT), count(*) FILTER (WHERE {0} < 0){1} FROM {2}",
          weight, counts, ivm::Maintenance::k_change_table)));
  const auto number = [&](std::size_t i) { return std::strtoll(rows.at(0).at(i).value_or("0").c_str(), nullptr, 10); };
  ChangeSize size{number(0), number(1), number(2), {}};
  for (std::size_t i = 0; i < columns.size(); ++i)
    size.columns.push_back({number(3 + 2 * i) == size.different, number(4 + 2 * i)});
  return size;
}

/// How stored rows are found by value. Where no row that goes has a NULL "=" is the same as being equal, and lets
/// DuckDB skip row groups.
std::string same_values(const std::vector<StoredColumn>& columns, const ChangeSize& size) {
  std::vector<std::string> conditions;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    const bool whole = size.columns[i].whole && !is_nested(columns[i].type);
    conditions.push_back(
        fmt::format("s.{0} {1} g.{0}", quote_identifier(columns[i].name), whole ? "=" : "IS NOT DISTINCT FROM"));
  }
  return fmt::format("{}", fmt::join(conditions, " AND "));
}

/// A number for each row of the change. Where a column has the name of DuckDB's own it hides that.
std::string row_number_of(const std::vector<StoredColumn>& columns) {
  const bool hidden = std::any_of(columns.begin(), columns.end(),
                                  [](const StoredColumn& column) { return fold_case(column.name) == "rowid"; });
  return hidden ? "row_number() OVER ()" : "rowid";
}

/// A column whose values seem to be different in all rows that go; nullptr if there is none, or if so many rows go that
/// all columns are as quickly compared.
const StoredColumn* likely_key(const PinnedVersion& current, const std::vector<StoredColumn>& columns,
                               const ChangeSize& size) {
  constexpr std::int64_t k_few = 4;   // of so many stored rows one goes
  constexpr double k_estimate = 0.9;  // how near to the truth DuckDB's estimate is
  if (current.version.rows < k_few * size.removed || size.removed != size.different || columns.size() < 2)
    return nullptr;
  for (std::size_t i = 0; i < columns.size(); ++i)
    if (size.columns[i].whole &&
        static_cast<double>(size.columns[i].values) > k_estimate * static_cast<double>(size.removed))
      return &columns[i];
  return nullptr;
}

/// Makes a table of the places of rows that have the same value of one column as a row that goes. Whether these are
/// just those rows: as each row that goes is in the view, and no two have the same value, they are if no value is there
/// twice. Reading one column instead of all is several times quicker.
Result<bool> find_places_by(const StoredColumn& key, Writing& writing, const std::string& rows,
                            const ChangeSize& size) {
  const auto name = quote_identifier(key.name);
  MATVIEW_TRY(writing.database.run(
      fmt::format("CREATE OR REPLACE TEMP TABLE {0} AS SELECT __matview_file, __matview_pos, {1} AS __matview_key FROM"
                  " ({2}) AS s SEMI JOIN (SELECT {1} FROM {3} WHERE {4} < 0) AS g ON s.{1} = g.{1}",
                  k_places, name, rows, ivm::Maintenance::k_change_table, ivm::k_weight),
      writing.control, writing.view));
  MATVIEW_ASSIGN(const auto found, writing.database.rows(fmt::format(
                                       "SELECT count(*), count(DISTINCT __matview_key) FROM {}", k_places)));
  const auto expected = std::to_string(size.removed);
  return found.at(0).at(0) == expected && found.at(0).at(1) == expected;
}

/// Finds as many copies of each row that goes as go, and makes a table of their places. `located` has the rows among
/// which they are, if it has a name.
Result<void> find_places(Writing& writing, const PinnedVersion& current, const std::vector<StoredColumn>& columns,
                         const ChangeSize& size, const std::string& located) {
  const auto rows = [&](const std::vector<StoredColumn>& wanted) {
    return located.empty() ? located_rows(current, wanted) : "FROM " + located;
  };
  auto& database = writing.database;
  if (current.files.empty()) return fail(ivm::refusal("STATE_MISMATCH", "rows should go and the view has none"));
  if (const auto* key = likely_key(current, columns, size)) {
    MATVIEW_ASSIGN(const bool found, find_places_by(*key, writing, rows({*key}), size));
    if (found) return {};
  }
  MATVIEW_ASSIGN(
      const auto made,
      database.run(fmt::format("CREATE OR REPLACE TEMP TABLE {0} AS SELECT __matview_file, __matview_pos FROM"
                               " (SELECT s.__matview_file, s.__matview_pos, g.{1}, row_number() OVER (PARTITION BY"
                               " g.__matview_row) AS __matview_copy FROM ({2}) AS s JOIN"
                               " (SELECT *, {3} AS __matview_row FROM {4} WHERE {1} < 0) AS g ON {5})"
                               " WHERE __matview_copy <= -{1}",
                               k_places, ivm::k_weight, rows(columns), row_number_of(columns),
                               ivm::Maintenance::k_change_table, same_values(columns, size)),
                   writing.control, writing.view));
  const auto found = made.at(0).at(0).value_or("");  // DuckDB answers with the number of rows
  if (found == std::to_string(size.removed)) return {};
  return fail(
      ivm::refusal("STATE_MISMATCH", fmt::format("of {} rows that should go the view has {}", size.removed, found)));
}

}  // namespace

Result<AppliedRows> apply_rows(Writing& writing, const PinnedVersion& current, const std::vector<StoredColumn>& columns,
                               const std::vector<FieldId>& field_ids, const std::string& located) {
  auto& database = writing.database;
  const auto& change = ivm::Maintenance::k_change_table;
  const auto& weight = ivm::k_weight;
  AppliedRows applied;
  MATVIEW_ASSIGN(const auto size, measure_change(database, current, columns));
  applied.added = size.added;
  applied.removed = size.removed;
  if (applied.removed > 0) {
    MATVIEW_TRY(find_places(writing, current, columns, size, located));
    MATVIEW_ASSIGN(applied.deletes, write_deletes(database, std::string(k_places), current.files, writing.rows,
                                                  writing.control, writing.view));
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
                                                  writing.control, writing.view, DeleteForm::positions));
  }
  MATVIEW_ASSIGN(auto file, write_rows(writing.database, encode_sql(change.come, applied.columns), "",
                                       writing.state.add("state"), writing.control, writing.view));
  if (file.rows > 0) applied.files.push_back(std::move(file));
  MATVIEW_TRY(compact(writing.database, current.files, applied, quoted_names(applied.columns), "", writing.state,
                      writing.control, writing.view));
  return applied;
}

}  // namespace matview::engine
