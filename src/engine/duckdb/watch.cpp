#include "engine/duckdb/watch.hpp"

#include "engine/duckdb/errors.hpp"

namespace matview::engine {

namespace {
constexpr auto k_tick = std::chrono::milliseconds(20);
constexpr int k_ticks_per_report = 5;
}  // namespace

Watch::~Watch() {
  {
    const std::lock_guard lock(mutex_);
    ended_ = true;
  }
  wake_.notify_all();
  if (thread_.joinable()) thread_.join();
}

Watch::Turn::Turn(Watch& watch, Control& control, const std::string& view) : watch_(watch) {
  {
    const std::lock_guard lock(watch_.mutex_);
    watch_.control_ = &control;
    watch_.view_ = view;
  }
  if (!watch_.thread_.joinable()) watch_.thread_ = std::thread([this_watch = &watch_] { this_watch->loop(); });
}

Watch::Turn::~Turn() {
  const std::lock_guard lock(watch_.mutex_);
  watch_.control_ = nullptr;
}

void Watch::loop() {
  std::unique_lock lock(mutex_);
  for (int tick = 1; !wake_.wait_for(lock, k_tick, [this] { return ended_; }); ++tick) {
    if (control_ == nullptr) continue;
    if (stop_error(*control_)) api_.interrupt(connection_);
    if (tick % k_ticks_per_report == 0) report();
  }
}

void Watch::report() {
  const auto progress = api_.query_progress(connection_);
  Progress heard{view_, "reading", std::nullopt, std::nullopt};
  // Below 0 where DuckDB cannot tell how far it is; that it runs is worth saying all the same.
  if (progress.percentage >= 0) heard.fraction = progress.percentage / 100;
  if (progress.rows_processed > 0) heard.rows = static_cast<std::int64_t>(progress.rows_processed);
  control_->observer.progress(heard);
}

}  // namespace matview::engine
