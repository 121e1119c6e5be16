#include <fmt/format.h>

#include "cli/completion.hpp"
#include "cli/completion_parts.hpp"

namespace matview::cli {

namespace {

constexpr std::string_view k_head = R"sh(# shellcheck shell=bash
# Completion of matview for bash. Made by 'matview completion bash' from the table of its options: do not edit.

)sh";

constexpr std::string_view k_tail = R"sh(
# The names of kind $1 that there are for the word $2, which matview answers in a moment or not at all.
__matview_names() {
  local name remark
  while IFS=$'\t' read -r name remark; do
    printf '%s\n' "$name"
  done < <("${program/#\~\//$HOME/}" __complete "$1" "${passed[@]}" -- "$2" </dev/null 2>/dev/null)
}

# Offers those lines of stdin that begin with $1, each with $2 before it. One that ends with ':' goes on.
__matview_offer() {
  local name quoted
  while IFS= read -r name; do
    [[ $name == "$1"* ]] || continue
    printf -v quoted %q "$name"
    COMPREPLY+=("$2$quoted")
    [[ $name == *: ]] && compopt -o nospace
  done
}

# Offers what a value of kind $1 can be for what was typed, $2; $3 stands before it in the same word.
__matview_reply() {
  local kind=${1%% *} words=${1#* } name
  case $kind in
    words) __matview_offer "$2" "$3" < <(printf '%s\n' $words) ;;
    list)
      local last=${2##*,}
      __matview_offer "$last" "$3${2%"$last"}" < <(printf '%s\n' $words)
      compopt -o nospace
      ;;
    file)
      compopt -o filenames
      while IFS= read -r name; do COMPREPLY+=("$3$name"); done < <(compgen -f -- "$2")
      ;;
    view | selector | profile | job | tag) __matview_offer "$2" "$3" < <(__matview_names "$kind" "$2") ;;
  esac
}

