#include <fmt/format.h>

#include "cli/completion.hpp"
#include "cli/completion_parts.hpp"

namespace matview::cli {

namespace {

constexpr std::string_view k_head = R"sh(#compdef matview
# Completion of matview for zsh. Made by 'matview completion zsh' from the table of its options: do not edit.

# Offers the names of kind $1, which matview answers in a moment or not at all, in the profile that the line chooses.
# One that ends with ':' goes on.
__matview_offer() {
  local key line told kind=$1
  local -a passed=( $chosen ) names remarks open
  shift
  for key in -P --profile --config; do
    (( $+opt_args[$key] )) && passed+=( $key ${(Q)opt_args[$key]} )
  done
  for line in ${(f)"$(${~program} __complete $kind $passed -- "${(Q)PREFIX}" </dev/null 2>/dev/null)"}; do
    if [[ ${line%%$'\t'*} == *: ]]; then
      open+=( ${line%%$'\t'*} )
    else
      names+=( ${line%%$'\t'*} )
      remarks+=( "${line%%$'\t'*}  -- ${line#*$'\t'}" )
      [[ $line == *$'\t' ]] || told=1
    fi
  done
  if [[ $told ]]; then
    compadd "$@" -l -d remarks -a names
  else
    compadd "$@" -a names
  fi
  (( $#open )) && compadd "$@" -S '' -a open
}

_matview_views() { __matview_offer view "$@" }
_matview_selectors() { __matview_offer selector "$@" }
_matview_profiles() { __matview_offer profile "$@" }
_matview_jobs() { __matview_offer job "$@" }
_matview_tags() { __matview_offer tag "$@" }

)sh";

std::string escaped(const std::string& text) {
  std::string out;
  for (const char c : text) {
    if (c == '[' || c == ']' || c == ':' || c == '\\') out += '\\';
    out += c;
  }
  return out;
}

std::string joined(const std::vector<std::string>& words) { return fmt::format("{}", fmt::join(words, " ")); }

/// What completes a value: the last part of an _arguments specification.
std::string action(ValueKind kind, const std::vector<std::string>& words) {
  if (kind == ValueKind::fields) return "_values -s , field " + joined(words);
  if (!words.empty()) return "(" + joined(words) + ")";
  switch (kind) {
    case ValueKind::file: return "_files";
    case ValueKind::view: return "_matview_views";
    case ValueKind::selector: return "_matview_selectors";
    case ValueKind::profile: return "_matview_profiles";
    case ValueKind::job: return "_matview_jobs";
    case ValueKind::tag: return "_matview_tags";
    default: return " ";
  }
}

/// One option as _arguments wants it: '(-P --profile)'{-P+,--profile=}'[help]:NAME:action'.
std::string specification(const CommandRow& command, const OptionRow& row) {
  const bool takes_value = !row.value.empty() && !row.value_optional;
  const std::string long_name = "--" + row.name + (takes_value ? "=" : row.value_optional ? "=-" : "");
  std::string tail = "[" + escaped(row.help) + "]";
  if (!row.value.empty())
    tail += (row.value_optional ? "::" : ":") + escaped(row.value) + ":" + action(row.kind, words_for(command, row));
  const std::string star = row.repeatable ? "*" : "";
  if (row.letter == '\0') return single_quoted(star + long_name + tail);
  const std::string letter = fmt::format("-{}", row.letter);
  const std::string both = fmt::format("{{{}{},{}}}", letter, takes_value ? "+" : "", long_name);
  const std::string front = row.repeatable ? "*" : fmt::format("({} --{})", letter, row.name);
  return single_quoted(front) + both + single_quoted(tail);
}

std::string arguments_specification(const CommandRow& command, const std::vector<CommandRow>& commands) {
  if (command.most_arguments == 0) return {};
  auto what = action(command.argument_kind, words_for_argument(command, commands));
  // A message beside a matching option would keep zsh from inserting it.
  if (what == " ") what = fmt::format("{{[[ $PREFIX == -* ]] || _message \"{}\"}}", command.arguments);
  const std::string label = ":" + escaped(command.arguments.empty() ? "argument" : command.arguments) + ":" + what;
  return command.most_arguments == 1 ? single_quoted(":" + label.substr(1)) : single_quoted("*" + label);
}

std::string arguments_call(const CommandRow& command, const std::vector<CommandRow>& commands,
                           const std::string& indent) {
  std::string text = indent + "_arguments -s -S :";
  for (const auto& row : command.options) text += " \\\n" + indent + "  " + specification(command, row);
  text += " \\\n" + indent + "  $every";
  // An option of the command's own may have the name of one of every command.
  for (const auto& row : command.options)
    for (const auto& global : global_options())
      if (row.name == global.name) text.replace(text.rfind("$every"), 6, "${every:#*--" + row.name + "*}");
  const auto arguments = arguments_specification(command, commands);
  if (!arguments.empty()) text += " \\\n" + indent + "  " + arguments;
  return text + " && ret=0\n";
}

std::string describe(const std::vector<Offer>& offers, const std::string& indent) {
  std::string text = indent + "local -a offers=(\n";
  for (const auto& offer : offers)
    text += indent + "  " + single_quoted(escaped(offer.word) + ":" + offer.summary) + "\n";
  return text + indent + ")\n" + indent + "_describe -t commands 'matview command' offers\n";
}

std::string words_function(const std::string& name, const std::vector<Offer>& offers) {
  return name + "() {\n" + describe(offers, "  ") + "}\n\n";
}

/// The dispatch on the next word: commands by name, groups by a dispatch of their own.
std::string next_word(const std::string& function, const std::string& cases, const std::string& indent) {
  std::string text;
  text += indent + "_arguments -s -S -C : $every ': :" + function + "' '*::: :->next' && ret=0\n";
  text += indent + "if [[ $state == next ]]; then\n";
  text += indent + "  for key in -P --profile --config; do\n";
  text += indent + "    (( $+opt_args[$key] )) && chosen+=( $key ${(Q)opt_args[$key]} )\n";
  text += indent + "  done\n";
  text += indent + "  words=( $line[1] \"${words[@]}\" )\n";
  text += indent + "  (( CURRENT += 1 ))\n";
  text += indent + "  case $line[1] in\n" + cases + indent + "  esac\n";
  return text + indent + "fi\n";
}

}  // namespace

std::string zsh_completion(const std::vector<CommandRow>& commands) {
  std::string text(k_head);
  text += words_function("_matview_commands", first_words(commands));
  for (const auto& group : command_groups(commands))
    text += words_function("_matview_" + group + "_commands", second_words(group, commands));

  std::string cases;
  for (const auto& row : commands)
    if (row.name.find(' ') == std::string::npos)
      cases += "      " + row.name + ")\n" + arguments_call(row, commands, "        ") + "        ;;\n";
  for (const auto& group : command_groups(commands)) {
    std::string inner;
    for (const auto& row : commands)
      if (row.name.starts_with(group + " "))
        inner += "            " + row.name.substr(group.size() + 1) + ")\n" +
                 arguments_call(row, commands, "              ") + "              ;;\n";
    cases +=
        "      " + group + ")\n" + next_word("_matview_" + group + "_commands", inner, "        ") + "        ;;\n";
  }

  text += "_matview() {\n";
  text += "  local curcontext=$curcontext state line key ret=1 program=$words[1]\n";
  text += "  local -A opt_args\n  local -a chosen\n  local -a every=(\n";
  for (const auto& row : global_options()) text += "    " + specification({}, row) + "\n";
  text += "  )\n" + next_word("_matview_commands", cases, "  ") + "  return ret\n}\n\n";
  // Loaded from $fpath the file is the function's body; sourced, it registers the function.
  text += "if [[ $funcstack[1] == _matview ]]; then\n  _matview \"$@\"\nelse\n  compdef _matview matview\nfi\n";
  return text;
}

}  // namespace matview::cli
