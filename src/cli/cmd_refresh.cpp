#include "cli/cmd_refresh.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "app/names.hpp"
#include "app/refresh.hpp"
#include "app/run_keeper.hpp"
#include "cli/inputs.hpp"
#include "cli/narrator.hpp"
#include "cli/reporter.hpp"
#include "cli/running.hpp"
#include "cli/session.hpp"
#include "cli/waiting.hpp"
#include "output/print.hpp"
#include "output/values.hpp"
#include "providers/external/discover.hpp"

namespace matview::cli {

namespace {

/// --full and --force are the local engine's, whose views have windows and other ways to be computed. What a program of
/// others makes of them is its own.
Result<void> check_force(Session& session, const std::string& profile) {
  const char* given = session.arguments().has("full") ? "full" : session.arguments().has("force") ? "force" : nullptr;
  if (given == nullptr) return {};
  MATVIEW_ASSIGN(const ProviderInfo* const info, session.workspace().info(profile));
  const auto has_it = [](const ProviderInfo& provider) {
    return !app::is_remote(provider) || providers::is_external(provider);
  };
  if (has_it(*info)) return {};
  std::vector<std::string> owners;
  for (const auto& entry : session.registry())
    if (!entry.info().hidden && !app::is_remote(entry.info())) owners.push_back(entry.info().name);
  return fail(session.workspace().attribute(
      Error(ErrorCode::usage, fmt::format("the provider '{}' has no option --{}", info->name, given))
          .with_hint(fmt::format("it is an option of: {}", fmt::join(owners, ", "))),
      profile));
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
    MATVIEW_TRY(check_force(session, profile));
    MATVIEW_TRY(check_provider_options(session, profile, Operation::refresh));
    MATVIEW_TRY(check_waiting(session, profile));
    if (session.arguments().has("verify")) MATVIEW_TRY(session.workspace().require(profile, Operation::verify));
  }
  return {};
}

/// The file that --results names; empty without it. With --failed it says what is left.
Result<std::optional<app::RunResults>> open_results(Session& session, app::Selector& selector) {
  const auto name = session.arguments().value("results");
  if (!name) return std::optional<app::RunResults>();
  if (name->empty()) return fail(ErrorCode::usage, "--results needs the name of a file");
  const auto file = session.world().environment.working_directory() / *name;
  if (!selector.failed) return std::optional(app::RunResults(file));
  MATVIEW_ASSIGN(auto results, app::RunResults::read(file));
  selector.unsettled = results.unsettled();
  return std::optional(std::move(results));
}

Result<app::RefreshOptions> read_options(const Arguments& arguments) {
  app::RefreshOptions options;
  options.full = arguments.has("full");
  options.force = arguments.has("force");
  options.fail_fast = arguments.has("fail-fast");
  options.verify = arguments.has("verify");
  options.wait = !arguments.has("no-wait");
  options.waiting = wait_options(arguments);
  options.options = arguments.provider_options();
  MATVIEW_ASSIGN(options.jobs, jobs_of(arguments));
  MATVIEW_TRY(read_lock_options(arguments, options));
  return options;
}

Result<int> refresh(Session& session, Reporter& reporter) {
  const Arguments& arguments = session.arguments();
  const auto fields = arguments.list("fields");
  MATVIEW_TRY(output::check_fields(fields, output::job_fields()));
  MATVIEW_TRY(check_waiting_options(arguments));
  MATVIEW_ASSIGN(app::RefreshOptions options, read_options(arguments));
  MATVIEW_ASSIGN(app::Selector selector, read_selector(session, true));
  options.unattended = selector.unattended();
  reporter.covers(selector);
  MATVIEW_ASSIGN(auto results, open_results(session, selector));
  MATVIEW_TRY(wait_for_jitter(session));
  app::SelectionNeeds needs;
  needs.readers_of_stale = true;
  needs.dependencies = true;
  needs.tolerant = true;
  MATVIEW_ASSIGN(const auto views, app::select(session.workspace(), selector, needs, session.control()));
  MATVIEW_TRY(check_options(session, views));

  if (session.dry_run()) {
    MATVIEW_ASSIGN(const auto plans, app::plan_refresh(session.workspace(), views, options, session.control()));
    return session.print_plans(plans);
  }

  if (results) {
    results->begin(views, session.world().environment.now());
    MATVIEW_TRY(results->write());
  }
  const bool several = views.size() > 1;
  // Whoever does not wait goes on with the ids.
  const auto name = options.wait ? output::JobName::view : output::JobName::id;
  const auto work = [&](app::RunListener& listener) {
    app::RunKeeper keeper(session.workspace(), listener, std::move(results));
    keeper.begin(views);
    auto result = app::refresh(session.workspace(), views, options, keeper, session.control());
    if (auto kept = keeper.end(); !kept && !result.error) result.error = std::move(kept).error();
    if (views.empty()) session.note("no view needs a refresh");
    return result;
  };
  return narrate(session, "refresh", several, name, work, options.verify, &reporter);
}

Result<int> run(Session& session) {
  return with_reports(session, [&](Reporter& reporter) { return refresh(session, reporter); });
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
      "In the order of their dependencies, and waits until all is done. One whose sources have not changed is "
      "left as it is and makes no new version; what reads from a view that failed is skipped. With --stale, views "
      "that read from a stale view come along. All refreshes of one run read the same state of the sources they "
      "share.\n\n"
      "A refresh that a service runs is asked about at growing intervals until it has ended. --timeout and Ctrl-C "
      "end the waiting and not the job; the message says how to go on. With --verify each view is recomputed and "
      "compared; one that does not hold the rows of its query makes the exit code 1, and what reads from it is "
      "skipped.\n\n"
      "Of several views what became of each is kept: --failed goes on where the last run stopped, however it ended, "
      "also "
      "one with --results FILE from what that file says, which is then brought up to date.\n\n"
      "'matview help selectors' tells how to say which views. Without any selector it is an error, and never all.";
  row.options = selector_options();
  row.options.push_back({"full", '\0', "", ValueKind::none, "recompute everything"});
  row.options.push_back({"force", '\0', "", ValueKind::none, "refresh even what is fresh"});
  row.options.push_back(jobs_option());
  row.options.push_back({"fail-fast", '\0', "", ValueKind::none, "start nothing more once a view has failed"});
  row.options.push_back({"results", '\0', "FILE", ValueKind::file,
                         "write what became of each view; with --failed, go on from what it says"});
  for (auto& option : lock_options()) row.options.push_back(std::move(option));
  row.options.push_back(jitter_option());
  row.options.push_back(
      {"verify", '\0', "", ValueKind::none, "recompute each view afterwards and compare; exit 1 if any differs"});
  for (auto& option : waiting_options()) row.options.push_back(std::move(option));
  row.options.push_back(fields_option());
  row.options.push_back(report_option());
  row.options.push_back(metrics_option());
  row.operation = Operation::refresh;
  row.examples = {"matview refresh daily", "matview refresh --stale --quiet",
                  "matview refresh 'sales_*' --exclude sales_raw --jobs 4", "matview refresh --failed",
                  "matview list -o name | matview refresh -"};
  return {std::move(row), run, true, true};
}

}  // namespace matview::cli