# Splits $1 as a shell does. COMP_WORDS is broken at '=' and ':', which both belong to our words.
# Sets `words`, without their quotes, and `quote` to the one that is still open.
__matview_split() {
  local word='' started='' char i
  words=() quote=
  for ((i = 0; i < ${#1}; i++)); do
    char=${1:i:1}
    if [[ $quote ]]; then
      if [[ $char == "$quote" ]]; then quote=; else word+=$char; fi
      continue
    fi
    case $char in
      [[:space:]])
        [[ $started ]] && words+=("$word")
        word='' started=
        continue
        ;;
      \\)
        ((++i))
        word+=${1:i:1}
        ;;
      [\'\"]) quote=$char ;;
      *) word+=$char ;;
    esac
    started=1
  done
  words+=("$word")
}

_matview() {
  local program=${COMP_WORDS[0]} IFS=$' \t\n'
  local words=() passed=() quote='' command='' pending='' only_words='' word i
  COMPREPLY=()
  __matview_split "${COMP_LINE:0:COMP_POINT}"
  local cur=${words[${#words[@]} - 1]}

  for ((i = 1; i < ${#words[@]} - 1; i++)); do
    word=${words[i]}
    if [[ $pending ]]; then
      case $pending in -P | --profile | --config) passed+=("$pending" "$word") ;; esac
      pending=
    elif [[ $word == -* && ! $only_words ]]; then
      case $word in
        --) only_words=1 ;;
        --profile=* | --config=*) passed+=("$word") ;;
        *) [[ $(__matview_value "$command" "$word") ]] && pending=$word ;;
      esac
    else
      command=$(__matview_next "$command" "$word")
    fi
  done

  if [[ $pending ]]; then
    __matview_reply "$(__matview_value "$command" "$pending")" "$cur" ''
  elif [[ $cur == --*=* && ! $only_words ]]; then
    local before=${cur%%=*}=
    [[ $COMP_WORDBREAKS == *=* ]] && before=
    __matview_reply "$(__matview_value "$command" "${cur%%=*}=")" "${cur#*=}" "$before"
  elif [[ $cur == -* && ! $only_words ]]; then
    __matview_offer "$cur" '' < <(__matview_options "$command")
  else
    __matview_reply "$(__matview_argument "$command")" "$cur" ''
  fi

  # What bash replaces begins after the last ':' of the word.
  if [[ $cur == *:* && ! $quote && $COMP_WORDBREAKS == *:* ]]; then
    local before=${cur%"${cur##*:}"}
    for i in "${!COMPREPLY[@]}"; do COMPREPLY[i]=${COMPREPLY[i]#"$before"}; done
  fi
  # Inside quotes nothing needs a backslash.
  if [[ $quote ]]; then
    for i in "${!COMPREPLY[@]}"; do COMPREPLY[i]=${COMPREPLY[i]//\\/}; done
  fi
}

complete -F _matview matview
)sh";

std::string joined(const std::vector<std::string>& words) { return fmt::format("{}", fmt::join(words, " ")); }

/// What __matview_reply is told of a value. Never empty: an option that takes one must be known as such.
std::string kind_text(ValueKind kind, const std::vector<std::string>& words) {
  if (kind == ValueKind::fields) return "list " + joined(words);
  if (!words.empty()) return "words " + joined(words);
  switch (kind) {
    case ValueKind::file: return "file";
    case ValueKind::view: return "view";
    case ValueKind::selector: return "selector";
    case ValueKind::profile: return "profile";
    case ValueKind::job: return "job";
    case ValueKind::tag: return "tag";
    default: return "other";
  }
}

/// The options of one command, one a line of the script's own output.
std::string options_case(const std::string& pattern, const std::vector<OptionRow>& rows) {
  std::string text = fmt::format("    {}) printf '%s\\n'", pattern);
  std::string line;
  for (const auto& row : rows) {
    const auto word = fmt::format(" --{}{}", row.name, row.letter == '\0' ? "" : fmt::format(" -{}", row.letter));
    if (line.size() + word.size() > 100) {
      text += line + " \\\n     ";
      line.clear();
    }
    line += word;
  }
  return text + line + " ;;\n";
}

std::string options_function(const std::vector<CommandRow>& commands) {
  std::string text = "# The options of command $1, one a line.\n__matview_options() {\n  case $1 in\n";
  for (const auto& row : commands) text += options_case(single_quoted(row.name), all_options(row));
  return text + options_case("*", global_options()) + "  esac\n}\n\n";
}

/// The cases for one option: its value as the next word, and, with '=', in the same word.
std::string value_case(const std::string& command, const OptionRow& row, const std::vector<std::string>& words) {
  if (row.value.empty()) return {};
  std::string patterns;
  const auto add = [&](const std::string& option) {
    if (!patterns.empty()) patterns += " | ";
    patterns += command == "*" ? "*' " + option + "'" : single_quoted(command + " " + option);
  };
  add("--" + row.name + "=");
  if (!row.value_optional) add("--" + row.name);
  if (row.letter != '\0' && !row.value_optional) add(std::string("-") + row.letter);
  return fmt::format("    {}) echo {} ;;\n", patterns, single_quoted(kind_text(row.kind, words)));
}

std::string value_function(const std::vector<CommandRow>& commands) {
  std::string text =
      "# What the value of option $2 of command $1 is; nothing if it takes none there.\n"
      "__matview_value() {\n  case \"$1 $2\" in\n";
  for (const auto& command : commands)
    for (const auto& row : command.options) text += value_case(command.name, row, words_for(command, row));
  for (const auto& row : global_options()) text += value_case("*", row, words_for({}, row));
  return text + "  esac\n}\n\n";
}

std::string argument_function(const std::vector<CommandRow>& commands) {
  std::string text = "# What an argument of command $1 is.\n__matview_argument() {\n  case $1 in\n    '') echo 'words";
  for (const auto& offer : first_words(commands)) text += " " + offer.word;
  text += "' ;;\n";
  for (const auto& group : command_groups(commands)) {
    text += fmt::format("    {}) echo 'words", group);
    for (const auto& offer : second_words(group, commands)) text += " " + offer.word;
    text += "' ;;\n";
  }
  for (const auto& row : commands) {
    const auto kind = kind_text(row.argument_kind, words_for_argument(row, commands));
    if (kind != "other") text += fmt::format("    {}) echo {} ;;\n", single_quoted(row.name), single_quoted(kind));
  }
  return text + "  esac\n}\n\n";
}

std::string next_function(const std::vector<CommandRow>& commands) {
  std::string text = "# The command once word $2 has followed $1: a group takes one word more.\n__matview_next() {\n";
  text += "  case $1 in\n    '') echo \"$2\" ;;\n";
  for (const auto& group : command_groups(commands)) text += fmt::format("    {}) echo \"$1 $2\" ;;\n", group);
  return text + "    *) echo \"$1\" ;;\n  esac\n}\n";
}

}  // namespace

std::string bash_completion(const std::vector<CommandRow>& commands) {
  return std::string(k_head) + options_function(commands) + value_function(commands) + argument_function(commands) +
         next_function(commands) + std::string(k_tail);
}

}  // namespace matview::cli
