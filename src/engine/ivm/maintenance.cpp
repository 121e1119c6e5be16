#include "engine/ivm/maintenance.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstdlib>

#include "engine/duckdb/sql_text.hpp"
#include "engine/duckdb/types.hpp"
#include "engine/ivm/partials.hpp"
#include "engine/ivm/recursive_rows.hpp"
#include "engine/ivm/tree.hpp"
#include "engine/store/relation_sql.hpp"

namespace matview::engine::ivm {

namespace {

std::string union_of(const std::vector<std::string>& selects) {
  std::string all;
  for (const auto& select : selects) all += (all.empty() ? "" : " UNION ALL ") + select;
  return all;
}

/// Each row once, with the sum of its weights where that is not 0. As floating-point numbers they are as exact, below
/// 2^53, and a fifth of the time is saved.
std::string summed(const std::string& rows) {
  return fmt::format(
      "SELECT * EXCLUDE ({0}), CAST(sum(CAST({0} AS DOUBLE)) AS BIGINT) AS {0} FROM ({1}) GROUP BY ALL"
      " HAVING sum(CAST({0} AS DOUBLE)) <> 0",
      k_weight, rows);
}

}  // namespace

std::string name_list(const std::vector<Column>& columns) {
  std::string list;
  for (const auto& column : columns) list += (list.empty() ? "" : ", ") + quote_identifier(column.name);
  return list;
}

std::string same_rows(const std::vector<Column>& columns, std::string_view left, std::string_view right) {
  std::vector<std::string> conditions;
  for (const auto& column : columns)
    conditions.push_back(
        fmt::format("{0}.{2} IS NOT DISTINCT FROM {1}.{2}", left, right, quote_identifier(column.name)));
  return fmt::format("{}", fmt::join(conditions, " AND "));
}

std::string weighted(const std::string& rows, int weight) {
  return fmt::format("SELECT *, {} AS {} FROM ({})", weight, k_weight, rows);
}

std::string named(const std::string& sql, const std::vector<Column>& columns, bool weighted) {
  return fmt::format("SELECT * FROM ({}) AS __matview_t({}{})", sql, name_list(columns),
                     weighted ? fmt::format(", {}", k_weight) : "");
}

std::string consolidated(const std::string& rows) {
  return fmt::format(
      "SELECT * EXCLUDE (__matview_repeat) REPLACE (CAST(sign({0}) AS INTEGER) AS {0}) FROM"
      " (SELECT *, unnest(range(CAST(abs({0}) AS BIGINT))) AS __matview_repeat FROM ({1}))",
      k_weight, summed(rows));
}

Result<void> Maintenance::run() {
  for (const auto& reference : references_)
    if (!reference.lost.empty()) {
      const auto end = std::min(reference.lost.find(' '), reference.lost.size());
      return fail(refusal(reference.lost.substr(0, end),
                          end < reference.lost.size() ? reference.lost.substr(end + 1) : reference.lost));
    }
  MATVIEW_TRY(refuse_collations());
  for (std::int64_t index = 0; index <= last(); ++index) {
    const auto& inputs = block(index).inputs;
    if (std::none_of(inputs.begin(), inputs.end(), [&](const Input& input) { return changed(input.relation); }))
      continue;
    switch (block(index).kind) {
      case Block::Kind::query:
        MATVIEW_TRY(block(index).traced       ? traced_change(index)
                    : block(index).keeps_rows ? kept_rows_change(index)
                                              : query_change(index));
        break;
      case Block::Kind::groups: MATVIEW_TRY(groups_change(index)); break;
      case Block::Kind::top: MATVIEW_TRY(top_change(index)); break;
      case Block::Kind::recursion: MATVIEW_TRY(Recursion(*this, index).run()); break;
    }
  }
  return finish();
}

/// A column of a table may have a collation, by which texts are equal that are not the same. Only a plan tells.
Result<void> Maintenance::refuse_collations() {
  if (!attached_) return {};
  for (const auto& reference : references_) {
    if (reference.new_rows.empty()) continue;
    MATVIEW_ASSIGN(const auto plan, database_.rows(fmt::format("SELECT regexp_matches(json_serialize_plan({})::VARCHAR,"
                                                               " '\"collation\":\"[^\"]')",
                                                               quote_literal(reference.new_rows))));
    if (plan.at(0).at(0) != "false")
      return fail(refusal("SYNTAX_NOT_SUPPORTED",
                          fmt::format("a collation of '{}' makes texts equal that are not the same", reference.name)));
  }
  return {};
}

const std::vector<Column>& Maintenance::columns_of(const Relation& relation) const {
  static const std::vector<Column> k_none;
  if (relation.kind == Relation::Kind::clock) return k_none;
  const auto index = static_cast<std::size_t>(relation.index);
  return relation.kind == Relation::Kind::reference ? references_.at(index).columns : plan_.blocks.at(index).columns;
}

bool Maintenance::changed(const Relation& relation) const {
  if (relation.kind == Relation::Kind::block) return progress(relation.index).changed;
  if (relation.kind == Relation::Kind::clock) return clock_moved_;
  const auto& reference = references_.at(static_cast<std::size_t>(relation.index));
  return !reference.is_empty() && !unchanged_.contains(relation.index);
}

std::string Maintenance::old_rows(const Relation& relation) const {
  if (relation.kind == Relation::Kind::reference)
    return references_.at(static_cast<std::size_t>(relation.index)).old_rows;
  const auto& own = block(relation.index);
  const auto state = [&](const std::vector<Column>& columns) {
    return fmt::format("SELECT {} FROM ({})", name_list(columns), located_state(relation.index, columns));
  };
  switch (own.kind) {
    case Block::Kind::groups:
      return group_rows(own, state(group_state_columns(own, columns_of(own.inputs.front().relation))));
    case Block::Kind::top: return top_rows(own, state(top_state_columns(own)));
    case Block::Kind::recursion: return state(own.columns);
    case Block::Kind::query: break;
  }
  return own.keeps_rows ? state(own.columns) : computed_rows(own, false);
}

std::string Maintenance::new_rows(const Relation& relation) const {
  if (relation.kind == Relation::Kind::reference)
    return references_.at(static_cast<std::size_t>(relation.index)).new_rows;
  const auto& own = block(relation.index);
  if (!plan_.has_state(static_cast<std::size_t>(relation.index))) return computed_rows(own, true);
  const auto& found = progress(relation.index).new_state;
  return found.empty() ? old_rows(relation) : found;
}

/// The rows of a block from those of its inputs.
std::string Maintenance::computed_rows(const Block& own, bool is_new) const {
  auto sql = own.sql;
  for (const auto& input : own.inputs)
    sql = replace_token(std::move(sql), input.token, stand_in(input.relation, is_new));
  return named(sql, own.columns);
}

/// What takes the place of a token.
std::string Maintenance::stand_in(const Relation& relation, bool is_new) const {
  if (relation.kind == Relation::Kind::clock) return std::string(is_new ? k_new_clock : k_old_clock);
  return "(" + (is_new ? new_rows(relation) : old_rows(relation)) + ")";
}

/// The change of a relation with weights 1 and -1.
Result<std::string> Maintenance::weighted_change(const Relation& relation, const Block& reader) {
  const auto tables = std::count_if(reader.inputs.begin(), reader.inputs.end(),
                                    [](const Input& input) { return input.relation.kind != Relation::Kind::clock; });
  const bool alone = tables < 2 && reader.technique.empty();
  if (relation.kind == Relation::Kind::block) {
    // What the one reader does with each row by itself may cancel out later.
    if (!alone || readers_of(relation.index) > 1) MATVIEW_TRY(consolidate(relation.index));
    return progress(relation.index).change;
  }
  if (const auto made = source_changes_.find(relation.index); made != source_changes_.end())
    return "FROM " + made->second;
  const auto& reference = references_.at(static_cast<std::size_t>(relation.index));
  std::vector<std::string> parts;
  if (!reference.added.empty()) parts.push_back(weighted(reference.added, 1));
  if (!reference.removed.empty()) parts.push_back(weighted(reference.removed, -1));
  const auto all = union_of(parts);
  if (alone) return all;
  // What is joined or looked up by keys is made a table first: DuckDB then knows how small it is. Only columns that are
  // read count, and what a file that was written anew has in common with the old one cancels out.
  const auto select = fmt::format("SELECT {}, {} FROM ({})", name_list(columns_read(relation.index)), k_weight, all);
  const auto table = table_name("source", relation.index);
  MATVIEW_ASSIGN(const auto rows, make_table(table, parts.size() == 2 ? consolidated(select) : select));
  source_changes_[relation.index] = table;
  if (rows == 0) unchanged_.insert(relation.index);
  return "FROM " + table;
}

std::int64_t Maintenance::readers_of(std::int64_t index) const {
  std::int64_t readers = 0;
  for (const auto& own : plan_.blocks)
    for (const auto& input : own.inputs)
      if (input.relation.kind == Relation::Kind::block && input.relation.index == index) ++readers;
  return readers;
}

/// Columns of a reference that some block reads.
std::vector<Column> Maintenance::columns_read(std::int64_t reference) const {
  std::set<std::string> names;
  for (const auto& own : plan_.blocks)
    for (const auto& input : own.inputs)
      if (input.relation.kind == Relation::Kind::reference && input.relation.index == reference)
        names.insert(input.columns.begin(), input.columns.end());
  std::vector<Column> columns;
  for (const auto& column : references_.at(static_cast<std::size_t>(reference)).columns)
    if (names.contains(column.name)) columns.push_back(column);
  return columns;
}

Result<std::string> Maintenance::signed_rows(const Relation& relation, const Block& reader, bool added) {
  MATVIEW_ASSIGN(const auto change, weighted_change(relation, reader));
  return fmt::format("SELECT * EXCLUDE ({0}) FROM ({1}) WHERE {0} {2} 0", k_weight, change, added ? ">" : "<");
}

/// The block's text with one input replaced (empty: by its new rows): those before it are new already, those behind it
/// are old still.
std::string Maintenance::with_inputs(const std::string& sql, const Block& block, std::size_t changed_input,
                                     const std::string& replacement) const {
  auto text = sql;
  for (std::size_t i = 0; i < block.inputs.size(); ++i) {
    const auto& input = block.inputs[i];
    if (text.find(input.token) == std::string::npos) continue;
    const auto rows = i == changed_input && !replacement.empty() ? "(" + replacement + ")"
                                                                 : stand_in(input.relation, i <= changed_input);
    text = replace_token(std::move(text), input.token, rows);
  }
  return text;
}

/// The same for a change that is joined with the other inputs. DuckDB cannot know how little of a large one fits the
/// change and may join it with others first: what does not fit is left out before.
std::string Maintenance::joined_with(std::string sql, const Block& own, std::size_t changed_input,
                                     const std::string& change) const {
  std::map<std::size_t, std::string> conditions;
  for (const auto& equality : own.inputs[changed_input].change.equalities) {
    auto& condition = conditions[static_cast<std::size_t>(equality.input)];
    condition += fmt::format("{}m.{} = k.{}", condition.empty() ? "" : " AND ", quote_identifier(equality.other),
                             quote_identifier(equality.own));
  }
  for (const auto& [i, condition] : conditions) {
    const auto& relation = own.inputs.at(i).relation;
    const auto rows = i < changed_input ? new_rows(relation) : old_rows(relation);
    sql = replace_token(std::move(sql), own.inputs[i].token,
                        fmt::format("(SELECT m.* FROM ({}) AS m SEMI JOIN ({}) AS k ON {})", rows, change, condition));
  }
  return with_inputs(sql, own, changed_input, change);
}

Result<void> Maintenance::query_change(std::int64_t index) {
  const auto& own = block(index);
  std::vector<Progress::Term> terms;
  for (std::size_t i = 0; i < own.inputs.size(); ++i) {
    const auto& input = own.inputs[i];
    if (!changed(input.relation)) continue;
    const auto& change = input.change;
    if (change.way == Propagation::Way::full) {
      // A change that cancels out is none.
      if (input.relation.kind == Relation::Kind::block) {
        MATVIEW_TRY(consolidate(input.relation.index));
        if (!changed(input.relation)) continue;
      }
      return fail(refusal(change.code, change.reason));
    }
    bool switched = change.way == Propagation::Way::switched;
    if (change.null_sensitive) {
      MATVIEW_ASSIGN(switched, null_decides(own, i));
    }
    if (switched) {
      // The value may have come out as it was.
      if (input.relation.kind == Relation::Kind::block) MATVIEW_TRY(consolidate(input.relation.index));
      if (!changed(input.relation)) continue;
      const auto sql = replace_token(change.switched_sql, old_token(input.token), stand_in(input.relation, false));
      terms.push_back({named(with_inputs(sql, own, i, ""), own.columns, true), 0});
      techniques_.insert(input.relation.kind == Relation::Kind::clock ? "time_filter" : "scalar");
      continue;
    }
    if (change.way == Propagation::Way::keyed) {
      MATVIEW_TRY(keyed_terms(own, i, terms));
    } else if (!change.weighted_sql.empty()) {
      MATVIEW_ASSIGN(const auto rows, weighted_change(input.relation, own));
      if (!changed(input.relation)) continue;
      // Rows that come and rows that go often have keys far from each other. Joined apart they have narrow ranges of
      // keys, and DuckDB skips most of the other sides. Where they are only added up each are so by themselves.
      const bool apart = own.inputs.size() > 1 ||
                         (readers_of(index) == 1 && index < last() && block(index + 1).kind == Block::Kind::groups);
      std::vector<Progress::Term> parts;
      if (const auto* terms_of_input = unconsolidated_terms(input.relation)) {
        parts = *terms_of_input;
      } else if (apart) {
        for (const int sign : {1, -1})
          if (auto part = part_of_change(input.relation, rows, sign); !part.empty())
            parts.push_back({std::move(part), sign});
      } else {
        parts.push_back({rows, 0});
      }
      for (const auto& part : parts)
        terms.push_back({named(joined_with(change.weighted_sql, own, i, part.sql), own.columns, true), part.sign});
    } else {
      for (const bool added : {true, false}) {
        MATVIEW_ASSIGN(const auto rows, signed_rows(input.relation, own, added));
        if (!changed(input.relation)) break;
        const int sign = added ? 1 : -1;
        terms.push_back({weighted(named(with_inputs(own.sql, own, i, rows), own.columns), sign), sign});
      }
    }
    techniques_.insert(change.way == Propagation::Way::linear ? "linear"
                       : own.technique.empty()                ? "touched_keys"
                                                              : own.technique);
  }
  auto& found = progress(index);
  found.changed = !terms.empty();
  std::vector<std::string> texts;
  for (const auto& term : terms) texts.push_back(term.sql);
  found.change = union_of(texts);
  found.terms = std::move(terms);
  return {};
}

/// What comes (sign 1) or goes (-1) of a change; empty where nothing does.
std::string Maintenance::part_of_change(const Relation& relation, const std::string& change, int sign) const {
  if (relation.kind == Relation::Kind::reference) {
    const auto& reference = references_.at(static_cast<std::size_t>(relation.index));
    const auto& rows = sign > 0 ? reference.added : reference.removed;
    if (rows.empty() || !source_changes_.contains(relation.index)) return rows.empty() ? rows : weighted(rows, sign);
  }
  return fmt::format("FROM ({}) WHERE {} {} 0", change, k_weight, sign > 0 ? ">" : "<");
}

/// The parts of a block's change where no table was made of it; null otherwise.
const std::vector<Maintenance::Progress::Term>* Maintenance::unconsolidated_terms(const Relation& relation) const {
  if (relation.kind != Relation::Kind::block) return nullptr;
  const auto& own = progress(relation.index);
  return own.consolidated || own.terms.empty() ? nullptr : &own.terms;
}

/// Makes a table of a block's change in which nothing cancels out any more.
Result<void> Maintenance::consolidate(std::int64_t index) {
  auto& own = progress(index);
  if (!own.changed || own.consolidated) return {};
  const auto table = table_name("delta", index);
  MATVIEW_ASSIGN(const auto rows, make_table(table, consolidated(own.change)));
  own.changed = rows > 0;
  own.consolidated = true;
  own.change = "FROM " + table;
  return {};
}

Result<void> Maintenance::finish() {
  const auto& own = progress(last());
  if (!own.changed) return {};
  MATVIEW_ASSIGN(changed_rows_, make_table(std::string(k_change_table), summed(own.change)));
  return {};
}

std::string Maintenance::located_state(std::int64_t index, const std::vector<Column>& columns) const {
  const auto found = state_.find(index);
  std::vector<StoredColumn> stored;
  if (found != state_.end()) stored = found->second.columns;
  const std::string places = "CAST(NULL AS BIGINT) AS __matview_file, CAST(NULL AS BIGINT) AS __matview_pos";
  if (found == state_.end() || found->second.files.empty()) {
    return fmt::format("SELECT {}, {} WHERE false", null_list(columns), places);
  }
  std::vector<std::string> names;
  for (const auto& column : stored) names.push_back(quote_identifier(column.name));
  const auto located = located_rows_sql(found->second.files, names);
  for (const char* place : {"__matview_file", "__matview_pos"}) stored.push_back({place, "BIGINT", "BIGINT"});
  return decode_sql("(" + located + ")", stored);
}

std::int64_t Maintenance::stored_rows(std::int64_t index) const {
  std::int64_t rows = 0;
  if (const auto found = state_.find(index); found != state_.end())
    for (const auto& file : found->second.files) rows += file.rows;
  return rows;
}

Result<std::int64_t> Maintenance::make_table(const std::string& name, const std::string& sql) {
  // DuckDB answers with the number of rows.
  MATVIEW_ASSIGN(const auto made,
                 database_.run(fmt::format("CREATE OR REPLACE TEMP TABLE {} AS {}", name, sql), control_, view_));
  if (made.size() != 1 || made.front().size() != 1 || !made.front().front())
    return fail(ErrorCode::internal, fmt::format("DuckDB does not say how many rows '{}' has", name));
  return std::strtoll(made.front().front()->c_str(), nullptr, 10);
}

std::string Maintenance::table_name(const char* what, std::int64_t index) const {
  return fmt::format("__matview_{}_{}", what, index);
}

}  // namespace matview::engine::ivm
