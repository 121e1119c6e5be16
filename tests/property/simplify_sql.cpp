#include "simplify_sql.hpp"

#include <nlohmann/json.hpp>

namespace matview::property {

namespace {

using nlohmann::json;

/// The member `key` if it is text.
std::string text_of(const json& node, const char* key) {
  const auto found = node.find(key);
  return found != node.end() && found->is_string() ? found->get<std::string>() : "";
}

/// Collects what comes out when one part of a syntax tree is left out.
class Simplifier {
 public:
  explicit Simplifier(json tree) : tree_(std::move(tree)) { visit(json::json_pointer()); }

  std::vector<json> take() { return std::move(found_); }

 private:
  void visit(const json::json_pointer& at) {
    const json node = tree_.at(at);
    if (node.is_array()) {
      for (std::size_t i = 0; i < node.size(); ++i) visit(at / i);
      return;
    }
    if (!node.is_object()) return;
    without_clauses(at, node);
    parts_instead(at, node);
    for (const auto* key : {"select_list", "children", "group_expressions"}) without_elements(at, node, key);
    for (const auto& [key, value] : node.items())
      if (value.is_structured()) visit(at / key);
  }

  void replaced(const json::json_pointer& at, json by) {
    auto copy = tree_;
    copy.at(at) = std::move(by);
    if (copy != tree_) found_.push_back(std::move(copy));
  }

  void without_clauses(const json::json_pointer& at, const json& node) {
    for (const auto* key : {"where_clause", "having", "qualify", "filter"})
      if (node.contains(key) && !node[key].is_null()) replaced(at / key, nullptr);
    for (const auto* key : {"modifiers", "partitions"})
      if (node.contains(key) && node[key].is_array() && !node[key].empty()) replaced(at / key, json::array());
    if (node.contains("cte_map") && !node["cte_map"]["map"].empty()) replaced(at / "cte_map" / "map", json::array());
    if (node.contains("distinct") && node["distinct"] == true) replaced(at / "distinct", false);
  }

  /// A node by one of its own parts.
  void parts_instead(const json::json_pointer& at, const json& node) {
    for (const auto* key : {"left", "right"})
      if (node.contains(key) && node[key].is_object()) replaced(at, node[key]);
    const auto type = text_of(node, "type");
    const auto kind = text_of(node, "class");
    if (kind == "CONJUNCTION" || kind == "OPERATOR" || kind == "FUNCTION")
      for (const auto& child : node.value("children", json::array()))
        if (child.is_object()) replaced(at, child);
    // FROM (SELECT … FROM x): the outer query over x, or the inner one alone.
    if (type == "SELECT_NODE" && text_of(node["from_table"], "type") == "SUBQUERY") {
      auto inner = node["from_table"]["subquery"]["node"];
      replaced(at, inner);
      if (inner.contains("from_table")) {
        auto outer = node;
        outer["from_table"] = inner["from_table"];
        outer["from_table"]["alias"] = node["from_table"]["alias"];
        replaced(at, outer);
      }
    }
  }

  void without_elements(const json::json_pointer& at, const json& node, const char* key) {
    if (!node.contains(key) || !node[key].is_array() || node[key].size() < 2) return;
    for (std::size_t i = 0; i < node[key].size(); ++i) {
      auto fewer = node;
      fewer[key].erase(i);
      // Grouping sets name expressions by position.
      if (std::string(key) == "group_expressions" && fewer.contains("group_sets")) {
        json sets = json::array();
        for (const auto& set : node["group_sets"]) {
          json kept = json::array();
          for (const auto& position : set)
            if (position != i) kept.push_back(position.get<std::size_t>() - (position.get<std::size_t>() > i ? 1 : 0));
          sets.push_back(kept);
        }
        fewer["group_sets"] = sets;
      }
      replaced(at, fewer);
    }
  }

  json tree_;
  std::vector<json> found_;
};

}  // namespace

std::vector<std::string> simpler_queries(engine::Database& database, const std::string& sql) {
  std::vector<std::string> queries;
  const auto tree = database.rows("SELECT json_serialize_sql(" + engine::quote_literal(sql) + ")::VARCHAR");
  if (!tree || !tree->at(0).at(0)) return queries;
  const auto parsed = json::parse(*tree->at(0).at(0), nullptr, false);
  if (parsed.is_discarded() || parsed.value("error", true)) return queries;
  for (const auto& simpler : Simplifier(parsed).take()) {
    const auto text = database.rows("SELECT json_deserialize_sql(" + engine::quote_literal(simpler.dump()) + "::JSON)");
    if (text && text->at(0).at(0) && text->at(0).at(0)->size() < sql.size() + 200)
      queries.push_back(*text->at(0).at(0));
  }
  return queries;
}

}  // namespace matview::property
