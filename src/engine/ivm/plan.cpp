#include "engine/ivm/plan.hpp"

#include <nlohmann/json.hpp>

namespace matview {

NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Column, name, type)

}  // namespace matview

namespace matview::engine::ivm {

NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Relation, kind, index)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Equality, input, own, other)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Propagation, way, weighted_sql, equalities, switched_sql, keys_sql, restricted_sql,
                                   plain_sql, null_keys, null_sensitive, code, reason)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Input, relation, token, columns, change)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Aggregate, merge, name, type, argument, argument_type, filter)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Block, kind, label, technique, columns, sql, inputs, keys, aggregates, order, limit,
                                   offset)

std::string to_json(const Plan& plan) {
  return nlohmann::json{{"format", 1}, {"blocks", plan.blocks}, {"code", plan.code}, {"reason", plan.reason}}.dump();
}

Result<Plan> plan_from_json(std::string_view text) {
  if (text.empty()) return Plan{{}, "USER_SPECIFIED_FULL", "the view is to be recomputed by every refresh"};
  try {
    const auto document = nlohmann::json::parse(text);
    return Plan{document.at("blocks").get<std::vector<Block>>(), document.at("code"), document.at("reason")};
  } catch (const nlohmann::json::exception& exception) {
    return fail(ErrorCode::internal, std::string("the plan of the view cannot be read: ") + exception.what());
  }
}

}  // namespace matview::engine::ivm
