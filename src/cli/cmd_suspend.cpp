#include "cli/cmd_suspend.hpp"

#include <fmt/format.h>

#include <limits>

#include "app/suspend.hpp"
#include "cli/inputs.hpp"
#include "cli/session.hpp"
#include "output/print.hpp"
#include "support/text.hpp"

namespace matview::cli {

namespace {

using app::Suspension;

Result<int> change(Session& session, Suspension suspension) {
  MATVIEW_ASSIGN(const app::Selector selector, read_selector(session, true));
  for (const auto& profile : profiles_of(session, selector))
    MATVIEW_TRY(session.workspace().require(profile, Operation::suspend));
  app::SelectionNeeds needs;
  needs.whole = session.dry_run();
  MATVIEW_ASSIGN(const auto selected, app::select(session.workspace(), selector, needs, session.control()));
  if (session.dry_run()) {
    MATVIEW_TRY(session.print_plans(app::plan_suspension(selected, suspension)));
    return 0;
  }
  MATVIEW_ASSIGN(const auto views,
                 app::change_suspension(session.workspace(), selected, suspension, session.control()));
  if (session.format() != output::Format::table) {
    MATVIEW_TRY(output::print_views(session.out(), views, session.format(), session.style()));
    return 0;
  }
  if (views.empty()) session.note("no view was selected");
  for (const auto& view : views)
    session.note(fmt::format("view '{}' is {}", session.shown(view.profile, view.name),
                             suspension == Suspension::resume
                                 ? "refreshed again when it is due"
                                 : "suspended " + support::strip_control(view.suspended_reason)));
  return 0;
}

Result<int> suspend(Session& session) { return change(session, Suspension::suspend); }
Result<int> resume(Session& session) { return change(session, Suspension::resume); }

CommandRow row_of(std::string name, std::string summary, std::string description, std::vector<std::string> examples) {
  CommandRow row{
      std::move(name),    "SELECTOR...",          ValueKind::selector, 0, std::numeric_limits<std::size_t>::max(),
      std::move(summary), std::move(description), selector_options()};
  row.operation = Operation::suspend;
  row.examples = std::move(examples);
  return row;
}

}  // namespace

Command suspend_command() {
  return {
      row_of("suspend", "take views out of refreshes that nobody asks for by name",
             "A suspended view is left out of --due, --auto and --stale, and of 'matview watch'; it is still refreshed "
             "when it is named. A view is suspended by itself, with all that reads from it, when 5 such refreshes "
             "in a row have failed. NAME+ takes all that reads from it along.",
             {"matview suspend daily", "matview suspend --tag nightly"}),
      suspend, true, true};
}

Command resume_command() {
  return {row_of("resume", "let suspended views be refreshed again",
                 "Forgets the failures so far. What was suspended together with the view is resumed with it.",
                 {"matview resume daily", "matview resume --all"}),
          resume, true, true};
}

}  // namespace matview::cli
