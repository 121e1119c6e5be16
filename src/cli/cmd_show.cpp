#include "cli/cmd_show.hpp"

#include "app/inspect.hpp"
#include "cli/definitions.hpp"
#include "cli/inputs.hpp"
#include "cli/session.hpp"
#include "output/print.hpp"

namespace matview::cli {

namespace {

Result<int> run(Session& session) {
  MATVIEW_ASSIGN(const app::Reference reference, app::parse_reference(session.arguments().words().front()));
  MATVIEW_TRY(check_provider_options(session, reference.profile, Operation::describe));
  if (session.wants_toml()) {
    MATVIEW_ASSIGN(auto request, app::definition(session.workspace(), reference, session.arguments().provider_options(),
                                                 session.control()));
    return print_definitions(session, {{reference.profile, std::move(request)}});
  }
  MATVIEW_ASSIGN(const View view, app::describe(session.workspace(), reference, true,
                                                session.arguments().provider_options(), session.control()));
  MATVIEW_TRY(output::print_view_details(session.out(), view, session.format(), session.style()));
  return 0;
}

}  // namespace

Command show_command() {
  CommandRow row{"show", "NAME", ValueKind::view, 1, 1, "tell all that is known of a view", "", {}};
  row.description =
      "Definition, columns, versions, sources, upstream and downstream, refresh mode and why, and how often the "
      "refresh mode 'auto' chose the better way. -o wide tells how the last job was done.";
  row.operation = Operation::describe;
  row.examples = {"matview show daily", "matview show daily -o json", "matview show daily -o toml"};
  return {std::move(row), run, true, false, true};
}

}  // namespace matview::cli
