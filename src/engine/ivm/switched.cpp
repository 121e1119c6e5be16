#include "engine/ivm/switched.hpp"

namespace matview::engine::ivm {

namespace {

/// "a AND (b AND c)" as the parser would have it: one list.
void flatten(Json& tree) {
  if (!tree.is_structured()) return;
  for (auto& child : tree) flatten(child);
  if (!is_expression(tree, "CONJUNCTION")) return;
  Json children = Json::array();
  for (auto& child : tree["children"]) {
    if (text_of(child, "type") != text_of(tree, "type"))
      children.push_back(std::move(child));
    else
      for (auto& inner : child["children"]) children.push_back(std::move(inner));
  }
  tree["children"] = std::move(children);
}

}  // namespace

Json filled(Json tree, const std::map<std::string, Json>& parts) {
  walk(tree, [&](Json& node) {
    if (!is_expression(node, "COLUMN_REF")) return true;
    if (const auto part = parts.find(node.at("column_names").back().get<std::string>()); part != parts.end())
      node = part->second;
    return false;
  });
  return tree;
}

/// The rows that a query gives now and gave otherwise before, with weights, by what `by` decides in its select list and
/// in the condition `place`.
Result<std::string> Compiler::switched_sql(const Json& node, const std::string& place, const Switch& by) {
  std::vector<Json> others;
  std::vector<Json> decided;
  for (auto& part : conjuncts(node.at(place))) (by.reads(part) ? decided : others).push_back(std::move(part));
  MATVIEW_ASSIGN(const auto always, tree_.expression("true"));
  const auto after = decided.empty() ? always : conjunction(decided);
  const std::map<std::string, Json> conditions{{"__matview_after", after}, {"__matview_before", by.before(after)}};
  std::string sql;
  const auto select = [&](Json list, const char* weight, std::vector<Json> all, const char* difference,
                          std::map<std::string, Json> parts) -> Result<void> {
    auto made = node;
    parts.insert(conditions.begin(), conditions.end());
    MATVIEW_ASSIGN(const auto condition, tree_.expression(difference));
    all.push_back(filled(condition, parts));
    MATVIEW_ASSIGN(const auto shown, tree_.expression(weight));
    list.push_back(filled(shown, parts));
    made["select_list"] = std::move(list);
    made[place] = conjunction(std::move(all));
    flatten(made[place]);
    MATVIEW_ASSIGN(const auto text, tree_.print(made));
    sql += (sql.empty() ? "" : " UNION ALL ") + text;
    return {};
  };

  // Pairs of what is shown now and what was shown before.
  std::vector<Json> same;
  auto list_before = node.at("select_list");
  for (auto& item : list_before) {
    if (!by.reads(item)) continue;
    auto now = item;
    now["alias"] = "";
    MATVIEW_ASSIGN(const auto equal, tree_.expression("__matview_a IS NOT DISTINCT FROM __matview_b"));
    same.push_back(filled(equal, {{"__matview_a", now}, {"__matview_b", by.before(now)}}));
    item = by.before(std::move(item));
  }
  if (same.empty()) {
    if (!by.range.is_null()) others.push_back(by.range);
    MATVIEW_TRY(select(node.at("select_list"), "CASE WHEN coalesce(__matview_after, false) THEN 1 ELSE -1 END", others,
                       "coalesce(__matview_after, false) <> coalesce(__matview_before, false)", {}));
  } else {
    const std::map<std::string, Json> parts{{"__matview_same", conjunction(same)}};
    MATVIEW_TRY(select(node.at("select_list"), "1", others,
                       "__matview_after AND NOT (coalesce(__matview_before, false) AND __matview_same)", parts));
    MATVIEW_TRY(select(list_before, "-1", others,
                       "__matview_before AND NOT (coalesce(__matview_after, false) AND __matview_same)", parts));
  }
  const auto described = tree_.describe_sql(sql);
  MATVIEW_ASSIGN(const auto expected, tree_.describe(node));
  if (!described || described->size() != expected.size() + 1)
    return fail(refusal("SYNTAX_NOT_SUPPORTED", "the rows that differ cannot be told apart"));
  return sql;
}

}  // namespace matview::engine::ivm
