#include "cli/cmd_cancel.hpp"

#include <limits>

#include "app/jobs.hpp"
#include "cli/inputs.hpp"
#include "cli/narrator.hpp"
#include "cli/session.hpp"
#include "output/print.hpp"
#include "output/values.hpp"

namespace matview::cli {

namespace {

Result<int> run(Session& session) {
  MATVIEW_TRY(output::check_fields(session.arguments().list("fields"), output::job_fields()));
  MATVIEW_ASSIGN(const auto ids, read_job_ids(session));
  auto& workspace = session.workspace();
  if (session.dry_run()) {
    MATVIEW_ASSIGN(const auto plans, app::plan_cancel(workspace, ids, session.control()));
    MATVIEW_TRY(session.print_plans(plans));
    return 0;
  }
  return narrate(session, "cancel", ids.size() > 1, output::JobName::id, [&](app::RunListener& listener) {
    return app::cancel_jobs(workspace, ids, listener, session.control());
  });
}

}  // namespace

Command cancel_command() {
  CommandRow row{
      "cancel", "JOB...", ValueKind::job, 1, std::numeric_limits<std::size_t>::max(), "end jobs that run at a backend",
      "",       {}};
  row.description =
      "Asks the backend and does not wait: the answer may still say that the job is running. A job that has ended "
      "stays as it is. What a backend did until then it may charge for.";
  row.options = {fields_option()};
  row.examples = {"matview cancel 01J9ZK5T3N8Q7W4V6X2Y1A0B9C"};
  return {std::move(row), run, true, true};
}

}  // namespace matview::cli
