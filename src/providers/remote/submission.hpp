#pragma once

#include <string>

#include "matview/provider.hpp"

namespace matview::providers::remote {

/// The discipline of starting a job at a backend: on record before the request is sent, and again with whatever came of
/// it, so that no crash, lost answer or Ctrl-C loses a job.
///
///     auto submission = Submission::begin(context, info, "refresh", name, clue, control);
///     auto answer = transport.send(request, control);
///     if (!answer) return fail(submission.failed(std::move(answer).error()));   // or look for the job, then adopt it
///     return submission.accepted(job, control);
///
/// A log that cannot be written (a read-only home) is the control's warning each time: the backend's work goes on.
class Submission {
 public:
  /// Puts a job in state `unknown` on record: that is what it is if this process dies now. `clue` is what `job` and the
  /// next refresh look for at the backend.
  static Submission begin(const ProviderContext& context, const ProviderInfo& info, std::string operation,
                          std::string view, Value clue, Control& control);

  /// The job as the backend accepted it, with what the record knows filled in; `job.id` is its id there, or empty where
  /// it gives none: then the answer's is our key.
  Job accepted(Job job, Control& control);

  /// The request failed. An error with `unanswered` leaves the record `unknown`, and the hint says how to look again;
  /// `interrupted` and `terminated` make it `cancelled`, any other `failed`.
  Error failed(Error error, Control& control);

  /// The same, for who knows better what became of the job.
  Error ended(JobState state, Error error, Control& control);

  const std::string& key() const { return record_.key; }

 private:
  explicit Submission(const ProviderContext& context) : context_(&context) {}
  const ProviderContext* context_;
  JobRecord record_;
};

/// Brings a record up to date with what the backend now says of its job.
void update_record(const ProviderContext& context, JobRecord record, const Job& job, Control& control);

}  // namespace matview::providers::remote
