#include "cli/command_table.hpp"

#include <algorithm>

#include "cli/cmd_apply.hpp"
#include "cli/cmd_cancel.hpp"
#include "cli/cmd_completion.hpp"
#include "cli/cmd_create.hpp"
#include "cli/cmd_diff.hpp"
#include "cli/cmd_doctor.hpp"
#include "cli/cmd_drop.hpp"
#include "cli/cmd_explain.hpp"
#include "cli/cmd_gc.hpp"
#include "cli/cmd_graph.hpp"
#include "cli/cmd_help.hpp"
#include "cli/cmd_history.hpp"
#include "cli/cmd_list.hpp"
#include "cli/cmd_profile.hpp"
#include "cli/cmd_query.hpp"
#include "cli/cmd_refresh.hpp"
#include "cli/cmd_show.hpp"
#include "cli/cmd_status.hpp"
#include "cli/cmd_suspend.hpp"
#include "cli/cmd_validate.hpp"
#include "cli/cmd_verify.hpp"
#include "cli/cmd_version.hpp"
#include "cli/cmd_wait.hpp"
#include "cli/cmd_watch.hpp"
#include "cli/command.hpp"

namespace matview::cli {

namespace {

void add_provider_option(CommandRow& command, const OptionSpec& spec, const ProviderInfo& provider) {
  const auto same = std::find_if(command.options.begin(), command.options.end(),
                                 [&](const OptionRow& row) { return row.name == spec.name; });
  if (same != command.options.end()) {
    // The command's own meaning of that name wins; two providers share a flag.
    if (same->providers.empty()) return;
    same->providers.push_back(provider.name);
    same->hidden = same->hidden && provider.hidden;
    return;
  }
  const ValueKind kind = !spec.choices.empty()  ? ValueKind::choice
                         : spec.value.empty()   ? ValueKind::none
                         : spec.value == "FILE" ? ValueKind::file
                                                : ValueKind::text;
  command.options.push_back({spec.name,
                             '\0',
                             spec.value,
                             kind,
                             spec.help,
                             spec.repeatable,
                             false,
                             spec.choices,
                             {provider.name},
                             provider.hidden});
}

}  // namespace

// In the order of help: what is done first and most often stands first.
std::vector<Command> all_commands() {
  return {create_command(),       refresh_command(),      status_command(),      list_command(),   show_command(),
          drop_command(),         watch_command(),        suspend_command(),     resume_command(), apply_command(),
          diff_command(),         validate_command(),     wait_command(),        cancel_command(), graph_command(),
          query_command(),        history_command(),      explain_command(),     verify_command(), gc_command(),
          profile_list_command(), profile_show_command(), profile_use_command(), doctor_command(), completion_command(),
          help_command(),         version_command()};
}

std::vector<CommandRow> command_rows(Registry registry) {
  std::vector<CommandRow> rows;
  for (auto& command : all_commands()) {
    for (const auto& entry : registry)
      for (const auto& spec : entry.info().options)
        if (command.row.operation && spec.operations.contains(*command.row.operation))
          add_provider_option(command.row, spec, entry.info());
    rows.push_back(std::move(command.row));
  }
  return rows;
}

}  // namespace matview::cli
