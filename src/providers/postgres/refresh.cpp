#include "providers/postgres/refresh.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>

#include "providers/postgres/postgres_provider.hpp"
#include "providers/postgres/records.hpp"
#include "providers/postgres/sql.hpp"
#include "providers/remote/fields.hpp"
#include "providers/remote/settings.hpp"
#include "providers/remote/submission.hpp"
#include "support/text.hpp"

namespace matview::providers::postgres {

namespace {

constexpr std::int64_t k_longest_ms = 2'147'483'647;  // the server counts in 32 bits

Error held(const StoredView& view) {
  return Error(ErrorCode::locked, fmt::format("view '{}' is being refreshed by process {} of the server ({}) since {}",
                                              view.shown, remote::integer(view.running, "pid").value_or(0),
                                              remote::text(view.running, "user"), remote::text(view.running, "since")))
      .with_retryable();
}

/// 0: no limit, as it is the server's default. Who waits for readers waits as long as they read.
Result<void> limit_lock(Connection& connection, const StoredView& view, Duration patience, Control& control) {
  const auto milliseconds =
      std::min<std::int64_t>(std::chrono::ceil<std::chrono::milliseconds>(patience).count(), k_longest_ms);
  if (!view.running.is_null() && milliseconds == 0) return fail(held(view));
  MATVIEW_TRY(connection.run("SELECT set_config('lock_timeout', $1, false)", {std::to_string(milliseconds)}, control));
  return {};
}

Error explained(Error error, const StoredView& view) {
  if (error.code == ErrorCode::locked)
    error.message = fmt::format("view '{}' stayed locked by others: {}", view.shown, error.message);
  if (error.code == ErrorCode::auth && error.hint.empty())
    error.hint = fmt::format("only its owner, '{}', can refresh it", support::strip_control(view.owner));
  // A query that was fine when the view was made fails for its data, or for what others changed since.
  if (error.code == ErrorCode::usage || error.code == ErrorCode::not_found) error.code = ErrorCode::failed;
  return error;
}

/// By `matview cancel` of another shell, or an administrator.
bool cancelled_by_others(const Error& error, const Control& control) {
  const bool late = control.deadline && std::chrono::steady_clock::now() >= *control.deadline;
  return error.code == ErrorCode::timeout && !late;
}

}  // namespace

Result<RefreshMode> choose_mode(const StoredView& view, const OptionValues& options) {
  const auto* asked = remote::option(options, "concurrently");
  const std::string when = asked == nullptr ? "auto" : *asked;
  const auto why_not = view.why_not_concurrently();
  if (when == "never") return RefreshMode{false, "plain, as --concurrently=never asks: readers wait for it"};
  if (why_not.empty()) return RefreshMode{true, "concurrently: a unique index allows it, and readers need not wait"};
  if (when == "always")
    return fail(
        Error(ErrorCode::conflict, fmt::format("view '{}' cannot be refreshed concurrently: {}", view.shown, why_not))
            .with_hint(view.populated ? "make a unique index over plain columns, for all rows"
                                      : "the first refresh is a plain one"));
  return RefreshMode{false, fmt::format("plain and not concurrently, since {}: readers wait for it", why_not)};
}

Result<Job> refresh(const Database& database, Connection& connection, const StoredView& view,
                    const RefreshRequest& request, Control& control) {
  MATVIEW_ASSIGN(const auto mode, choose_mode(view, request.options));
  MATVIEW_TRY(limit_lock(connection, view, request.lock_timeout, control));
  MATVIEW_ASSIGN(const auto clue, clue_of(connection, view.oid, control));
  const auto& context = database.context();
  auto submission = remote::Submission::begin(context, info(), "refresh", view.shown, to_value(clue), control);
  Job job;
  job.started_at = context.environment.now();
  const auto start = std::chrono::steady_clock::now();
  auto done = connection.run(refresh_sql(view.name, mode.concurrently), {}, control);
  if (!done && cancelled_by_others(done.error(), control))
    return fail(submission.ended(JobState::cancelled,
                                 Error(ErrorCode::failed, "it was cancelled at the server: " + done.error().message),
                                 control));
  if (!done) return fail(submission.failed(explained(std::move(done).error(), view), control));
  job.state = JobState::succeeded;
  job.mode = "full";
  job.reason = mode.reason;
  job.elapsed = std::chrono::duration_cast<Duration>(std::chrono::steady_clock::now() - start);
  job.finished_at = context.environment.now();
  job.native.set("concurrently", mode.concurrently);
  return submission.accepted(std::move(job), control);
}

Result<Job> refresh(const Database& database, const RefreshRequest& request, Control& control) {
  MATVIEW_ASSIGN(const auto connection, database.connect(control));
  MATVIEW_ASSIGN(const auto view, find_view(*connection, request.name, control));
  return refresh(database, *connection, view, request, control);
}

Result<Plan> plan_refresh(const Database& database, const RefreshRequest& request, Control& control) {
  MATVIEW_ASSIGN(const auto connection, database.connect(control));
  MATVIEW_ASSIGN(const auto view, find_view(*connection, request.name, control));
  MATVIEW_ASSIGN(const auto mode, choose_mode(view, request.options));
  Plan plan;
  plan.operation = "refresh";
  plan.view = view.shown;
  plan.mode = "full";
  plan.reason = mode.reason;
  plan.sql = refresh_sql(view.name, mode.concurrently);
  return plan;
}

}  // namespace matview::providers::postgres
