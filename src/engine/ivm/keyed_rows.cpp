#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "engine/duckdb/functions.hpp"
#include "engine/ivm/maintenance.hpp"
#include "engine/ivm/tree.hpp"

// Changes that go by keys: what belongs to the keys of the changed rows is computed as it is and as it was.

namespace matview::engine::ivm {

/// A text of the block that reads those tables in place of the inputs.
std::string Maintenance::over_near(std::string sql, const NearTables& near) {
  for (const auto& [token, table] : near) sql = replace_token(std::move(sql), token, fmt::format("(FROM {})", table));
  return sql;
}

/// Whether what changed in a subquery of NOT IN, which has one column, decides about all rows: a NULL came or went, or
/// there is or was no row at all.
Result<bool> Maintenance::null_decides(const Block& own, std::size_t index) {
  const auto& input = own.inputs[index];
  MATVIEW_ASSIGN(const auto change, weighted_change(input.relation, own));
  if (!changed(input.relation)) return false;
  const auto& column = columns_of(input.relation).front().name;
  const auto any = [&](const std::string& rows) -> Result<bool> {
    MATVIEW_ASSIGN(const auto some, database_.rows(fmt::format("SELECT count(*) FROM (FROM ({}) LIMIT 1)", rows)));
    return some.at(0).at(0) != "0";
  };
  std::string words;
  MATVIEW_ASSIGN(const bool nulls, any(fmt::format("FROM ({}) WHERE {} IS NULL", change, quote_identifier(column))));
  if (nulls) words = "a NULL came to or left a subquery of NOT IN";
  for (const auto& side : {old_rows(input.relation), new_rows(input.relation)}) {
    MATVIEW_ASSIGN(const bool some, any(side));
    if (!some) words = "a subquery of NOT IN is or was empty";
  }
  if (words.empty()) return false;
  if (input.change.switched_sql.empty()) return fail(refusal("NULL_SENSITIVE", words));
  return true;
}

/// What `subject` fulfils if it is among the values of a column of a table, told by the widest gaps between them: new
/// rows and those of long ago seldom have much between them, and DuckDB skips what lies there. It does so for a gap
/// that is said as such, and not for ranges joined by OR. Begins with AND; empty where there is no wide gap, or what
/// they are is no whole number.
Result<std::string> Maintenance::beside_gaps(const std::string& subject, const std::string& table,
                                             const std::string& column, const std::string& type) {
  static const std::set<std::string, std::less<>> k_whole_numbers{"SMALLINT", "INTEGER", "BIGINT"};
  constexpr int k_most = 16;  // a wide gap is at least such a part of the whole
  if (!k_whole_numbers.contains(type)) return std::string();
  MATVIEW_ASSIGN(const auto gaps,
                 database_.rows(fmt::format(
                     "WITH keys AS (SELECT {0} AS k, CAST({0} AS DOUBLE) AS n FROM {1} WHERE {0} IS NOT NULL), gaps AS"
                     " (SELECT k, lag(k) OVER w AS before, n - lag(n) OVER w AS width, max(n) OVER () - min(n) OVER ()"
                     " AS whole FROM keys WINDOW w AS (ORDER BY k)) SELECT CAST(before AS VARCHAR), CAST(k AS VARCHAR)"
                     " FROM gaps WHERE width > whole / {2}",
                     column, table, k_most)));
  std::string conditions;
  for (const auto& gap : gaps)
    conditions += fmt::format(" AND ({0} <= CAST({2} AS {1}) OR {0} >= CAST({3} AS {1}))", subject, type,
                              quote_literal(gap.at(0).value_or("")), quote_literal(gap.at(1).value_or("")));
  return conditions;
}

/// Makes the function that k_near_token stands for, if something asks for it; its name, or nothing.
Result<std::string> Maintenance::make_near(const Propagation& change, const std::string& keys, NullKeys null_keys) {
  const bool asked = std::any_of(change.near.begin(), change.near.end(), [](const Propagation::Near& near) {
    return near.plain_sql.find(k_near_token) != std::string::npos;
  });
  if (!asked) return std::string();
  MATVIEW_ASSIGN(auto columns, database_.describe(fmt::format("SELECT COLUMNS('^__matview_k') FROM {}", keys)));
  std::string names;
  std::string values;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    names += (i ? ", " : "") + columns[i].name;
    values += fmt::format("{}x{}", i ? ", " : "", i);
  }
  MATVIEW_TRY(database_.remember_keys(keys, fmt::format("SELECT hash({}) FROM {}", names, keys)));
  auto condition = fmt::format("{}({}, hash({}))", k_among_function, quote_literal(keys), values);
  if (null_keys == NullKeys::none && columns.size() == 1) {
    MATVIEW_ASSIGN(const auto gaps, beside_gaps("x0", keys, columns.front().name, columns.front().type));
    condition += gaps;
  }
  auto name = replace_token(std::string(k_near_token), k_keys_token, keys);
  MATVIEW_TRY(database_.execute(fmt::format("CREATE OR REPLACE TEMP MACRO {}({}) AS {}", name, values, condition)));
  return name;
}

