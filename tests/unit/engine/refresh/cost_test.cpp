#include "engine/refresh/cost.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <functional>
#include <random>

using namespace matview;
using namespace matview::engine;

namespace {

/// What refreshes of a view really cost, in seconds.
struct World {
  std::function<double(const CostFeatures&)> incremental;
  std::function<double(const CostFeatures&)> full;
};

double seconds(Duration duration) { return std::chrono::duration<double>(duration).count(); }

/// A job as the engine leaves it behind.
Job done(const std::string& mode, const CostFeatures& features, double took,
         const std::optional<Prediction>& prediction = std::nullopt) {
  Job job;
  job.state = JobState::succeeded;
  job.mode = mode;
  job.elapsed = std::chrono::duration_cast<Duration>(std::chrono::duration<double>(took));
  job.rows_total = static_cast<std::int64_t>(features.stored_rows);
  record_cost(job, features, prediction);
  return job;
}

/// Refreshes a view so many times as `auto` does, with changes of all sizes. Each measurement is off by `noise`.
std::vector<Job> live(const World& world, CostFeatures view, int refreshes, double noise, unsigned seed = 1) {
  std::mt19937 random(seed);
  std::normal_distribution<double> error(0, noise);
  std::uniform_real_distribution<double> exponent(-6, 0);
  std::vector<Job> history{done("full", view, world.full(view) * std::exp(error(random)))};
  for (int i = 0; i < refreshes; ++i) {
    auto features = view;
    const double part = std::pow(10, exponent(random));
    features.changed_bytes = part * view.source_bytes;
    features.touched_rows = part * view.stored_rows;
    const auto prediction = predict(history, features);
    const bool incremental = prefer_incremental(prediction, history);
    const double took = (incremental ? world.incremental : world.full)(features)*std::exp(error(random));
    history.insert(history.begin(), done(incremental ? "incremental" : "full", features, took, prediction));
  }
  return history;
}

/// How much longer the jobs took than the better way each time would have, by the world's own figures.
double regret(const World& world, const std::vector<Job>& history) {
  double spent = 0;
  double best = 0;
  for (const auto& job : history) {
    const auto& cost = job.native.at("cost");
    if (cost.at("predicted_full_seconds").is_null()) continue;
    const auto number = [&](const char* key) { return static_cast<double>(*cost.at("features").at(key).if_integer()); };
    CostFeatures features;
    features.changed_bytes = number("changed_bytes");
    features.source_bytes = number("source_bytes");
    features.touched_bytes = number("touched_bytes");
    features.stored_rows = number("stored_rows");
    features.touched_rows = number("touched_rows");
    features.blocks = static_cast<int>(number("blocks"));
    const double incremental = world.incremental(features);
    const double full = world.full(features);
    spent += job.mode == "incremental" ? incremental : full;
    best += std::min(incremental, full);
  }
  return spent / best - 1;
}

CostFeatures large_view() {
  CostFeatures features;
  features.source_bytes = 2e9;
  features.stored_rows = 1e6;
  features.touched_bytes = 1e7;
  features.blocks = 2;
  return features;
}

World usual_world(double dear, double slow) {
  return {
      [=](const CostFeatures& f) {
        return slow * (0.05 + 0.01 * f.blocks +
                       dear * (15e-9 * f.changed_bytes + 5e-9 * f.touched_bytes + 500e-9 * f.touched_rows));
      },
      [=](const CostFeatures& f) { return slow * (0.04 + dear * (4e-9 * f.source_bytes + 200e-9 * f.stored_rows)); }};
}

}  // namespace

TEST_CASE("the first refresh tells what a full one costs") {
  const auto view = large_view();
  for (const double took : {0.5, 12.0, 300.0}) {
    const auto prediction = predict({done("full", view, took)}, view);
    CHECK(prediction.full_samples == 1);
    CHECK(prediction.incremental_samples == 0);
    CHECK(std::abs(seconds(prediction.full) / took - 1) < 0.2);
  }
}

TEST_CASE("a full refresh of twice the bytes is foreseen to take about twice as long") {
  auto view = large_view();
  const std::vector<Job> history{done("full", view, 20)};
  view.source_bytes *= 2;
  view.stored_rows *= 2;
  const auto prediction = predict(history, view);
  CHECK(seconds(prediction.full) > 35);
  CHECK(seconds(prediction.full) < 45);
}

TEST_CASE("with nothing known yet a small change is incremental and a change of everything is full") {
  auto features = large_view();
  const std::vector<Job> history{done("full", features, 12)};
  features.changed_bytes = 2e6;
  features.touched_rows = 1000;
  CHECK(prefer_incremental(predict(history, features), history));
  features.changed_bytes = 2 * features.source_bytes;  // all old rows went, new ones came
  features.touched_rows = 2 * features.stored_rows;
  CHECK_FALSE(prefer_incremental(predict(history, features), history));
}

TEST_CASE("auto costs little more than always knowing, for views and machines of all kinds") {
  for (const double dear : {0.3, 1.0, 10.0})
    for (const double slow : {0.5, 1.0, 4.0}) {
      CAPTURE(dear);
      CAPTURE(slow);
      const auto world = usual_world(dear, slow);
      const auto history = live(world, large_view(), 60, 0.1);
      CHECK(regret(world, history) < 0.05);
      const auto report = report_costs(history);
      CHECK(report.jobs == 60);
      CHECK(report.right >= 54);
    }
}

