#include <fmt/format.h>

#include <algorithm>

#include "query_generator.hpp"

namespace matview::property {

bool is_integer(const std::string& type) {
  return type == "INTEGER" || type == "BIGINT" || type == "SMALLINT" || type == "HUGEINT" || type == "TINYINT";
}

bool is_number(const std::string& type) { return is_integer(type) || type.starts_with("DECIMAL") || type == "DOUBLE"; }

Fields exact_ones(const Fields& fields) {
  Fields found;
  std::copy_if(fields.begin(), fields.end(), std::back_inserter(found), [](const auto& field) { return field.exact; });
  return found;
}

Fields numbers(const Fields& fields) {
  Fields found;
  for (const auto& field : fields)
    if (is_number(field.type)) found.push_back(field);
  return found;
}

std::string join_text(const std::vector<std::string>& parts, const std::string& separator) {
  std::string text;
  for (const auto& part : parts) text += (text.empty() ? "" : separator) + part;
  return text;
}

std::string QueryGenerator::literal(const std::string& type) {
  if (is_integer(type)) return std::to_string(random_.between(0, 5));
  if (type.starts_with("DECIMAL")) return fmt::format("{}.5", random_.between(0, 4));
  if (type == "DOUBLE" && random_.chance(30)) return fmt::format("{}e-2", random_.between(-2, 4) * 25);
  if (type == "DOUBLE") return fmt::format("{}", random_.between(-2, 4) * 0.25);
  if (type == "VARCHAR") return random_.pick(std::vector<std::string>{"'a'", "'b'", "'c'"});
  if (type == "DATE") return fmt::format("DATE '2024-02-{}'", random_.between(26, 29));
  if (type == "TIMESTAMP") return fmt::format("TIMESTAMP '2024-03-0{} 01:00:00'", random_.between(1, 9));
  if (type == "BOOLEAN") return random_.chance(50) ? "true" : "false";
  return "NULL";
}

/// A comparison with the time; empty where the type has none.
std::string QueryGenerator::time_predicate(const Field& field) {
  static const std::vector<std::string> k_comparisons{"<", ">=", "<=", ">", "="};
  const auto& c = field.ref;
  const auto days = random_.between(0, 6);
  std::string time;
  if (field.type == "DATE") time = random_.pick(std::vector<std::string>{"current_date", "today()", "current_date()"});
  if (field.type == "TIMESTAMP") time = random_.pick(std::vector<std::string>{"localtimestamp", "now()::TIMESTAMP"});
  if (field.type == "TIMESTAMP WITH TIME ZONE")
    time = random_.pick(std::vector<std::string>{"now()", "current_timestamp", "get_current_timestamp()"});
  if (is_integer(field.type)) {
    tag("time_filter");
    return fmt::format("{} {} {}", c, random_.pick(k_comparisons), "day(current_date) % 7");
  }
  if (time.empty()) return "";
  tag("time_filter");
  if (random_.chance(20)) return fmt::format("{0} BETWEEN {1} - INTERVAL {2} DAY AND {1}", c, time, days);
  if (random_.chance(10)) return fmt::format("coalesce({} < {}, false)", c, time);
  if (random_.chance(50)) return fmt::format("{} {} {}", c, random_.pick(k_comparisons), time);
  return fmt::format("{} {} {} - INTERVAL {} HOUR", c, random_.pick(k_comparisons), time, days * 24);
}

std::string QueryGenerator::simple_predicate(const Field& field) {
  if (asks_for_time_ && random_.chance(40))
    if (auto text = time_predicate(field); !text.empty()) return text;
  static const std::vector<std::string> k_comparisons{"=", "<>", "<", ">=", "IS DISTINCT FROM"};
  const auto& c = field.ref;
  if (random_.chance(12)) return c + (random_.chance(50) ? " IS NULL" : " IS NOT NULL");
  if (field.type == "BOOLEAN") return random_.chance(50) ? c : "NOT " + c;
  if (field.type.starts_with("STRUCT(a ")) return fmt::format("{}.a = {}", c, random_.between(0, 2));
  if (field.type == "INTEGER[]") return fmt::format("len({}) > {}", c, random_.between(0, 2));
  const auto value = literal(field.type);
  if (value == "NULL") return c + " IS NOT NULL";
  if (random_.chance(10)) return fmt::format("{} IN ({}, {})", c, value, literal(field.type));
  if (is_number(field.type) && random_.chance(15)) return fmt::format("{} BETWEEN {} AND 4", c, value);
  if (is_integer(field.type) && random_.chance(15)) return fmt::format("{} % 2 = {}", c, random_.between(0, 1));
  if (field.type == "VARCHAR" && random_.chance(20)) return c + " LIKE 'a%'";
  return fmt::format("{} {} {}", c, random_.pick(k_comparisons), value);
}

namespace {

bool is_comparison(const std::string& text, const Field& field) {
  static const std::vector<std::string> k_words{"=", "<>", "<", "<=", ">", ">=", "IS DISTINCT FROM"};
  return std::any_of(k_words.begin(), k_words.end(),
                     [&](const auto& word) { return text.starts_with(field.ref + " " + word + " "); });
}

/// DuckDB 1.5.6 takes `c IS DISTINCT FROM 1 OR c <> 2` for false where c is NULL, whichever comparison stands on the
/// other side and in whichever order: it makes one filter of the scan out of both. Such a pair says nothing: the oracle
/// is wrong as well. Every other pair is judged right, and so is this one where the columns are not the same.
bool is_lost_on_duckdb(const std::string& left, const std::string& right, const Field& field) {
  if (!is_comparison(left, field) || !is_comparison(right, field)) return false;
  const auto word = field.ref + " IS DISTINCT FROM ";
  return left.starts_with(word) || right.starts_with(word);
}

}  // namespace

std::string QueryGenerator::either(const std::string& text, const Fields& fields) {
  for (;;) {
    const auto& field = any(fields);
    const auto other = simple_predicate(field);
    if (!is_lost_on_duckdb(text, other, field)) return fmt::format("({} OR {})", text, other);
  }
}

std::string QueryGenerator::predicate(const Fields& all, int depth) {
  const auto fields = exact_ones(all);
  if (fields.empty()) return "true";
  if (depth > 0 && random_.chance(30)) {
    auto text = subquery_predicate(fields, depth);
    if (!text.empty()) return text;
  }
  auto text = simple_predicate(any(fields));
  if (random_.chance(15)) {
    if (const auto pair = comparable(fields, fields); pair && pair->first.ref != pair->second.ref)
      text = fmt::format("{} <= {}", pair->first.ref, pair->second.ref);
  }
  if (random_.chance(20)) text = either(text, fields);
  if (random_.chance(20)) text = fmt::format("{} AND {}", text, simple_predicate(any(fields)));
  if (random_.chance(6)) text = fmt::format("NOT ({})", text);
  return text;
}

std::string QueryGenerator::where(const Fields& fields, int depth) {
  if (!random_.chance(45)) return "";
  return " WHERE " + predicate(fields, depth);
}

std::optional<std::pair<Field, Field>> QueryGenerator::comparable(const Fields& left, const Fields& right) {
  std::vector<std::pair<Field, Field>> pairs;
  for (const auto& l : exact_ones(left))
    for (const auto& r : exact_ones(right))
      if (l.type == r.type || (is_integer(l.type) && is_integer(r.type))) {
        // Keys meet keys more often than anything meets anything.
        pairs.emplace_back(l, r);
        if (l.name == r.name && l.name != "id") pairs.insert(pairs.end(), 3, {l, r});
      }
  if (pairs.empty()) return std::nullopt;
  return random_.pick(pairs);
}

std::string QueryGenerator::scalar_subquery(const Fields& fields, bool numeric) {
  const auto inner = relation(0);
  const auto candidates = numeric ? numbers(exact_ones(inner.fields)) : exact_ones(inner.fields);
  if (candidates.empty()) return "";
  const auto& field = any(candidates);
  const auto call = random_.pick(std::vector<std::string>{"max", "min", "count"}) + "(" + field.ref + ")";
  auto condition = where(inner.fields, 0);
  if (const auto pair = comparable(inner.fields, fields); pair && random_.chance(60)) {
    tag("correlated_scalar");
    condition = fmt::format(" WHERE {} {} {}{}", pair->first.ref, random_.chance(85) ? "=" : "<", pair->second.ref,
                            condition.empty() ? "" : " AND (" + condition.substr(7) + ")");
  } else {
    tag("scalar_subquery");
  }
  return fmt::format("(SELECT {} FROM {}{})", call, inner.text, condition);
}

std::string QueryGenerator::subquery_predicate(const Fields& fields, int depth) {
  const auto choice = random_.weighted({4, 4, 3, 2, 3});
  if (choice == 4) {
    const auto outer = numbers(fields);
    if (outer.empty()) return "";
    const auto scalar = scalar_subquery(fields, true);
    if (scalar.empty()) return "";
    return fmt::format("{} {} {}", any(outer).ref, random_.chance(50) ? "<" : ">=", scalar);
  }
  const auto inner = random_.chance(30) ? from(depth - 1) : relation(depth - 1);
  const auto pair = comparable(fields, inner.fields);
  if (!pair) return "";
  const auto condition = where(inner.fields, depth - 1);
  const auto& [outer, found] = *pair;
  if (choice == 0) {
    const bool negated = random_.chance(40);
    tag(negated ? "not_exists" : "exists");
    const auto comparison = random_.chance(85) ? "=" : random_.chance(50) ? "<" : "IS NOT DISTINCT FROM";
    return fmt::format("{}EXISTS (SELECT 1 FROM {} WHERE {} {} {}{})", negated ? "NOT " : "", inner.text, found.ref,
                       comparison, outer.ref, condition.empty() ? "" : " AND (" + condition.substr(7) + ")");
  }
  const auto rows = fmt::format("(SELECT {} FROM {}{})", found.ref, inner.text, condition);
  if (choice == 1) {
    tag("in");
    return fmt::format("{} IN {}", outer.ref, rows);
  }
  if (choice == 2) {
    tag("not_in");
    return fmt::format("{} NOT IN {}", outer.ref, rows);
  }
  tag("any_all");
  return fmt::format("{} {} {}{}", outer.ref, random_.chance(50) ? "<" : ">=", random_.chance(50) ? "ANY" : "ALL",
                     rows);
}

Field QueryGenerator::scalar(const Fields& all) {
  const auto& field = any(all);
  if (!field.exact || random_.chance(65)) return field;
  const auto& c = field.ref;
  const auto made = [&](const std::string& text, const char* type) { return Field{text, "", type, true}; };
  if (random_.chance(15)) return made(fmt::format("({} IS NULL)", c), "BOOLEAN");
  if (random_.chance(15))
    return made(fmt::format("CASE WHEN {} THEN 'hi' ELSE 'lo' END", simple_predicate(field)), "VARCHAR");
  if (is_integer(field.type)) {
    if (random_.chance(30)) return made(fmt::format("coalesce({}, -1)", c), "INTEGER");
    if (random_.chance(40)) return made(fmt::format("({} % 3)", c), field.type.c_str());
    if (field.type == "INTEGER") return made(fmt::format("({}::BIGINT + {})", c, random_.between(1, 9)), "BIGINT");
    return made(fmt::format("({} > 2)", c), "BOOLEAN");
  }
  if (field.type == "VARCHAR")
    return random_.chance(50) ? made(fmt::format("upper({})", c), "VARCHAR")
                              : made(fmt::format("(coalesce({}, '-') || '!')", c), "VARCHAR");
  if (field.type == "DATE") return made(fmt::format("day({})", c), "BIGINT");
  if (field.type == "TIMESTAMP") return made(fmt::format("date_trunc('day', {})", c), "TIMESTAMP");
  if (field.type.starts_with("STRUCT(a ")) return made(c + ".a", "INTEGER");
  if (field.type == "INTEGER[]") return made(fmt::format("len({})", c), "BIGINT");
  if (field.type == "DOUBLE") return made(fmt::format("({} * 2)", c), "DOUBLE");
  return field;
}

/// Values that are equal and not the same, which may be shown.
std::string QueryGenerator::interval(const Field& field) {
  tag("interval");
  if (field.type == "TIMESTAMP" && random_.chance(50)) return fmt::format("({} - TIMESTAMP '2024-03-01')", field.ref);
  return fmt::format("CASE WHEN {} THEN INTERVAL 1 MONTH ELSE INTERVAL 30 DAY END", simple_predicate(field));
}

Field QueryGenerator::plain_aggregate(const Fields& all) {
  const auto fields = exact_ones(all);
  const auto made = [](const std::string& text, const std::string& type, bool exact = true) {
    return Field{text, "", type, exact};
  };
  if (fields.empty() || random_.chance(15)) return made("count(*)", "BIGINT");
  const auto& field = any(fields);
  const auto& c = field.ref;
  const auto summable = numbers(fields);
  const auto kind = random_.weighted({3, 6, 4, 5, 3, 3, 3, 2, 3, 2, 2, 2});
  if (!summable.empty() && (kind == 1 || kind == 2 || kind == 6 || kind == 7 || kind == 11)) {
    const auto& number = any(summable);
    const auto& n = number.ref;
    const auto* repeated = kind < 3 && random_.chance(20) ? "DISTINCT " : "";
    if (*repeated) tag("distinct_aggregate");
    // HUGEINT is what sums of integers are, and sums of those may not fit.
    if (kind == 1) return made(fmt::format("sum({}{})", repeated, n), number.type == "DOUBLE" ? "DOUBLE" : "HUGEINT");
    if (kind == 2) return made(fmt::format("avg({}{})", repeated, n), "DOUBLE", false);
    if (kind == 6)
      return made(
          fmt::format("{}({})",
                      random_.pick(std::vector<std::string>{"stddev_samp", "var_pop", "stddev_pop", "var_samp"}), n),
          "DOUBLE", false);
    if (kind == 7)
      return made(fmt::format("{}({}, {})", random_.pick(std::vector<std::string>{"covar_pop", "covar_samp"}), n,
                              any(summable).ref),
                  "DOUBLE", false);
    if (random_.chance(50)) return made(fmt::format("median({})", n), "", false);
    return made(fmt::format("quantile_disc({}, 0.5)", n), number.type);
  }
  if (kind == 3) return made(fmt::format("{}({})", random_.chance(50) ? "min" : "max", c), field.type);
  if (kind == 4) {
    tag("distinct_aggregate");
    if (random_.chance(10)) return made(fmt::format("max(DISTINCT {})", c), field.type);
    return made(fmt::format("count(DISTINCT {})", c), "BIGINT");
  }
  if (kind == 5)
    return made(fmt::format("{}({})", random_.chance(50) ? "bool_and" : "bool_or", simple_predicate(field)), "BOOLEAN");
  if (kind == 8) return made(fmt::format("count({})", c), "BIGINT");
  if (kind == 9) {
    tag("ordered_aggregate");
    if (field.type == "VARCHAR") return made(fmt::format("string_agg({0}, ',' ORDER BY {0})", c), "VARCHAR");
    return made(fmt::format("list({0} ORDER BY {0})", c), field.type + "[]");
  }
  if (kind == 10) {
    if (field.type == "INTEGER" || field.type == "BIGINT")
      return made(fmt::format("{}({})", random_.pick(std::vector<std::string>{"bit_and", "bit_or", "bit_xor"}), c),
                  field.type);
    return made(fmt::format("count_if({})", simple_predicate(field)), "HUGEINT");
  }
  if (random_.chance(30)) return made(fmt::format("min({}, 2)", c), field.type + "[]");
  if (random_.chance(30)) return made(fmt::format("first({0} ORDER BY {0})", c), field.type);
  if (random_.chance(30)) return made(fmt::format("arg_max({0}, {0})", c), field.type);
  return made(fmt::format("approx_count_distinct({})", c), "BIGINT");
}

Field QueryGenerator::aggregate_call(const Fields& fields) {
  auto call = plain_aggregate(fields);
  const auto usable = exact_ones(fields);
  if (random_.chance(18) && !usable.empty()) {
    tag("aggregate_filter");
    call.ref += fmt::format(" FILTER (WHERE {})", simple_predicate(any(usable)));
  }
  if (random_.chance(12) && is_integer(call.type) && call.type != "SMALLINT") {
    tag("expression_over_aggregates");
    if (random_.chance(50)) return {fmt::format("coalesce({}, 0)", call.ref), "", call.type, call.exact};
    return {fmt::format("CASE WHEN {} > 2 THEN count(*) ELSE -1 END", call.ref), "", "BIGINT", true};
  }
  return call;
}

std::string QueryGenerator::window_call(const Fields& fields, const std::string& all) {
  const auto usable = exact_ones(fields);
  const auto& key = any(usable);
  const auto partition = random_.chance(88) ? "PARTITION BY " + key.ref : std::string();
  tag(partition.empty() ? "window_without_partition" : "window_partitioned");
  const auto space = partition.empty() ? "" : " ";
  const auto summable = numbers(usable);
  switch (random_.weighted({4, 3, 4, 3, 2, 2, 3, 2})) {
    case 0: return fmt::format("row_number() OVER ({}{}ORDER BY {})", partition, space, all);
    case 1:
      return fmt::format("{}() OVER ({}{}ORDER BY {} DESC NULLS LAST)",
                         random_.pick(std::vector<std::string>{"rank", "dense_rank", "cume_dist", "percent_rank"}),
                         partition, space, any(usable).ref);
    case 2:
      if (summable.empty()) break;
      return fmt::format("sum({}) OVER ({}{}ORDER BY {})", any(summable).ref, partition, space, any(usable).ref);
    case 3:
      return fmt::format("{}({}) OVER ({}{}ORDER BY {})", random_.chance(50) ? "lag" : "lead", any(usable).ref,
                         partition, space, all);
    case 4: return fmt::format("ntile(2) OVER ({}{}ORDER BY {})", partition, space, all);
    case 5:
      return fmt::format("first_value({}) OVER ({}{}ORDER BY {} ROWS BETWEEN 1 PRECEDING AND 1 FOLLOWING)",
                         any(usable).ref, partition, space, all);
    case 7: {
      const auto time = std::find_if(usable.begin(), usable.end(), [](const Field& field) {
        return field.type == "DATE" || field.type.starts_with("TIMESTAMP");
      });
      if (time == usable.end() || summable.empty()) break;
      tag("range_of_time");
      return fmt::format("sum({}) OVER ({}{}ORDER BY {} RANGE BETWEEN INTERVAL {} DAY PRECEDING AND CURRENT ROW)",
                         any(summable).ref, partition, space, time->ref, random_.between(1, 40));
    }
    default: break;
  }
  return fmt::format("{} OVER ({})", random_.chance(50) ? "count(*)" : "max(" + any(usable).ref + ")", partition);
}

}  // namespace matview::property
