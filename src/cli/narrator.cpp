#include "cli/narrator.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>

#include "cli/reporter.hpp"
#include "output/values.hpp"
#include "support/duration.hpp"
#include "support/text.hpp"

namespace matview::cli {

namespace {

/// Submitted jobs that nobody waited for are as good as they can be.
bool is_good(const Job& job) {
  return !job.error && job.state != JobState::failed && job.state != JobState::unknown &&
         job.state != JobState::skipped;
}

Result<void> print_jobs(Session& session, const std::string& operation, const app::RunResult& result, Duration elapsed,
                        output::JobName name, bool verify, std::int64_t doubtful) {
  auto* events = session.events();
  if (!events)
    return output::print_jobs(session.out(), result.jobs, session.format(), session.style(),
                              session.arguments().list("fields"), name, verify ? &result.verifications : nullptr);
  output::Summary summary;
  summary.operation = operation;
  summary.succeeded = std::count_if(result.jobs.begin(), result.jobs.end(), is_good) - doubtful;
  summary.skipped = std::count_if(result.jobs.begin(), result.jobs.end(),
                                  [](const Job& job) { return job.state == JobState::skipped; });
  summary.failed = static_cast<std::int64_t>(result.jobs.size()) - summary.succeeded - summary.skipped;
  summary.exit_code = result.error ? exit_code(result.error->code) : 0;
  summary.elapsed = elapsed;
  return events->summary(summary);
}

/// "5 refreshed, 2 unchanged, 1 failed, 3 skipped in 4.2s": for people, of several.
std::string summary_line(const std::string& operation, const std::vector<Job>& jobs, Duration elapsed) {
  std::map<std::string, std::int64_t> counts;
  for (const auto& job : jobs) {
    const bool good = is_good(job);
    const bool refreshed = operation == "refresh" && good && job.state == JobState::succeeded;
    const std::string what = refreshed                          ? (job.mode == "no_data" ? "unchanged" : "refreshed")
                             : job.state == JobState::skipped   ? "skipped"
                             : job.state == JobState::cancelled ? "cancelled"
                             : good && !is_terminal(job.state)  ? "under way"
                             : good                             ? std::string(to_string(job.state))
                                                                : "failed";
    ++counts[what];
  }
  std::vector<std::string> parts;
  for (const char* what :
       {"refreshed", "succeeded", "unchanged", "submitted", "under way", "cancelled", "failed", "skipped"})
    if (counts[what] > 0) parts.push_back(fmt::format("{} {}", counts[what], what));
  return fmt::format("{} in {}", fmt::join(parts, ", "),
                     support::format_duration(std::chrono::ceil<std::chrono::milliseconds>(elapsed)));
}

}  // namespace

void Narrator::started(const app::Selected& selected) {
  if (selected.provider != nullptr && selected.provider->info().asynchronous) remote_ = true;
  if (auto* log = session_.log())
    log->write(output::LogLevel::info, "job_started",
               {{"operation", operation_}, {"profile", selected.profile}, {"view", selected.view.name}});
  if (auto* events = session_.events()) events->start(operation_, selected.view.name, selected.profile);
  if (session_.verbosity() > 0)
    session_.note(fmt::format("{}: '{}'", operation_, session_.shown(selected.profile, selected.view.name)));
}

void Narrator::finished(const Job& job) {
  if (auto* log = session_.log()) log->write(output::log_record(job, {}));
  session_.finished(job.view.empty() ? job.id : job.view);
  if (auto* events = session_.events()) {
    if (job.error)
      events->error(job.view, *job.error);
    else
      events->result(job);
    return;
  }
  // The error of a single one is the error of the command, which is reported at the end.
  if (several_ && job.error && !output::is_json(session_.format())) session_.report(*job.error);
}

void Narrator::verified(const Verification& verification) {
  if (auto* log = session_.log())
    log->write(verification.equal ? output::LogLevel::info : output::LogLevel::error, "verified",
               {{"view", verification.view},
                {"equal", verification.equal},
                {"rows_missing", verification.rows_missing},
                {"rows_extra", verification.rows_extra}});
  if (!verification.equal) ++doubtful_;
  if (auto* events = session_.events()) events->result("verification", output::to_value(verification));
}

void Narrator::unverified(const app::Selected& selected, const Error& error) {
  ++doubtful_;
  if (auto* log = session_.log()) {
    Value::Object fields{{"profile", selected.profile}, {"view", selected.view.name}};
    for (auto& field : output::log_fields(error)) fields.push_back(std::move(field));
    log->write(output::LogLevel::error, "unverified", std::move(fields));
  }
  if (auto* events = session_.events())
    events->error(selected.view.name, error);
  else if (several_ && !output::is_json(session_.format()))
    session_.report(error);
}

std::string Narrator::on_stop() const {
  const std::string_view what =
      remote_ ? "stopping: submitted jobs go on at the backend" : "stopping: what is under way is cancelled";
  return fmt::format("{}; Ctrl-C again leaves at once", what);
}

Result<int> narrate(Session& session, const std::string& operation, bool several, output::JobName name,
                    const std::function<app::RunResult(app::RunListener&)>& work, bool verify, Reporter* reporter) {
  Narrator narrator(session, operation, several);
  const auto start = std::chrono::steady_clock::now();
  auto attending = session.attend([&narrator] { return narrator.on_stop(); });
  const auto result = work(narrator);
  attending.reset();
  if (reporter != nullptr) reporter->add(result);
  const auto elapsed = std::chrono::duration_cast<Duration>(std::chrono::steady_clock::now() - start);

  const bool json = output::is_json(session.format());
  // A single one that failed says all there is to say by its error.
  const bool only_error = result.error && !several && !json && result.verifications.empty();
  if (!only_error) MATVIEW_TRY(print_jobs(session, operation, result, elapsed, name, verify, narrator.doubtful()));
  if (several && !result.jobs.empty()) session.note(summary_line(operation, result.jobs, elapsed));
  if (!result.error) return 0;
  // What stopped a run of several is the error of one of them, which was told when it came.
  const bool told = several && !json && std::any_of(result.jobs.begin(), result.jobs.end(), [&](const Job& job) {
                      return job.error && job.error->message == result.error->message;
                    });
  if (told) return exit_code(result.error->code);
  return fail(*result.error);
}

}  // namespace matview::cli
