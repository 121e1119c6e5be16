#include "engine/ivm/plan.hpp"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

#include "support/checksum.hpp"

namespace matview {

NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Column, name, type)

}  // namespace matview

namespace matview::engine::ivm {

NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Relation, kind, index)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Equality, input, own, other)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Propagation::Near, token, plain_sql, sql)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Propagation::Matches, keys_sql, count_sql, inner_sql)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(Propagation, way, weighted_sql, equalities, switched_sql, keys_sql,
                                                restricted_sql, plain_sql, near, matches, null_keys, null_sensitive,
                                                code, reason)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Input, relation, token, columns, change)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Aggregate, merge, name, type, argument, argument_type, filter, second_argument,
                                   function)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Block, kind, label, technique, columns, sql, inputs, keys, aggregates, order, limit,
                                   offset, keeps_copies, settles, keeps_rows, traced, key_columns)

const Propagation::Near* Propagation::near_of(const std::string& token) const {
  const auto found = std::find_if(near.begin(), near.end(), [&](const Near& one) { return one.token == token; });
  return found == near.end() ? nullptr : &*found;
}

bool Plan::settles() const {
  return std::any_of(blocks.begin(), blocks.end(), [](const Block& block) { return block.settles; });
}

bool Plan::has_state(std::size_t block) const {
  const auto& own = blocks[block];
  return own.kind != Block::Kind::query || (own.keeps_rows && block + 1 < blocks.size());
}

namespace {

constexpr int k_format = 4;

/// When old rows are read beside what changed.
OldRows old_rows_read(const Plan& plan) {
  auto read = OldRows::never;
  for (const auto& block : plan.blocks) {
    // What goes is followed through the rows there were.
    if (block.kind == Block::Kind::recursion) return OldRows::always;
    for (const auto& input : block.inputs) {
      const auto& change = input.change;
      const bool near = change.way == Propagation::Way::keyed && !change.null_sensitive &&
                        (block.keeps_rows || change.near_of(input.token));
      if (change.way != Propagation::Way::linear && !near) return OldRows::always;
      if (block.inputs.size() > 1) read = OldRows::of_several;
    }
  }
  return read;
}

}  // namespace

bool is_partly_traced(const Plan& plan) {
  std::map<std::int64_t, bool> traced;
  for (const auto& block : plan.blocks)
    for (const auto& input : block.inputs)
      if (input.relation.kind == Relation::Kind::reference)
        if (traced.try_emplace(input.relation.index, block.traced).first->second != block.traced) return true;
  return false;
}

SourceReads source_reads(const Plan& plan) {
  SourceReads reads;
  reads.old_rows = old_rows_read(plan);
  for (const auto& block : plan.blocks)
    for (const auto& input : block.inputs) {
      if (input.relation.kind != Relation::Kind::reference) continue;
      const auto index = static_cast<std::size_t>(input.relation.index);
      if (reads.columns.size() <= index) {
        reads.columns.resize(index + 1);
        reads.traced.resize(index + 1);
      }
      reads.traced[index] = block.traced;
      for (const auto& column : input.columns)
        if (std::find(reads.columns[index].begin(), reads.columns[index].end(), column) == reads.columns[index].end())
          reads.columns[index].push_back(column);
    }
  if (plan.is_incremental()) reads.key = support::checksum(to_json(plan));
  return reads;
}

std::string to_json(const Plan& plan) {
  return nlohmann::json{{"format", k_format}, {"blocks", plan.blocks}, {"code", plan.code}, {"reason", plan.reason}}
      .dump();
}

Plan plan_from_json(std::string_view text) {
  if (text.empty()) return {{}, "USER_SPECIFIED_FULL", "the view is to be recomputed by every refresh"};
  try {
    const auto document = nlohmann::json::parse(text);
    if (document.at("format") == k_format)
      return {document.at("blocks").get<std::vector<Block>>(), document.at("code"), document.at("reason")};
  } catch (const nlohmann::json::exception&) {
  }
  return {{}, "STATE_MISMATCH", "its plan is of another version of matview"};
}

}  // namespace matview::engine::ivm