TEST_CASE("a view whose incremental way is unusually dear is refreshed in full once that is known") {
  auto world = usual_world(1, 1);
  const auto usual = world.incremental;
  world.incremental = [usual](const CostFeatures& f) { return 40 * usual(f); };
  const auto history = live(world, large_view(), 60, 0.05);
  CHECK(regret(world, history) < 0.25);
  const std::vector<Job> late(history.begin(), history.begin() + 30);
  CHECK(regret(world, late) < 0.1);
}

TEST_CASE("small changes that cost next to nothing do not make a change of everything incremental") {
  const auto view = large_view();
  std::vector<Job> history{done("full", view, 12)};
  auto features = view;
  for (const double part : {1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 0.02}) {
    features.changed_bytes = part * view.source_bytes;
    features.touched_rows = part * view.stored_rows;
    history.insert(history.begin(), done("incremental", features, 0.05, predict(history, features)));
  }
  features.changed_bytes = 1.2 * view.source_bytes;
  features.touched_rows = 0;
  CHECK_FALSE(prefer_incremental(predict(history, features), history));
  features.changed_bytes = 0.3 * view.source_bytes;
  CHECK(prefer_incremental(predict(history, features), history));
}

TEST_CASE("one refresh on a busy machine does not turn the choice") {
  const auto world = usual_world(1, 1);
  auto features = large_view();
  auto history = live(world, features, 20, 0.02);
  features.changed_bytes = 2e6;
  features.touched_rows = 1000;
  REQUIRE(prefer_incremental(predict(history, features), history));
  const auto before = seconds(predict(history, features).incremental);
  history.insert(history.begin(), done("incremental", features, 100 * world.incremental(features), Prediction{}));
  CHECK(prefer_incremental(predict(history, features), history));
  CHECK(seconds(predict(history, features).incremental) < 2 * before);
}

TEST_CASE("what was learnt of another definition counts for nothing") {
  const auto view = large_view();
  const std::vector<Job> history{done("full", view, 3), done("reinitialized", view, 3), done("full", view, 500)};
  const auto prediction = predict(history, view);
  CHECK(prediction.full_samples == 2);
  CHECK(seconds(prediction.full) < 4);
}

TEST_CASE("jobs that failed or did nothing tell nothing") {
  const auto view = large_view();
  auto failed = done("full", view, 500);
  failed.state = JobState::failed;
  const std::vector<Job> history{failed, done("no_data", view, 0.01), done("full", view, 10)};
  CHECK(predict(history, view).full_samples == 1);
}

TEST_CASE("where both cost the same, what was done last is done again") {
  const auto view = large_view();
  Prediction close{std::chrono::milliseconds(1020), std::chrono::seconds(1)};
  CHECK(prefer_incremental(close, {done("incremental", view, 1, close)}));
  CHECK_FALSE(prefer_incremental(close, {done("full", view, 1, close)}));
  close.incremental = std::chrono::milliseconds(980);
  CHECK_FALSE(prefer_incremental(close, {done("full", view, 1, close)}));
  // The first refresh had no choice.
  CHECK(prefer_incremental(close, {done("full", view, 1)}));
}

TEST_CASE("a job keeps what was foreseen, what it took and what the other way would have saved") {
  const auto view = large_view();
  const Prediction prediction{std::chrono::milliseconds(1500), std::chrono::milliseconds(800)};
  const auto cost = done("incremental", view, 2.0, prediction).native.at("cost");
  CHECK(*cost.at("predicted_incremental_seconds").if_double() == 1.5);
  CHECK(*cost.at("predicted_full_seconds").if_double() == 0.8);
  CHECK(*cost.at("actual_seconds").if_double() == 2.0);
  CHECK(*cost.at("regret_seconds").if_double() == doctest::Approx(1.2));
  CHECK(*done("full", view, 0.9, prediction).native.at("cost").at("regret_seconds").if_double() == 0.0);
  CHECK(done("full", view, 0.9).native.at("cost").at("regret_seconds").is_null());
}

TEST_CASE("costs are never below nothing, whatever was measured") {
  std::mt19937 random(7);
  std::uniform_real_distribution<double> exponent(0, 10);
  for (int round = 0; round < 200; ++round) {
    std::vector<Job> history;
    for (int i = 0; i < 8; ++i) {
      CostFeatures features;
      features.changed_bytes = std::pow(10, exponent(random));
      features.source_bytes = std::pow(10, exponent(random));
      features.touched_bytes = std::pow(10, exponent(random));
      features.stored_rows = std::pow(10, exponent(random) / 1.5);
      features.touched_rows = std::pow(10, exponent(random) / 1.5);
      history.push_back(done(i % 2 == 0 ? "full" : "incremental", features, std::pow(10, exponent(random) / 2 - 3)));
    }
    const auto prediction = predict(history, large_view());
    CHECK(prediction.incremental.count() > 0);
    CHECK(prediction.full.count() > 0);
  }
}
