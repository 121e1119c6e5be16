#include "cli/cmd_diff.hpp"

#include <algorithm>
#include <limits>

#include "app/diff.hpp"
#include "app/refresh.hpp"
#include "app/saved_plan.hpp"
#include "cli/session.hpp"
#include "cli/views_file.hpp"
#include "output/print_changes.hpp"

namespace matview::cli {

namespace {

/// Views that could not be compared, told one by one; what it all comes to is the answer's.
Result<int> report_errors(Session& session, const std::vector<app::Change>& changes) {
  std::vector<Error> errors;
  for (const auto& change : changes)
    if (change.error) errors.push_back(*change.error);
  if (errors.empty()) return 0;
  const auto error =
      app::combined_error(errors, changes.size(), changes.size() - errors.size(), "views cannot be compared");
  if (output::is_json(session.format()) || errors.size() == 1) return fail(*error);
  for (const auto& each : errors) session.report(each);
  return exit_code(error->code);
}

Result<int> run(Session& session) {
  const Arguments& arguments = session.arguments();
  MATVIEW_ASSIGN(const auto file, views_file_path(session));
  MATVIEW_ASSIGN(const auto views, read_views(session, file));
  const app::DiffOptions options{arguments.words(), arguments.has("prune")};
  MATVIEW_ASSIGN(const auto changes, app::diff(session.workspace(), views, options, session.control()));
  std::vector<Value> documents;
  for (const auto& change : changes) documents.push_back(app::to_value(change));
  MATVIEW_TRY(
      output::print_changes(session.out(), documents, app::count_actions(changes), session.format(), session.style()));
  MATVIEW_ASSIGN(const int code, report_errors(session, changes));
  if (const auto out = arguments.value("out"); out && code == 0) {
    const auto& environment = session.world().environment;
    MATVIEW_TRY(app::write_plan(environment.working_directory() / *out,
                                app::make_plan(file.string(), options, changes, environment.now())));
  }
  const bool differs = std::any_of(changes.begin(), changes.end(), [](const auto& change) { return change.alters(); });
  return code == 0 && differs && arguments.has("exit-code") ? exit_code(ErrorCode::differs) : code;
}

}  // namespace

Command diff_command() {
  CommandRow row{"diff",
                 "[SELECTOR...]",
                 ValueKind::selector,
                 0,
                 std::numeric_limits<std::size_t>::max(),
                 "tell what a views file would change",
                 "",
                 {}};
  row.description =
      "Compares the views of a TOML file with those that are there, and changes nothing. Each is to create, to change "
      "(its rows stay), to replace (they are those of the old definition until the next refresh), to recreate (where "
      "a backend cannot change a view), or unchanged. Selectors are names and globs of views in the file.";
  row.options = {views_file_option(),
                 prune_option(),
                 {"exit-code", '\0', "", ValueKind::none, "exit 5 if anything differs"},
                 {"out", '\0', "PLAN", ValueKind::file, "save what was found, to be carried out by 'apply PLAN'"}};
  row.examples = {"matview diff -f matview.toml", "matview diff -f matview.toml 'sales_*' --exit-code",
                  "matview diff -f matview.toml --prune --out plan.json"};
  return {std::move(row), run};
}

}  // namespace matview::cli
