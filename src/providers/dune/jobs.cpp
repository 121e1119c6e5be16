#include "providers/dune/jobs.hpp"

#include <fmt/format.h>

#include <optional>

#include "providers/dune/execution_answers.hpp"
#include "providers/dune/execution_requests.hpp"
#include "providers/dune/runs.hpp"
#include "providers/dune/submit.hpp"
#include "providers/remote/submission.hpp"
#include "support/text.hpp"

namespace matview::providers::dune {

namespace {

/// A job as far as it is known before the service is asked for it.
struct Known {
  std::optional<JobRecord> record;
  std::string execution;  ///< empty: no execution of it is known
};

Result<Known> on_record(const Service& service, const std::string& id) {
  if (id.empty()) return fail(ErrorCode::usage, "the id of the job is missing");
  Known known{std::nullopt, id};
  const auto& context = service.context();
  if (context.job_log == nullptr) return known;
  MATVIEW_ASSIGN(known.record, context.job_log->find(id));
  if (known.record && known.record->job.profile != context.profile) known.record.reset();
  if (!known.record) return known;
  // One that was never sent, or whose answer was lost, has only our key.
  const std::string& of_service = known.record->job.id;
  known.execution = of_service == known.record->key ? std::string() : of_service;
  return known;
}

Result<Known> find_job(const Service& service, const std::string& id, Control& control) {
  MATVIEW_ASSIGN(Known known, on_record(service, id));
  if (!known.execution.empty() || known.record->job.state != JobState::unknown) return known;
  const auto clue = read_clue(known.record->clue);
  if (!clue) return known;
  MATVIEW_ASSIGN(const auto found, find_run(service, *clue, known.record->job.submitted_at, control));
  if (found) known.execution = *found;
  return known;
}

Error no_execution(const std::string& id) {
  return Error(ErrorCode::not_found, fmt::format("no run of job '{}' is known", support::strip_control(id)));
}

/// The run with what the record knows of it; the record follows.
Job recorded(const Service& service, Job job, const Known& known, Control& control) {
  if (!known.record) return job;
  const Job& old = known.record->job;
  // The record may remember what the service has forgotten.
  if (job.state == JobState::unknown && old.state != JobState::unknown && is_terminal(old.state)) return old;
  job.view = old.view;
  job.operation = old.operation;
  if (!job.submitted_at) job.submitted_at = old.submitted_at;
  if (job.reason.empty()) job.reason = old.reason;
  if (job.id != old.id || job.state != old.state) remote::update_record(service.context(), *known.record, job, control);
  return job;
}

Result<Job> look(const Service& service, const Known& known, Control& control) {
  // The dry run of a cancel is one of a job that there is something to cancel of.
  MATVIEW_ASSIGN(Job job, read_run(service, known.execution, control, "QUERY_STATE_EXECUTING"));
  return recorded(service, std::move(job), known, control);
}

}  // namespace

Result<Job> job(const Service& service, const std::string& id, Control& control) {
  MATVIEW_ASSIGN(const Known known, find_job(service, id, control));
  if (!known.execution.empty()) return look(service, known, control);
  Job job = known.record->job;
  if (job.state == JobState::unknown && job.reason.empty())
    job.reason = "its answer was lost, and the view has no run that could be it";
  return job;
}

Result<std::string> recorded_execution(const Service& service, const std::string& id) {
  MATVIEW_ASSIGN(const Known known, on_record(service, id));
  if (known.execution.empty()) return fail(no_execution(id));
  return known.execution;
}

Result<Job> cancel(const Service& service, const std::string& id, Control& control) {
  MATVIEW_ASSIGN(const Known known, find_job(service, id, control));
  if (known.execution.empty()) return fail(no_execution(id));
  MATVIEW_ASSIGN(Job job, look(service, known, control));
  if (!is_under_way(job)) return job;
  const auto cancelled = service.ask(cancel_execution(service.api(), known.execution), read_cancelled, control);
  if (!cancelled && cancelled.error().code != ErrorCode::failed) return fail(cancelled.error());
  // A refusal may mean that it has ended just now.
  MATVIEW_ASSIGN(job, look(service, known, control));
  if (!is_under_way(job) || (cancelled && *cancelled)) return job;
  if (!cancelled) return fail(cancelled.error());
  return fail(ErrorCode::failed, fmt::format("the service did not cancel execution {}", known.execution));
}

}  // namespace matview::providers::dune
