#pragma once

#include <string>
#include <vector>

#include "cli/command_table.hpp"

namespace matview::cli {

// What help and manual pages say alike, each in its own form.

struct OptionGroup {
  std::string title;  ///< "Options", "Options of dune, lance"
  std::vector<std::string> providers;
  std::vector<OptionRow> rows;
};

/// The options of a command that are shown: its own first, then those of providers under the names of who has them.
/// A group has at least one.
std::vector<OptionGroup> option_groups(const CommandRow& command);

struct CommandGroup {
  std::string title;
  std::vector<CommandRow> rows;
};

/// The commands by what they are for. One that no group knows comes in the last.
std::vector<CommandGroup> command_groups_of(const std::vector<CommandRow>& commands);

/// "--output FORMAT", "--trace-http[=FILE]".
std::string option_usage(const OptionRow& row);

/// What an option does, with the words to choose from.
std::string option_help(const OptionRow& row);

/// "create NAME".
std::string command_usage(const CommandRow& row);

/// The text with a capital in front.
std::string capitalized(std::string text);

}  // namespace matview::cli
