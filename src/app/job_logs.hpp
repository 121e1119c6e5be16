#pragma once

#include <memory>
#include <string>

#include "matview/job_log.hpp"

namespace matview::app {

/// `log`, which tells once if it cannot be used and is an empty one from then on: it is asked at every step of a job,
/// and the work goes on without it.
std::unique_ptr<JobLog> tell_once(std::unique_ptr<JobLog> log);

/// `log` as a provider of `profile` sees it: ids are looked for among the profile's own jobs, since two backends may
/// have the same. `log` outlives it.
std::unique_ptr<JobLog> scope_to_profile(JobLog& log, std::string profile);

}  // namespace matview::app
