#include "engine/duckdb/watch.hpp"

#include "engine/duckdb/errors.hpp"

namespace matview::engine {

namespace {
constexpr auto k_tick = std::chrono::milliseconds(20);
constexpr int k_ticks_per_report = 5;
}  // namespace

Watch::Watch(const DuckDbApi& api, duckdb_connection connection, Control& control, std::string view)
    : api_(api), connection_(connection), control_(control), view_(std::move(view)), thread_([this] { loop(); }) {}

Watch::~Watch() {
  {
    const std::lock_guard lock(mutex_);
    done_ = true;
  }
  wake_.notify_all();
  thread_.join();
}

void Watch::loop() {
  std::unique_lock lock(mutex_);
  for (int tick = 1; !wake_.wait_for(lock, k_tick, [this] { return done_; }); ++tick) {
    if (stop_error(control_)) api_.interrupt(connection_);
    if (tick % k_ticks_per_report == 0) report();
  }
}

void Watch::report() {
  const auto progress = api_.query_progress(connection_);
  Progress heard{view_, "reading", std::nullopt, std::nullopt};
  // Below 0 where DuckDB cannot tell how far it is; that it runs is worth saying all the same.
  if (progress.percentage >= 0) heard.fraction = progress.percentage / 100;
  if (progress.rows_processed > 0) heard.rows = static_cast<std::int64_t>(progress.rows_processed);
  control_.observer.progress(heard);
}

}  // namespace matview::engine
