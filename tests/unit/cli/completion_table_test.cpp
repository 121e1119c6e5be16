#include <doctest/doctest.h>

#include <set>
#include <string>

#include "cli/completion.hpp"
#include "cli/completion_parts.hpp"
#include "providers/table.hpp"

using namespace matview::cli;

namespace {

/// From `begin` up to `end`; empty where `begin` is not there.
std::string part_of(const std::string& text, const std::string& begin, const std::string& end) {
  const auto from = text.find(begin);
  if (from == std::string::npos) return {};
  return text.substr(from, text.find(end, from + begin.size()) - from);
}

bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST_CASE("no command stands in the table twice, and no option at one command") {
  std::set<std::string> commands;
  for (const auto& command : command_rows(matview::providers::builtin_providers())) {
    CAPTURE(command.name);
    CHECK(commands.insert(command.name).second);
    std::set<std::string> options;
    for (const auto& option : all_options(command)) {
      CAPTURE(option.name);
      CHECK(options.insert(option.name).second);
    }
  }
}

TEST_CASE("every flag of every command is completed in every shell") {
  const auto commands = offered_commands(command_rows(matview::providers::builtin_providers()));
  REQUIRE_FALSE(commands.empty());
  const auto bash = bash_completion(commands);
  const auto zsh = zsh_completion(commands);
  const auto fish = fish_completion(commands);
  const auto bash_options = part_of(bash, "__matview_options() {", "\n}\n");
  for (const auto& command : commands) {
    const auto in_bash = part_of(bash_options, "\n    '" + command.name + "')", ";;") + " ";
    const auto space = command.name.rfind(' ');
    const auto last = space == std::string::npos ? command.name : command.name.substr(space + 1);
    const auto in_zsh = part_of(zsh, " " + last + ")\n", ";;\n");
    for (const auto& option : all_options(command)) {
      CAPTURE(command.name);
      CAPTURE(option.name);
      const std::string letter = option.letter == '\0' ? "" : std::string(" -s ") + option.letter;
      CHECK(has(in_bash, " --" + option.name + " "));
      bool of_all = true;
      for (const auto& own : command.options) of_all = of_all && own.name != option.name;
      if (of_all) {
        CHECK(has(part_of(zsh, "local -a every=(", "\n  )"), "--" + option.name));
        CHECK(has(fish, "\ncomplete -c matview" + letter + " -l " + option.name + " "));
      } else {
        CHECK(has(in_zsh, "--" + option.name));
        CHECK(has(fish, "'__matview_in " + command.name + "'" + letter + " -l " + option.name + " "));
      }
    }
  }
}
