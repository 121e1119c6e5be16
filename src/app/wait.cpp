#include "app/wait.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "support/duration.hpp"
#include "support/pause.hpp"

namespace matview::app {

namespace {

using Clock = std::chrono::steady_clock;

constexpr double k_growth = 1.5;
constexpr int k_longest = 15;  ///< times the first interval
constexpr Duration k_shortest = std::chrono::milliseconds(1);
constexpr std::chrono::seconds k_time_to_cancel{30};

/// From 0.8 to 1.2, so that many who began together do not go on asking together.
double jitter(const Environment& environment) {
  const auto bytes = environment.random_bytes();
  return 0.8 + 0.4 * (bytes[14] * 256 + bytes[15]) / 65536.0;
}

bool is_stop(const Error& error) { return error.code == ErrorCode::interrupted || error.code == ErrorCode::terminated; }

std::string step_of(const Job& job) {
  const auto* position = job.native.at("queue_position").if_integer();
  if (job.state != JobState::pending || position == nullptr) return std::string(to_string(job.state));
  return fmt::format("pending, position {} in the queue", *position);
}

/// One job on its way.
struct Way {
  Followed followed;
  std::size_t index = 0;
  Duration interval{};  ///< until the look after the next
  Duration longest{};
  Clock::time_point next;
  int failures = 0;
  Clock::time_point first_failure;
};

class Follower {
 public:
  Follower(Workspace& workspace, const WaitOptions& options, Control& control,
           const std::function<void(std::size_t, Result<Job>)>& ended)
      : workspace_(workspace), options_(options), control_(control), ended_(ended) {}

  void add(Followed followed, std::size_t index) {
    if (!followed.unseen && is_terminal(followed.job.state)) return ended_(index, std::move(followed.job));
    if (!followed.unseen) tell(followed.job);
    Way way;
    way.interval = std::max(workspace_.poll_interval(followed.profile), k_shortest);
    way.longest = way.interval * k_longest;
    way.followed = std::move(followed);
    way.index = index;
    if (way.followed.unseen)
      way.next = Clock::now();
    else
      schedule(way);
    ways_.push_back(std::move(way));
  }

  void run() {
    while (!ways_.empty()) {
      const auto first =
          std::min_element(ways_.begin(), ways_.end(), [](const Way& a, const Way& b) { return a.next < b.next; });
      const auto left = std::chrono::duration_cast<Duration>(first->next - Clock::now());
      if (auto waited = support::pause(std::max(left, Duration::zero()), control_); !waited)
        return stop(std::move(waited).error());
      if (auto outcome = look(*first)) {
        if (!*outcome && ends_all(outcome->error())) return stop(std::move(*outcome).error());
        const std::size_t index = first->index;
        ways_.erase(first);
        ended_(index, *std::move(outcome));
      }
    }
  }

 private:
  void schedule(Way& way) {
    const auto delay = std::chrono::duration<double, Duration::period>(way.interval) * jitter(workspace_.environment());
    way.next = Clock::now() + std::chrono::duration_cast<Clock::duration>(delay);
    way.interval = std::min(std::chrono::duration_cast<Duration>(way.interval * k_growth), way.longest);
  }

  void tell(const Job& job) {
    Progress progress;
    progress.view = job.view.empty() ? job.id : job.view;
    progress.step = step_of(job);
    progress.rows = job.rows_total;
    control_.observer.progress(progress);
  }

  /// Empty while the job goes on.
  std::optional<Result<Job>> look(Way& way) {
    auto seen = way.followed.provider->job(way.followed.job.id, control_);
    if (!seen && seen.error().code == ErrorCode::unavailable) return unreachable(way, std::move(seen).error());
    if (!seen) return given_up(way, std::move(seen).error());
    way.failures = 0;
    Job& job = way.followed.job;
    job = completed(*std::move(seen), job);
    if (is_terminal(job.state)) {
      put_on_record(workspace_, job, control_);
      return Result<Job>(job);
    }
    tell(job);
    schedule(way);
    return std::nullopt;
  }

  std::optional<Result<Job>> unreachable(Way& way, Error error) {
    const auto now = Clock::now();
    if (way.failures++ == 0) {
      way.first_failure = now;
      control_.observer.warning(
          workspace_.mask(fmt::format("cannot ask for job {}: {}; trying again", way.followed.job.id, error.message)));
    }
    if (way.failures >= options_.most_failures && now - way.first_failure >= options_.patience)
      return given_up(way, std::move(error));
    schedule(way);
    return std::nullopt;
  }

