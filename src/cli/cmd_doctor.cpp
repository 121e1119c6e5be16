#include "cli/cmd_doctor.hpp"

#include <fmt/format.h>

#include "app/doctor.hpp"
#include "cli/session.hpp"
#include "output/print.hpp"

namespace matview::cli {

namespace {

/// One list for all sections; a check of a profile names it.
std::vector<Check> flatten(const app::DoctorReport& report) {
  std::vector<Check> checks;
  for (const auto& section : report.sections)
    for (Check check : section.checks) {
      if (!section.profile.empty()) check.name = fmt::format("{}: {}", section.profile, check.name);
      checks.push_back(std::move(check));
    }
  return checks;
}

Result<int> run(Session& session) {
  const Arguments& arguments = session.arguments();
  MATVIEW_ASSIGN(auto access, session.remote_access());
  if (const auto timeout = arguments.value("timeout")) MATVIEW_TRY(session.limit_time(*timeout));
  const app::DoctorRequest request{session.registry(), session.world().environment, session.load_options(),
                                   arguments.has("all-profiles"), std::move(access)};
  const auto report = app::doctor(request, session.control());
  MATVIEW_TRY(output::print_checks(session.out(), flatten(report), session.format(), session.style()));
  if (report.error) return fail(*report.error);
  return 0;
}

}  // namespace

Command doctor_command() {
  CommandRow row{"doctor", "", ValueKind::none, 0, 0, "look for what would keep commands from working", "", {}};
  row.description =
      "Checks the configuration, permissions, credentials (never shown), the store, the ledger and what the "
      "profile's provider needs; a service is asked for as much as the credentials allow. Says what to do about what "
      "it finds.";
  row.options = {{"all-profiles", '\0', "", ValueKind::none, "check every profile and not only the one in use"}};
  row.examples = {"matview doctor", "matview doctor -P dune"};
  // It reads the configuration on its own: a broken one is what it is there to find.
  return {std::move(row), run, false};
}

}  // namespace matview::cli
