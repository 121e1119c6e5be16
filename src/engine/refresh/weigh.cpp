#include "engine/refresh/weigh.hpp"

#include <fmt/format.h>

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

}  // namespace

std::string Weighing::reason() const {
  return fmt::format("the change is expected to take {}, and everything {}",
                     support::format_duration(prediction.incremental), support::format_duration(prediction.full));
}

Result<Weighing> weigh_change(const EngineContext& context, const ViewRecord& view, const ivm::Plan& plan,
                              const SourceVector& observed, const std::vector<ReferenceChange>& references) {
  Weighing weighing;
  MATVIEW_ASSIGN(const auto full, full_cost_features(view, observed, context.sources.upstream()));
  MATVIEW_ASSIGN(const auto state, state_bytes(context.store, view.view_id));
  weighing.features = change_cost_features(full, plan, references, state);
  MATVIEW_ASSIGN(const auto jobs, context.store.jobs(view.view_id, k_history));
  weighing.prediction = predict(jobs, weighing.features);
  if (weighs_cost(view.definition)) weighing.incremental = prefer_incremental(weighing.prediction, jobs);
  return weighing;
}

}  // namespace matview::engine
