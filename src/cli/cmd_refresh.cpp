#include "cli/cmd_refresh.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "app/names.hpp"
#include "app/refresh.hpp"
#include "cli/inputs.hpp"
#include "cli/session.hpp"
#include "output/print.hpp"
#include "output/values.hpp"

namespace matview::cli {

namespace {

/// Tells of each view as it ends: as events with -o jsonl, its error at once where people read.
class Narrator final : public app::RunListener {
 public:
  Narrator(Session& session, bool several) : session_(session), several_(several) {}

  void started(const app::Selected& selected) override {
    if (auto* events = session_.events()) events->start("refresh", selected.view.name);
    if (session_.verbosity() > 0) session_.note(fmt::format("refreshing '{}'", selected.view.name));
  }

  void finished(const Job& job) override {
    session_.finished(job.view);
    if (auto* events = session_.events()) {
      if (job.error)
        events->error(job.view, *job.error);
      else
        events->result(job);
      return;
    }
    // The error of a single view is the error of the command, which is reported at the end.
    if (several_ && job.error && !output::is_json(session_.format())) session_.report(*job.error);
  }

 private:
  Session& session_;
  bool several_;
};

std::int64_t count(const std::vector<Job>& jobs, JobState state) {
  return std::count_if(jobs.begin(), jobs.end(), [&](const Job& job) { return job.state == state; });
}

Result<void> print_end(Session& session, const app::RunResult& result, Duration elapsed,
                       const std::vector<std::string>& fields) {
  auto* events = session.events();
  if (!events) return output::print_jobs(session.out(), result.jobs, session.format(), session.style(), fields);
  output::Summary summary;
  summary.operation = "refresh";
  summary.succeeded = count(result.jobs, JobState::succeeded) + count(result.jobs, JobState::submitted);
  summary.skipped = count(result.jobs, JobState::skipped);
  summary.failed = static_cast<std::int64_t>(result.jobs.size()) - summary.succeeded - summary.skipped;
  summary.exit_code = result.error ? exit_code(result.error->code) : 0;
  summary.elapsed = elapsed;
  return events->summary(summary);
}

/// Nothing may have begun when an option turns out to be another provider's.
Result<void> check_options(Session& session, const std::vector<app::Selected>& views) {
  std::vector<std::string> profiles;
  for (const auto& selected : views)
    if (std::find(profiles.begin(), profiles.end(), selected.profile) == profiles.end())
      profiles.push_back(selected.profile);
  if (profiles.empty()) profiles.push_back(session.workspace().profile_in_use());
  for (const auto& profile : profiles) {
    MATVIEW_TRY(session.workspace().require(profile, Operation::refresh));
    MATVIEW_TRY(check_provider_options(session, profile, Operation::refresh));
    if (!session.arguments().has("no-wait")) continue;
    MATVIEW_ASSIGN(const ProviderInfo* const info, session.workspace().info(profile));
    Error error(
        ErrorCode::unsupported,
        fmt::format("the provider '{}' refreshes in this process and cannot do so without waiting", info->name));
    return fail(session.workspace().attribute(std::move(error), profile).with_hint("leave --no-wait away"));
  }
  return {};
}

Result<int> run(Session& session) {
  const Arguments& arguments = session.arguments();
  const auto fields = arguments.list("fields");
  MATVIEW_TRY(output::check_fields(fields, output::job_fields()));
  MATVIEW_ASSIGN(const app::Selector selector, read_selector(session, true));
  app::SelectionNeeds needs;
  needs.readers_of_stale = true;
  MATVIEW_ASSIGN(const auto views, app::select(session.workspace(), selector, needs, session.control()));
  MATVIEW_TRY(check_options(session, views));

  const app::RefreshOptions options{arguments.has("full"), arguments.has("force"), arguments.has("fail-fast"),
                                    arguments.provider_options()};
  if (session.dry_run()) {
    MATVIEW_ASSIGN(const auto plans, app::plan_refresh(session.workspace(), views, options, session.control()));
    MATVIEW_TRY(output::print_plans(session.out(), plans, session.format(), session.style()));
    return 0;
  }

  Narrator narrator(session, views.size() > 1);
  const auto start = std::chrono::steady_clock::now();
  const auto result = app::refresh(session.workspace(), views, options, narrator, session.control());
  const auto elapsed = std::chrono::duration_cast<Duration>(std::chrono::steady_clock::now() - start);
  if (views.empty()) session.note("no view needs a refresh");
  // A single view that failed says all there is to say by its error.
  const bool only_error = result.error && views.size() == 1 && !output::is_json(session.format());
  if (!only_error) MATVIEW_TRY(print_end(session, result, elapsed, fields));
  if (!result.error) return 0;
  // What stopped a run of several is the error of one of them, which was told when it came.
  const bool told = views.size() > 1 && !output::is_json(session.format()) &&
                    std::any_of(result.jobs.begin(), result.jobs.end(), [&](const Job& job) {
                      return job.error && job.error->message == result.error->message;
                    });
  if (told) return exit_code(result.error->code);
  return fail(*result.error);
}

}  // namespace

Command refresh_command() {
  CommandRow row{"refresh",
                 "SELECTOR...",
                 ValueKind::selector,
                 0,
                 std::numeric_limits<std::size_t>::max(),
                 "bring the rows of views up to date",
                 "",
                 {}};
  row.description =
      "Views are refreshed in the order of their dependencies; what reads from a view that failed is skipped. One "
      "whose "
      "sources have not changed is left as it is. With --stale, views that read from a stale view come along.";
  row.options = selector_options();
  row.options.push_back({"full", '\0', "", ValueKind::none, "recompute everything"});
  row.options.push_back({"force", '\0', "", ValueKind::none, "refresh even what is fresh"});
  row.options.push_back({"fail-fast", '\0', "", ValueKind::none, "start nothing more once a view has failed"});
  row.options.push_back({"no-wait", '\0', "", ValueKind::none, "print the id of the job and return"});
  row.options.push_back(fields_option());
  row.operation = Operation::refresh;
  row.examples = {"matview refresh daily", "matview refresh --stale --quiet",
                  "matview refresh 'sales_*' --exclude sales_raw", "matview list -o name | matview refresh -"};
  return {std::move(row), run};
}

}  // namespace matview::cli
