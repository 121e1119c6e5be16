#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "app/refresh.hpp"
#include "app/wait.hpp"

namespace matview::app {

// Jobs by their ids: the backend's, or our own key of the record. The profile of one is that under which it is on
// record; one that is on no record here belongs to the profile in use.

/// How a job is doing now. `not_found` with a hint where neither record nor backend know it.
Result<Job> look_at_job(Workspace& workspace, const std::string& id, Control& control);

/// Waits until every job has ended. `unsupported` for the jobs of a provider that cannot tell.
RunResult wait_for_jobs(Workspace& workspace, const std::vector<std::string>& ids, const WaitOptions& options,
                        RunListener& listener, Control& control);

/// Asks for the end of each job, and does not wait for it.
RunResult cancel_jobs(Workspace& workspace, const std::vector<std::string>& ids, RunListener& listener,
                      Control& control);
Result<std::vector<Plan>> plan_cancel(Workspace& workspace, const std::vector<std::string>& ids, Control& control);

/// The jobs on record, newest first; an empty profile means all.
Result<std::vector<Job>> recorded_jobs(Workspace& workspace, std::string_view profile, std::string_view view,
                                       std::int64_t limit);

/// Gives the views of a remote backend that tell of no job the newest one on record, as far as that can be read. A last
/// job that failed makes the state of an idle view `error`.
void add_last_jobs(Workspace& workspace, std::string_view profile, std::vector<View>& views);

}  // namespace matview::app
