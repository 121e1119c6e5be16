#include "providers/dune/refresh.hpp"

#include <fmt/format.h>

#include <optional>

#include "providers/dune/execution_answers.hpp"
#include "providers/dune/locate.hpp"
#include "providers/dune/runs.hpp"
#include "providers/dune/submit.hpp"
#include "providers/dune/view_requests.hpp"
#include "providers/remote/settings.hpp"
#include "providers/remote/submission.hpp"
#include "support/uuid.hpp"

namespace matview::providers::dune {

namespace {

/// The newest run, if it is still under way.
Result<std::optional<Job>> run_under_way(const Service& service, const StoredView& stored, Control& control) {
  if (stored.execution_ids.empty()) return std::nullopt;
  auto run = read_run(service, stored.execution_ids.front(), control);
  if (!run && run.error().code == ErrorCode::not_found) return std::nullopt;
  if (!run) return fail(std::move(run).error());
  if (!is_under_way(*run)) return std::nullopt;
  return *std::move(run);
}

/// Makes the job one of ours, so that it is known here as if this process had started it.
Job adopt(const Service& service, Job job, const Clue& clue, Control& control) {
  job.reason = "this run was under way already; no other was started";
  const auto& context = service.context();
  if (context.job_log == nullptr) return job;
  if (const auto known = context.job_log->find(job.id); known && *known) return job;
  remote::update_record(context, {support::uuid_v7(context.environment), job, to_value(clue)}, job, control);
  return job;
}

}  // namespace

Result<Job> refresh(const Service& service, const RefreshRequest& request, Control& control) {
  const auto* tier = remote::option(request.options, "performance");
  const auto* if_running = remote::option(request.options, "if-running");
  const std::string running_rule = if_running == nullptr ? "wait" : *if_running;

  MATVIEW_ASSIGN(const StoredView stored, require_view(service, request.name, control));
  const std::string name = service.shown(stored.full_name);
  const Clue clue{stored.full_name, stored.execution_ids};
  if (running_rule != "start") {
    MATVIEW_ASSIGN(auto running, run_under_way(service, stored, control));
    if (running && running_rule == "wait")
      return adopt(service, ours(service, *std::move(running), name), clue, control);
    if (running) {
      Job job = ours(service, *std::move(running), name);
      job.state = JobState::skipped;
      job.reason = fmt::format("execution {} is under way", job.id);
      return job;
    }
  }
  MATVIEW_TRY(check_credits(service, request.options, control));
  auto job =
      submit(service, "refresh", name, clue,
             refresh_view(service.api(), stored.full_name, tier == nullptr ? service.settings().performance : *tier),
             "", control);
  if (job || job.error().code != ErrorCode::not_found) return job;
  // It was read a moment ago.
  Error error = std::move(job).error();
  error.code = ErrorCode::auth;
  error.hint = "only the account that owns a view can refresh it";
  return fail(std::move(error));
}

}  // namespace matview::providers::dune
