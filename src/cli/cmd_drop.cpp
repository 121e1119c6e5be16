#include "cli/cmd_drop.hpp"

#include <fmt/format.h>

#include "app/define.hpp"
#include "app/names.hpp"
#include "cli/inputs.hpp"
#include "cli/session.hpp"
#include "output/print.hpp"
#include "support/json.hpp"
#include "support/text.hpp"

namespace matview::cli {

namespace {

Result<void> print_dropped(Session& session, const app::Reference& view) {
  if (session.quiet()) return {};
  if (!output::is_json(session.format())) {
    session.note(fmt::format("view '{}' is gone", session.shown(view.profile, view.name)));
    return {};
  }
  const std::string& name = view.name;
  if (session.format() == output::Format::jsonl) {
    const Value event = Value::Object{{"event", "result"}, {"dropped", name}};
    const Value summary = Value::Object{{"event", "summary"}, {"count", 1}};
    MATVIEW_TRY(session.out().write(support::to_json(event) + "\n" + support::to_json(summary) + "\n"));
    return session.out().flush();
  }
  Value document;
  document.set("schema_version", 1).set("dropped", Value::array().push(name));
  MATVIEW_TRY(session.out().write(support::to_json(document, true) + "\n"));
  return session.out().flush();
}

Result<int> run(Session& session) {
  MATVIEW_ASSIGN(const app::Reference reference, app::parse_reference(session.arguments().words().front()));
  const DropRequest request{reference.name, session.arguments().has("if-exists"),
                            session.arguments().provider_options()};
  auto& workspace = session.workspace();
  MATVIEW_TRY(workspace.require(reference.profile, Operation::drop));
  MATVIEW_TRY(check_provider_options(session, reference.profile, Operation::drop));
  if (session.dry_run()) {
    MATVIEW_ASSIGN(Plan plan, app::plan_drop(workspace, reference.profile, request, session.control()));
    MATVIEW_TRY(session.print_plans({std::move(plan)}));
    return 0;
  }
  if (!session.yes()) {
    const std::string name = session.shown(reference.profile, reference.name);
    if (!session.interactive())
      return fail(Error(ErrorCode::usage, fmt::format("dropping '{}' needs --yes where nobody can be asked", name)));
    // What cannot be dropped need not be asked about.
    MATVIEW_TRY(app::plan_drop(workspace, reference.profile, request, session.control()));
    MATVIEW_ASSIGN(const bool agreed, session.confirm(fmt::format("Drop view '{}' and its rows?", name)));
    if (!agreed) return fail(ErrorCode::failed, fmt::format("view '{}' was not dropped: the answer was no", name));
  }
  MATVIEW_TRY(app::drop(workspace, reference.profile, request, session.control()));
  MATVIEW_TRY(print_dropped(session, reference));
  return 0;
}

}  // namespace

Command drop_command() {
  CommandRow row{"drop", "NAME", ValueKind::view, 1, 1, "remove a view and its rows", "", {}};
  row.description = "Asks first on a terminal; elsewhere it needs --yes. A view that others read from cannot go.";
  row.options = {{"if-exists", '\0', "", ValueKind::none, "no error if there is no such view"}};
  row.operation = Operation::drop;
  row.examples = {"matview drop daily", "matview drop daily --yes --if-exists"};
  return {std::move(row), run, true, true};
}

}  // namespace matview::cli
