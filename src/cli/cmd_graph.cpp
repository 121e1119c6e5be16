#include "cli/cmd_graph.hpp"

#include <limits>

#include "app/graph.hpp"
#include "cli/inputs.hpp"
#include "cli/session.hpp"

namespace matview::cli {

namespace {

Result<int> run(Session& session) {
  MATVIEW_ASSIGN(const app::Selector selector, read_selector(session, false));
  app::SelectionNeeds needs;
  std::vector<Error> unreachable;
  needs.unreachable = &unreachable;
  MATVIEW_ASSIGN(const auto graph, app::dependency_graph(session.workspace(), selector, needs, session.control()));
  if (const auto drawing = session.drawing())
    MATVIEW_TRY(output::print_drawing(session.out(), graph, *drawing, session.style()));
  else
    MATVIEW_TRY(output::print_graph(session.out(), graph, session.format(), session.style()));
  return report_unreachable(session, unreachable, "profiles failed to answer");
}

}  // namespace

Command graph_command() {
  CommandRow row{"graph",
                 "[SELECTOR...]",
                 ValueKind::selector,
                 0,
                 std::numeric_limits<std::size_t>::max(),
                 "show what reads from what",
                 "",
                 {}};
  row.description =
      "Without a selector: every view of the profile. What reads a view stands below it; '+NAME+' is a view with all "
      "that it reads and all that reads it. Besides what the backends tell, 'depends_on' of the nearest matview.toml "
      "counts, also across profiles. -o dot and -o mermaid are for other programs to draw.";
  row.options = selector_options();
  row.options.push_back(all_profiles_option());
  row.examples = {"matview graph", "matview graph +daily_report+", "matview graph --all-profiles -o dot | dot -Tsvg"};
  return {std::move(row), run};
}

}  // namespace matview::cli
