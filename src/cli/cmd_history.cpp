#include "cli/cmd_history.hpp"

#include "app/inspect.hpp"
#include "cli/inputs.hpp"
#include "cli/session.hpp"
#include "output/print.hpp"
#include "output/values.hpp"

namespace matview::cli {

namespace {

constexpr std::int64_t k_default_limit = 20;

Result<int> run(Session& session) {
  const auto fields = session.arguments().list("fields");
  MATVIEW_TRY(output::check_fields(fields, output::job_fields()));
  MATVIEW_ASSIGN(const app::Reference reference, app::parse_reference(session.arguments().words().front()));
  const std::int64_t limit = session.arguments().number("limit").value_or(k_default_limit);
  MATVIEW_ASSIGN(const auto jobs, app::history(session.workspace(), reference, limit, session.control()));
  MATVIEW_TRY(output::print_history(session.out(), jobs, session.format(), session.style(), fields));
  return 0;
}

}  // namespace

Command history_command() {
  CommandRow row{"history", "NAME", ValueKind::view, 1, 1, "list the past jobs of a view, newest first", "", {}};
  row.options = {{"limit", '\0', "N", ValueKind::number, "at most so many (20)"}, fields_option()};
  row.examples = {"matview history daily --limit 5"};
  return {std::move(row), run};
}

}  // namespace matview::cli
