#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "matview/registry.hpp"

namespace matview::cli {

/// What the value of an option or an argument is: how it is checked, and what a shell offers to complete it with.
enum class ValueKind {
  none,
  text,
  number,    ///< a whole number from 0 on
  duration,  ///< "90s", "15m", "2h"
  choice,    ///< one of `choices`
  file,
  view,
  selector,  ///< a view, a glob, +view, view+
  profile,
  job,
  tag,
  sql,
  fields,  ///< key names, separated by commas
  topic,   ///< of `help`
};

/// One flag, as help, completion and man pages show it and as the parser takes it.
struct OptionRow {
  std::string name;  ///< without dashes
  char letter = '\0';
  std::string value;  ///< placeholder of its value; empty for a flag without one
  ValueKind kind = ValueKind::none;
  std::string help;  ///< one line, no full stop
  bool repeatable = false;
  bool value_optional = false;              ///< then the value can only be given with '='
  std::vector<std::string> choices = {};    ///< the only values allowed
  std::vector<std::string> providers = {};  ///< whose option it is; empty: of the command itself
  bool hidden = false;                      ///< of hidden providers alone: taken, but not shown or offered
};

struct CommandRow {
  std::string name;       ///< "create", "profile list"
  std::string arguments;  ///< placeholders: "NAME", "[SELECTOR…]"
  ValueKind argument_kind = ValueKind::none;
  std::size_t least_arguments = 0;
  std::size_t most_arguments = 0;
  std::string summary;      ///< one line, no full stop
  std::string description;  ///< paragraphs for help; may be empty
  std::vector<OptionRow> options;
  std::optional<Operation> operation = {};  ///< whose provider options it takes
  std::vector<std::string> examples = {};
  std::vector<std::string> argument_choices = {};  ///< words to complete the arguments with, where they are fixed
};

/// Every command in the order of help, with the options of the providers it takes. Made from the table that the
/// parser uses: help, completion and man pages cannot differ from what is accepted.
std::vector<CommandRow> command_rows(Registry registry);

/// The options of every command.
const std::vector<OptionRow>& global_options();

}  // namespace matview::cli
