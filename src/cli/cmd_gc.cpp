#include "cli/cmd_gc.hpp"

#include "app/inspect.hpp"
#include "cli/session.hpp"
#include "output/print.hpp"
#include "support/duration.hpp"

namespace matview::cli {

namespace {

Result<int> run(Session& session) {
  GcRequest request;
  request.dry_run = session.dry_run();
  if (const auto grace = session.arguments().value("grace")) {
    MATVIEW_ASSIGN(request.grace, support::parse_duration(*grace));
  }
  MATVIEW_ASSIGN(const GcReport report, app::collect_garbage(session.workspace(), "", request, session.control()));
  MATVIEW_TRY(output::print_gc(session.out(), report, request.dry_run, session.format(), session.style()));
  return 0;
}

}  // namespace

Command gc_command() {
  CommandRow row{"gc", "", ValueKind::none, 0, 0, "remove expired versions and orphan files", "", {}};
  row.description =
      "Removes expired versions and files that nothing refers to, except those that were in use until less than "
      "--grace "
      "ago. It is safe beside readers and refreshes.";
  row.options = {{"grace", '\0', "DURATION", ValueKind::duration, "keep what was unused for less than this"}};
  row.examples = {"matview gc --dry-run", "matview gc"};
  return {std::move(row), run};
}

}  // namespace matview::cli
