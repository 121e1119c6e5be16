#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/sources/definition.hpp"
#include "engine/store/records.hpp"
#include "matview/job.hpp"
#include "matview/result.hpp"
#include "matview/time.hpp"

namespace matview::engine {

// What a refresh will cost, learnt from what refreshes of the same view did cost. Each way of refreshing has a few
// terms (a fixed part, so much for a byte, so much for a row). At first they are what is usual; every job on record
// moves them, younger ones more than older ones. The first refresh of a view is full and tells how dear its query is.

/// How large a refresh is, as far as that is known before it runs. What is not known stays 0.
struct CostFeatures {
  double changed_bytes = 0;  ///< of sources whose rows came or went, both counted
  double source_bytes = 0;   ///< of all that a full refresh reads
  double touched_bytes = 0;  ///< read by the incremental way besides: other sides of joins, states, groups again
  double stored_rows = 0;    ///< of the view
  double touched_rows = 0;   ///< rows of the view that are computed anew for touched keys, before and after
  int blocks = 1;            ///< of the definition's plan
};

/// What is known before any refresh of a view: how much there is to read, and what it holds.
Result<CostFeatures> full_cost_features(const ViewRecord& view, const SourceVector& observed,
                                        const UpstreamLookup& upstream);

struct Prediction {
  Duration incremental{};
  Duration full{};
  int incremental_samples = 0;  ///< jobs that were learnt from; 0: only what is usual
  int full_samples = 0;
};

/// `history` are the view's jobs, newest first; those of an earlier definition count for nothing.
Prediction predict(const std::vector<Job>& history, const CostFeatures& features);

/// Whether to go the incremental way. Where both cost about the same it stays with what the last refresh did.
bool prefer_incremental(const Prediction& prediction, const std::vector<Job>& history);

/// Puts `native.cost` into a job that is done: features, prediction, what it took (`job.elapsed`), and the regret: the
/// time by which it was slower than the other way would have been by the prediction. Regret is null where there was no
/// choice: without a prediction.
void record_cost(Job& job, const CostFeatures& features, const std::optional<Prediction>& prediction);

/// How well costs were foreseen, and what wrong choices cost.
struct CostReport {
  std::int64_t jobs = 0;    ///< that had a choice
  std::int64_t right = 0;   ///< whose way was, by all that is known now, no more than a tenth slower than the other
  Duration spent{};         ///< by all of them
  Duration lost{};          ///< of that, against the better way
  double median_error = 0;  ///< of the predictions of what was done: 0.2 is 20 % off
};

CostReport report_costs(const std::vector<Job>& history);

/// As JSON has it: decisions, right, spent_seconds, lost_seconds, median_error. Null where there was no choice yet.
Value to_value(const CostReport& report);

}  // namespace matview::engine
