#include "engine/refresh/admission.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>

#include "engine/schedule/window.hpp"
#include "support/pause.hpp"

namespace matview::engine {

Result<ViewRecord> require_view(Store& store, const std::string& name) {
  MATVIEW_ASSIGN(auto view, store.find_view(name));
  if (!view) return fail(ErrorCode::not_found, fmt::format("there is no view '{}'", name));
  return *std::move(view);
}

Result<std::unique_ptr<ViewLock>> wait_for_lock(const EngineContext& context, std::int64_t view_id,
                                                const RefreshRequest& request, Control& control) {
  // Longer than anybody waits, and short enough for any clock.
  constexpr Duration k_longest = std::chrono::hours(24 * 365);
  constexpr auto k_look = std::chrono::milliseconds(50);
  const auto end = std::chrono::steady_clock::now() + std::min(request.lock_timeout, k_longest);
  while (true) {
    auto lock = context.store.lock_view(view_id);
    if (lock || lock.error().code != ErrorCode::locked || std::chrono::steady_clock::now() >= end) return lock;
    control.observer.progress({request.name, "waiting: " + lock.error().message, std::nullopt, std::nullopt});
    MATVIEW_TRY(support::pause(k_look, control));
  }
}

Result<void> require_window(const EngineContext& context, const ViewRecord& view, const RefreshRequest& request) {
  if (request.force || request.unattended || context.any_window) return {};
  return require_open_window(view, context.environment.now(), context.zones);
}

Job dead_job(Job job) {
  job.state = JobState::failed;
  job.error = Error(ErrorCode::failed, "the process that ran it ended before it was done");
  return job;
}

Result<void> bury_dead_job(Store& store, const ViewRecord& view) {
  if (!view.last_job || view.last_job->state != JobState::running) return {};
  return store.record_job(view.view_id, dead_job(*view.last_job));
}

}  // namespace matview::engine