/// Tables of the rows with the keys, of inputs of which nothing else is read. What changes is there as it is now.
Result<Maintenance::NearTables> Maintenance::near_tables(const Block& own, std::size_t index, const std::string& keys,
                                                         NullKeys null_keys, Sides sides) {
  NearTables tables;
  for (const auto& near : own.inputs[index].change.near) {
    if (sides == Sides::others && near.token == own.inputs[index].token) continue;
    const auto of = std::find_if(own.inputs.begin(), own.inputs.end(),
                                 [&](const Input& candidate) { return candidate.token == near.token; });
    if (of == own.inputs.end()) return fail(ErrorCode::internal, fmt::format("no input '{}'", near.token));
    const auto& sql = null_keys == NullKeys::none ? near.plain_sql : near.sql;
    const auto rows = with_inputs(replace_token(sql, k_keys_token, keys), own, index, "");
    const auto table = fmt::format("__matview_near_{}", tables_++);
    MATVIEW_TRY(make_table(table, fmt::format("SELECT {} FROM ({})", name_list(columns_near(of->relation)), rows)));
    tables.emplace(near.token, table);
  }
  return tables;
}

/// What the block is for the keys in the change of one input, after it and before it; nothing where none are left.
Result<std::optional<Maintenance::KeyedRows>> Maintenance::keyed_rows(const Block& own, std::size_t index) {
  const auto& input = own.inputs[index];
  const auto& change = input.change;
  MATVIEW_ASSIGN(const auto rows, weighted_change(input.relation, own));
  if (!changed(input.relation)) return std::nullopt;
  const auto keys = fmt::format("__matview_keys_{}", tables_++);
  auto keys_sql = change.keys_sql;
  if (keys_sql.find(new_token(input.token)) != std::string::npos) {
    keys_sql = replace_token(std::move(keys_sql), new_token(input.token), stand_in(input.relation, true));
    keys_sql = replace_token(std::move(keys_sql), old_token(input.token), stand_in(input.relation, false));
  }
  MATVIEW_ASSIGN(const auto count, make_table(keys, with_inputs(keys_sql, own, index, rows)));
  if (count == 0) return std::nullopt;
  MATVIEW_ASSIGN(const auto whole,
                 database_.rows(fmt::format("SELECT count(*) FROM {} WHERE COLUMNS(*) IS NOT NULL", keys)));
  const bool has_nulls = whole.at(0).at(0) != std::to_string(count);
  // Comparing with "=" lets DuckDB skip what has no such key when it reads files.
  const bool plain = !change.null_keys || !has_nulls;
  const auto null_keys = plain ? NullKeys::none : NullKeys::compared;
  MATVIEW_ASSIGN(auto near_function, make_near(change, keys, null_keys));
  MATVIEW_ASSIGN(auto near, near_tables(own, index, keys, null_keys, Sides::all));
  auto after = new_rows(input.relation);
  auto before = old_rows(input.relation);
  if (const auto table = near.extract(input.token)) {
    after = "FROM " + table.mapped();
    before = rows_before(input.relation, rows, table.mapped());
  }
  const auto sql = over_near(replace_token(plain ? change.plain_sql : change.restricted_sql, k_keys_token, keys), near);
  return KeyedRows{keys, null_keys, std::move(near_function), named(with_inputs(sql, own, index, after), own.columns),
                   named(with_inputs(sql, own, index, before), own.columns)};
}

Result<void> Maintenance::keyed_terms(const Block& own, std::size_t index, std::vector<Progress::Term>& terms) {
  if (!own.inputs[index].change.matches.inner_sql.empty()) return matched_terms(own, index, terms);
  MATVIEW_ASSIGN(const auto keyed, keyed_rows(own, index));
  if (!keyed) return {};
  terms.push_back({weighted(keyed->after, 1), 1});
  terms.push_back({weighted(keyed->before, -1), -1});
  return {};
}

/// Columns of a relation that the table of its change has.
std::vector<Column> Maintenance::columns_near(const Relation& relation) const {
  return relation.kind == Relation::Kind::reference ? columns_read(relation.index) : columns_of(relation);
}

/// What rows with some keys were, from what they are and the change. They are few beside all that have other keys.
std::string Maintenance::rows_before(const Relation& relation, const std::string& change,
                                     const std::string& near) const {
  const auto columns = columns_near(relation);
  const auto names = name_list(columns);
  const auto near_rows = [&](const char* kind) {
    return fmt::format("SELECT {0} FROM {1} AS m {2} JOIN ({3}) AS c ON {4}", names, near, kind, change,
                       same_rows(columns, "m", "c"));
  };
  // Most of them are like no row that changed; only the others need to be counted.
  const auto counted = fmt::format("SELECT {0}, 1 AS {1} FROM ({2}) UNION ALL SELECT {0}, -{1} FROM ({3})", names,
                                   k_weight, near_rows("SEMI"), change);
  // Changed rows whose key is NULL, where NULLs are no keys, are not near: they are of no use here.
  return fmt::format("{} UNION ALL SELECT {} FROM ({}) WHERE {} > 0", near_rows("ANTI"), names, consolidated(counted),
                     k_weight);
}

}  // namespace matview::engine::ivm
