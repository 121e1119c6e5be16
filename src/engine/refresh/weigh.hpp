#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "engine/ivm/plan.hpp"
#include "engine/refresh/cost.hpp"
#include "engine/refresh/refresh.hpp"
#include "engine/sources/changes.hpp"

namespace matview::engine {

/// What both ways of a refresh are expected to cost.
struct Weighing {
  CostFeatures features;
  Prediction prediction;
  bool incremental = true;  ///< the way to go, as far as costs decide: under `auto`

  /// In words, where full is the way: "expected to take 2.1 s, and 0.9 s in full".
  std::string reason() const;
};

/// Weighs an incremental refresh of a view against a full one, by what its jobs did cost. Reads no rows.
Result<Weighing> weigh_change(const EngineContext& context, const ViewRecord& view, const ivm::Plan& plan,
                              const SourceVector& observed, const SourceChanges& changes);

/// The same from the sizes of files alone, before anything is opened, where these already tell that full is the cheaper
/// way; nothing where a closer look is needed. It takes the change for smaller than it may be, never for larger.
Result<std::optional<Weighing>> weigh_files(const EngineContext& context, const ViewRecord& view, const ivm::Plan& plan,
                                            const SourceVector& recorded, const SourceVector& observed);

/// Bytes of files that are in one of the two states only. Files of equal size may be the same under another name or
/// touched, and count for nothing; rows may have been appended to one that grew, which counts for that much.
std::int64_t changed_file_bytes(const SourceVector& before, const SourceVector& after);

}  // namespace matview::engine
