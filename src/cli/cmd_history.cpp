#include "cli/cmd_history.hpp"

#include "app/inspect.hpp"
#include "app/jobs.hpp"
#include "cli/inputs.hpp"
#include "cli/session.hpp"
#include "output/print.hpp"
#include "output/values.hpp"

namespace matview::cli {

namespace {

constexpr std::int64_t k_default_limit = 20;

Result<std::vector<Job>> past_jobs(Session& session, std::int64_t limit) {
  const Arguments& arguments = session.arguments();
  if (arguments.words().empty())
    return app::recorded_jobs(session.workspace(), arguments.value("profile").value_or(""), "", limit);
  MATVIEW_ASSIGN(const app::Reference reference, app::parse_reference(arguments.words().front()));
  MATVIEW_TRY(check_provider_options(session, reference.profile, Operation::history));
  return app::history(session.workspace(), reference, limit, arguments.provider_options(), session.control());
}

Result<int> run(Session& session) {
  const auto fields = session.arguments().list("fields");
  MATVIEW_TRY(output::check_fields(fields, output::job_fields()));
  const std::int64_t limit = session.arguments().number("limit").value_or(k_default_limit);
  MATVIEW_ASSIGN(const auto jobs, past_jobs(session, limit));
  MATVIEW_TRY(output::print_history(session.out(), jobs, session.format(), session.style(), fields));
  return 0;
}

}  // namespace

Command history_command() {
  CommandRow row{"history", "[NAME]", ValueKind::view, 0, 1, "list past jobs, newest first", "", {}};
  row.description =
      "Of one view; without NAME, the jobs that were submitted from here to services, of every profile or of that of "
      "--profile, as they were seen last. -o wide tells how each was done: its coded reason, the techniques, the "
      "rows read, what it was expected to take, and the time by which it was slower than the other way would have "
      "been.";
  row.options = {{"limit", '\0', "N", ValueKind::number, "at most so many (20)"}, fields_option()};
  row.operation = Operation::history;
  row.examples = {"matview history daily --limit 5", "matview history -o name"};
  return {std::move(row), run};
}

}  // namespace matview::cli
