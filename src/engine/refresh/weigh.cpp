#include "engine/refresh/weigh.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <numeric>

#include "engine/refresh/apply_change.hpp"
#include "engine/refresh/change_cost.hpp"
#include "engine/refresh/refresh_mode.hpp"
#include "support/duration.hpp"

namespace matview::engine {

namespace {

constexpr std::int64_t k_history = 50;  ///< jobs to learn from: older ones weigh next to nothing

Result<std::map<std::int64_t, std::int64_t>> state_bytes(Store& store, std::int64_t view_id) {
  MATVIEW_ASSIGN(const auto state, store.state(view_id));
  std::map<std::int64_t, std::int64_t> bytes;
  for (const auto& [relation, stored] : state)
    for (const auto& file : stored.files) bytes[relation - relation_of_block(0)] += file.bytes;
  return bytes;
}

/// Whether the second is the first with more in it, as far as can be told without reading them.
bool may_be_grown(const FileState& less, const FileState& more) {
  return more.size > less.size && more.inode == less.inode && more.device == less.device;
}

/// Sizes of the files of `these` that are not among `those` as they are; both are sorted by path. One that may have
/// grown counts for that much on the side that has more.
std::vector<std::int64_t> sizes_without(const std::vector<FileState>& these, const std::vector<FileState>& those) {
  std::vector<std::int64_t> sizes;
  auto other = those.begin();
  for (const auto& file : these) {
    while (other != those.end() && other->path < file.path) ++other;
    const bool named = other != those.end() && other->path == file.path;
    if (named && (*other == file || may_be_grown(file, *other))) continue;
    sizes.push_back(named && may_be_grown(*other, file) ? file.size - other->size : file.size);
  }
  std::sort(sizes.begin(), sizes.end());
  return sizes;
}

Result<Weighing> weigh(const EngineContext& context, const ViewRecord& view, const CostFeatures& features) {
  Weighing weighing;
  weighing.features = features;
  MATVIEW_ASSIGN(const auto jobs, context.store.jobs(view.view_id, k_history));
  weighing.prediction = predict(jobs, features);
  if (weighs_cost(view.definition)) weighing.incremental = prefer_incremental(weighing.prediction, jobs);
  return weighing;
}

}  // namespace

std::string Weighing::reason() const {
  return fmt::format("the change is expected to take {}, and everything {}",
                     support::format_duration(prediction.incremental), support::format_duration(prediction.full));
}

Result<Weighing> weigh_change(const EngineContext& context, const ViewRecord& view, const ivm::Plan& plan,
                              const SourceVector& observed, const SourceChanges& changes) {
  MATVIEW_ASSIGN(const auto full, full_cost_features(view, observed, context.sources.upstream()));
  MATVIEW_ASSIGN(const auto state, state_bytes(context.store, view.view_id));
  return weigh(context, view, change_cost_features(full, plan, changes.references, state, changes.clock_moved));
}

Result<std::optional<Weighing>> weigh_files(const EngineContext& context, const ViewRecord& view, const ivm::Plan& plan,
                                            const SourceVector& recorded, const SourceVector& observed) {
  if (!weighs_cost(view.definition)) return std::optional<Weighing>();
  MATVIEW_ASSIGN(auto features, full_cost_features(view, observed, context.sources.upstream()));
  features.changed_bytes = static_cast<double>(changed_file_bytes(recorded, observed));
  features.blocks = static_cast<int>(plan.blocks.size());
  MATVIEW_ASSIGN(auto weighing, weigh(context, view, features));
  return weighing.incremental ? std::nullopt : std::optional(std::move(weighing));
}

std::int64_t changed_file_bytes(const SourceVector& before, const SourceVector& after) {
  std::int64_t bytes = 0;
  for (std::size_t i = 0; i < before.size() && i < after.size(); ++i) {
    const auto gone = sizes_without(before[i].files, after[i].files);
    const auto come = sizes_without(after[i].files, before[i].files);
    std::vector<std::int64_t> different;
    std::set_symmetric_difference(gone.begin(), gone.end(), come.begin(), come.end(), std::back_inserter(different));
    bytes = std::accumulate(different.begin(), different.end(), bytes);
  }
  return bytes;
}

}  // namespace matview::engine
