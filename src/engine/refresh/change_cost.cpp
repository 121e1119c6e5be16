#include "engine/refresh/change_cost.hpp"

#include <algorithm>

namespace matview::engine {

namespace {

using ivm::Block;
using ivm::Relation;

// A byte that cannot be skipped costs so many times one that can (see the usual costs in cost.cpp).
constexpr double k_unskipped = 6;
// So many rows have a key in common, where nothing is known of it: of so many times the rows that changed the keys are
// touched.
constexpr double k_rows_of_key = 10;

class Estimate {
 public:
  Estimate(const ivm::Plan& plan, const std::vector<ReferenceChange>& references,
           const std::map<std::int64_t, std::int64_t>& state_bytes, bool clock_moved)
      : plan_(plan), references_(references), state_bytes_(state_bytes), clock_moved_(clock_moved) {}

  void run() {
    for (std::size_t i = 0; i < plan_.blocks.size(); ++i) {
      const auto& block = plan_.blocks[i];
      double changed = 0;
      for (const auto& input : block.inputs) {
        if (!is_changed(input.relation)) continue;
        const double part = changed_part(input.relation);
        changed = std::max(changed, part);
        touched_bytes_ += touched_by(block, input);
        if (is_keyed(input)) recomputed_part_ = std::max(recomputed_part_, std::min(1.0, k_rows_of_key * part));
      }
      if (changed > 0 && plan_.has_state(i)) touched_bytes_ += state_of(static_cast<std::int64_t>(i));
      changed_.push_back(changed);
    }
  }

  /// What is read beside the changes themselves.
  double touched_bytes() const { return touched_bytes_; }
  /// The part of the view that is computed anew for the keys of the change, 1 for all of it.
  double recomputed_part() const { return recomputed_part_; }

 private:
  static bool is_keyed(const ivm::Input& input) { return input.change.way == ivm::Propagation::Way::keyed; }

  /// A change is joined with all other inputs. What is computed anew for some keys reads all inputs, old and new,
  /// unless the old rows are kept.
  double touched_by(const Block& block, const ivm::Input& changed) {
    // So is what is computed anew for another value of a condition.
    const bool keyed = is_keyed(changed) || changed.change.way == ivm::Propagation::Way::switched;
    // Where all rows are one group nothing is skipped.
    const double unskipped = changed.change.code == "GLOBAL_AGGREGATE" ? k_unskipped : 1;
    double bytes = 0;
    for (const auto& other : block.inputs)
      if (keyed || &other != &changed)
        bytes += unskipped * (keyed && !block.keeps_rows ? 2 : 1) * size_of(other.relation);
    return bytes;
  }

  bool is_changed(const Relation& relation) const {
    if (relation.kind == Relation::Kind::clock) return clock_moved_;
    const auto index = static_cast<std::size_t>(relation.index);
    if (relation.kind == Relation::Kind::block) return index < changed_.size() && changed_[index] > 0;
    return index < references_.size() && !references_[index].is_empty();
  }

  /// How much of a relation that is changed came or went, above 0. A block's is that of its inputs.
  double changed_part(const Relation& relation) const {
    constexpr double k_least = 1e-9;
    if (relation.kind == Relation::Kind::clock) return k_least;
    const auto index = static_cast<std::size_t>(relation.index);
    if (relation.kind == Relation::Kind::block) return std::max(changed_[index], k_least);
    const auto& reference = references_[index];
    const auto bytes = static_cast<double>(reference.added_bytes + reference.removed_bytes);
    return std::max(bytes / std::max(static_cast<double>(reference.new_bytes), bytes), k_least);
  }

  /// A block that keeps no rows is computed from its inputs whenever it is read.
  double size_of(const Relation& relation) const {
    if (relation.kind == Relation::Kind::clock) return 0;
    const auto index = static_cast<std::size_t>(relation.index);
    if (relation.kind == Relation::Kind::reference)
      return index < references_.size() ? static_cast<double>(references_[index].new_bytes) : 0;
    const auto& block = plan_.blocks.at(index);
    if (plan_.has_state(index)) return state_of(relation.index);
    double bytes = 0;
    for (const auto& input : block.inputs) bytes += size_of(input.relation);
    return bytes;
  }

  double state_of(std::int64_t block) const {
    const auto found = state_bytes_.find(block);
    return found == state_bytes_.end() ? 0 : static_cast<double>(found->second);
  }

  const ivm::Plan& plan_;
  const std::vector<ReferenceChange>& references_;
  const std::map<std::int64_t, std::int64_t>& state_bytes_;
  bool clock_moved_;
  std::vector<double> changed_;  ///< of each block so far: how much of its inputs is, 0 if nothing is
  double touched_bytes_ = 0;
  double recomputed_part_ = 0;
};

}  // namespace

CostFeatures change_cost_features(const CostFeatures& full, const ivm::Plan& plan,
                                  const std::vector<ReferenceChange>& references,
                                  const std::map<std::int64_t, std::int64_t>& state_bytes, bool clock_moved) {
  auto features = full;
  for (const auto& reference : references)
    features.changed_bytes += static_cast<double>(reference.added_bytes + reference.removed_bytes);
  Estimate estimate(plan, references, state_bytes, clock_moved);
  estimate.run();
  features.touched_bytes = estimate.touched_bytes();
  features.touched_rows = 2 * estimate.recomputed_part() * full.stored_rows;  // before and after
  features.blocks = static_cast<int>(plan.blocks.size());
  return features;
}

}  // namespace matview::engine
