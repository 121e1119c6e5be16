#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "engine/refresh/refresh.hpp"

namespace matview::engine {

// What stands between a request to refresh and its beginning.

/// `not_found` if there is none of that name.
Result<ViewRecord> require_view(Store& store, const std::string& name);

/// The view's lock. Another process that has it is waited for as long as the request says, then it is `locked`; the
/// progress says who holds it. Ends early at a stop signal and at the deadline.
Result<std::unique_ptr<ViewLock>> wait_for_lock(const EngineContext& context, std::int64_t view_id,
                                                const RefreshRequest& request, Control& control);

/// `conflict` if the request asks by name for a view whose window was served, and does not say --force.
Result<void> require_window(const EngineContext& context, const ViewRecord& view, const RefreshRequest& request);

/// A job that says it runs while nobody holds its view's lock: its process died without a word.
Job dead_job(Job job);

/// Puts such a job of the view on record as failed, so that it counts as such. For the holder of the view's lock.
Result<void> bury_dead_job(Store& store, const ViewRecord& view);

}  // namespace matview::engine
