#pragma once

#include "cli/command_table.hpp"
#include "matview/result.hpp"

namespace matview::cli {

class Session;

/// A command: how it looks and what it does. `run` answers the exit code, or the error that the caller prints.
struct Command {
  CommandRow row;
  Result<int> (*run)(Session& session);
  bool needs_configuration = true;
  bool has_plans = false;        ///< --dry-run prints what `Session::print_plans` is given: also as `-o curl`
  bool has_definitions = false;  ///< prints definitions: also as `-o toml`
};

/// All of them, without provider options. The one place that knows every command.
std::vector<Command> all_commands();

}  // namespace matview::cli
