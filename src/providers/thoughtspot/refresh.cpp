#include "providers/thoughtspot/refresh.hpp"

#include <fmt/format.h>

#include "providers/remote/settings.hpp"
#include "providers/remote/submission.hpp"
#include "providers/thoughtspot/catalog.hpp"
#include "providers/thoughtspot/options.hpp"
#include "providers/thoughtspot/refresh_requests.hpp"

namespace matview::providers::thoughtspot {

namespace {

Value native_of(const Header& view) {
  Value native;
  native.set("guid", view.id);
  return native;
}

Result<Header> refreshable(Client& client, const std::string& name, Control& control) {
  MATVIEW_ASSIGN(auto view, resolve_view(client, name, control));
  if (view.type == k_view) return view;
  return fail(Error(ErrorCode::unsupported, "it is an SQL view, which lies on a connection and is never materialized")
                  .with_hint("only views made of a saved search can be materialized and refreshed"));
}

}  // namespace

Result<void> check_refresh(const RefreshRequest& request) {
  if (!request.full && !request.force) return {};
  return fail(
      Error(ErrorCode::usage, fmt::format("--{}: ThoughtSpot itself decides how and whether it recomputes a view",
                                          request.full ? "full" : "force"))
          .with_hint("leave it out"));
}

Result<Job> refresh(Client& client, const RefreshRequest& request, Control& control) {
  MATVIEW_TRY(check_refresh(request));
  MATVIEW_ASSIGN(const auto view, refreshable(client, request.name, control));
  auto submission = remote::Submission::begin(client.context(), info(), "refresh", view.name, native_of(view), control);
  Job job;
  job.native = native_of(view);
  const auto answer = client.send(refresh_request(client.address(), view), control);
  if (!answer) {
    Error error = answer.error();
    if (error.unanswered) error.hint = k_how_to_look;
    return fail(submission.failed(std::move(error), control));
  }
  const auto outcome = read_refresh(*answer);
  if (!outcome) return fail(submission.failed(outcome.error(), control));
  if (*outcome == RefreshOutcome::submitted) {
    job.state = JobState::submitted;
    job.reason = "ThoughtSpot has accepted it and offers no way to follow it";
    return submission.accepted(std::move(job), control);
  }
  const auto materialization = client.materialization(control);
  const bool allowed = remote::has_flag(request.options, "allow-not-stale") && !is_switched_off(materialization);
  if (!allowed && answer->perhaps_done_before && !is_switched_off(materialization))
    return fail(submission.failed(perhaps_submitted_error(*answer), control));
  if (!allowed) return fail(submission.failed(nothing_to_do_error(*answer, view, materialization), control));
  job.state = JobState::succeeded;
  job.mode = "no_data";
  job.reason = "not stale, or not materialized: ThoughtSpot says the same of both";
  job.finished_at = client.context().environment.now();
  return submission.accepted(std::move(job), control);
}

}  // namespace matview::providers::thoughtspot
