#include "engine/refresh/cost.hpp"

#include <algorithm>
#include <cmath>
#include <string_view>

#include "engine/refresh/cost_fit.hpp"

namespace matview::engine {

namespace {

// What is usual, in seconds: measured on two cores over Parquet, for queries that join and aggregate.
constexpr double k_full_start = 0.040;
constexpr double k_full_source_byte = 6e-9;
constexpr double k_full_stored_row = 150e-9;
constexpr double k_incremental_start = 0.030;
constexpr double k_incremental_block = 0.010;
// A change passes every block and is consolidated after each.
constexpr double k_incremental_changed_byte = 12e-9;
// Keys in a change let most of what it is joined with be skipped, by the statistics of Parquet files. Where they do not
// the first such refresh tells.
constexpr double k_incremental_touched_byte = 1e-9;
constexpr double k_incremental_stored_row = 3e-9;  ///< to find those that go
constexpr double k_incremental_touched_row = 400e-9;

// A job weighs so much less with every refresh after it: machines and data change.
constexpr double k_decay = 0.93;
// Both ways count as equally dear within this part: what was done last is done again. Less than this is noise anyhow.
constexpr double k_hysteresis = 0.05;
constexpr double k_noise_seconds = 0.002;
constexpr double k_still_right = 1.1;

constexpr std::string_view k_cost = "cost";

double seconds_of(Duration duration) { return std::chrono::duration<double>(duration).count(); }

Duration duration_of(double seconds) {
  return std::chrono::duration_cast<Duration>(std::chrono::duration<double>(std::min(seconds, 1e9)));
}

CostTerms full_terms(const CostFeatures& features) {
  return {k_full_start, k_full_source_byte * features.source_bytes, k_full_stored_row * features.stored_rows, 0, 0};
}

CostTerms incremental_terms(const CostFeatures& features) {
  return {k_incremental_start + k_incremental_block * features.blocks,
          k_incremental_changed_byte * features.changed_bytes, k_incremental_touched_byte * features.touched_bytes,
          k_incremental_stored_row * features.stored_rows, k_incremental_touched_row * features.touched_rows};
}

bool is_incremental(const Job& job) { return job.mode == "incremental"; }
bool is_full(const Job& job) { return job.mode == "full" || job.mode == "reinitialized"; }

double number(const Value& value) {
  if (const auto* integer = value.if_integer()) return static_cast<double>(*integer);
  if (const auto* real = value.if_double()) return *real;
  return 0;
}

CostFeatures features_of(const Value& value) {
  CostFeatures features;
  features.changed_bytes = number(value.at("changed_bytes"));
  features.source_bytes = number(value.at("source_bytes"));
  features.touched_bytes = number(value.at("touched_bytes"));
  features.stored_rows = number(value.at("stored_rows"));
  features.touched_rows = number(value.at("touched_rows"));
  features.blocks = static_cast<int>(number(value.at("blocks")));
  return features;
}

Value to_value(const CostFeatures& features) {
  const auto whole = [](double amount) { return static_cast<std::int64_t>(std::llround(amount)); };
  Value value;
  value.set("changed_bytes", whole(features.changed_bytes));
  value.set("source_bytes", whole(features.source_bytes));
  value.set("touched_bytes", whole(features.touched_bytes));
  value.set("stored_rows", whole(features.stored_rows));
  value.set("touched_rows", whole(features.touched_rows));
  value.set("blocks", features.blocks);
  return value;
}

/// To the microsecond; less than 10 ms to the millisecond, so that it is never written with an exponent.
Value seconds_value(double seconds) {
  const double parts = seconds < 0.01 ? 1e3 : 1e6;
  return std::round(seconds * parts) / parts;
}

/// Both ways as a view's jobs tell of them.
struct Model {
  CostTerms full{1, 1, 1, 1, 1};
  CostTerms incremental{1, 1, 1, 1, 1};
  int full_samples = 0;
  int incremental_samples = 0;

