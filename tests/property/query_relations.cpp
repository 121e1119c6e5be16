#include <fmt/format.h>

#include <algorithm>

#include "query_generator.hpp"

namespace matview::property {

Fields QueryGenerator::fields_of(const std::string& sql, const std::string& alias) {
  Fields fields;
  const auto columns = oracle_.describe(prefix_ + sql);
  if (!columns) return fields;
  for (const auto& column : *columns)
    fields.push_back({(alias.empty() ? "" : alias + ".") + in_quotes(column.name), column.name, column.type,
                      !column.name.starts_with("x_")});
  return fields;
}

Relation QueryGenerator::base() {
  if (relations_ > 0 && random_.chance(5)) {
    tag("values");
    const auto values =
        fmt::format("(VALUES ({}, 'a'), ({}, 'b'), (NULL, 'a'))", literal("INTEGER"), literal("BIGINT"));
    const auto alias = new_alias();
    return {values + " AS " + alias, alias, fields_of("SELECT * FROM " + values, alias)};
  }
  const bool cte = !ctes_.empty() && random_.chance(60);
  const auto reference = cte ? random_.pick(ctes_) : random_.pick(random_.pick(bases_));
  ++relations_;
  const auto alias = new_alias();
  return {reference + " AS " + alias, alias, fields_of("SELECT * FROM " + reference, alias)};
}

Relation QueryGenerator::relation(int depth) {
  if (depth <= 0 || random_.chance(60)) return base();
  tag("derived_table");
  const auto sql = query(depth - 1);
  const auto alias = new_alias();
  Relation relation{"(" + sql + ") AS " + alias, alias, fields_of(sql, alias)};
  if (relation.fields.empty()) return base();
  if (random_.chance(12)) {
    tag("column_aliases");
    std::vector<std::string> names;
    for (auto& field : relation.fields) {
      field.name = fmt::format("{}q{}", field.exact ? "" : "x_", ++names_);
      field.ref = alias + "." + field.name;
      names.push_back(field.name);
    }
    relation.text += "(" + join_text(names) + ")";
  }
  return relation;
}

std::string QueryGenerator::join_condition(const Relation& left, const Relation& right) {
  const auto pair = comparable(left.fields, right.fields);
  if (!pair) return "";
  const auto& [l, r] = *pair;
  if (random_.chance(8)) {
    tag("non_equi_join");
    return fmt::format("{} < {}", l.ref, r.ref);
  }
  auto condition = fmt::format("{} {} {}", l.ref, random_.chance(90) ? "=" : "IS NOT DISTINCT FROM", r.ref);
  if (random_.chance(20))
    if (const auto more = comparable(left.fields, right.fields))
      condition += fmt::format(" AND {} = {}", more->first.ref, more->second.ref);
  if (random_.chance(12))
    condition += " AND " + simple_predicate(any(exact_ones(random_.chance(50) ? left.fields : right.fields)));
  return condition;
}

Relation QueryGenerator::join(Relation left, int depth) {
  auto right = relation(depth);
  if (random_.chance(20) && left.text.ends_with(" AS " + left.alias)) {
    // The same relation once more.
    tag("self_join");
    right.alias = new_alias();
    right.text = left.text.substr(0, left.text.size() - left.alias.size()) + right.alias;
    right.fields = left.fields;
    for (auto& field : right.fields) field.ref = right.alias + field.ref.substr(left.alias.size());
  }
  static const std::vector<const char*> k_kinds{"JOIN",      "LEFT JOIN", "RIGHT JOIN", "FULL JOIN",
                                                "SEMI JOIN", "ANTI JOIN", "CROSS JOIN", ","};
  static const std::vector<const char*> k_tags{"inner_join", "left_join", "right_join", "full_join",
                                               "semi_join",  "anti_join", "cross_join", "comma_join"};
  const auto kind = random_.weighted({12, 6, 2, 4, 3, 3, relations_ < 3 ? 1 : 0, relations_ < 3 ? 1 : 0});
  Relation joined;
  joined.fields = left.fields;
  const bool shows_right = kind != 4 && kind != 5;
  if (kind < 4 && random_.chance(15)) {
    // By name: one column stands for both.
    const auto same = [&](const Field& l) {
      return l.exact && std::any_of(right.fields.begin(), right.fields.end(),
                                    [&](const Field& r) { return r.name == l.name && r.type == l.type; });
    };
    const auto common = std::find_if(left.fields.begin(), left.fields.end(), same);
    if (common != left.fields.end() && left.text.find("JOIN") == std::string::npos) {
      tag("using");
      tag(k_tags[kind]);
      joined.text = fmt::format("{} {} {} USING ({})", left.text, k_kinds[kind], right.text, in_quotes(common->name));
      const auto name = common->name;
      joined.fields.clear();
      joined.fields.push_back({in_quotes(name), name, common->type, true});
      for (const auto* side : {&left, &right})
        for (const auto& field : side->fields)
          if (field.name != name) joined.fields.push_back(field);
      return joined;
    }
  }
  const auto condition = kind < 6 ? join_condition(left, right) : "";
  if (kind < 6 && condition.empty()) return left;
  auto asked = kind == 0 && depth >= 0 && random_.chance(12)
                   ? subquery_predicate(exact_ones(random_.chance(50) ? left.fields : right.fields), 1)
                   : std::string();
  if (!asked.empty()) {
    tag("subquery_in_on");
    asked = " AND " + asked;
  }
  tag(k_tags[kind]);
  if (shows_right) joined.fields.insert(joined.fields.end(), right.fields.begin(), right.fields.end());
  joined.text = fmt::format("{}{}{} {}{}", left.text, kind == 7 ? "" : " ", k_kinds[kind], right.text,
                            condition.empty() ? "" : " ON " + condition + asked);
  return joined;
}

/// Outer joins of which one stands within the other, on either side.
Relation QueryGenerator::nested_join(Relation left) {
  static const std::vector<std::string> k_kinds{"LEFT JOIN", "RIGHT JOIN", "FULL JOIN"};
  const auto middle = base();
  const auto right = base();
  const auto outer = comparable(left.fields, middle.fields);
  const auto inner = comparable(middle.fields, right.fields);
  if (!outer || !inner) return left;
  tag("nested_outer_join");
  const auto on = [](const std::pair<Field, Field>& pair) {
    return fmt::format(" ON {} = {}", pair.first.ref, pair.second.ref);
  };
  left.text = random_.chance(50) ? fmt::format("{} {} ({} {} {}{}){}", left.text, random_.pick(k_kinds), middle.text,
                                               random_.pick(k_kinds), right.text, on(*inner), on(*outer))
                                 : fmt::format("{} {} {}{} {} {}{}", left.text, random_.pick(k_kinds), middle.text,
                                               on(*outer), random_.pick(k_kinds), right.text, on(*inner));
  for (const auto* side : {&middle, &right})
    left.fields.insert(left.fields.end(), side->fields.begin(), side->fields.end());
  return left;
}

Relation QueryGenerator::natural_join(const Relation& left) {
  const auto right = base();
  Relation joined{left.text + " NATURAL JOIN " + right.text, left.alias, {}};
  bool common = false;
  for (const auto& field : left.fields)
    for (const auto& other : right.fields) common = common || (field.name == other.name && field.name != "id");
  if (!common) return left;
  // DuckDB knows best which columns come out.
  joined.fields = fields_of("SELECT * FROM " + joined.text, "");
  if (joined.fields.empty()) return left;
  tag("natural_join");
  return joined;
}

Relation QueryGenerator::lateral(Relation left) {
  const auto inner = base();
  const auto pair = comparable(inner.fields, left.fields);
  const auto fields = exact_ones(inner.fields);
  if (!pair || fields.empty()) return left;
  tag("lateral");
  const auto alias = new_alias();
  const auto name = fmt::format("m{}", ++names_);
  const auto& shown = any(fields);
  const auto kind = random_.below(4);
  const bool outer = random_.chance(25);
  left.text += fmt::format("{} LATERAL (SELECT {}{} AS {} FROM {} WHERE {} = {}{}) AS {}{}", outer ? " LEFT JOIN" : ",",
                           kind == 0 ? "DISTINCT " : "", kind == 1 ? "max(" + shown.ref + ")" : shown.ref, name,
                           inner.text, pair->first.ref, pair->second.ref, kind == 2 ? " ORDER BY 1 LIMIT 1" : "", alias,
                           outer ? " ON true" : "");
  left.fields.push_back({alias + "." + name, name, shown.type, true});
  return left;
}

Relation QueryGenerator::from(int depth) {
  auto relation = this->relation(depth);
  if (random_.chance(4)) return natural_join(relation);
  if (random_.chance(4)) return lateral(std::move(relation));
  if (random_.chance(5)) return nested_join(std::move(relation));
  const auto joins = random_.weighted({45, 35, 14, 4, 2});
  for (std::size_t i = 0; i < joins && relations_ < 7; ++i) relation = join(std::move(relation), depth - 1);
  return relation;
}

}  // namespace matview::property
