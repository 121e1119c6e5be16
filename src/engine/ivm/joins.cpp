#include "engine/ivm/joins.hpp"

#include <fmt/format.h>

namespace matview::engine::ivm {

namespace {

constexpr const char* k_keys_alias = "__matview_k";

Json key_column(std::size_t index) { return column_ref({k_keys_alias, fmt::format("__matview_k{}", index)}); }

}  // namespace

bool reads(const Json& tree, const std::string& token) {
  bool found = false;
  walk(tree, [&](const Json& node) {
    found = found || text_of(node, "table_name") == token;
    return !found;
  });
  return found;
}

bool find_path(const Json& from, const std::string& token, std::vector<std::string>& path) {
  if (text_of(from, "table_name") == token) return true;
  if (text_of(from, "type") != "JOIN") return false;
  for (const char* side : {"left", "right"}) {
    path.emplace_back(side);
    if (find_path(from.at(side), token, path)) return true;
    path.pop_back();
  }
  return false;
}

Json& at_path(Json& from, const std::vector<std::string>& path, std::size_t length) {
  Json* node = &from;
  for (std::size_t i = 0; i < length; ++i) node = &node->at(path[i]);
  return *node;
}

void show_too(Json& node, const std::string& alias, std::string_view column) {
  for (auto& item : node["select_list"]) {
    if (!is_expression(item, "STAR")) continue;
    const auto relation = text_of(item, "relation_name");
    if (relation.empty() || relation == alias) item["exclude_list"].push_back(column);
  }
  node["select_list"].push_back(column_ref({alias, std::string(column)}));
}

bool is_linear(const Json& join, const std::string& side) {
  if (text_of(join, "ref_type") != "REGULAR") return false;
  const auto kind = text_of(join, "join_type");
  if (kind == "INNER") return true;
  if (kind == "RIGHT") return side == "right";
  return side == "left" && (kind == "LEFT" || kind == "SEMI" || kind == "ANTI");
}

Json comparison(const char* type, Json left, Json right) {
  return {
      {"class", "COMPARISON"}, {"type", type}, {"alias", ""}, {"left", std::move(left)}, {"right", std::move(right)}};
}

Json restricted_to_keys(Json from, const std::vector<Json>& expressions, const char* comparison_type,
                        const Json& keys) {
  std::vector<Json> conditions;
  for (std::size_t i = 0; i < expressions.size(); ++i)
    conditions.push_back(comparison(comparison_type, expressions[i], key_column(i)));
  return join("SEMI", std::move(from), keys.is_null() ? table_ref(k_keys_token, k_keys_alias) : keys,
              conjunction(std::move(conditions)));
}

Json keys_query(const std::vector<Json>& expressions, Json from) {
  std::vector<Json> list;
  for (std::size_t i = 0; i < expressions.size(); ++i) {
    auto item = expressions[i];
    item["alias"] = fmt::format("__matview_k{}", i);
    list.push_back(std::move(item));
  }
  auto node = select_node(std::move(list), std::move(from));
  node["modifiers"].push_back({{"type", "DISTINCT_MODIFIER"}, {"distinct_on_targets", Json::array()}});
  return node;
}

Json keys_table(Json query) {
  return {{"type", "SUBQUERY"},
          {"alias", k_keys_alias},
          {"sample", nullptr},
          {"subquery", {{"node", std::move(query)}, {"named_param_map", Json::array()}}},
          {"column_name_alias", Json::array()}};
}

Propagation refused(std::string code, std::string reason) {
  Propagation result;
  result.code = std::move(code);
  result.reason = std::move(reason);
  return result;
}

}  // namespace matview::engine::ivm
