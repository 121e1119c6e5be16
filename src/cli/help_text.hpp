#pragma once

#include <string>
#include <vector>

#include "cli/command_table.hpp"

namespace matview::cli {

/// What `matview help` prints: the commands, each with its line.
std::string overview_text(const std::vector<CommandRow>& commands);

/// What `matview COMMAND --help` prints. Options of providers stand under the names of those who have them.
std::string command_text(const CommandRow& command);

/// The commands of a group ("profile").
std::string group_text(const std::string& group, const std::vector<CommandRow>& commands);

}  // namespace matview::cli
