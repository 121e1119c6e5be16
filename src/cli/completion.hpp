#pragma once

#include <string>
#include <vector>

#include "cli/command_table.hpp"

namespace matview::cli {

// Completion scripts, made from the table that the parser uses. Names of views, jobs, profiles and tags are asked of
// `matview __complete`, which keeps to a time limit; everything else stands in the script, so that a Tab starts no
// process.

/// Needs bash 4; no other package.
std::string bash_completion(const std::vector<CommandRow>& commands);
/// A function for a folder of $fpath, to be called `_matview`.
std::string zsh_completion(const std::vector<CommandRow>& commands);
/// For fish 3.
std::string fish_completion(const std::vector<CommandRow>& commands);

}  // namespace matview::cli
