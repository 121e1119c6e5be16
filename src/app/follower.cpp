#include "app/follower.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "app/run_end.hpp"
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

std::string step_of(const Job& job) {
  const auto* position = job.native.at("queue_position").if_integer();
  if (job.state != JobState::pending || position == nullptr) return std::string(to_string(job.state));
  return fmt::format("pending, position {} in the queue", *position);
}

std::string how_to_go_on(const Job& job) {
  return fmt::format("the job goes on; 'matview wait {}' waits for it again", job.id);
}

}  // namespace

Follower::Follower(Workspace& workspace, WaitOptions options, Control& control, Ended ended)
    : workspace_(workspace), options_(options), control_(control), ended_(std::move(ended)) {}

void Follower::add(Followed followed, std::size_t index) {
  if (!followed.unseen && is_terminal(followed.job.state)) return ended_(index, std::move(followed.job), std::nullopt);
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

void Follower::run(const std::function<bool()>& enough) {
  while (!ways_.empty() && !enough()) {
    const auto first =
        std::min_element(ways_.begin(), ways_.end(), [](const Way& a, const Way& b) { return a.next < b.next; });
    const auto left = std::chrono::duration_cast<Duration>(first->next - Clock::now());
    if (auto waited = support::pause(std::max(left, Duration::zero()), control_); !waited)
      return stop(std::move(waited).error());
    auto outcome = look(*first);
    if (!outcome) continue;
    if (!*outcome && ends_run(outcome->error(), control_)) return stop(std::move(*outcome).error());
    Way way = std::move(*first);
    ways_.erase(first);
    if (*outcome)
      ended_(way.index, **std::move(outcome), std::nullopt);
    else
      ended_(way.index, std::move(way.followed.job), std::move(*outcome).error());
  }
}

void Follower::schedule(Way& way) const {
  const auto delay = std::chrono::duration<double, Duration::period>(way.interval) * jitter(workspace_.environment());
  way.next = Clock::now() + std::chrono::duration_cast<Clock::duration>(delay);
  way.interval = std::min(std::chrono::duration_cast<Duration>(way.interval * k_growth), way.longest);
}

void Follower::tell(const Job& job) const {
  Progress progress;
  progress.view = job.view.empty() ? job.id : job.view;
  progress.step = step_of(job);
  progress.rows = job.rows_total;
  control_.observer.progress(progress);
}

std::optional<Result<Job>> Follower::look(Way& way) {
  auto seen = way.followed.provider->job(way.followed.job.id, control_);
  if (!seen && seen.error().code == ErrorCode::unavailable) return unreachable(way, std::move(seen).error());
  if (!seen) return Result<Job>(fail(given_up(way, std::move(seen).error())));
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

std::optional<Result<Job>> Follower::unreachable(Way& way, Error error) {
  const auto now = Clock::now();
  if (way.failures++ == 0) {
    way.first_failure = now;
    control_.observer.warning(
        workspace_.mask(fmt::format("cannot ask for job {}: {}; trying again", way.followed.job.id, error.message)));
  }
  if (way.failures >= options_.most_failures && now - way.first_failure >= options_.patience) {
    error.hint = how_to_go_on(way.followed.job);
    return Result<Job>(fail(given_up(way, std::move(error))));
  }
  schedule(way);
  return std::nullopt;
}

Error Follower::given_up(const Way& way, Error error) const {
  return workspace_.attribute(std::move(error), way.followed.profile)
      .with_context(fmt::format("cannot follow job {}: ", way.followed.job.id));
}

void Follower::stop(const Error& reason) {
  for (auto& way : std::exchange(ways_, {})) {
    const Job& job = way.followed.job;
    const bool timeout = reason.code == ErrorCode::timeout;
    Error error(reason.code,
                timeout ? fmt::format("the time limit was reached while job {} was {}", job.id, to_string(job.state))
                        : fmt::format("stopped waiting for job {}, which was {}", job.id, to_string(job.state)));
    error.hint = how_to_go_on(job);
    if (timeout && options_.cancel_on_timeout) cancel(way, error);
    ended_(way.index, std::move(way.followed.job), workspace_.attribute(std::move(error), way.followed.profile));
  }
}

void Follower::cancel(Way& way, Error& error) const {
  Control control{control_.observer, control_.stop, Clock::now() + k_time_to_cancel};
  Job& job = way.followed.job;
  auto cancelled = way.followed.provider->cancel(job.id, control);
  if (!cancelled) {
    error.message += fmt::format("; it could not be cancelled: {}", cancelled.error().message);
    return;
  }
  error.message += "; it was cancelled";
  error.hint = fmt::format("'matview status --job {}' tells how it ended", job.id);
  job = completed(*std::move(cancelled), job);
  if (is_terminal(job.state)) put_on_record(workspace_, job, control_);
}

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
  auto found = workspace.job_log(job.profile).find(job.id);
  if (!found || !*found || (*found)->job.state == job.state) return;
  JobRecord known = **std::move(found);
  known.job = job;
  if (auto written = workspace.job_log().put(known); !written)
    control.observer.warning(fmt::format("job {} is not on record: {}", job.id, written.error().message));
}

}  // namespace matview::app
