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

/// The newest record of a view: the job log's for what runs at a backend, else what the provider keeps itself.
std::optional<Job> last_job(Workspace& workspace, const Selected& selected) {
  std::atomic<int> no_stop{0};
  Observer deaf;
  Control control{deaf, no_stop, std::nullopt};
  if (is_remote(selected.provider->info())) {
    const auto records = workspace.job_log().records(selected.profile, selected.view.name, 1);
    return records && !records->empty() ? std::optional(records->front().job) : std::nullopt;
  }
  const auto jobs = selected.provider->history({selected.view.name, 1}, control);
  return jobs && !jobs->empty() ? std::optional(jobs->front()) : std::nullopt;
}

/// The record of a refresh that failed, if it left one; else as much as we know ourselves.
Job failed_job(Workspace& workspace, const Selected& selected, const Error& error, Time started) {
  const Environment& environment = workspace.environment();
  Job job = blank_job(selected);
  if (const auto last = last_job(workspace, selected)) {
    // Another process may have refreshed the view meanwhile (then ours was LOCKED): that job is not ours.
    const auto began = last->started_at ? last->started_at : last->submitted_at;
    if (last->error && last->error->code == error.code && began && *began >= started) job = *last;
  }
  if (job.id.empty()) {
    job.started_at = job.submitted_at = started;
    job.finished_at = environment.now();
    job.elapsed = *job.finished_at - started;
  }
  job.state = error.unanswered ? JobState::unknown : is_stop(error.code) ? JobState::cancelled : JobState::failed;
  return job;
}

/// So many jobs of one run are at the backends at once: services queue the rest anyhow, or refuse it.
constexpr std::size_t k_most_at_once = 8;

constexpr std::int64_t k_samples = 5;  ///< of rows that differ

/// One run over several views. It knows what failed, and so what must not start.
class Run {
 public:
  Run(Workspace& workspace, const RefreshOptions& options, RunListener& listener, Control& control)
      : workspace_(workspace),
        options_(options),
        listener_(listener),
        control_(control),
        follower_(workspace, options.waiting, control, [this](std::size_t index, Job job, std::optional<Error> error) {
          ended(*followed_[index], std::move(job), std::move(error));
        }) {}

  /// Jobs that run at a backend go side by side; what reads from one waits for its end.
  void refresh(const Selected& selected) {
    follower_.run([&] { return follower_.size() < most_at_once() && !reads_from_one_under_way(selected); });
    const std::string reason = reason_to_skip(selected);
    if (!reason.empty()) return skip(selected, reason);

    if (begun_.insert(selected.provider).second) selected.provider->begin_run();
    listener_.started(selected);
    const Time started = workspace_.environment().now();
    auto job = selected.provider->refresh(
        {selected.view.name, options_.full, options_.force, options_.options, options_.unattended}, control_);
    if (!job) return failed(selected, std::move(job).error(), started);
    job->profile = selected.profile;
    job->provider = selected.provider->info().name;
    if (!options_.wait || !can_wait(*selected.provider)) return ended(selected, *std::move(job), std::nullopt);
    under_way_.insert({selected.profile, selected.view.name});
    followed_.push_back(&selected);
    follower_.add({selected.profile, selected.provider, *std::move(job)}, followed_.size() - 1);
  }

  RunResult result(std::size_t total) && {
    follower_.run();
    RunResult result;
    const auto* what = options_.verify ? "views failed to refresh or verify" : "views failed to refresh";
    result.error = stopped_by_ ? stopped_by_ : combined_error(errors_, total, succeeded_, what);
    // Wrong rows are worse than none, whatever became of the other views.
    if (auto difference = difference_error(verifications_); difference && !stopped_by_) result.error = difference;
    result.jobs = std::move(jobs_);
    result.verifications = std::move(verifications_);
    return result;
  }

 private:
  /// With --fail-fast the end of one decides about the next.
  std::size_t most_at_once() const { return options_.fail_fast ? 1 : k_most_at_once; }

  bool reads_from_one_under_way(const Selected& selected) const {
    return std::any_of(selected.view.depends_on.begin(), selected.view.depends_on.end(), [&](const std::string& name) {
      return under_way_.contains({selected.profile, name});
    });
  }

  void ended(const Selected& selected, Job job, std::optional<Error> error) {
    under_way_.erase({selected.profile, selected.view.name});
    if (!error) error = error_of(job);
    if (error) return failed(selected, *std::move(error), std::move(job));
    finish(std::move(job));
    if (options_.verify && !verify(selected)) return;
    ++succeeded_;
  }

