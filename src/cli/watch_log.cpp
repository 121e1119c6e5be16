#include "cli/watch_log.hpp"

#include <fmt/format.h>

#include "support/duration.hpp"
#include "support/text.hpp"
#include "support/time_text.hpp"

namespace matview::cli {

namespace {

bool was_stopped(const Job& job) { return job.state == JobState::cancelled; }

/// "'daily': incremental, 3 rows added, 1 removed, 12 ms"
std::string line_of(const Job& job) {
  auto line = fmt::format("'{}': ", support::strip_control(job.view));
  if (was_stopped(job)) return line + "stopped";
  if (job.state == JobState::skipped) return line + "skipped: " + support::strip_control(job.reason);
  line += job.mode == "no_data" ? "unchanged" : job.mode.empty() ? std::string(to_string(job.state)) : job.mode;
  const auto count = [&](const std::optional<std::int64_t>& rows, std::string_view what) {
    if (rows && *rows > 0) line += fmt::format(", {} {}", support::count_noun(*rows, "row"), what);
  };
  count(job.rows_added, "added");
  count(job.rows_removed, "removed");
  if (job.elapsed) line += ", " + support::format_duration(*job.elapsed);
  return line;
}

}  // namespace

void WatchLog::started(const app::Selected& selected) {
  if (auto* log = session_.log())
    log->write(output::LogLevel::info, "job_started",
               {{"operation", "refresh"}, {"profile", selected.profile}, {"view", selected.view.name}});
  if (auto* events = session_.events()) events->start("refresh", selected.view.name, selected.profile);
}

void WatchLog::finished(const Job& job) {
  if (auto* log = session_.log()) log->write(output::log_record(job, {}));
  session_.finished(job.view);
  const bool failed = job.error && !was_stopped(job);
  const bool skipped = job.state == JobState::skipped || was_stopped(job);
  ++(failed ? failed_ : skipped ? skipped_ : succeeded_);
  if (auto* events = session_.events()) {
    if (job.error)
      events->error(job.view, *job.error);
    else
      events->result(job);
  } else if (failed) {
    report(*job.error);
  } else {
    note(line_of(job));
  }
}

void WatchLog::note(const std::string& text) {
  // A journal puts the time before each line itself.
  const auto& environment = session_.world().environment;
  const bool in_journal = environment.variable("JOURNAL_STREAM").has_value();
  session_.note(in_journal
                    ? text
                    : fmt::format("{} {}",
                                  support::format_rfc3339(std::chrono::floor<std::chrono::seconds>(environment.now())),
                                  text));
}

void WatchLog::report(const Error& error) { session_.report(error); }

}  // namespace matview::cli
