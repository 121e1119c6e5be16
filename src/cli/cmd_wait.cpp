#include "cli/cmd_wait.hpp"

#include <limits>

#include "app/jobs.hpp"
#include "cli/inputs.hpp"
#include "cli/narrator.hpp"
#include "cli/session.hpp"
#include "cli/waiting.hpp"
#include "output/values.hpp"

namespace matview::cli {

namespace {

Result<int> run(Session& session) {
  const Arguments& arguments = session.arguments();
  MATVIEW_TRY(output::check_fields(arguments.list("fields"), output::job_fields()));
  MATVIEW_ASSIGN(const auto ids, read_job_ids(session));
  return narrate(session, "wait", ids.size() > 1, output::JobName::id, [&](app::RunListener& listener) {
    return app::wait_for_jobs(session.workspace(), ids, wait_options(arguments), listener, session.control());
  });
}

}  // namespace

Command wait_command() {
  CommandRow row{"wait",
                 "JOB...",
                 ValueKind::job,
                 1,
                 std::numeric_limits<std::size_t>::max(),
                 "wait until jobs that were submitted earlier have ended",
                 "",
                 {}};
  row.description =
      "From any shell: the jobs are on record, with their profiles. '-' reads ids from standard input. A job that "
      "failed or was cancelled makes the exit code 1, one of which nobody knows the end 7, several of which some did "
      "well 3. At the end of --timeout, or after Ctrl-C, the jobs go on.";
  row.options = {cancel_on_timeout_option(), fields_option()};
  row.examples = {"matview wait 01J9ZK5T3N8Q7W4V6X2Y1A0B9C",
                  "matview refresh --stale --no-wait -o name | matview wait - --timeout 2h"};
  return {std::move(row), run};
}

}  // namespace matview::cli
