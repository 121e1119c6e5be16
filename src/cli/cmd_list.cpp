#include "cli/cmd_list.hpp"

#include <algorithm>
#include <limits>

#include "app/refresh.hpp"
#include "cli/definitions.hpp"
#include "cli/inputs.hpp"
#include "cli/session.hpp"
#include "output/print.hpp"
#include "output/values.hpp"

namespace matview::cli {

namespace {

void append(std::vector<View>& views, std::vector<app::Selected> selected) {
  for (auto& item : selected) views.push_back(std::move(item.view));
  std::sort(views.begin(), views.end(),
            [](const View& a, const View& b) { return std::tie(a.profile, a.name) < std::tie(b.profile, b.name); });
}

Result<int> run(Session& session) {
  const Arguments& arguments = session.arguments();
  const auto fields = arguments.list("fields");
  MATVIEW_TRY(output::check_fields(fields, output::view_fields()));
  MATVIEW_ASSIGN(const app::Selector selector, read_selector(session, false));
  app::SelectionNeeds needs;
  needs.whole = true;
  needs.freshness = std::find(fields.begin(), fields.end(), "freshness") != fields.end() ||
                    (fields.empty() && session.format() == output::Format::wide);
  needs.details = arguments.has("details") || session.format() == output::Format::wide;
  needs.options = arguments.provider_options();
  std::vector<Error> unreachable;
  needs.unreachable = &unreachable;
  for (const auto& profile : profiles_of(session, selector))
    MATVIEW_TRY(check_provider_options(session, profile, Operation::list));
  MATVIEW_ASSIGN(auto selected, app::select(session.workspace(), selector, needs, session.control()));
  std::vector<View> views;
  append(views, std::move(selected));
  if (session.wants_toml()) {
    std::vector<Error> errors;
    MATVIEW_TRY(print_definitions_of(session, views, errors));
    const auto error = app::combined_error(errors, views.size(), views.size() - errors.size(), "views failed to tell");
    if (error) return exit_code(error->code);
    return report_unreachable(session, unreachable, "profiles failed to list");
  }
  MATVIEW_TRY(output::print_views(session.out(), views, session.format(), session.style(), fields,
                                  output::ViewTable::list, failures_of(unreachable)));
  return report_unreachable(session, unreachable, "profiles failed to list");
}

}  // namespace

Command list_command() {
  CommandRow row{"list",
                 "[SELECTOR...]",
                 ValueKind::selector,
                 0,
                 std::numeric_limits<std::size_t>::max(),
                 "list the views of a profile",
                 "",
                 {}};
  row.description =
      "Looks at no source, so that it is quick however many views there are: freshness is 'unknown' unless --fields "
      "has it or the output is wide. 'matview status' tells how fresh the views are and what changed.";
  row.options = selector_options();
  row.options.push_back(all_profiles_option());
  row.options.push_back({"details", '\0', "", ValueKind::none,
                         "ask for each view by itself too, where a list of the backend does not tell all"});
  row.options.push_back(fields_option());
  row.operation = Operation::list;
  row.examples = {"matview list", "matview list 'sales_*' -o json", "matview list --fields name,rows,bytes",
                  "matview list -o toml"};
  return {std::move(row), run, true, false, true};
}

}  // namespace matview::cli