  /// Whether the view holds the rows of its query. The job has done its work either way; what reads from the view is
  /// not to build on it.
  bool verify(const Selected& selected) {
    auto verification = selected.provider->verify({selected.view.name, k_samples, options_.options}, control_);
    if (verification) {
      listener_.verified(*verification);
      verifications_.push_back(*std::move(verification));
      if (verifications_.back().equal) return true;
      unusable_.emplace(std::pair(selected.profile, selected.view.name), "does not hold the rows of its query");
      if (first_failed_.empty()) first_failed_ = name_of(selected);
      return false;
    }
    unusable_.emplace(std::pair(selected.profile, selected.view.name), "could not be verified");
    Error error = workspace_.attribute(std::move(verification).error(), selected.profile)
                      .with_context(fmt::format("cannot verify '{}': ", support::strip_control(name_of(selected))));
    listener_.unverified(selected, error);
    put_on_record(std::move(error), selected);
    return false;
  }

  std::string name_of(const Selected& selected) const {
    return display_name(selected.profile, selected.view.name, workspace_.profile_in_use());
  }

  std::string reason_to_skip(const Selected& selected) const {
    if (stopped_by_) return fmt::format("not begun: {}", stopped_by_->message);
    for (const auto& name : selected.view.depends_on)
      if (const auto found = unusable_.find({selected.profile, name}); found != unusable_.end())
        return fmt::format("upstream '{}' {}", name, found->second);
    if (options_.fail_fast && !first_failed_.empty())
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
    error = suggest_view(workspace_.attribute(std::move(error), selected.profile), workspace_, selected.profile,
                         selected.view.name, control_);
    // To do it again might do it twice.
    if (error.unanswered) error.retryable = false;
    Job job = failed_job(workspace_, selected, error, started);
    failed(selected, std::move(error), std::move(job));
  }

  void failed(const Selected& selected, Error error, Job job) {
    unusable_.emplace(std::pair(selected.profile, selected.view.name), "failed");
    Error in_context =
        workspace_.attribute(std::move(error), selected.profile)
            .with_context(fmt::format("cannot refresh '{}': ", support::strip_control(name_of(selected))));
    job.error = in_context;
    put_on_record(std::move(in_context), selected);
    finish(std::move(job));
  }

  void put_on_record(Error error, const Selected& selected) {
    if (first_failed_.empty()) first_failed_ = name_of(selected);
    if (is_stop(error.code) || (error.code == ErrorCode::timeout && out_of_time())) stopped_by_ = error;
    errors_.push_back(std::move(error));
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
  Follower follower_;
  std::vector<const Selected*> followed_;                    ///< by the follower's index
  std::set<std::pair<std::string, std::string>> under_way_;  ///< profile and view
  std::set<Provider*> begun_;
  std::map<std::pair<std::string, std::string>, std::string> unusable_;  ///< profile and view, and what became of it
  std::string first_failed_;
  std::vector<Job> jobs_;
  std::vector<Verification> verifications_;
  std::vector<Error> errors_;
  std::size_t succeeded_ = 0;
  std::optional<Error> stopped_by_;
};

}  // namespace

std::optional<Error> difference_error(const std::vector<Verification>& verifications) {
  const auto different = std::count_if(verifications.begin(), verifications.end(),
                                       [](const Verification& verification) { return !verification.equal; });
  if (different == 0) return std::nullopt;
  return Error(ErrorCode::failed, verifications.size() == 1
                                      ? fmt::format("view '{}' does not hold the rows of its query",
                                                    support::strip_control(verifications.front().view))
                                      : fmt::format("{} of {} views do not hold the rows of their query", different,
                                                    verifications.size()));
}

std::optional<Error> combined_error(const std::vector<Error>& errors, std::size_t total, std::size_t succeeded,
                                    std::string_view what) {
  if (errors.empty()) return std::nullopt;
  if (total == 1) return errors.front();
  const bool same =
      std::all_of(errors.begin(), errors.end(), [&](const Error& error) { return error.code == errors.front().code; });
  const ErrorCode code = succeeded > 0 ? ErrorCode::partial : same ? errors.front().code : ErrorCode::failed;
  return Error(code, fmt::format("{} of {} {}", errors.size(), total, what));
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
    auto plan = selected.provider->plan_refresh(
        {selected.view.name, options.full, options.force, options.options, options.unattended}, control);
    if (!plan)
      return fail(suggest_view(workspace.attribute(std::move(plan).error(), selected.profile), workspace,
                               selected.profile, selected.view.name, control));
    plans.push_back(*std::move(plan));
  }
  return plans;
}

}  // namespace matview::app
