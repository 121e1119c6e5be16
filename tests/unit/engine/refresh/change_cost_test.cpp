#include "engine/refresh/change_cost.hpp"

#include <doctest/doctest.h>

#include "engine/refresh/weigh.hpp"

using namespace matview::engine;
using ivm::Block;
using ivm::Input;
using ivm::Plan;
using ivm::Propagation;
using ivm::Relation;

namespace {

Input input(Relation::Kind kind, std::int64_t index, Propagation::Way way = Propagation::Way::linear) {
  Input result;
  result.relation = {kind, index};
  result.change.way = way;
  return result;
}

Block block(Block::Kind kind, std::vector<Input> inputs) {
  Block result;
  result.kind = kind;
  result.inputs = std::move(inputs);
  return result;
}

ReferenceChange reference(std::int64_t bytes, std::int64_t added = 0, std::int64_t removed = 0) {
  ReferenceChange change;
  change.new_bytes = bytes;
  change.added_bytes = added;
  change.removed_bytes = removed;
  if (added > 0) change.added = "SELECT 1";
  if (removed > 0) change.removed = "SELECT 1";
  return change;
}

Plan plan_of(std::vector<Block> blocks) {
  Plan plan;
  plan.blocks = std::move(blocks);
  return plan;
}

constexpr auto k_reference = Relation::Kind::reference;
constexpr auto k_block = Relation::Kind::block;

}  // namespace

TEST_CASE("a filter reads nothing but the change") {
  const auto plan = plan_of({block(Block::Kind::query, {input(k_reference, 0)})});
  const auto features = change_cost_features({}, plan, {reference(1000, 30, 20)}, {});
  CHECK(features.changed_bytes == 50);
  CHECK(features.touched_bytes == 0);
  CHECK(features.blocks == 1);
}

TEST_CASE("a join reads the other side of each side that changed") {
  const auto plan = plan_of({block(Block::Kind::query, {input(k_reference, 0), input(k_reference, 1)})});
  CHECK(change_cost_features({}, plan, {reference(1000, 10), reference(70)}, {}).touched_bytes == 70);
  CHECK(change_cost_features({}, plan, {reference(1000), reference(70, 10)}, {}).touched_bytes == 1000);
  CHECK(change_cost_features({}, plan, {reference(1000, 10), reference(70, 10)}, {}).touched_bytes == 1070);
  CHECK(change_cost_features({}, plan, {reference(1000), reference(70)}, {}).touched_bytes == 0);
}

TEST_CASE("touched keys read all sides, before and after") {
  const auto plan =
      plan_of({block(Block::Kind::query, {input(k_reference, 0), input(k_reference, 1, Propagation::Way::keyed)})});
  CHECK(change_cost_features({}, plan, {reference(1000), reference(70, 10)}, {}).touched_bytes == 2140);
}

TEST_CASE("rows of the view are computed anew for keys alone, and all of them once so many keys changed") {
  const auto keyed = plan_of({block(Block::Kind::query, {input(k_reference, 0, Propagation::Way::keyed)}),
                              block(Block::Kind::query, {input(k_block, 0)})});
  CostFeatures full;
  full.stored_rows = 500;
  CHECK(change_cost_features(full, keyed, {reference(1000, 10)}, {}).touched_rows == 2 * 50);
  CHECK(change_cost_features(full, keyed, {reference(1000, 200, 100)}, {}).touched_rows == 2 * 500);
  CHECK(change_cost_features(full, keyed, {reference(1000)}, {}).touched_rows == 0);
  const auto linear = plan_of({block(Block::Kind::query, {input(k_reference, 0)})});
  CHECK(change_cost_features(full, linear, {reference(1000, 10)}, {}).touched_rows == 0);
  const auto above = plan_of({block(Block::Kind::query, {input(k_reference, 0)}),
                              block(Block::Kind::query, {input(k_block, 0, Propagation::Way::keyed)})});
  CHECK(change_cost_features(full, above, {reference(1000, 10)}, {}).touched_rows == 2 * 50);
}

TEST_CASE("a block above groups reads their state, one above a block without reads what that reads") {
  const auto plan =
      plan_of({block(Block::Kind::query, {input(k_reference, 0)}), block(Block::Kind::groups, {input(k_block, 0)}),
               block(Block::Kind::query, {input(k_block, 1), input(k_block, 0, Propagation::Way::keyed)})});
  // Groups 40; then the rows beside the changed groups 500, and for keys twice groups and rows.
  CHECK(change_cost_features({}, plan, {reference(500, 5)}, {{1, 40}}).touched_bytes == 40 + 500 + 2 * (40 + 500));
}

TEST_CASE("what a full refresh costs is kept") {
  CostFeatures full;
  full.source_bytes = 5;
  full.stored_rows = 7;
  const auto plan = plan_of({block(Block::Kind::query, {input(k_reference, 0)})});
  const auto features = change_cost_features(full, plan, {reference(9, 1)}, {});
  CHECK(features.source_bytes == 5);
  CHECK(features.stored_rows == 7);
}

TEST_CASE("the sizes of files tell the least that has changed") {
  const auto file = [](const char* path, std::int64_t size, std::int64_t changed = 1) {
    FileState state;
    state.path = path;
    state.size = size;
    state.mtime_ns = changed;
    return state;
  };
  const auto bytes = [](std::vector<FileState> before, std::vector<FileState> after) {
    return changed_file_bytes({{"s", std::move(before), std::nullopt, ""}},
                              {{"s", std::move(after), std::nullopt, ""}});
  };
  CHECK(bytes({file("a", 10)}, {file("a", 10)}) == 0);
  CHECK(bytes({file("a", 10)}, {file("a", 10), file("b", 7)}) == 7);
  CHECK(bytes({file("a", 10), file("b", 7)}, {file("b", 7)}) == 10);
  CHECK(bytes({file("a", 10)}, {file("a", 12, 2)}) == 2);  // grown, as far as its size tells
  CHECK(bytes({file("a", 12)}, {file("a", 10, 2)}) == 2);
  CHECK(bytes({file("a", 10)}, {file("a", 10, 2)}) == 0);  // touched, as far as its size tells
  CHECK(bytes({file("a", 10)}, {file("b", 10)}) == 0);     // renamed
  CHECK(bytes({file("a", 10), file("c", 10)}, {file("b", 10)}) == 10);
}
