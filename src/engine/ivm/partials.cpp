#include "engine/ivm/partials.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "engine/duckdb/sql_text.hpp"
#include "engine/ivm/moments.hpp"

namespace matview::engine::ivm {

std::string sum_type(const std::string& type) {
  const auto comma = type.find(',');
  return type.starts_with("DECIMAL(") && comma != std::string::npos ? "DECIMAL(38" + type.substr(comma) : "HUGEINT";
}

namespace {

using Merge = Aggregate::Merge;

bool is_extreme(const Aggregate& aggregate) {
  return aggregate.merge == Merge::minimum || aggregate.merge == Merge::maximum;
}

bool is_moment(const Aggregate& aggregate) { return aggregate.merge == Merge::moment; }

bool is_sum(const Aggregate& aggregate) { return aggregate.merge == Merge::sum || aggregate.merge == Merge::average; }

bool is_float(const Aggregate& aggregate) {
  return aggregate.merge == Merge::float_sum || aggregate.merge == Merge::float_average;
}

bool has_second(const Aggregate& aggregate) { return aggregate.merge != Merge::count && !is_extreme(aggregate); }

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
  std::string list = fmt::format("count(*) AS {}", k_group_count);
  for (std::size_t i = 0; i < block.aggregates.size(); ++i) {
    const auto& aggregate = block.aggregates[i];
    const auto argument = aggregate.argument.empty() ? "*" : quote_identifier(aggregate.argument);
    std::string value;
    switch (aggregate.merge) {
      case Merge::moment: list += ", " + moments_of_rows(aggregate, i); continue;
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

/// The result of an aggregate from its partial ones.
std::string result_of(const Aggregate& aggregate, std::size_t i) {
  const auto p = is_moment(aggregate) ? moment_result(i) : partial(i);
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

std::string group_by(const Block& block) {
  std::vector<std::string> names;
  for (const auto& key : block.keys) names.push_back(quote_identifier(key));
  return names.empty() ? "" : fmt::format(" GROUP BY {}", fmt::join(names, ", "));
}

}  // namespace

std::vector<Column> group_state_columns(const Block& block, const std::vector<Column>& input) {
  std::vector<Column> columns;
  for (const auto& key : block.keys)
    for (const auto& column : input)
      if (column.name == key) columns.push_back(column);
  columns.push_back({std::string(k_group_count), "BIGINT"});
  for (std::size_t i = 0; i < block.aggregates.size(); ++i) {
    if (is_moment(block.aggregates[i])) {
      for (auto& column : moment_columns(block.aggregates[i], i)) columns.push_back(std::move(column));
      continue;
    }
    columns.push_back({partial(i), partial_type(block.aggregates[i])});
    if (has_second(block.aggregates[i])) columns.push_back({second(i), "BIGINT"});
    if (!is_float(block.aggregates[i])) continue;
    columns.push_back({error_of(i), "DOUBLE"});
    columns.push_back({infinite_of(i), "BIGINT"});
  }
  return columns;
}

std::string key_list(const Block& block, std::string_view alias) {
  std::string list;
  for (const auto& key : block.keys)
    list += (alias.empty() ? "" : std::string(alias) + ".") + quote_identifier(key) + ", ";
  return list;
}

std::string partials_from_scratch(const Block& block, const std::string& rows) {
  return fmt::format("SELECT {}{} FROM ({}) AS r{}", key_list(block), partials_of_rows(block), rows, group_by(block));
}

std::string signed_partials(const Block& block, const std::string& rows, int sign) {
  const auto partials = partials_from_scratch(block, rows);
  if (sign > 0) return partials;
  std::string list = fmt::format("-{0} AS {0}", k_group_count);
  for (std::size_t i = 0; i < block.aggregates.size(); ++i) {
    list += fmt::format(", -{0} AS {0}", partial(i));
    if (has_second(block.aggregates[i])) list += fmt::format(", -{0} AS {0}", second(i));
  }
  return fmt::format("SELECT {}{} FROM ({})", key_list(block), list, partials);
}

std::string sum_of_partials(const Block& block, const std::string& parts) {
  std::string list = fmt::format("CAST(sum({0}) AS BIGINT) AS {0}", k_group_count);
  for (std::size_t i = 0; i < block.aggregates.size(); ++i) {
    list += fmt::format(", CAST(sum({0}) AS {1}) AS {0}", partial(i), partial_type(block.aggregates[i]));
    if (has_second(block.aggregates[i])) list += fmt::format(", CAST(sum({0}) AS BIGINT) AS {0}", second(i));
  }
  return fmt::format("SELECT {}{} FROM ({}) AS r{}", key_list(block), list, parts, group_by(block));
}

std::string partials_of_change(const Block& block, const std::string& rows) {
  const std::string came = fmt::format("{} > 0", k_weight);
  const std::string went = fmt::format("{} < 0", k_weight);
  const auto difference = [&](const std::string& call, const Aggregate& aggregate, const std::string& more = {}) {
    const auto tail = more.empty() ? "" : " AND " + more;
    return fmt::format("coalesce({0}{1}, 0) - coalesce({0}{2}, 0)", call, filter(aggregate, came + tail),
                       filter(aggregate, went + tail));
  };
  std::string list = fmt::format("CAST(sum({}) AS BIGINT) AS {}", k_weight, k_group_count);
  for (std::size_t i = 0; i < block.aggregates.size(); ++i) {
    const auto& aggregate = block.aggregates[i];
    const auto argument = aggregate.argument.empty() ? "*" : quote_identifier(aggregate.argument);
    const auto type = partial_type(aggregate);
    switch (aggregate.merge) {
      case Merge::moment: list += ", " + moments_of_change(aggregate, i); continue;
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
  return fmt::format("SELECT {}{} FROM ({}) AS r{}", key_list(block), list, rows, group_by(block));
}

std::string merged(const Block& block) {
  std::string list = fmt::format("coalesce(o.{0}, 0) + d.{0} AS {0}", k_group_count);
  for (std::size_t i = 0; i < block.aggregates.size(); ++i) {
    const auto& aggregate = block.aggregates[i];
    if (is_moment(aggregate)) {
      list += ", " + merged_moments(aggregate, i);
      continue;
    }
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

std::string lost(const Block& block) {
  std::vector<std::string> conditions;
  for (std::size_t i = 0; i < block.aggregates.size(); ++i) {
    if (is_moment(block.aggregates[i])) conditions.push_back(moments_lost(block.aggregates[i], i));
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

std::string any_difference(const Block& block) {
  std::vector<std::string> conditions{fmt::format("{} <> 0", k_group_count)};
  for (std::size_t i = 0; i < block.aggregates.size(); ++i) {
    // An extreme is lost, and the error of a sum grows, by rows that really come and go alone.
    const auto& aggregate = block.aggregates[i];
    if (is_extreme(aggregate) || is_float(aggregate) || is_moment(aggregate)) return {};
    conditions.push_back(fmt::format("{} <> 0", partial(i)));
    if (has_second(block.aggregates[i])) conditions.push_back(fmt::format("{} <> 0", second(i)));
  }
  return fmt::format("{}", fmt::join(conditions, " OR "));
}

std::string group_rows(const Block& block, const std::string& partials) {
  std::string list = key_list(block);
  for (std::size_t i = 0; i < block.aggregates.size(); ++i) list += result_of(block.aggregates[i], i) + ", ";
  list.resize(list.size() - 2);
  return fmt::format("SELECT {} FROM ({})", list, partials);
}

}  // namespace matview::engine::ivm