  Result<Job> given_up(const Way& way, Error error) {
    if (error.hint.empty() && error.retryable) error.hint = how_to_go_on(way.followed.job);
    return fail(workspace_.attribute(std::move(error), way.followed.profile)
                    .with_context(fmt::format("cannot follow job {}: ", way.followed.job.id)));
  }

  bool ends_all(const Error& error) const {
    return is_stop(error) ||
           (error.code == ErrorCode::timeout && control_.deadline && Clock::now() >= *control_.deadline);
  }

  static std::string how_to_go_on(const Job& job) {
    return fmt::format("the job goes on; 'matview wait {}' waits for it again", job.id);
  }

  /// The same for all that are left.
  void stop(const Error& reason) {
    for (const auto& way : std::exchange(ways_, {})) {
      const Job& job = way.followed.job;
      const bool timeout = reason.code == ErrorCode::timeout;
      Error error(reason.code,
                  timeout ? fmt::format("the time limit was reached while job {} was {}", job.id, to_string(job.state))
                          : fmt::format("stopped waiting for job {}, which was {}", job.id, to_string(job.state)));
      error.hint = how_to_go_on(job);
      if (timeout && options_.cancel_on_timeout) cancel(way, error);
      ended_(way.index, fail(workspace_.attribute(std::move(error), way.followed.profile)));
    }
  }

  void cancel(const Way& way, Error& error) {
    Control control{control_.observer, control_.stop, Clock::now() + k_time_to_cancel};
    auto cancelled = way.followed.provider->cancel(way.followed.job.id, control);
    if (!cancelled) {
      error.message += fmt::format("; it could not be cancelled: {}", cancelled.error().message);
      return;
    }
    error.message += "; it was cancelled";
    error.hint = fmt::format("'matview status --job {}' tells how it ended", way.followed.job.id);
    if (is_terminal(cancelled->state))
      put_on_record(workspace_, completed(*std::move(cancelled), way.followed.job), control_);
  }

  Workspace& workspace_;
  const WaitOptions& options_;
  Control& control_;
  const std::function<void(std::size_t, Result<Job>)>& ended_;
  std::vector<Way> ways_;
};

}  // namespace

Job completed(Job job, const Job& known) {
  for (auto member : {&Job::id, &Job::view, &Job::profile, &Job::provider})
    if ((job.*member).empty()) job.*member = known.*member;
  if (!known.operation.empty()) job.operation = known.operation;
  if (!job.submitted_at) job.submitted_at = known.submitted_at;
  const auto begin = job.started_at ? job.started_at : job.submitted_at;
  if (!job.elapsed && begin && job.finished_at && *job.finished_at >= *begin) job.elapsed = *job.finished_at - *begin;
  return job;
}

void put_on_record(Workspace& workspace, const Job& job, Control& control) {
  auto found = workspace.job_log().find(job.id);
  if (!found || !*found || (*found)->job.state == job.state) return;
  JobRecord known = **std::move(found);
  known.job = job;
  if (auto written = workspace.job_log().put(known); !written)
    control.observer.warning(fmt::format("job {} is not on record: {}", job.id, written.error().message));
}

void follow(Workspace& workspace, std::vector<Followed> jobs, const WaitOptions& options, Control& control,
            const std::function<void(std::size_t, Result<Job>)>& ended) {
  Follower follower(workspace, options, control, ended);
  for (std::size_t i = 0; i < jobs.size(); ++i) follower.add(std::move(jobs[i]), i);
  follower.run();
}

Result<Job> follow(Workspace& workspace, Followed job, const WaitOptions& options, Control& control) {
  std::optional<Result<Job>> outcome;
  follow(workspace, std::vector{std::move(job)}, options, control,
         [&](std::size_t, Result<Job> ended) { outcome = std::move(ended); });
  return *std::move(outcome);
}

bool can_wait(const Provider& provider) {
  return provider.info().asynchronous && provider.info().operations.contains(Operation::wait);
}

std::optional<Error> error_of(const Job& job) {
  switch (job.state) {
    case JobState::failed: return job.error.value_or(Error(ErrorCode::failed, "the backend gave no reason"));
    case JobState::cancelled: {
      Error error = job.error.value_or(Error(ErrorCode::failed, "the job was cancelled"));
      return error;
    }
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
