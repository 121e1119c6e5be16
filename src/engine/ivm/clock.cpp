#include "engine/sources/clock.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "engine/duckdb/sql_text.hpp"
#include "engine/ivm/compiler.hpp"
#include "engine/ivm/switched.hpp"

namespace matview::engine::ivm {

namespace {

constexpr const char* k_code = "TIME_FUNCTION";

/// The function of the clock that an expression is: by its name, or as a word that might be a column too.
std::string clock_function(const Json& node) {
  if (is_expression(node, "FUNCTION") && text_of(node, "schema").empty() && text_of(node, "catalog").empty()) {
    auto name = fold_case(text_of(node, "function_name"));
    return is_clock_function(name) ? name : std::string();
  }
  if (is_expression(node, "COLUMN_REF") && node.at("column_names").size() == 1)
    return std::string(clock_of_word(fold_case(node.at("column_names").at(0).get<std::string>())));
  return {};
}

bool reads_clock(const Json& tree, const std::string& token) {
  bool found = false;
  walk(tree, [&](const Json& node) {
    found = found || text_of(node, "function_name").starts_with(token);
    return !found;
  });
  return found;
}

bool has_column_or_subquery(const Json& tree) {
  bool found = false;
  walk(tree, [&](const Json& node) {
    found = found || is_expression(node, "COLUMN_REF") || is_expression(node, "SUBQUERY");
    return !found;
  });
  return found;
}

/// The same expression as it was at the time before.
Json before(Json tree, const std::string& token) {
  walk(tree, [&](Json& node) {
    if (const auto name = text_of(node, "function_name"); name.starts_with(token))
      node["function_name"] = old_token(token) + name.substr(token.size());
    return true;
  });
  return tree;
}

bool is_inner(const Json& from) {
  bool inner = true;
  walk(from, [&](const Json& node) {
    if (text_of(node, "type") == "JOIN") inner = inner && text_of(node, "join_type") == "INNER";
    return inner;
  });
  return inner;
}

}  // namespace

bool Compiler::is_time_alone(const Json& expression) {
  bool timed = false;
  bool others = false;
  walk(expression, [&](const Json& node) {
    const bool clock = !clock_function(node).empty();
    timed = timed || clock;
    others = others || is_expression(node, "SUBQUERY") || (is_expression(node, "COLUMN_REF") && !clock);
    return !others;
  });
  return timed && !others;
}

/// Makes the time an input of the piece where it asks for it. It comes before all others, so that these change at the
/// new time.
Result<void> Compiler::adopt_clocks(Piece& piece) {
  std::set<std::string> functions;
  std::set<std::string> words;
  std::set<std::string> names;
  const auto note = [&](const Json& list) {
    for (const auto& name : list) names.insert(fold_case(name.get<std::string>()));
  };
  walk(piece.node, [&](const Json& node) {
    if (auto name = clock_function(node); !name.empty()) {
      if (is_expression(node, "COLUMN_REF")) words.insert(fold_case(node.at("column_names").at(0).get<std::string>()));
      functions.insert(std::move(name));
    }
    if (const auto alias = text_of(node, "alias"); !alias.empty()) names.insert(fold_case(alias));
    if (const auto list = node.find("column_name_alias"); list != node.end()) note(*list);
    return true;
  });
  if (functions.empty()) return {};
  for (const auto& input : piece.inputs)
    for (const auto& column : columns_of(input.relation)) names.insert(fold_case(column.name));
  for (const auto& word : words)
    if (names.contains(word)) return fail(refusal(k_code, fmt::format("'{}' may be a column or the time", word)));

  if (piece.inputs.empty() || piece.inputs.front().relation.kind != Relation::Kind::clock) {
    Input clock;
    clock.relation.kind = Relation::Kind::clock;
    clock.token = fmt::format("__matview_in_{}_", tokens_++);
    piece.inputs.insert(piece.inputs.begin(), std::move(clock));
  }
  const auto token = piece.inputs.front().token;
  for (const auto& name : functions)
    for (const auto& prefix : {token, old_token(token)}) MATVIEW_TRY(tree_.execute(clock_alias(name, prefix, "")));
  std::optional<Error> error;
  walk(piece.node, [&](Json& node) {
    const auto name = clock_function(node);
    if (name.empty()) return true;
    if (is_expression(node, "FUNCTION")) {
      node["function_name"] = token + name;
      return true;
    }
    const auto alias = text_of(node, "alias");
    auto call = tree_.expression(token + name + "()");
    if (!call) {
      error = call.error();
      return false;
    }
    node = *std::move(call);
    node["alias"] = alias;
    return false;
  });
  if (error) return fail(*std::move(error));
  return take_out_of_joins(piece);
}

/// What a condition of inner joins says of the time is said by WHERE as well.
Result<void> Compiler::take_out_of_joins(Piece& piece) {
  auto& from = piece.node["from_table"];
  const auto& token = piece.inputs.front().token;
  if (!is_inner(from)) return {};
  MATVIEW_ASSIGN(const auto always, tree_.expression("1 = 1"));
  auto conditions = conjuncts(piece.node.at("where_clause"));
  bool taken = false;
  walk(from, [&](Json& node) {
    if (text_of(node, "type") != "JOIN" || text_of(node, "ref_type") != "REGULAR") return true;
    std::vector<Json> rest;
    for (auto& part : conjuncts(node.at("condition"))) {
      const bool timed = reads_clock(part, token);
      taken = taken || timed;
      (timed ? conditions : rest).push_back(std::move(part));
    }
    if (rest.empty() && node.at("using_columns").empty()) rest.push_back(always);
    if (!rest.empty()) node["condition"] = conjunction(std::move(rest));
    return true;
  });
  if (taken) piece.node["where_clause"] = conjunction(std::move(conditions));
  return {};
}

/// Rows can only come to meet a comparison with a time, or no longer meet it, between the two times: files are skipped
/// by that. Null where nothing of the kind is known.
Result<Json> Compiler::between_times(const Json& condition, const std::string& token) {
  MATVIEW_ASSIGN(const auto range,
                 tree_.expression("(__matview_after IS NULL OR __matview_before IS NULL OR __matview_x BETWEEN"
                                  " least(__matview_after, __matview_before) AND"
                                  " greatest(__matview_after, __matview_before))"));
  const auto of = [&](const Json& row, const Json& time) -> Json {
    if (reads_clock(row, token) || !reads_clock(time, token) || has_column_or_subquery(time)) return nullptr;
    return filled(range, {{"__matview_x", row}, {"__matview_after", time}, {"__matview_before", before(time, token)}});
  };
  if (is_expression(condition, "COMPARISON")) {
    const auto type = text_of(condition, "type");
    for (const char* known : {"COMPARE_LESSTHAN", "COMPARE_LESSTHANOREQUALTO", "COMPARE_GREATERTHAN",
                              "COMPARE_GREATERTHANOREQUALTO", "COMPARE_EQUAL"})
      if (type == known) {
        auto found = of(condition.at("left"), condition.at("right"));
        return found.is_null() ? of(condition.at("right"), condition.at("left")) : found;
      }
    return Json();
  }
  if (text_of(condition, "type") != "COMPARE_BETWEEN") return Json();
  // Either bound may be what passes a row.
  std::vector<Json> either;
  for (const char* bound : {"lower", "upper"}) {
    if (!reads_clock(condition.at(bound), token)) continue;
    either.push_back(of(condition.at("input"), condition.at(bound)));
    if (either.back().is_null()) return Json();
  }
  if (either.size() < 2) return either.empty() ? Json() : either.front();
  return Json{{"class", "CONJUNCTION"}, {"type", "CONJUNCTION_OR"}, {"alias", ""}, {"children", std::move(either)}};
}

/// The rows that differ because of the time alone: those for which a condition says something else than at the time
/// before, and those of which something else is shown.
Result<Propagation> Compiler::through_clock(const Piece& piece, const Input& input) {
  Propagation result;
  result.code = k_code;
  const auto refuse = [&](std::string reason) {
    result.way = Propagation::Way::full;
    result.reason = std::move(reason);
    return result;
  };
  const auto& token = input.token;
  const auto& node = piece.node;
  const bool windows = Tree::has_window(node.at("select_list")) || !node.at("qualify").is_null();
  const std::string place = windows ? "qualify" : "where_clause";
  for (const auto& [key, part] : node.items())
    if (key != place && key != "select_list" && reads_clock(part, token))
      return refuse(key == "from_table" ? "the time decides what an outer join or a table function makes"
                                        : "the time decides what is grouped or ordered");

  std::vector<Json> ranges;
  for (auto& part : conjuncts(node.at(place))) {
    if (!reads_clock(part, token)) continue;
    MATVIEW_ASSIGN(auto range, between_times(part, token));
    ranges.push_back(std::move(range));
  }
  for (const auto& item : node.at("select_list")) {
    if (!reads_clock(item, token)) continue;
    if (is_expression(item, "STAR")) return refuse("the time is asked for within a star");
    if (!has_column_or_subquery(item)) return refuse("the time itself is shown: every row is another one each time");
  }
  const bool bounded = std::none_of(ranges.begin(), ranges.end(), [](const Json& range) { return range.is_null(); });
  Json range;
  if (bounded && ranges.size() == 1) range = ranges.front();
  if (bounded && ranges.size() > 1)
    range = {{"class", "CONJUNCTION"}, {"type", "CONJUNCTION_OR"}, {"alias", ""}, {"children", std::move(ranges)}};
  const Switch by_time{[&](const Json& tree) { return reads_clock(tree, token); },
                       [&](Json tree) { return before(std::move(tree), token); }, range};
  auto sql = switched_sql(node, place, by_time);
  if (!sql) return refuse(sql.error().message);
  result.way = Propagation::Way::switched;
  result.switched_sql = *std::move(sql);
  result.reason = "the time decides about all rows";
  return result;
}

}  // namespace matview::engine::ivm
