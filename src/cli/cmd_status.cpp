#include "cli/cmd_status.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <limits>

#include "app/jobs.hpp"
#include "app/names.hpp"
#include "cli/inputs.hpp"
#include "cli/reporter.hpp"
#include "cli/session.hpp"
#include "cli/status_watch.hpp"
#include "output/print.hpp"
#include "output/values.hpp"

namespace matview::cli {

namespace {

constexpr int k_default_watch_seconds = 2;
constexpr int k_longest_watch_seconds = 86400;

Result<int> show_job(Session& session, const std::string& id) {
  const Arguments& arguments = session.arguments();
  if (!arguments.words().empty() || arguments.has("all") || arguments.has("all-profiles"))
    return fail(ErrorCode::usage, "--job and names of views contradict each other");
  const auto fields = arguments.list("fields");
  MATVIEW_TRY(output::check_fields(fields, output::job_fields()));
  MATVIEW_ASSIGN(Job job, app::look_at_job(session.workspace(), id, session.control()));
  MATVIEW_TRY(output::print_jobs(session.out(), {std::move(job)}, session.format(), session.style(), fields,
                                 output::JobName::id));
  return 0;
}

/// Seconds between two looks; empty without --watch.
Result<std::optional<int>> watch_seconds(const Arguments& arguments) {
  const auto text = arguments.value("watch");
  if (!text) return std::optional<int>();
  if (text->empty()) return std::optional(k_default_watch_seconds);
  int seconds = 0;
  const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), seconds);
  if (error != std::errc() || end != text->data() + text->size() || seconds < 1 || seconds > k_longest_watch_seconds)
    return fail(ErrorCode::usage, fmt::format("--watch takes a number of seconds from 1 to {}, not '{}'",
                                              k_longest_watch_seconds, *text));
  return std::optional(seconds);
}

/// One look at the views. Profiles that cannot be asked are no reason not to tell of the others.
Result<WatchLook> look(Session& session, const app::Selector& selector, Control& control) {
  WatchLook result;
  app::SelectionNeeds needs;
  needs.freshness = needs.whole = needs.details = true;
  needs.options = session.arguments().provider_options();
  needs.unreachable = &result.unreachable;
  MATVIEW_ASSIGN(auto selected, app::select(session.workspace(), selector, needs, control));
  for (auto& item : selected) result.views.push_back(std::move(item.view));
  return result;
}

bool is_behind(const View& view) { return view.freshness == Freshness::stale || view.freshness == Freshness::empty; }

Result<int> status(Session& session, Reporter& reporter) {
  const Arguments& arguments = session.arguments();
  MATVIEW_TRY(forbid_together(arguments, {"watch", "exit-code"}));
  MATVIEW_TRY(forbid_together(arguments, {"watch", "job"}));
  MATVIEW_TRY(forbid_together(arguments, {"exit-code", "job"}));
  for (const char* option : {"report", "metrics-file"}) MATVIEW_TRY(forbid_together(arguments, {option, "job"}));
  MATVIEW_TRY(forbid_together(arguments, {"report", "watch"}));
  if (const auto id = arguments.value("job")) return show_job(session, *id);

  const auto fields = arguments.list("fields");
  MATVIEW_TRY(output::check_fields(fields, output::view_fields()));
  MATVIEW_ASSIGN(const auto seconds, watch_seconds(arguments));
  MATVIEW_ASSIGN(const app::Selector selector, read_selector(session, false));
  for (const auto& profile : profiles_of(session, selector))
    MATVIEW_TRY(check_provider_options(session, profile, Operation::describe));
  const auto look_again = [&](Control& control) { return look(session, selector, control); };
  if (seconds) return watch_status(session, {std::chrono::seconds(*seconds), fields, look_again}, reporter);

  MATVIEW_ASSIGN(const auto found, look(session, selector, session.control()));
  const auto& views = found.views;
  reporter.add(views, arguments.has("exit-code"));
  for (const auto& error : found.unreachable)
    reporter.add(output::report_case("status", error.profile, error.provider, error));
  MATVIEW_TRY(output::print_views(session.out(), views, session.format(), session.style(), fields,
                                  output::ViewTable::status, failures_of(found.unreachable)));
  if (const int code = report_unreachable(session, found.unreachable, "profiles failed to answer"); code != 0)
    return code;
  const bool behind = std::any_of(views.begin(), views.end(), is_behind);
  return arguments.has("exit-code") && behind ? exit_code(ErrorCode::differs) : 0;
}

Result<int> run(Session& session) {
  return with_reports(session, [&](Reporter& reporter) { return status(session, reporter); });
}

}  // namespace

Command status_command() {
  CommandRow row{"status",
                 "[SELECTOR...]",
                 ValueKind::selector,
                 0,
                 std::numeric_limits<std::size_t>::max(),
                 "tell how fresh views are and what changed since",
                 "",
                 {}};
  row.description =
      "Tells how fresh views are and what has changed since, without running their queries. Without a selector: "
      "every view of the profile.";
  row.options = selector_options();
  row.options.push_back(all_profiles_option());
  row.options.push_back({"job", '\0', "ID", ValueKind::job, "tell of this job instead"});
  row.options.push_back(
      {"watch", '\0', "SECONDS", ValueKind::text, "look again every so many seconds (2) until stopped", false, true});
  row.options.push_back(
      {"exit-code", '\0', "", ValueKind::none, "exit with 5 if any of the views is stale or was never filled"});
  row.options.push_back(fields_option());
  row.options.push_back(report_option());
  row.options.push_back(metrics_option());
  row.operation = Operation::describe;
  row.examples = {"matview status", "matview status daily --exit-code --quiet || matview refresh daily"};
  return {std::move(row), run};
}

}  // namespace matview::cli
