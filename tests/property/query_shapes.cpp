#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>

#include "query_generator.hpp"

namespace matview::property {

namespace {

/// Of `fields` some, in any order, none twice.
Fields some_of(Random& random, Fields fields, std::size_t most) {
  Fields chosen;
  const auto count = 1 + random.below(most);
  while (!fields.empty() && chosen.size() < count) {
    const auto at = fields.begin() + static_cast<std::ptrdiff_t>(random.below(fields.size()));
    chosen.push_back(*at);
    fields.erase(at);
  }
  return chosen;
}

std::string all_refs(const Fields& fields) {
  std::vector<std::string> refs;
  for (const auto& field : fields) refs.push_back(field.ref);
  return join_text(refs);
}

}  // namespace

std::string QueryGenerator::as(bool exact) {
  const auto number = ++names_;
  if (exact && random_.chance(8)) return fmt::format(" AS \"odd name {}\"", number);
  return fmt::format(" AS {}{}", exact ? "c" : "x_", number);
}

std::string QueryGenerator::projection(int depth) {
  const auto source = from(depth);
  if (source.fields.empty()) return "SELECT 1 AS nothing";
  tag("filter_project");
  std::vector<std::string> list;
  for (int i = random_.between(1, 4); i > 0; --i) {
    const auto field = scalar(source.fields);
    list.push_back(field.ref + as(field.exact));
  }
  if (random_.chance(12)) {
    tag("predicate_as_value");
    list.push_back("(" + predicate(source.fields, depth) + ")" + as());
  }
  if (random_.chance(8)) list.push_back(interval(any(source.fields)) + as(false));
  if (depth > 0 && random_.chance(12)) {
    const auto text = scalar_subquery(source.fields, false);
    if (!text.empty()) list.push_back(text + as());
  }
  return fmt::format("SELECT {} FROM {}{}", join_text(list), source.text, where(source.fields, depth));
}

std::string QueryGenerator::star(int depth) {
  const auto source = relation(depth);
  if (source.fields.empty()) return "SELECT 1 AS nothing";
  tag("star");
  std::string list = "*";
  const auto& field = any(source.fields);
  const bool all_exact = exact_ones(source.fields).size() == source.fields.size();
  switch (random_.below(7)) {
    case 4:
      if (!all_exact) break;
      tag("whole_row");
      list = source.alias + as();
      break;
    case 5:
      tag("computed_columns");
      list = random_.chance(50) ? "COLUMNS(*) IS NULL AS \"c_\\0\"" : "count(COLUMNS(*)) AS \"c_\\0\"";
      break;
    case 0:
      if (source.fields.size() > 1) list = fmt::format("* EXCLUDE ({})", in_quotes(field.name));
      break;
    case 1:
      if (field.exact) list = fmt::format("* REPLACE ({} IS NULL AS {})", field.ref, in_quotes(field.name));
      break;
    case 2: list = fmt::format("{}.*", source.alias); break;
    case 3: {
      tag("columns");
      const auto chosen = some_of(random_, source.fields, 3);
      std::vector<std::string> names;
      for (const auto& one : chosen) names.push_back(engine::quote_literal(one.name));
      list = fmt::format("COLUMNS([{}])", join_text(names));
      break;
    }
    default: break;
  }
  return fmt::format("SELECT {} FROM {}{}", list, source.text, where(source.fields, depth));
}

std::string QueryGenerator::grouping(const std::vector<std::string>& keys) {
  if (keys.empty()) return "";
  if (keys.size() > 1 && random_.chance(18)) {
    switch (random_.below(3)) {
      case 0: tag("rollup"); return fmt::format(" GROUP BY ROLLUP ({})", join_text(keys));
      case 1: tag("cube"); return fmt::format(" GROUP BY CUBE ({})", join_text(keys));
      default:
        tag("grouping_sets");
        return fmt::format(" GROUP BY GROUPING SETS (({}), ({}), ())", join_text(keys), keys[0]);
    }
  }
  if (random_.chance(20)) {
    tag("group_by_all");
    return " GROUP BY ALL";
  }
  if (random_.chance(25)) {
    tag("positional_grouping");
    std::vector<std::string> positions;
    for (std::size_t i = 0; i < keys.size(); ++i) positions.push_back(std::to_string(i + 1));
    return " GROUP BY " + join_text(positions);
  }
  return " GROUP BY " + join_text(keys);
}

std::string QueryGenerator::aggregate(int depth) {
  const auto source = from(depth);
  const auto fields = exact_ones(source.fields);
  if (fields.empty()) return "SELECT 1 AS nothing";
  tag("aggregate");
  std::vector<std::string> keys;
  if (random_.chance(88)) {
    const auto chosen = some_of(random_, fields, 3);
    for (const auto& field : chosen) keys.push_back(random_.chance(75) ? field.ref : scalar({field}).ref);
  } else {
    tag("aggregate_without_keys");
  }
  std::vector<std::string> list;
  for (const auto& key : keys) list.push_back(key + as());
  for (int i = random_.between(keys.empty() ? 1 : 0, 3); i > 0; --i) {
    const auto call = aggregate_call(source.fields);
    list.push_back(call.ref + as(call.exact));
  }
  if (random_.chance(8)) {
    const auto& field = any(fields);
    const auto of_field = field.type == "TIMESTAMP" ? fmt::format("max({0}) - min({0})", field.ref)
                                                    : interval({"count(" + field.ref + ")", "", "BIGINT", true});
    list.push_back(of_field + as(false));
  }
  auto sql = fmt::format("SELECT {} FROM {}{}", join_text(list), source.text, where(source.fields, depth));
  const auto groups = grouping(keys);
  sql += groups;
  if (random_.chance(20)) {
    tag("having");
    if (asks_for_time_ && random_.chance(50))
      sql += " HAVING " + simple_predicate({fmt::format("max({})", any(fields).ref), "", any(fields).type, true});
    else
      sql += random_.chance(50) ? " HAVING count(*) > 1" : fmt::format(" HAVING max({}) IS NOT NULL", any(fields).ref);
  }
  return sql;
}

std::string QueryGenerator::distinct(int depth) {
  const auto source = from(depth);
  const auto fields = exact_ones(source.fields);
  if (fields.empty()) return "SELECT 1 AS nothing";
  tag("distinct");
  std::vector<std::string> list;
  for (int i = random_.between(1, 3); i > 0; --i) list.push_back(scalar(fields).ref + as());
  return fmt::format("SELECT DISTINCT {} FROM {}{}", join_text(list), source.text, where(source.fields, depth));
}

/// A table turned, either way.
std::string QueryGenerator::pivot(int depth) {
  const auto source = from(depth);
  Fields integers;
  for (const auto& field : exact_ones(source.fields))
    if (field.type == "INTEGER") integers.push_back(field);
  if (integers.empty()) return projection(depth);
  const auto& first = any(integers);
  const auto& second = any(integers);
  const auto fields = exact_ones(source.fields);
  const auto& other = any(fields);
  const auto rows = fmt::format("(SELECT {} AS p1, {} AS p2, {} AS p3 FROM {}{})", first.ref, second.ref, other.ref,
                                source.text, where(source.fields, depth));
  if (random_.chance(50)) {
    tag("unpivot");
    return fmt::format("SELECT * FROM (UNPIVOT {} ON p1, p2 INTO NAME p4 VALUE p5)", rows);
  }
  tag("pivot");
  const auto call = random_.pick(std::vector<std::string>{"sum(p2)", "count(*)", "max(p2)", "sum(p2), count(p2)"});
  return fmt::format("SELECT * FROM (PIVOT {} ON p1 IN (0, 1, 3) USING {} GROUP BY p3)", rows, call);
}

/// The first row of each group, by all columns there are.
std::string QueryGenerator::distinct_on(int depth) {
  const auto source = from(depth);
  const auto fields = exact_ones(source.fields);
  if (fields.empty()) return "SELECT 1 AS nothing";
  tag("distinct_on");
  std::vector<std::string> list;
  std::vector<std::string> order;
  for (const auto& field : some_of(random_, fields, 4)) list.push_back(field.ref + as());
  for (std::size_t i = 0; i < list.size(); ++i)
    order.push_back(std::to_string(i + 1) + random_.pick(std::vector<std::string>{"", " DESC", " NULLS FIRST"}));
  return fmt::format("SELECT DISTINCT ON ({}) {} FROM {}{} ORDER BY {}{}", scalar(fields).ref, join_text(list),
                     source.text, where(source.fields, depth), join_text(order), random_.chance(15) ? " LIMIT 3" : "");
}

std::string QueryGenerator::set_operation(int depth) {
  static const std::vector<const char*> k_words{"UNION ALL", "UNION",         "INTERSECT",
                                                "EXCEPT",    "INTERSECT ALL", "EXCEPT ALL"};
  static const std::vector<const char*> k_tags{"union_all", "union",         "intersect",
                                               "except",    "intersect_all", "except_all"};
  std::vector<std::string> types;
  std::string sql;
  for (int branch = 0; branch < (random_.chance(20) ? 3 : 2); ++branch) {
    const auto source = random_.chance(70) ? relation(depth - 1) : from(depth - 1);
    const auto fields = exact_ones(source.fields);
    if (fields.empty()) return "SELECT 1 AS nothing";
    std::vector<std::string> list;
    if (branch == 0) {
      for (const auto& field : some_of(random_, fields, 3)) {
        types.push_back(field.type);
        list.push_back(field.ref + as());
      }
    } else {
      for (const auto& type : types) {
        std::vector<std::string> same;
        for (const auto& field : fields)
          if (field.type == type) same.push_back(field.ref);
        list.push_back(same.empty() ? "NULL::" + type : random_.pick(same));
      }
      const auto word = random_.below(k_words.size());
      tag(k_tags[word]);
      sql += fmt::format(" {} ", k_words[word]);
    }
    sql += fmt::format("SELECT {} FROM {}{}", join_text(list), source.text, where(source.fields, depth - 1));
  }
  return sql;
}

std::string QueryGenerator::window(int depth) {
  const auto source = random_.chance(60) ? relation(depth) : from(depth);
  const auto fields = exact_ones(source.fields);
  if (fields.empty() || fields.size() != source.fields.size() || fields.size() > 14) return projection(depth);
  const auto all = all_refs(fields);
  std::vector<std::string> list;
  for (const auto& field : some_of(random_, fields, 3)) list.push_back(field.ref + as());
  for (int i = random_.between(1, 2); i > 0; --i) list.push_back(window_call(fields, all) + as());
  auto sql = fmt::format("SELECT {} FROM {}{}", join_text(list), source.text, where(source.fields, depth));
  if (random_.chance(30)) {
    tag("qualify");
    sql += fmt::format(" QUALIFY row_number() OVER (PARTITION BY {} ORDER BY {}) <= {}", any(fields).ref, all,
                       random_.between(1, 2));
  }
  return sql;
}

std::string QueryGenerator::top_k(int depth) {
  const auto source = from(depth);
  const auto fields = exact_ones(source.fields);
  if (fields.empty()) return "SELECT 1 AS nothing";
  tag("top_k");
  std::vector<std::string> list;
  for (const auto& field : some_of(random_, fields, 4)) list.push_back(field.ref + as());
  std::vector<std::string> order;
  for (std::size_t i = 0; i < list.size(); ++i)
    order.push_back(std::to_string(i + 1) + random_.pick(std::vector<std::string>{"", " DESC", " NULLS FIRST"}));
  return fmt::format("SELECT {} FROM {}{} ORDER BY {} LIMIT {}{}", join_text(list), source.text,
                     where(source.fields, depth), random_.chance(15) ? "ALL" : join_text(order), random_.between(1, 6),
                     random_.chance(20) ? " OFFSET 1" : "");
}

std::string QueryGenerator::unnest(int depth) {
  for (int attempt = 0; attempt < 3; ++attempt) {
    const auto source = relation(depth);
    for (const auto& field : source.fields) {
      if (field.type != "INTEGER[]") continue;
      tag("unnest");
      const auto& other = any(source.fields);
      if (random_.chance(50))
        return fmt::format("SELECT {}{}, unnest({}){} FROM {}{}", other.ref, as(other.exact), field.ref, as(),
                           source.text, where(source.fields, 0));
      return fmt::format("SELECT {}{}, u.v{} FROM {}, unnest({}) AS u(v)", other.ref, as(other.exact), as(),
                         source.text, field.ref);
    }
  }
  return projection(depth);
}

/// What can be reached over pairs of integers, with UNION or, as deep as that ends, UNION ALL.
std::string QueryGenerator::reachable(int depth) {
  const auto first = relation(0);
  const auto edges = random_.chance(50) ? relation(0) : from(0);
  const auto integers = [](const Relation& relation) {
    Fields found;
    for (const auto& field : exact_ones(relation.fields))
      if (field.type == "INTEGER" || field.type == "BIGINT") found.push_back(field);
    return found;
  };
  const auto starts = integers(first);
  const auto ends = integers(edges);
  if (starts.empty() || ends.empty()) return projection(1);
  const bool all = random_.chance(40);
  tag(all ? "recursion_all" : "recursion");
  const auto number = [&](const Fields& fields) { return fmt::format("{}::BIGINT", any(fields).ref); };
  prefix_ = fmt::format(
      "WITH RECURSIVE w0(p, q, d) AS (SELECT {}, {}, {} FROM {}{} UNION {}SELECT w0.p, {}, {} FROM w0, {} WHERE"
      " w0.q {} {}{}) ",
      number(starts), number(starts), all ? "1" : "0", first.text, where(starts, 0), all ? "ALL " : "", number(ends),
      all ? "w0.d + 1" : "0", edges.text, random_.chance(90) ? "=" : "IS NOT DISTINCT FROM", any(ends).ref,
      all ? " AND w0.d < 3" : "");
  if (random_.chance(40)) return prefix_ + "SELECT p, q FROM w0";
  ctes_.emplace_back("w0");
  relations_ = 0;
  return prefix_ + query(depth);
}

std::string QueryGenerator::recursion(int depth) {
  if (random_.chance(75)) return reachable(depth);
  const auto source = base();
  for (const auto& field : source.fields)
    if (field.type == "INTEGER" && field.exact) {
      tag("recursion");
      return fmt::format(
          "WITH RECURSIVE steps(n) AS (SELECT {0} FROM {1} WHERE {0} BETWEEN 0 AND 9 UNION SELECT n + 1 FROM steps "
          "WHERE n < 6) SELECT n{2} FROM steps",
          field.ref, source.text, as());
    }
  return projection(1);
}

std::string QueryGenerator::query(int depth) {
  switch (random_.weighted({5, 2, 8, 2, depth > 0 ? 4 : 0, 3, depth > 0 ? 2 : 0, 1})) {
    case 0: return projection(depth);
    case 1: return random_.chance(75) ? star(depth) : pivot(depth);
    case 2: return aggregate(depth);
    case 3: return random_.chance(70) ? distinct(depth) : distinct_on(depth);
    case 4: return set_operation(depth);
    case 5: return window(depth);
    case 6: return top_k(depth);
    default: return unnest(depth);
  }
}

std::string QueryGenerator::with_ctes(int depth) {
  static const std::vector<std::string> k_kinds{"AS", "AS MATERIALIZED", "AS NOT MATERIALIZED"};
  tag("cte");
  std::string prefix = "WITH ";
  for (int i = 1; i <= random_.between(1, 2); ++i) {
    const auto name = fmt::format("w{}", i);
    prefix += fmt::format("{}{} {} ({})", i > 1 ? ", " : "", name, random_.pick(k_kinds), query(depth - 1));
    prefix_ = prefix + " ";
    ctes_.push_back(name);
  }
  relations_ = 0;
  return prefix + " " + query(depth);
}

std::optional<QueryGenerator::Definition> QueryGenerator::definition() {
  const char* only = std::getenv("MATVIEW_PROPERTY_TAG");
  for (int attempt = 0; attempt < (only ? 500 : 20); ++attempt) {
    tags_.clear();
    ctes_.clear();
    prefix_.clear();
    aliases_ = names_ = relations_ = 0;
    const int depth = static_cast<int>(random_.weighted({3, 4, 3}));
    const auto choice = random_.below(100);
    auto sql = choice < 6 ? recursion(depth) : choice < 22 ? with_ctes(std::max(depth, 1)) : query(depth);
    if (sql.find("nothing") != std::string::npos) continue;
    if (sql.find("LIMIT") == std::string::npos && random_.chance(6)) {
      tag("order_by");
      sql += random_.chance(50) ? " ORDER BY ALL" : " ORDER BY 1 DESC";
    }
    if (only && !tags_.contains(only)) continue;
    if (!oracle_.describe(sql)) continue;
    const auto rows = oracle_.database().rows(fmt::format("SELECT count(*) FROM (FROM ({}) LIMIT 3001)", sql));
    if (!rows || rows->at(0).at(0) == "3001") continue;
    return Definition{std::move(sql), tags_};
  }
  return std::nullopt;
}

}  // namespace matview::property
