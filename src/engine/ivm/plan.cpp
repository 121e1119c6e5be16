#include "engine/ivm/plan.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace matview {

NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Column, name, type)

}  // namespace matview

namespace matview::engine::ivm {

NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Relation, kind, index)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Equality, input, own, other)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(Propagation, way, weighted_sql, equalities, switched_sql, keys_sql,
                                                restricted_sql, plain_sql, near_plain_sql, near_sql, null_keys,
                                                null_sensitive, code, reason)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Input, relation, token, columns, change)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Aggregate, merge, name, type, argument, argument_type, filter)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Block, kind, label, technique, columns, sql, inputs, keys, aggregates, order, limit,
                                   offset, keeps_copies, settles)

bool Plan::settles() const {
  return std::any_of(blocks.begin(), blocks.end(), [](const Block& block) { return block.settles; });
}

std::string to_json(const Plan& plan) {
  return nlohmann::json{{"format", 1}, {"blocks", plan.blocks}, {"code", plan.code}, {"reason", plan.reason}}.dump();
}

Result<Plan> plan_from_json(std::string_view text) {
  if (text.empty()) return Plan{{}, "USER_SPECIFIED_FULL", "the view is to be recomputed by every refresh"};
  try {
    const auto document = nlohmann::json::parse(text);
    return Plan{document.at("blocks").get<std::vector<Block>>(), document.at("code"), document.at("reason")};
  } catch (const nlohmann::json::exception&) {
    return Plan{{}, "STATE_MISMATCH", "its plan is of another version of matview; create --replace makes it anew"};
  }
}

}  // namespace matview::engine::ivm
