#pragma once

#include <string>
#include <vector>

#include "cli/arguments.hpp"
#include "cli/command_table.hpp"
#include "matview/result.hpp"

namespace matview::cli {

/// What a command line says. `command` is empty where only options of every command were given, as in `--version`.
struct Parsed {
  std::string command;
  Arguments arguments;
};

/// Takes a command line (without the program's name) apart. `usage` for everything that is wrong with it, with the
/// nearest command or option as a hint. With --help among the words their number is not checked.
Result<Parsed> parse(const std::vector<std::string>& words, const std::vector<CommandRow>& commands);

}  // namespace matview::cli
