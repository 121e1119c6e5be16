#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cli/command_table.hpp"

namespace matview::cli {

// Manual pages in mdoc(7), made from the table that the parser, help and completion use: they cannot differ.

/// The pages there are, as the first words of commands: "create", "profile".
std::vector<std::string> manual_pages(const std::vector<CommandRow>& commands);

/// The page matview-NAME(1); empty for no command. What it says is what `matview help NAME` says.
std::optional<std::string> manual_page(const std::string& name, const std::vector<CommandRow>& commands);

/// What matview(1), which is written by hand, has from the table: "commands" or "options". Empty for any other name.
std::optional<std::string> manual_part(const std::string& name, const std::vector<CommandRow>& commands);

}  // namespace matview::cli
