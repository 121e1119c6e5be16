#include "providers/dune/submit.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "providers/dune/account_answers.hpp"
#include "providers/dune/account_requests.hpp"
#include "providers/dune/credits.hpp"
#include "providers/dune/dune_provider.hpp"
#include "providers/dune/locate.hpp"
#include "providers/remote/fields.hpp"
#include "providers/remote/settings.hpp"
#include "providers/remote/submission.hpp"
#include "support/pause.hpp"

namespace matview::providers::dune {

namespace {

constexpr int k_looks = 4;
constexpr Duration k_near = std::chrono::minutes(15);

/// With pauses that grow, since an execution shows up a moment after it was accepted.
std::optional<std::string> look_for_run(const Service& service, const Clue& clue, Control& control) {
  Duration pause = service.settings().look_again;
  for (int look = 0; look < k_looks; ++look, pause *= 2) {
    if (!support::pause(pause, control)) return std::nullopt;
    if (auto run = find_run(service, clue, std::nullopt, control); run && *run) return *run;
  }
  return std::nullopt;
}

/// True if another job on record here started that execution. One that was only taken up has it among the seen ones.
bool is_of_another_job(const Service& service, const std::string& execution) {
  if (service.context().job_log == nullptr) return false;
  const auto record = service.context().job_log->find(execution);
  if (!record || !*record) return false;
  const auto clue = read_clue((*record)->clue);
  return clue && std::find(clue->seen.begin(), clue->seen.end(), execution) == clue->seen.end();
}

}  // namespace

Value to_value(const Clue& clue) {
  Value seen = Value::array();
  for (const auto& id : clue.seen) seen.push(id);
  return Value().set("view", clue.view).set("seen", std::move(seen));
}

std::optional<Clue> read_clue(const Value& value) {
  Clue clue{remote::text(value, "view"), remote::texts(value, "seen")};
  if (clue.view.empty()) return std::nullopt;
  sort_newest_first(clue.seen);
  return clue;
}

std::optional<std::string> started_run(const Clue& clue, const std::vector<std::string>& executions,
                                       std::optional<Time> around) {
  std::optional<std::string> found;
  for (const auto& id : executions) {
    if (std::find(clue.seen.begin(), clue.seen.end(), id) != clue.seen.end()) continue;
    const auto time = time_of(id);
    if (time && !clue.seen.empty() && time_of(clue.seen.front()) && id < clue.seen.front()) continue;
    if (around && time && std::chrono::abs(*time - *around) > k_near) continue;
    if (!found || id < *found) found = id;
  }
  return found;
}

Result<std::optional<std::string>> find_run(const Service& service, const Clue& clue, std::optional<Time> around,
                                            Control& control) {
  MATVIEW_ASSIGN(const auto name, parse_name(clue.view));
  MATVIEW_ASSIGN(auto view, find_view(service, name, Assume::is_there, control));
  if (!view) return std::nullopt;
  std::erase_if(view->execution_ids, [&](const std::string& id) { return is_of_another_job(service, id); });
  return started_run(clue, view->execution_ids, around);
}

Result<Job> submit(const Service& service, const std::string& operation, const std::string& view, const Clue& clue,
                   HttpRequest request, const std::string& reason, Control& control) {
  auto submission = remote::Submission::begin(service.context(), info(), operation, view, to_value(clue), control);
  auto accepted = service.ask(std::move(request), read_accepted, control);
  Job job;
  job.state = JobState::pending;
  job.mode = "full";
  job.reason = reason;
  job.native.set("full_name", clue.view);
  if (accepted) {
    job.id = accepted->execution_id;
    if (!accepted->full_name.empty()) job.native.set("full_name", accepted->full_name);
    if (!owner_of(accepted->full_name).empty()) service.learn_owner(owner_of(accepted->full_name));
    return submission.accepted(std::move(job), control);
  }
  Error error = std::move(accepted).error();
  if (!error.unanswered) return fail(submission.failed(std::move(error), control));
  if (const auto found = look_for_run(service, clue, control)) {
    control.observer.warning(
        fmt::format("the answer was lost ({}), but execution {} began then: going on with it", error.message, *found));
    job.id = *found;
    return submission.accepted(std::move(job), control);
  }
  error.message += "; whether a run was started is not known";
  return fail(submission.failed(std::move(error), control));
}

Result<void> check_credits(const Service& service, const OptionValues& options, Control& control) {
  MATVIEW_ASSIGN(const auto wanted, remote::integer_option(options, "max-credits", 0));
  if (!wanted) return {};
  const Time now = service.now();
  MATVIEW_ASSIGN(const Usage usage,
                 service.ask(
                     dune::usage(service.api()),
                     [&](const HttpResponse& response) { return read_usage(response, now); }, control));
  const auto left = usage.credits_left();
  if (!left) return fail(ErrorCode::failed, "the service does not tell how many credits are left: nothing was started");
  if (*left >= static_cast<double>(*wanted)) return {};
  return fail(
      Error(ErrorCode::failed,
            fmt::format("only {} credits are left{}, and --max-credits wants {}: nothing was started",
                        credits_text(*left), usage.period_end.empty() ? "" : " until " + usage.period_end, *wanted))
          .with_hint("a smaller --max-credits allows it; 'matview doctor' shows the billing period"));
}

}  // namespace matview::providers::dune
