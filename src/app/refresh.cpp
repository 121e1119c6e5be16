#include "app/refresh.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "app/names.hpp"
#include "support/text.hpp"

namespace matview::app {

namespace {

bool is_stop(ErrorCode code) { return code == ErrorCode::interrupted || code == ErrorCode::terminated; }

Job blank_job(const Selected& selected) {
  Job job;
  job.view = selected.view.name;
  job.profile = selected.profile;
  job.provider = selected.provider->info().name;
  return job;
}

/// The provider's own record of a refresh that failed, if it left one; else as much as we know ourselves.
Job failed_job(const Selected& selected, const Error& error, Time started, const Environment& environment) {
  std::atomic<int> no_stop{0};
  Observer deaf;
  Control control{deaf, no_stop, std::nullopt};
  Job job = blank_job(selected);
  if (const auto jobs = selected.provider->history({selected.view.name, 1}, control); jobs && !jobs->empty()) {
    const Job& last = jobs->front();
    // Another process may have refreshed the view meanwhile (then ours was LOCKED): that job is not ours.
    if (last.error && last.error->code == error.code && last.started_at && *last.started_at >= started) job = last;
  }
  if (job.id.empty()) {
    job.started_at = job.submitted_at = started;
    job.finished_at = environment.now();
    job.elapsed = *job.finished_at - started;
  }
  job.state = is_stop(error.code) ? JobState::cancelled : JobState::failed;
  job.error = error;
  return job;
}

/// One run over several views. It knows what failed, and so what must not start.
class Run {
 public:
  Run(Workspace& workspace, const RefreshOptions& options, RunListener& listener, Control& control)
      : workspace_(workspace), options_(options), listener_(listener), control_(control) {}

  void refresh(const Selected& selected) {
    const std::string reason = reason_to_skip(selected);
    if (!reason.empty()) return skip(selected, reason);

    if (begun_.insert(selected.provider).second) selected.provider->begin_run();
    listener_.started(selected);
    const Time started = workspace_.environment().now();
    auto job =
        selected.provider->refresh({selected.view.name, options_.full, options_.force, options_.options}, control_);
    if (!job) return failed(selected, std::move(job).error(), started);
    job->profile = selected.profile;
    job->provider = selected.provider->info().name;
    if (job->state == JobState::failed) {
      Error error = job->error.value_or(Error(ErrorCode::failed, "the backend gave no reason"));
      return failed(selected, std::move(error), started);
    }
    ++succeeded_;
    finish(*std::move(job));
  }

  RunResult result(std::size_t total) && {
    RunResult result;
    result.error = stopped_by_ ? stopped_by_ : combined_error(errors_, total, succeeded_, "refresh");
    result.jobs = std::move(jobs_);
    return result;
  }

 private:
  std::string reason_to_skip(const Selected& selected) const {
    if (stopped_by_) return fmt::format("not begun: {}", stopped_by_->message);
    for (const auto& name : selected.view.depends_on)
      if (const auto found = unusable_.find({selected.profile, name}); found != unusable_.end())
        return fmt::format("upstream '{}' {}", name, found->second);
    if (options_.fail_fast && !errors_.empty())
      return fmt::format("'{}' failed and --fail-fast was given", first_failed_);
    return {};
  }

  void skip(const Selected& selected, const std::string& reason) {
    unusable_.emplace(std::pair(selected.profile, selected.view.name), "was skipped");
    Job job = blank_job(selected);
    job.state = JobState::skipped;
    job.reason = reason;
    finish(std::move(job));
  }

  void failed(const Selected& selected, Error error, Time started) {
    const std::string name = display_name(selected.profile, selected.view.name, workspace_.profile_in_use());
    unusable_.emplace(std::pair(selected.profile, selected.view.name), "failed");
    if (errors_.empty()) first_failed_ = name;
    error = suggest_view(workspace_.attribute(std::move(error), selected.profile), workspace_, selected.profile,
                         selected.view.name, control_);
    Job job = failed_job(selected, error, started, workspace_.environment());
    Error in_context =
        std::move(error).with_context(fmt::format("cannot refresh '{}': ", support::strip_control(name)));
    job.error = in_context;
    if (is_stop(in_context.code) || (in_context.code == ErrorCode::timeout && out_of_time())) stopped_by_ = in_context;
    errors_.push_back(std::move(in_context));
    finish(std::move(job));
  }

  /// A backend has time limits of its own; only ours ends the run.
  bool out_of_time() const { return control_.deadline && std::chrono::steady_clock::now() >= *control_.deadline; }

  void finish(Job job) {
    listener_.finished(job);
    jobs_.push_back(std::move(job));
  }

  Workspace& workspace_;
  const RefreshOptions& options_;
  RunListener& listener_;
  Control& control_;
  std::set<Provider*> begun_;
  std::map<std::pair<std::string, std::string>, std::string> unusable_;  ///< profile and view, and what became of it
  std::string first_failed_;
  std::vector<Job> jobs_;
  std::vector<Error> errors_;
  std::size_t succeeded_ = 0;
  std::optional<Error> stopped_by_;
};

}  // namespace

std::optional<Error> combined_error(const std::vector<Error>& errors, std::size_t total, std::size_t succeeded,
                                    std::string_view verb) {
  if (errors.empty()) return std::nullopt;
  if (total == 1) return errors.front();
  const bool same =
      std::all_of(errors.begin(), errors.end(), [&](const Error& error) { return error.code == errors.front().code; });
  const ErrorCode code = succeeded > 0 ? ErrorCode::partial : same ? errors.front().code : ErrorCode::failed;
  return Error(code, fmt::format("{} of {} views failed to {}", errors.size(), total, verb));
}

RunResult refresh(Workspace& workspace, const std::vector<Selected>& views, const RefreshOptions& options,
                  RunListener& listener, Control& control) {
  Run run(workspace, options, listener, control);
  for (const auto& selected : views) run.refresh(selected);
  return std::move(run).result(views.size());
}

Result<std::vector<Plan>> plan_refresh(Workspace& workspace, const std::vector<Selected>& views,
                                       const RefreshOptions& options, Control& control) {
  std::vector<Plan> plans;
  std::set<Provider*> begun;
  for (const auto& selected : views) {
    if (begun.insert(selected.provider).second) selected.provider->begin_run();
    auto plan =
        selected.provider->plan_refresh({selected.view.name, options.full, options.force, options.options}, control);
    if (!plan)
      return fail(suggest_view(workspace.attribute(std::move(plan).error(), selected.profile), workspace,
                               selected.profile, selected.view.name, control));
    plans.push_back(*std::move(plan));
  }
  return plans;
}

}  // namespace matview::app
