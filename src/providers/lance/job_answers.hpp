#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "matview/http.hpp"
#include "matview/job.hpp"
#include "matview/result.hpp"

namespace matview::providers::lance {

/// Of the words that services have for how a job is doing. One that is not known says at least that it has not ended.
JobState read_state(std::string_view word);

/// A job as a listing tells it; `view` is the table in the server's words. Native: `type` and `state` as they came.
struct JobPage {
  std::vector<Job> jobs;
  std::string next;  ///< the token of the next page; empty at the end
};

Result<JobPage> read_jobs(const HttpResponse& response);

/// How one job is doing; one that failed is a success with its error in it.
Result<Job> read_job(const HttpResponse& response, std::string_view id);

}  // namespace matview::providers::lance
