#include <fmt/format.h>

#include <algorithm>

#include "cli/completion.hpp"
#include "cli/completion_parts.hpp"

namespace matview::cli {

namespace {

constexpr std::string_view k_head =
    R"sh(# Completion of matview for fish. Made by 'matview completion fish' from the table of its options: do not edit.

complete -c matview -e
complete -c matview -f

)sh";

constexpr std::string_view k_functions = R"sh(
# The command before the cursor, as "create" or "profile list"; empty where none stands there yet.
function __matview_command
    set -l words (commandline -opc)
    set -l command
    set -l pending 0
    for word in $words[2..]
        if test $pending = 1
            set pending 0
        else if contains -- $word $__matview_valued
            set pending 1
        else if not string match -q -- '-*' $word
            set -a command $word
            if not contains -- "$command" $__matview_groups
                break
            end
        end
    end
    echo "$command"
end

function __matview_in
    test (__matview_command) = "$argv"
end

# The names of a kind, which matview answers in a moment or not at all, in the profile that the line chooses.
function __matview_names
    set -l words (commandline -opc)
    set -l program (string replace -r '^~/' $HOME/ -- $words[1])
    set -l passed
    set -l pending 0
    for word in $words[2..]
        if test $pending = 1
            set -a passed $word
            set pending 0
        else if contains -- $word -P --profile --config
            set -a passed $word
            set pending 1
        else if string match -q -r -- '^--(profile|config)=' $word
            set -a passed $word
        end
    end
    set -l word (string replace -r '^--[a-z-]+=' '' -- (commandline -ct))
    $program __complete $argv $passed -- $word </dev/null 2>/dev/null
end

)sh";

std::string quoted(const std::string& text) {
  std::string out = "'";
  for (const char c : text) {
    if (c == '\'' || c == '\\') out += '\\';
    out += c;
  }
  return out + "'";
}

std::string joined(const std::vector<std::string>& words) { return fmt::format("{}", fmt::join(words, " ")); }

/// How the value is offered: -x for one of fixed or asked words, -r -F for a file.
std::string value_flags(ValueKind kind, const std::vector<std::string>& words) {
  if (kind == ValueKind::fields)
    return fmt::format(" -x -a \"(__fish_complete_list , 'string split \\' \\' \\'{}\\'')\"", joined(words));
  if (!words.empty()) return fmt::format(" -x -a {}", quoted(joined(words)));
  switch (kind) {
    case ValueKind::file: return " -r -F";
    case ValueKind::view: return " -x -a '(__matview_names view)'";
    case ValueKind::selector: return " -x -a '(__matview_names selector)'";
    case ValueKind::profile: return " -x -a '(__matview_names profile)'";
    case ValueKind::job: return " -x -a '(__matview_names job)'";
    case ValueKind::tag: return " -x -a '(__matview_names tag)'";
    default: return " -x";
  }
}

std::string option_line(const std::string& condition, const CommandRow& command, const OptionRow& row) {
  std::string text = "complete -c matview" + condition;
  if (row.letter != '\0') text += fmt::format(" -s {}", row.letter);
  text += " -l " + row.name;
  // fish knows no value that may be left out: it offers the bare option.
  if (!row.value.empty() && !row.value_optional) text += value_flags(row.kind, words_for(command, row));
  return text + " -d " + quoted(row.help) + "\n";
}

std::string argument_line(const CommandRow& command, const std::vector<CommandRow>& commands) {
  const auto words = words_for_argument(command, commands);
  const auto flags = value_flags(command.argument_kind, words);
  if (flags == " -x") return {};
  const bool files = command.argument_kind == ValueKind::file;
  return fmt::format("complete -c matview -n '__matview_in {}'{}{}\n", command.name, files ? "" : " -f",
                     flags.substr(3));
}

std::string offers(const std::string& command, const std::vector<Offer>& words) {
  std::string text;
  for (const auto& offer : words)
    text += fmt::format("complete -c matview -n \"__matview_in '{}'\" -a {} -d {}\n", command, offer.word,
                        quoted(offer.summary));
  return text;
}

/// The options that take the next word as their value.
std::string valued_options(const std::vector<CommandRow>& commands) {
  std::vector<std::string> names;
  const auto add = [&](const OptionRow& row) {
    if (row.value.empty() || row.value_optional) return;
    const std::string name = "--" + row.name;
    if (std::find(names.begin(), names.end(), name) != names.end()) return;
    names.push_back(name);
    if (row.letter != '\0') names.push_back(std::string("-") + row.letter);
  };
  for (const auto& row : global_options()) add(row);
  for (const auto& command : commands)
    for (const auto& row : command.options) add(row);
  return joined(names);
}

}  // namespace

std::string fish_completion(const std::vector<CommandRow>& commands) {
  std::string text(k_head);
  text += "set -g __matview_valued " + valued_options(commands) + "\n";
  text += "set -g __matview_groups " + joined(command_groups(commands)) + "\n";
  text += k_functions;
  for (const auto& row : global_options()) text += option_line("", {}, row);
  text += "\n" + offers("", first_words(commands));
  for (const auto& group : command_groups(commands)) text += "\n" + offers(group, second_words(group, commands));
  for (const auto& command : commands) {
    text += "\n" + argument_line(command, commands);
    for (const auto& row : command.options)
      text += option_line(fmt::format(" -n '__matview_in {}'", command.name), command, row);
  }
  return text;
}

}  // namespace matview::cli
