#include "cli/running.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "cli/inputs.hpp"
#include "support/duration.hpp"
#include "support/pause.hpp"

namespace matview::cli {

namespace {

constexpr std::int64_t k_most_jobs = 512;
// Longer than anybody waits, and short enough for any clock.
constexpr Duration k_for_ever = std::chrono::hours(24 * 365);

}  // namespace

OptionRow jobs_option() {
  return {"jobs", '\0', "N", ValueKind::number, "so many views at once (1 in this process, up to 8 at services)"};
}

Result<std::optional<std::size_t>> jobs_of(const Arguments& arguments) {
  const auto jobs = arguments.number("jobs");
  if (!jobs) return std::optional<std::size_t>();
  if (*jobs < 1 || *jobs > k_most_jobs)
    return fail(ErrorCode::usage, fmt::format("--jobs takes a number from 1 to {}, not {}", k_most_jobs, *jobs));
  return std::optional(static_cast<std::size_t>(*jobs));
}

std::vector<OptionRow> lock_options() {
  OptionRow if_locked{"if-locked", '\0', "WHAT", ValueKind::choice,
                      "what to do about a view that another process is refreshing (fail)"};
  if_locked.choices = {"fail", "skip", "wait"};
  return {std::move(if_locked),
          {"lock-timeout", '\0', "DURATION", ValueKind::duration,
           "wait so long for the other process, then do as --if-locked says"}};
}

Result<void> read_lock_options(const Arguments& arguments, app::RefreshOptions& options) {
  const auto what = arguments.value("if-locked");
  const auto limit = arguments.value("lock-timeout");
  if (what == "skip") options.if_locked = app::IfLocked::skip;
  if (what == "wait") options.lock_timeout = k_for_ever;
  if (!limit) return {};
  if (what == "fail")
    return fail(Error(ErrorCode::usage, "--if-locked fail and --lock-timeout contradict each other")
                    .with_hint("--if-locked wait waits until the time is over, and fails then"));
  MATVIEW_ASSIGN(const Duration patience, support::parse_duration(*limit));
  options.lock_timeout = std::min(patience, k_for_ever);
  return {};
}

OptionRow jitter_option() {
  return {"jitter", '\0', "DURATION", ValueKind::duration, "begin after a random time of up to so long"};
}

Result<void> wait_for_jitter(Session& session) {
  const auto text = session.arguments().value("jitter");
  if (!text || session.dry_run()) return {};
  MATVIEW_ASSIGN(const Duration longest, support::parse_duration(*text));
  const auto bytes = session.world().environment.random_bytes();
  // The first bytes of a UUID are made of the clock; the last are random in every version.
  const double part = (bytes[13] * 65536.0 + bytes[14] * 256.0 + bytes[15]) / 16777216.0;
  const auto delay = std::chrono::duration_cast<Duration>(longest * part);
  Control& control = session.control();
  const auto deadline = std::exchange(control.deadline, std::nullopt);
  if (session.verbosity() > 0) session.note(fmt::format("begins in {}", support::format_duration(delay)));
  MATVIEW_TRY(support::pause(delay, control));
  if (deadline) control.deadline = *deadline + delay;
  return {};
}

}  // namespace matview::cli
