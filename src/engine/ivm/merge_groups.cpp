#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "engine/ivm/recursive_rows.hpp"
#include "engine/ivm/tree.hpp"

namespace matview::engine::ivm {

namespace {

using Merge = Aggregate::Merge;

constexpr std::string_view k_count = "__matview_n";
constexpr std::string_view k_old_row = "__matview_old";

bool is_extreme(const Aggregate& aggregate) {
  return aggregate.merge == Merge::minimum || aggregate.merge == Merge::maximum;
}

bool is_sum(const Aggregate& aggregate) { return aggregate.merge == Merge::sum || aggregate.merge == Merge::average; }

bool is_float(const Aggregate& aggregate) {
  return aggregate.merge == Merge::float_sum || aggregate.merge == Merge::float_average;
}

// Of a sum of floating-point numbers: what each addition may be off by, as a part of what is added; and as a part of
// the sum how far it may be off before the group is added up anew. DuckDB's own sum of the same rows in another order
// is off by about as much; 1e-9 is what `verify` allows.
constexpr std::string_view k_rounding = "1e-15";
constexpr std::string_view k_tolerance = "1e-10";

bool has_second(const Aggregate& aggregate) { return aggregate.merge != Merge::count && !is_extreme(aggregate); }

std::string sum_type(const std::string& type) {
  const auto comma = type.find(',');
  return type.starts_with("DECIMAL(") && comma != std::string::npos ? "DECIMAL(38" + type.substr(comma) : "HUGEINT";
}

std::string partial_type(const Aggregate& aggregate) {
  if (is_extreme(aggregate)) return aggregate.argument_type;
  if (is_float(aggregate)) return "DOUBLE";
  return is_sum(aggregate) ? sum_type(aggregate.argument_type) : "BIGINT";
}

std::string partial(std::size_t i) { return fmt::format("__matview_p{}", i); }
std::string second(std::size_t i) { return fmt::format("__matview_q{}", i); }
std::string error_of(std::size_t i) { return fmt::format("__matview_e{}", i); }     // at most so far off
std::string infinite_of(std::size_t i) { return fmt::format("__matview_i{}", i); }  // how many are infinite or NaN

/// FILTER clause for rows that an aggregate counts, if `more` holds too.
std::string filter(const Aggregate& aggregate, const std::string& more = {}) {
  std::string condition = more;
  if (!aggregate.filter.empty()) condition += (condition.empty() ? "" : " AND ") + quote_identifier(aggregate.filter);
  return condition.empty() ? "" : " FILTER (WHERE " + condition + ")";
}

/// The partial results of rows, as a select list.
std::string partials_of_rows(const Block& block) {
  std::string list = fmt::format("count(*) AS {}", k_count);
  for (std::size_t i = 0; i < block.aggregates.size(); ++i) {
    const auto& aggregate = block.aggregates[i];
    const auto argument = aggregate.argument.empty() ? "*" : quote_identifier(aggregate.argument);
    std::string value;
    switch (aggregate.merge) {
      case Merge::count: value = fmt::format("count({}){}", argument, filter(aggregate)); break;
      case Merge::sum:
      case Merge::average: value = fmt::format("coalesce(sum({}){}, 0)", argument, filter(aggregate)); break;
      case Merge::minimum: value = fmt::format("min({}){}", argument, filter(aggregate)); break;
      case Merge::maximum: value = fmt::format("max({}){}", argument, filter(aggregate)); break;
      case Merge::float_sum:
      case Merge::float_average:
        // What does not add up is told by the plain sum.
        value = fmt::format(
            "coalesce(CASE WHEN isfinite(fsum({0}){1}) THEN fsum({0}){1} ELSE sum(CAST({0} AS DOUBLE)){1}"
            " END, 0)",
            argument, filter(aggregate));
        break;
      case Merge::count_true:
      case Merge::all_true:
      case Merge::any_true: value = fmt::format("count(*){}", filter(aggregate, argument)); break;
    }
    list += fmt::format(", CAST({} AS {}) AS {}", value, partial_type(aggregate), partial(i));
    if (has_second(aggregate)) list += fmt::format(", count({}){} AS {}", argument, filter(aggregate), second(i));
    if (is_float(aggregate))
      list += fmt::format(", {} * coalesce(sum(abs(CAST({} AS DOUBLE))){}, 0) AS {}, count(*){} AS {}", k_rounding,
                          argument, filter(aggregate), error_of(i),
                          filter(aggregate, fmt::format("NOT isfinite({})", argument)), infinite_of(i));
  }
  return list;
}

/// How partial results change, from rows with weights. Extremes have what came and what went.
std::string partials_of_change(const Block& block) {
  const std::string came = fmt::format("{} > 0", k_weight);
  const std::string went = fmt::format("{} < 0", k_weight);
  const auto difference = [&](const std::string& call, const Aggregate& aggregate, const std::string& more = {}) {
    const auto tail = more.empty() ? "" : " AND " + more;
    return fmt::format("coalesce({0}{1}, 0) - coalesce({0}{2}, 0)", call, filter(aggregate, came + tail),
                       filter(aggregate, went + tail));
  };
  std::string list = fmt::format("CAST(sum({}) AS BIGINT) AS {}", k_weight, k_count);
  for (std::size_t i = 0; i < block.aggregates.size(); ++i) {
    const auto& aggregate = block.aggregates[i];
    const auto argument = aggregate.argument.empty() ? "*" : quote_identifier(aggregate.argument);
    const auto type = partial_type(aggregate);
    switch (aggregate.merge) {
      case Merge::count:
        list += fmt::format(", {} AS {}", difference(fmt::format("count({})", argument), aggregate), partial(i));
        break;
      case Merge::sum:
      case Merge::average:
        list += fmt::format(", CAST({} AS {}) AS {}", difference(fmt::format("sum({})", argument), aggregate), type,
                            partial(i));
        break;
      case Merge::minimum:
      case Merge::maximum: {
        const auto* call = aggregate.merge == Merge::minimum ? "min" : "max";
        list += fmt::format(", {}({}){} AS {}, {}({}){} AS {}", call, argument, filter(aggregate, came), partial(i),
                            call, argument, filter(aggregate, went), second(i));
        break;
      }
      case Merge::float_sum:
      case Merge::float_average:
        list += fmt::format(", {} AS {}", difference(fmt::format("fsum({})", argument), aggregate), partial(i));
        break;
      case Merge::count_true:
      case Merge::all_true:
      case Merge::any_true:
        list += fmt::format(", {} AS {}", difference("count(*)", aggregate, argument), partial(i));
        break;
    }
    if (has_second(aggregate))
      list += fmt::format(", {} AS {}", difference(fmt::format("count({})", argument), aggregate), second(i));
    if (is_float(aggregate))
      list += fmt::format(", {} * coalesce(sum(abs(CAST({} AS DOUBLE))){}, 0) AS {}, {} AS {}", k_rounding, argument,
                          filter(aggregate), error_of(i),
                          difference("count(*)", aggregate, fmt::format("NOT isfinite({})", argument)), infinite_of(i));
  }
  return list;
}

/// The result of an aggregate from its partial ones.
std::string result_of(const Aggregate& aggregate, std::size_t i) {
  const auto p = partial(i);
  const auto q = second(i);
  const auto unless_none = [&](const std::string& value) {
    return fmt::format("CASE WHEN {} = 0 THEN NULL ELSE {} END", q, value);
  };
  std::string value = p;
  if (aggregate.merge == Merge::sum || aggregate.merge == Merge::float_sum || aggregate.merge == Merge::count_true)
    value = unless_none(p);
  if (aggregate.merge == Merge::float_average) value = unless_none(fmt::format("{} / {}", p, q));
  if (aggregate.merge == Merge::average) value = unless_none(fmt::format("CAST({} AS DOUBLE) / {}", p, q));
  if (aggregate.merge == Merge::all_true) value = unless_none(fmt::format("{} = {}", p, q));
  if (aggregate.merge == Merge::any_true) value = unless_none(fmt::format("{} > 0", p));
  return fmt::format("CAST({} AS {}) AS {}", value, aggregate.type, quote_identifier(aggregate.name));
}

/// Merges o (the state there was) with d (its change), as a select list.
std::string merged(const Block& block) {
  std::string list = fmt::format("coalesce(o.{0}, 0) + d.{0} AS {0}", k_count);
  for (std::size_t i = 0; i < block.aggregates.size(); ++i) {
    const auto& aggregate = block.aggregates[i];
    if (is_extreme(aggregate)) {
      list += fmt::format(", coalesce({0}(o.{1}, d.{1}), o.{1}, d.{1}) AS {1}",
                          aggregate.merge == Merge::minimum ? "least" : "greatest", partial(i));
      continue;
    }
    if (is_float(aggregate)) {
      // Without any number there is no error either.
      const auto any = fmt::format("CASE WHEN coalesce(o.{0}, 0) + d.{0} = 0 THEN 0 ELSE ", second(i));
      list += fmt::format(
          ", {0}coalesce(o.{1}, 0) + d.{1} END AS {1}, coalesce(o.{2}, 0) + d.{2} AS {2},"
          " {0}coalesce(o.{3}, 0) + d.{3} + {5} * abs(coalesce(o.{1}, 0) + d.{1}) END AS {3},"
          " coalesce(o.{4}, 0) + d.{4} AS {4}",
          any, partial(i), second(i), error_of(i), infinite_of(i), k_rounding);
      continue;
    }
    list += fmt::format(", CAST(coalesce(o.{0}, 0) + d.{0} AS {1}) AS {0}", partial(i), partial_type(aggregate));
    if (has_second(aggregate)) list += fmt::format(", coalesce(o.{0}, 0) + d.{0} AS {0}", second(i));
  }
  return list;
}

/// When merging is not enough: the extreme itself may have gone, or a sum have lost too many of its digits.
std::string lost(const Block& block) {
  std::vector<std::string> conditions;
  for (std::size_t i = 0; i < block.aggregates.size(); ++i) {
    if (is_float(block.aggregates[i])) {
      const auto sum = fmt::format("(coalesce(o.{0}, 0) + d.{0})", partial(i));
      const auto error = fmt::format("(coalesce(o.{0}, 0) + d.{0})", error_of(i));
      conditions.push_back(
          fmt::format("(coalesce(o.{0}, 0) + d.{0} > 0 AND (coalesce(o.{1}, 0) > 0 OR d.{1} <> 0 OR NOT"
                      " isfinite({2}) OR NOT isfinite({3}) OR {3} > {4} * abs({2})))",
                      second(i), infinite_of(i), sum, error, k_tolerance));
      continue;
    }
    if (!is_extreme(block.aggregates[i])) continue;
    const auto* reaches = block.aggregates[i].merge == Merge::minimum ? "<=" : ">=";
    conditions.push_back(
        fmt::format("coalesce(d.{1} {2} coalesce(o.{0}, d.{1}), false)", partial(i), second(i), reaches));
  }
  return conditions.empty() ? "false" : fmt::format("{}", fmt::join(conditions, " OR "));
}

/// Rows whose partial results are all 0 change nothing.
std::string any_difference(const Block& block) {
  std::vector<std::string> conditions{fmt::format("{} <> 0", k_count)};
  for (std::size_t i = 0; i < block.aggregates.size(); ++i) {
    // An extreme is lost, and the error of a sum grows, by rows that really come and go alone.
    if (is_extreme(block.aggregates[i]) || is_float(block.aggregates[i])) return {};
    conditions.push_back(fmt::format("{} <> 0", partial(i)));
    if (has_second(block.aggregates[i])) conditions.push_back(fmt::format("{} <> 0", second(i)));
  }
  return fmt::format(" WHERE {}", fmt::join(conditions, " OR "));
}

std::string same_keys(const Block& block, std::string_view left, std::string_view right, bool null_keys) {
  std::vector<std::string> conditions;
  for (const auto& key : block.keys)
    conditions.push_back(fmt::format("{}.{} {} {}.{}", left, quote_identifier(key),
                                     null_keys ? "IS NOT DISTINCT FROM" : "=", right, quote_identifier(key)));
  return conditions.empty() ? "true" : fmt::format("{}", fmt::join(conditions, " AND "));
}

std::string key_list(const Block& block, std::string_view alias = {}) {
  std::string list;
  for (const auto& key : block.keys)
    list += (alias.empty() ? "" : std::string(alias) + ".") + quote_identifier(key) + ", ";
  return list;
}

/// A stored row and where it is, as one value.
std::string row_of(const std::vector<Column>& columns, std::string_view alias) {
  std::vector<std::string> fields;
  for (const auto& column : columns)
    fields.push_back(fmt::format("{}: {}.{}", quote_literal(column.name), alias, quote_identifier(column.name)));
  for (const char* place : {"__matview_file", "__matview_pos"})
    fields.push_back(fmt::format("'{0}': {1}.{0}", place, alias));
  return fmt::format("{{{}}}", fmt::join(fields, ", "));
}

std::string group_by(const Block& block) {
  std::vector<std::string> names;
  for (const auto& key : block.keys) names.push_back(quote_identifier(key));
  return names.empty() ? "" : fmt::format(" GROUP BY {}", fmt::join(names, ", "));
}

std::string partials_from_scratch(const Block& block, const std::string& rows) {
  return fmt::format("SELECT {}{} FROM ({}) AS r{}", key_list(block), partials_of_rows(block), rows, group_by(block));
}

/// Partial results of rows that all come or all go. Nothing but sums and counts: those of what goes are negative.
std::string signed_partials(const Block& block, const std::string& rows, int sign) {
  const auto partials = partials_from_scratch(block, rows);
  if (sign > 0) return partials;
  std::string list = fmt::format("-{0} AS {0}", k_count);
  for (std::size_t i = 0; i < block.aggregates.size(); ++i) {
    list += fmt::format(", -{0} AS {0}", partial(i));
    if (has_second(block.aggregates[i])) list += fmt::format(", -{0} AS {0}", second(i));
  }
  return fmt::format("SELECT {}{} FROM ({})", key_list(block), list, partials);
}

std::string sum_of_partials(const Block& block, const std::string& parts) {
  std::string list = fmt::format("CAST(sum({0}) AS BIGINT) AS {0}", k_count);
  for (std::size_t i = 0; i < block.aggregates.size(); ++i) {
    list += fmt::format(", CAST(sum({0}) AS {1}) AS {0}", partial(i), partial_type(block.aggregates[i]));
    if (has_second(block.aggregates[i])) list += fmt::format(", CAST(sum({0}) AS BIGINT) AS {0}", second(i));
  }
  return fmt::format("SELECT {}{} FROM ({}) AS r{}", key_list(block), list, parts, group_by(block));
}

}  // namespace

std::vector<Column> group_state_columns(const Block& block, const std::vector<Column>& input) {
  std::vector<Column> columns;
  for (const auto& key : block.keys)
    for (const auto& column : input)
      if (column.name == key) columns.push_back(column);
  columns.push_back({std::string(k_count), "BIGINT"});
  for (std::size_t i = 0; i < block.aggregates.size(); ++i) {
    columns.push_back({partial(i), partial_type(block.aggregates[i])});
    if (has_second(block.aggregates[i])) columns.push_back({second(i), "BIGINT"});
    if (!is_float(block.aggregates[i])) continue;
    columns.push_back({error_of(i), "DOUBLE"});
    columns.push_back({infinite_of(i), "BIGINT"});
  }
  return columns;
}

std::string Maintenance::groups_rows(const Block& own, const std::string& state_rows) const {
  std::string list = key_list(own);
  for (std::size_t i = 0; i < own.aggregates.size(); ++i) list += result_of(own.aggregates[i], i) + ", ";
  list.resize(list.size() - 2);
  return fmt::format("SELECT {} FROM ({})", list, state_rows);
}

Result<void> Maintenance::groups_change(std::int64_t index) {
  const auto& own = block(index);
  const auto& input = own.inputs.front().relation;
  const auto columns = group_state_columns(own, columns_of(input));
  if (!state_.contains(index)) return fail(refusal("STATE_MISSING", "the view has no state to go on from"));
  const auto keep_if = any_difference(own);
  if (keep_if.empty()) MATVIEW_TRY(consolidate(input.index));
  if (!changed(input)) return {};
  techniques_.insert(own.technique);

  // What changes, and what there was.
  const auto delta = table_name("d", index);
  const auto& terms = progress(input.index).terms;
  const bool apart = !keep_if.empty() && !progress(input.index).consolidated && !terms.empty() &&
                     std::all_of(terms.begin(), terms.end(), [](const auto& term) { return term.sign != 0; });
  std::vector<std::string> sums;
  for (std::size_t i = 0; apart && i < terms.size(); ++i)
    sums.push_back(signed_partials(own, terms[i].sql, terms[i].sign));
  MATVIEW_ASSIGN(
      const auto touched,
      make_table(delta,
                 apart ? fmt::format("FROM ({}){}",
                                     sum_of_partials(own, fmt::format("{}", fmt::join(sums, " UNION ALL "))), keep_if)
                       : fmt::format("FROM (SELECT {}{} FROM ({}) AS r{}){}", key_list(own), partials_of_change(own),
                                     progress(input.index).change, group_by(own), keep_if)));
  if (touched == 0) return {};
  // Where few groups are kept all are looked through; among many "=" lets DuckDB skip what has no such key.
  constexpr std::int64_t k_few_groups = 20'000;
  const bool few = stored_rows(index) < k_few_groups;
  bool null_keys = few;
  if (!null_keys && !own.keys.empty()) {
    std::vector<std::string> nulls;
    for (const auto& key : own.keys) nulls.push_back(quote_identifier(key) + " IS NULL");
    MATVIEW_ASSIGN(const auto found,
                   database_.rows(fmt::format("SELECT count(*) FROM {} WHERE {}", delta, fmt::join(nulls, " OR "))));
    null_keys = found.at(0).at(0) != "0";
  }
  std::string near;
  if (!null_keys && own.keys.size() == 1) {
    const auto key = quote_identifier(own.keys.front());
    MATVIEW_ASSIGN(near, beside_gaps("o." + key, delta, key, columns.front().type));
  }
  const auto merged_groups = table_name("m", index);
  auto old_groups = fmt::format("({})", located_state(index, columns));
  std::string old_row;  // where it is found on the way
  if (few) {
    old_row = fmt::format(", {} AS {}", row_of(columns, "o"), k_old_row);
  } else {
    const auto found = table_name("o", index);
    MATVIEW_TRY(make_table(found, fmt::format("SELECT o.* FROM {} AS o SEMI JOIN {} AS d ON {} WHERE true{}",
                                              old_groups, delta, same_keys(own, "o", "d", null_keys), near)));
    old_groups = found;
  }
  // What there is.
  MATVIEW_TRY(make_table(merged_groups, fmt::format("SELECT {}{}, ({}) AS __matview_again{} FROM {} AS d LEFT JOIN {}"
                                                    " AS o ON {}",
                                                    key_list(own, "d"), merged(own), lost(own), old_row, delta,
                                                    old_groups, same_keys(own, "o", "d", null_keys))));
  if (few)
    old_groups =
        fmt::format("(SELECT unnest({0}) FROM {1} WHERE {0}.__matview_pos IS NOT NULL)", k_old_row, merged_groups);
  MATVIEW_ASSIGN(const auto odd, database_.rows(fmt::format("SELECT count(*) FILTER ({0} < 0), count(*) FILTER"
                                                            " (__matview_again AND {0} > 0), (SELECT count(*) FROM {1})"
                                                            " FROM {2}",
                                                            k_count, old_groups, merged_groups)));
  if (odd.at(0).at(0) != "0") return fail(refusal("STATE_MISMATCH", "the state does not fit the change"));
  const std::string alive = own.keys.empty() ? "true" : fmt::format("{} > 0", k_count);
  auto come =
      fmt::format("SELECT {} FROM {} WHERE NOT __matview_again AND {}", name_list(columns), merged_groups, alive);
  auto gone = old_groups;
  // Where only counts and sums are kept, the delta has no group that comes out as it was.
  if (keep_if.empty()) {
    if (odd.at(0).at(1) != "0" || own.keys.empty()) {
      // An extreme of some touched groups left, or a sum is too far off: those are aggregated anew, all others are not
      // looked at.
      const auto again = fmt::format("(FROM {} WHERE __matview_again AND {})", merged_groups, alive);
      come += fmt::format(
          " UNION ALL SELECT {} FROM ({}) WHERE EXISTS {}", name_list(columns),
          partials_from_scratch(own, fmt::format("SELECT p.* FROM ({}) AS p SEMI JOIN {} AS k ON {}", new_rows(input),
                                                 again, same_keys(own, "p", "k", null_keys))),
          again);
      if (odd.at(0).at(1) != "0") techniques_.insert("touched_groups");
    }
    // A group that came out as it was is left alone.
    const auto new_groups = table_name("n", index);
    gone = table_name("g", index);
    MATVIEW_TRY(make_table(new_groups, come));
    MATVIEW_TRY(make_table(gone, fmt::format("SELECT o.* FROM {} AS o ANTI JOIN {} AS n ON {}", old_groups, new_groups,
                                             same_rows(columns, "o", "n"))));
    come = fmt::format("SELECT n.* FROM {} AS n ANTI JOIN {} AS o ON {}", new_groups, old_groups,
                       same_rows(columns, "o", "n"));
  }
  StateChange change;
  change.columns = columns;
  if (odd.at(0).at(2) != "0") change.positions = gone;
  change.come = come;
  state_changes_[index] = std::move(change);
  auto& found = progress(index);
  found.changed = true;
  found.change =
      fmt::format("SELECT *, 1 AS {0} FROM ({1}) UNION ALL SELECT *, -1 AS {0} FROM ({2})", k_weight,
                  groups_rows(own, come), groups_rows(own, fmt::format("SELECT {} FROM {}", name_list(columns), gone)));
  found.new_state =
      groups_rows(own, fmt::format("SELECT {0} FROM ({1}) AS s ANTI JOIN {2} AS g USING (__matview_file, __matview_pos)"
                                   " UNION ALL {3}",
                                   name_list(columns), located_state(index, columns), gone, come));
  return {};
}

std::optional<StateChange> Maintenance::initial_state(std::int64_t index) const {
  const auto& own = block(index);
  if (own.kind == Block::Kind::query) return std::nullopt;
  const auto& input = own.inputs.front().relation;
  StateChange change;
  change.replaces = true;
  if (own.kind == Block::Kind::groups) {
    change.columns = group_state_columns(own, columns_of(input));
    change.come = partials_from_scratch(own, new_rows(input));
  } else if (own.kind == Block::Kind::recursion) {
    change.columns = own.columns;
    change.come = Recursion::all_rows(*this, index);
  } else {
    change.columns = top_state_columns(own);
    change.come = top_state(own, new_rows(input));
  }
  return change;
}

}  // namespace matview::engine::ivm
