#include "providers/remote/submission.hpp"

#include <fmt/format.h>

#include "support/uuid.hpp"

namespace matview::providers::remote {

namespace {

void put(const ProviderContext& context, const JobRecord& record, Control& control) {
  if (context.job_log == nullptr) return;
  if (auto written = context.job_log->put(record); !written)
    control.observer.warning(fmt::format("job {} is not on record: {}", record.job.id, written.error().message));
}

}  // namespace

Submission Submission::begin(const ProviderContext& context, const ProviderInfo& info, std::string operation,
                             std::string view, Value clue, Control& control) {
  Submission submission(context);
  JobRecord& record = submission.record_;
  record.key = support::uuid_v7(context.environment);
  record.clue = std::move(clue);
  record.job.id = record.key;
  record.job.view = std::move(view);
  record.job.profile = context.profile;
  record.job.provider = info.name;
  record.job.operation = std::move(operation);
  record.job.state = JobState::unknown;
  record.job.submitted_at = context.environment.now();
  put(context, record, control);
  return submission;
}

Job Submission::accepted(Job job, Control& control) {
  const Job& known = record_.job;
  if (job.id.empty()) job.id = record_.key;
  job.view = known.view;
  job.profile = known.profile;
  job.provider = known.provider;
  job.operation = known.operation;
  if (!job.submitted_at) job.submitted_at = known.submitted_at;
  record_.job = job;
  put(*context_, record_, control);
  return job;
}

Error Submission::failed(Error error, Control& control) {
  const bool stopped = error.code == ErrorCode::interrupted || error.code == ErrorCode::terminated;
  const auto state = error.unanswered ? JobState::unknown : stopped ? JobState::cancelled : JobState::failed;
  return ended(state, std::move(error), control);
}

Error Submission::ended(JobState state, Error error, Control& control) {
  record_.job.state = state;
  record_.job.error = error;
  if (!error.unanswered) record_.job.finished_at = context_->environment.now();
  put(*context_, record_, control);
  if (error.unanswered && error.hint.empty())
    error.hint = fmt::format("it may be running: 'matview status --job {}' looks again", record_.key);
  return error;
}

void update_record(const ProviderContext& context, JobRecord record, const Job& job, Control& control) {
  record.job = job;
  put(context, record, control);
}

}  // namespace matview::providers::remote
