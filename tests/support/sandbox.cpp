#include "support/sandbox.hpp"

namespace matview::test {

Sandbox::Sandbox() {
  std::filesystem::create_directory(home());
  std::filesystem::create_directory(work());
}

void Sandbox::configure(std::string_view toml) const { directory_.write("home/.config/matview/config.toml", toml); }

Command Sandbox::command(std::vector<std::string> arguments) const {
  Command command;
  command.arguments = std::move(arguments);
  command.environment = {{"HOME", home().string()}, {"PATH", "/usr/bin:/bin"}, {"TZ", "UTC"}};
  command.directory = work();
  return command;
}

Outcome Sandbox::run(std::vector<std::string> arguments, std::string input) const {
  auto prepared = command(std::move(arguments));
  prepared.input = std::move(input);
  return test::run(prepared);
}

}  // namespace matview::test
