#include "cli/cmd_profile.hpp"

#include <fmt/format.h>

#include "app/profiles.hpp"
#include "cli/session.hpp"
#include "output/print.hpp"

namespace matview::cli {

namespace {

std::string origin_text(const config::Origin& origin) {
  return origin.where.empty() ? std::string(config::to_string(origin.layer)) : origin.where;
}

output::SettingRow to_row(const config::Setting& setting) {
  return {setting.key, setting.value, origin_text(setting.origin)};
}

output::ProfileRow to_row(const app::ProfileData& profile) {
  output::ProfileRow row;
  row.name = profile.name;
  row.provider = profile.provider;
  row.is_default = profile.in_use;
  row.origin = origin_text(profile.origin);
  for (const auto& setting : profile.settings) row.settings.push_back(to_row(setting));
  return row;
}

Result<int> list(Session& session) {
  std::vector<output::ProfileRow> rows;
  for (const auto& profile : app::list_profiles(session.config()).profiles) rows.push_back(to_row(profile));
  MATVIEW_TRY(output::print_profiles(session.out(), rows, session.format(), session.style()));
  return 0;
}

Result<int> show(Session& session) {
  const auto& words = session.arguments().words();
  MATVIEW_ASSIGN(const auto profile, app::show_profile(session.config(), words.empty() ? "" : words.front()));
  MATVIEW_TRY(output::print_profile(session.out(), to_row(profile), session.format(), session.style()));
  return 0;
}

Result<int> use(Session& session) {
  const std::string& name = session.arguments().words().front();
  MATVIEW_ASSIGN(const auto result, app::use_profile(session.config(), name, session.dry_run()));
  const std::string file = result.file.string();
  if (!result.changed)
    session.note(fmt::format("profile '{}' is the default already, by '{}'", result.profile, file));
  else if (session.dry_run())
    session.note(
        fmt::format("'{}' would make '{}' the default profile instead of '{}'", file, result.profile, result.previous));
  else
    session.note(fmt::format("profile '{}' is the default now, by '{}'", result.profile, file));
  return 0;
}

}  // namespace

Command profile_list_command() {
  CommandRow row{"profile list", "", ValueKind::none, 0, 0, "list the configured profiles", "", {}};
  row.description = "With the provider of each and where it is configured (matview-config(5)).";
  row.examples = {"matview profile list"};
  return {std::move(row), list};
}

Command profile_show_command() {
  CommandRow row{
      "profile show", "[NAME]", ValueKind::profile, 0, 1, "show a profile, every value with its origin", "", {}};
  row.description = "Without a name: the profile in use. Secrets are masked.";
  row.examples = {"matview profile show", "matview profile show local -o json"};
  return {std::move(row), show};
}

Command profile_use_command() {
  CommandRow row{"profile use", "NAME", ValueKind::profile, 1, 1, "make a profile the default", "", {}};
  row.description = "Writes default_profile to the user's configuration file and leaves the rest of it as it is.";
  row.examples = {"matview profile use local"};
  return {std::move(row), use};
}

}  // namespace matview::cli
