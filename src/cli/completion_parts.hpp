#pragma once

#include <string>
#include <vector>

#include "cli/command_table.hpp"

namespace matview::cli {

/// What all three shells offer, in words; each shell says it in its own language.

struct Offer {
  std::string word;
  std::string summary;
};

/// Commands as the first word: those of one word, and the groups ("profile").
std::vector<Offer> first_words(const std::vector<CommandRow>& commands);

/// The groups.
std::vector<std::string> command_groups(const std::vector<CommandRow>& commands);

/// The second words of a group.
std::vector<Offer> second_words(const std::string& group, const std::vector<CommandRow>& commands);

/// The table without what only the provider for tests has: nobody is to be offered that.
std::vector<CommandRow> offered_commands(std::vector<CommandRow> commands);

/// The options of a command, those of every command after its own.
std::vector<OptionRow> all_options(const CommandRow& command);

/// Fixed words to choose from for an option's value; empty where there are none.
std::vector<std::string> words_for(const CommandRow& command, const OptionRow& option);

/// Fixed words to choose from for the command's arguments.
std::vector<std::string> words_for_argument(const CommandRow& command, const std::vector<CommandRow>& commands);

/// The text in single quotes for a POSIX shell.
std::string single_quoted(const std::string& text);

}  // namespace matview::cli