  double predict_full(const CostFeatures& features) const { return total_cost(full, full_terms(features)); }
  /// A byte of the change costs at least what a byte of the sources costs in full: both are read, and go through the
  /// same query. Small changes are no measure of that, all they tell is the fixed part.
  double predict_incremental(const CostFeatures& features) const {
    auto factors = incremental;
    factors[1] = std::max(factors[1], full[1] * k_full_source_byte / k_incremental_changed_byte);
    return total_cost(factors, incremental_terms(features));
  }
};

/// What the full refreshes tell of a view whose incremental ones are not known yet: how slow the machine is, and how
/// dear a byte of its query.
CostTerms incremental_prior(const CostTerms& full) {
  const double start = std::clamp(full[0], 0.5, 3.0);
  return {start, full[1], full[1], full[1], full[2]};
}

Model learn(const std::vector<Job>& history) {
  std::vector<CostSample> full;
  std::vector<CostSample> incremental;
  double weight = 1;
  for (const auto& job : history) {
    const auto& cost = job.native.at(k_cost);
    const double seconds = number(cost.at("actual_seconds"));
    if (job.state == JobState::succeeded && seconds > 0 && (is_full(job) || is_incremental(job))) {
      const auto features = features_of(cost.at("features"));
      if (is_full(job))
        full.push_back({full_terms(features), seconds, weight});
      else
        incremental.push_back({incremental_terms(features), seconds, weight});
      weight *= k_decay;
    }
    // What is older was another definition.
    if (job.state == JobState::succeeded && job.mode == "reinitialized") break;
  }
  Model model;
  model.full_samples = static_cast<int>(full.size());
  model.incremental_samples = static_cast<int>(incremental.size());
  model.full = fit_cost(full, model.full);
  model.incremental = fit_cost(incremental, incremental_prior(model.full));
  return model;
}

}  // namespace

Result<CostFeatures> full_cost_features(const ViewRecord& view, const SourceVector& observed,
                                        const UpstreamLookup& upstream) {
  CostFeatures features;
  for (const auto& state : observed)
    for (const auto& file : state.files) features.source_bytes += static_cast<double>(file.size);
  for (const auto& name : view.definition.depends_on) {
    MATVIEW_ASSIGN(const auto found, upstream(name));
    if (found) features.source_bytes += static_cast<double>(found->bytes);
  }
  if (view.current) features.stored_rows = static_cast<double>(view.current->rows);
  return features;
}

Prediction predict(const std::vector<Job>& history, const CostFeatures& features) {
  const auto model = learn(history);
  return {duration_of(model.predict_incremental(features)), duration_of(model.predict_full(features)),
          model.incremental_samples, model.full_samples};
}

bool prefer_incremental(const Prediction& prediction, const std::vector<Job>& history) {
  double allowed = 1;
  for (const auto& job : history) {
    if (job.state != JobState::succeeded || !(is_full(job) || is_incremental(job))) continue;
    // A full refresh that there was no choice about says nothing of which way is better.
    if (is_incremental(job))
      allowed += k_hysteresis;
    else if (!job.native.at(k_cost).at("predicted_incremental_seconds").is_null())
      allowed -= k_hysteresis;
    break;
  }
  return seconds_of(prediction.incremental) <= allowed * seconds_of(prediction.full) + k_noise_seconds;
}

void record_cost(Job& job, const CostFeatures& features, const std::optional<Prediction>& prediction) {
  if (!job.elapsed) return;
  auto recorded = features;
  // What a full refresh wrote is what it cost, however many rows there were before.
  if (is_full(job) && job.rows_total) recorded.stored_rows = static_cast<double>(*job.rows_total);
  const double actual = seconds_of(*job.elapsed);
  Value cost;
  cost.set("features", to_value(recorded));
  cost.set("predicted_incremental_seconds", Value());
  cost.set("predicted_full_seconds", Value());
  cost.set("actual_seconds", seconds_value(actual));
  cost.set("regret_seconds", Value());
  if (prediction) {
    const double incremental = seconds_of(prediction->incremental);
    const double full = seconds_of(prediction->full);
    cost.set("predicted_incremental_seconds", seconds_value(incremental));
    cost.set("predicted_full_seconds", seconds_value(full));
    cost.set("regret_seconds", seconds_value(std::max(0.0, actual - (is_incremental(job) ? full : incremental))));
  }
  job.native.set(k_cost, std::move(cost));
}

CostReport report_costs(const std::vector<Job>& history) {
  const auto model = learn(history);
  CostReport report;
  std::vector<double> errors;
  double spent = 0;
  double lost = 0;
  for (const auto& job : history) {
    const auto& cost = job.native.at(k_cost);
    const double actual = number(cost.at("actual_seconds"));
    if (job.state != JobState::succeeded || actual <= 0) continue;
    if (cost.at("predicted_incremental_seconds").is_null()) continue;
    const auto features = features_of(cost.at("features"));
    const double other = is_incremental(job) ? model.predict_full(features) : model.predict_incremental(features);
    const double predicted =
        number(cost.at(is_incremental(job) ? "predicted_incremental_seconds" : "predicted_full_seconds"));
    ++report.jobs;
    if (actual <= k_still_right * other) ++report.right;
    spent += actual;
    lost += std::max(0.0, actual - other);
    errors.push_back(std::abs(predicted - actual) / actual);
  }
  report.spent = duration_of(spent);
  report.lost = duration_of(lost);
  if (errors.empty()) return report;
  const auto middle = errors.begin() + static_cast<std::ptrdiff_t>(errors.size() / 2);
  std::nth_element(errors.begin(), middle, errors.end());
  report.median_error = *middle;
  return report;
}

Value to_value(const CostReport& report) {
  if (report.jobs == 0) return {};
  return Value::Object{{"decisions", report.jobs},
                       {"right", report.right},
                       {"spent_seconds", seconds_value(seconds_of(report.spent))},
                       {"lost_seconds", seconds_value(seconds_of(report.lost))},
                       {"median_error", std::round(report.median_error * 1000) / 1000}};
}

}  // namespace matview::engine
