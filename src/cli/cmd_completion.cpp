#include "cli/cmd_completion.hpp"

#include <fmt/format.h>

#include "cli/completion.hpp"
#include "cli/completion_parts.hpp"
#include "cli/session.hpp"
#include "support/edit_distance.hpp"
#include "support/text.hpp"

namespace matview::cli {

namespace {

const std::vector<std::string>& shells() {
  static const std::vector<std::string> k_shells{"bash", "zsh", "fish"};
  return k_shells;
}

Result<std::string> script_for(const std::string& shell, const std::vector<CommandRow>& commands) {
  if (shell == "bash") return bash_completion(commands);
  if (shell == "zsh") return zsh_completion(commands);
  if (shell == "fish") return fish_completion(commands);
  Error error(ErrorCode::usage, fmt::format("there is no completion for '{}'", support::strip_control(shell)));
  const auto near = support::nearest(shell, shells());
  error.hint = near ? fmt::format("did you mean '{}'?", *near) : "there is one for bash, zsh and fish";
  return fail(std::move(error));
}

Result<int> run(Session& session) {
  MATVIEW_ASSIGN(const auto script,
                 script_for(session.arguments().words().front(), offered_commands(command_rows(session.registry()))));
  MATVIEW_TRY(session.out().write(script));
  MATVIEW_TRY(session.out().flush());
  return 0;
}

}  // namespace

Command completion_command() {
  CommandRow row{"completion",
                 "bash|zsh|fish",
                 ValueKind::choice,
                 1,
                 1,
                 "print the script that completes matview in a shell",
                 "",
                 {}};
  row.description =
      "It completes commands, options, values, profiles, views, tags and jobs. Views of services are those that "
      "matview met last: a Tab asks no service and takes no longer than 0.1 s. Packages install it. By hand: for "
      "bash, write it to ~/.local/share/bash-completion/completions/matview; for zsh, to a file _matview in a folder "
      "of $fpath; for fish, to ~/.config/fish/completions/matview.fish.";
  row.examples = {"source <(matview completion bash)"};
  row.argument_choices = shells();
  return {std::move(row), run, false};
}

}  // namespace matview::cli
