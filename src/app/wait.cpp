#include "app/wait.hpp"

namespace matview::app {

Result<Job> follow(Workspace& workspace, Followed job, const WaitOptions& options, Control& control) {
  Result<Job> outcome = Job();
  Follower follower(workspace, options, control, [&](std::size_t, Job ended, std::optional<Error> error) {
    if (error)
      outcome = fail(*std::move(error));
    else
      outcome = std::move(ended);
  });
  follower.add(std::move(job), 0);
  follower.run();
  return outcome;
}

bool can_wait(const Provider& provider) {
  return provider.info().asynchronous && provider.info().operations.contains(Operation::wait);
}

std::optional<Error> error_of(const Job& job) {
  switch (job.state) {
    case JobState::failed: return job.error.value_or(Error(ErrorCode::failed, "the backend gave no reason"));
    case JobState::cancelled: return job.error.value_or(Error(ErrorCode::failed, "the job was cancelled"));
    case JobState::unknown: {
      Error error = job.error.value_or(Error(ErrorCode::unavailable, "nobody knows what became of the job"));
      error.code = ErrorCode::unavailable;
      error.retryable = false;
      error.unanswered = true;
      return error;
    }
    default: return std::nullopt;
  }
}

}  // namespace matview::app
