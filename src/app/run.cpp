#include "app/run.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <thread>

#include "app/names.hpp"
#include "app/run_end.hpp"
#include "support/text.hpp"

namespace matview::app {

namespace {

Job blank_job(const Selected& selected) {
  Job job;
  job.view = selected.view.name;
  job.profile = selected.profile;
  job.provider = provider_name(selected);
  return job;
}

/// The newest record of a view: the job log's for what runs at a backend, else what the provider keeps itself.
std::optional<Job> last_job(Workspace& workspace, Provider& provider, const Selected& selected) {
  std::atomic<int> no_stop{0};
  Observer deaf;
  Control control{deaf, no_stop, std::nullopt};
  if (is_remote(provider.info())) {
    const auto records = workspace.job_log().records(selected.profile, selected.view.name, 1);
    return records && !records->empty() ? std::optional(records->front().job) : std::nullopt;
  }
  const auto jobs = provider.history({selected.view.name, 1}, control);
  return jobs && !jobs->empty() ? std::optional(jobs->front()) : std::nullopt;
}

/// A refresh that was not even begun.
Job refused_job(const Selected& selected, Time now) {
  Job job = blank_job(selected);
  job.operation = "refresh";
  job.state = JobState::failed;
  job.submitted_at = job.started_at = job.finished_at = now;
  job.elapsed = Duration(0);
  return job;
}

/// The record of a refresh that failed, if it left one; else as much as we know ourselves. `stopped`: by a signal or
/// our own deadline.
Job failed_job(Workspace& workspace, Provider& provider, const Selected& selected, const Error& error, Time started,
               bool stopped) {
  const Environment& environment = workspace.environment();
  Job job = blank_job(selected);
  if (const auto last = last_job(workspace, provider, selected)) {
    // Another process may have refreshed the view meanwhile (then ours was LOCKED): that job is not ours.
    const auto began = last->started_at ? last->started_at : last->submitted_at;
    if (last->error && last->error->code == error.code && began && *began >= started) job = *last;
  }
  if (job.id.empty()) {
    job.started_at = job.submitted_at = started;
    job.finished_at = environment.now();
    job.elapsed = *job.finished_at - started;
  }
  // What is on record of it says best how it ended.
  const bool ended = !job.id.empty() && is_terminal(job.state);
  if (error.unanswered)
    job.state = JobState::unknown;
  else if (!ended)
    job.state = stopped ? JobState::cancelled : JobState::failed;
  return job;
}

/// So many jobs of one run are at the backends at once unless it is said: services queue the rest anyhow, or refuse it.
constexpr std::size_t k_most_at_backends = 8;

constexpr std::int64_t k_samples = 5;  ///< of rows that differ

/// Whether a view is refreshed elsewhere, where no work of this machine is done.
bool is_elsewhere(const Selected& selected) {
  if (selected.refusal) return true;
  const auto& info = selected.provider->info();
  return info.asynchronous || info.concurrent;
}

std::size_t thread_count(const std::vector<Selected>& views, const RefreshOptions& options) {
  if (options.jobs) return std::min(*options.jobs, views.size());
  if (options.fail_fast) return 1;
  const auto elsewhere = static_cast<std::size_t>(std::count_if(views.begin(), views.end(), is_elsewhere));
  return std::min(elsewhere, k_most_at_backends) + (elsewhere < views.size() ? 1 : 0);
}

/// How many of these threads may be at work in this process.
std::size_t here_at_once(const RefreshOptions& options) { return options.jobs.value_or(1); }

}  // namespace

RefreshRequest refresh_request(const Selected& selected, const RefreshOptions& options) {
  return {selected.view.name, options.full, options.force, options.options, options.unattended, options.lock_timeout};
}

Run::Run(Workspace& workspace, const std::vector<Selected>& views, const RefreshOptions& options, RunListener& listener,
         Control& control)
    : workspace_(workspace),
      views_(views),
      options_(options),
      listener_(listener),
      control_(control),
      threads_(std::max<std::size_t>(thread_count(views, options), 1)),
      providers_(workspace, threads_, std::min(threads_, here_at_once(options))),
      order_(views),
      unusable_(views.size()) {}

RunResult Run::go() {
  {
    std::vector<std::jthread> others;
    for (std::size_t i = 1; i < threads_; ++i) others.emplace_back([this] { work_or_break(); });
    work_or_break();
  }
  if (thrown_) std::rethrow_exception(thrown_);
  RunResult result;
  const auto* what = options_.verify ? "views failed to refresh or verify" : "views failed to refresh";
  result.error = stopped_by_ ? stopped_by_ : combined_error(errors_, views_.size(), succeeded_, what);
  // Wrong rows are worse than none, whatever became of the other views.
  if (auto difference = difference_error(verifications_, workspace_.profile_in_use()); difference && !stopped_by_)
    result.error = difference;
  result.jobs = std::move(jobs_);
  result.verifications = std::move(verifications_);
  result.verified = std::move(verified_);
  result.unverified = std::move(unverified_);
  return result;
}

void Run::work_or_break() {
  try {
    work();
  } catch (...) {
    const std::lock_guard lock(mutex_);
    if (!thrown_) thrown_ = std::current_exception();
    changed_.notify_all();
  }
}

void Run::work() {
  Lock lock(mutex_);
  while (const auto index = next(lock)) {
    attempt(*index, lock);
    if (!is_elsewhere(views_[*index])) --here_;
    changed_.notify_all();
  }
}

std::optional<std::size_t> Run::next(Lock& lock) {
  while (!order_.done() && !thrown_) {
    if (const auto index = startable()) {
      order_.begin(*index);
      const std::string reason = reason_to_skip(*index);
      if (reason.empty()) {
        if (!is_elsewhere(views_[*index])) ++here_;
        return index;
      }
      skip(*index, reason);
      changed_.notify_all();
    } else {
      changed_.wait(lock);
    }
  }
  return std::nullopt;
}

std::optional<std::size_t> Run::startable() const {
  for (const std::size_t index : order_.ready()) {
    if (is_elsewhere(views_[index]) || here_ < here_at_once(options_)) return index;
    // What is to be skipped takes no place.
    if (!reason_to_skip(index).empty()) return index;
  }
  return std::nullopt;
}

void Run::attempt(std::size_t index, Lock& lock) {
  const Selected& selected = views_[index];
  listener_.started(selected);
  const Time started = workspace_.environment().now();
  if (selected.refusal) return failed(index, *selected.refusal, refused_job(selected, started));
  lock.unlock();
  auto provider = providers_.take(selected.profile, *selected.provider);
  if (!provider) {
    Job job = failed_job(workspace_, *selected.provider, selected, provider.error(), started,
                         ends_run(provider.error(), control_));
    lock.lock();
    return failed(index, std::move(provider).error(), std::move(job));
  }
  auto outcome = refresh(**provider, selected, started);
  std::optional<Result<Verification>> verification;
  if (options_.verify && !outcome.error && outcome.job.state != JobState::skipped)
    verification = (*provider)->verify({selected.view.name, k_samples, options_.options}, control_);
  lock.lock();
  if (outcome.error && outcome.error->code == ErrorCode::locked && options_.if_locked == IfLocked::skip)
    return locked(index, *outcome.error);
  if (outcome.error) return failed(index, *std::move(outcome.error), std::move(outcome.job));
  finish(index, std::move(outcome.job), true);
  if (!verification || verified(index, *std::move(verification))) ++succeeded_;
}

Run::Outcome Run::refresh(Provider& provider, const Selected& selected, Time started) {
  auto job = provider.refresh(refresh_request(selected, options_), control_);
  if (!job) {
    Error error = workspace_.attribute(std::move(job).error(), selected.profile);
    // To do it again might do it twice.
    if (error.unanswered) error.retryable = false;
    Job record = failed_job(workspace_, provider, selected, error, started, ends_run(error, control_));
    return {std::move(record), std::move(error)};
  }
  job->profile = selected.profile;
  job->provider = provider.info().name;
  Outcome outcome{*std::move(job), std::nullopt};
  if (options_.wait && can_wait(provider)) {
    Followed followed{selected.profile, &provider, std::move(outcome.job)};
    Follower follower(workspace_, options_.waiting, control_, [&](std::size_t, Job ended, std::optional<Error> error) {
      outcome = {std::move(ended), std::move(error)};
    });
    follower.add(std::move(followed), 0);
    follower.run();
  }
  if (!outcome.error) outcome.error = error_of(outcome.job);
  return outcome;
}

/// Whether the view holds the rows of its query. The job has done its work either way; what reads from the view is not
/// to build on it.
bool Run::verified(std::size_t index, Result<Verification> verification) {
  const Selected& selected = views_[index];
  if (verification) {
    verification->profile = selected.profile;
    listener_.verified(*verification);
    verifications_.push_back(*std::move(verification));
    verified_.push_back(key_of(selected));
    if (verifications_.back().equal) return true;
    unusable_[index] = "does not hold the rows of its query";
    if (first_failed_.empty()) first_failed_ = name_of(selected);
    return false;
  }
  unusable_[index] = "could not be verified";
  Error error = workspace_.attribute(std::move(verification).error(), selected.profile)
                    .with_context(fmt::format("cannot verify '{}': ", support::strip_control(name_of(selected))));
  listener_.unverified(selected, error);
  unverified_.emplace_back(key_of(selected), error);
  put_on_record(std::move(error), selected);
  return false;
}

std::string Run::name_of(const Selected& selected) const {
  return display_name(selected.profile, selected.view.name, workspace_.profile_in_use());
}

std::string Run::reason_to_skip(std::size_t index) const {
  if (stopped_by_) return fmt::format("not begun: {}", stopped_by_->message);
  for (const std::size_t source : order_.upstream_of(index)) {
    if (unusable_[source].empty()) continue;
    const Selected& upstream = views_[source];
    // Within one profile names go without it.
    const std::string name = upstream.profile == views_[index].profile ? upstream.view.name : name_of(upstream);
    return fmt::format("upstream '{}' {}", name, unusable_[source]);
  }
  if (options_.fail_fast && !first_failed_.empty())
    return fmt::format("'{}' failed and --fail-fast was given", first_failed_);
  return {};
}

void Run::skip(std::size_t index, const std::string& reason) {
  unusable_[index] = "was skipped";
  Job job = blank_job(views_[index]);
  job.state = JobState::skipped;
  job.reason = reason;
  finish(index, std::move(job), false);
}

/// What reads from it goes on: its rows are whole, and older than they will be.
void Run::locked(std::size_t index, const Error& error) {
  Job job = blank_job(views_[index]);
  job.state = JobState::skipped;
  job.reason = error.message;
  finish(index, std::move(job), true);
}

void Run::failed(std::size_t index, Error error, Job job) {
  const Selected& selected = views_[index];
  unusable_[index] = "failed";
  error = suggest_view(workspace_.attribute(std::move(error), selected.profile), workspace_, selected.profile,
                       selected.view.name, control_);
  Error in_context =
      std::move(error).with_context(fmt::format("cannot refresh '{}': ", support::strip_control(name_of(selected))));
  job.error = in_context;
  put_on_record(std::move(in_context), selected);
  finish(index, std::move(job), false);
}

void Run::put_on_record(Error error, const Selected& selected) {
  if (first_failed_.empty()) first_failed_ = name_of(selected);
  if (ends_run(error, control_)) stopped_by_ = error;
  errors_.push_back(std::move(error));
}

void Run::finish(std::size_t index, Job job, bool settled) {
  order_.end(index);
  listener_.ended(views_[index], job, settled);
  listener_.finished(job);
  jobs_.push_back(std::move(job));
}

}  // namespace matview::app
