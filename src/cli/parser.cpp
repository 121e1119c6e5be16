#include "cli/parser.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <charconv>

#include "support/duration.hpp"
#include "support/edit_distance.hpp"
#include "support/text.hpp"

namespace matview::cli {

namespace {

using Words = std::vector<std::string>;

std::string flag_names(const OptionRow& row) {
  return row.letter == '\0' ? fmt::format("--{}", row.name) : fmt::format("-{},--{}", row.letter, row.name);
}

std::string in_quotes(std::string_view text) { return fmt::format("'{}'", support::strip_control(text)); }

/// CLI11 takes the next word as the value of `--name=`; the empty value is meant.
Words split_empty_values(const Words& words) {
  Words result;
  bool only_words = false;
  for (const auto& word : words) {
    only_words = only_words || word == "--";
    const bool empty_value =
        !only_words && word.size() > 3 && word.starts_with("--") && word.find('=') + 1 == word.size();
    result.push_back(empty_value ? word.substr(0, word.size() - 1) : word);
    if (empty_value) result.emplace_back();
  }
  return result;
}

Error missing_value(const CLI::ParseError& error) {
  const std::string text = error.what();
  const auto colon = text.find(':');
  if (text.starts_with("-") && colon != std::string::npos)
    return Error(ErrorCode::usage, fmt::format("{} needs a value", text.substr(0, colon)));
  return Error(ErrorCode::usage, fmt::format("the command line cannot be understood: {}", text));
}

/// One use of CLI11: the options of `rows` are taken out of `words` and added to `arguments`; what is no known option
/// is left over, in order. With `stop_at_word` everything from the first word on is left over.
Result<Words> take_options(const Words& words, const std::vector<const OptionRow*>& rows, bool stop_at_word,
                           Arguments& arguments) {
  try {
    CLI::App app;
    app.set_help_flag();
    app.allow_extras();
    app.prefix_command(stop_at_word);
    std::vector<std::pair<const OptionRow*, CLI::Option*>> options;
    for (const OptionRow* row : rows) {
      CLI::Option* option =
          row->value.empty() || row->value_optional ? app.add_flag(flag_names(*row)) : app.add_option(flag_names(*row));
      option->take_all();
      options.emplace_back(row, option);
    }
    Words reversed = split_empty_values(words);
    std::reverse(reversed.begin(), reversed.end());
    app.parse(reversed);
    for (const auto& [row, option] : options)
      for (const auto& value : option->results()) {
        const bool bare = option->get_expected_max() == 0 && value == "true";
        if (row->value.empty() && !bare) return fail(ErrorCode::usage, fmt::format("--{} takes no value", row->name));
        arguments.add_value(row->name, bare ? std::string() : value);
      }
    return app.remaining();
  } catch (const CLI::ParseError& error) {
    return fail(missing_value(error));
  }
}

std::vector<const OptionRow*> pointers(const std::vector<OptionRow>& rows) {
  std::vector<const OptionRow*> result;
  for (const auto& row : rows) result.push_back(&row);
  return result;
}

/// The options that `command` takes, those of every command included. Its own wins over one of that name.
std::vector<const OptionRow*> options_of(const CommandRow& command) {
  auto rows = pointers(command.options);
  for (const auto& global : global_options()) {
    const auto same = [&](const OptionRow* row) { return row->name == global.name; };
    if (std::none_of(rows.begin(), rows.end(), same)) rows.push_back(&global);
  }
  return rows;
}

bool is_group(std::string_view word, const std::vector<CommandRow>& commands) {
  return std::any_of(commands.begin(), commands.end(),
                     [&](const CommandRow& row) { return row.name.starts_with(fmt::format("{} ", word)); });
}

Error unknown_command(const std::string& name, const std::vector<CommandRow>& commands) {
  Error error(ErrorCode::usage, fmt::format("there is no command {}", in_quotes(name)));
  Words names;
  for (const auto& row : commands) {
    names.push_back(row.name);
    names.push_back(row.name.substr(0, row.name.find(' ')));
  }
  if (const auto near = support::nearest(name, names))
    error.hint = fmt::format("did you mean '{}'?", *near);
  else
    error.hint = "'matview help' lists the commands";
  return error;
}

/// The word as an option's name: "--form=x" -> "form".
std::string option_name(const std::string& word) {
  const auto start = word.find_first_not_of('-');
  return start == std::string::npos ? word : word.substr(start, word.find('=') - start);
}

Error unknown_option(const std::string& word, const std::string& command, const std::vector<const OptionRow*>& known,
                     const std::vector<CommandRow>& commands) {
  const bool letter = !word.starts_with("--");
  const std::string shown = letter ? word.substr(0, 2) : word.substr(0, word.find('='));
  Error error(ErrorCode::usage, command.empty() ? fmt::format("there is no option {}", in_quotes(shown))
                                                : fmt::format("'{}' has no option {}", command, in_quotes(shown)));
  Words names;
  for (const OptionRow* row : known) names.push_back(row->name);
  Words owners;
  for (const auto& row : commands)
    for (const auto& option : row.options)
      if (letter ? option.letter == word[1] : option.name == option_name(word)) owners.push_back(row.name);

  if (const auto near = letter ? std::nullopt : support::nearest(option_name(word), names))
    error.hint = fmt::format("did you mean '--{}'?", *near);
  else if (!owners.empty())
    error.hint = fmt::format("it is an option of: {}", fmt::join(owners, ", "));
  else
    error.hint = command.empty() ? "'matview help' lists the options" : fmt::format("see 'matview {} --help'", command);
  return error;
}

Result<void> check_value(const OptionRow& row, const std::string& value) {
  if (row.value_optional && value.empty()) return {};
  const auto wrong = [&](std::string_view what) {
    return fail(ErrorCode::usage, fmt::format("--{} takes {}, not {}", row.name, what, in_quotes(value)));
  };
  if (row.kind == ValueKind::number) {
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
    if (error != std::errc() || end != value.data() + value.size() || number < 0)
      return wrong("a whole number from 0 on");
  }
  if (row.kind == ValueKind::duration && !support::parse_duration(value))
    return wrong("a duration such as 90s, 15m or 2h");
  if (!row.choices.empty() && std::find(row.choices.begin(), row.choices.end(), value) == row.choices.end()) {
    Error error(ErrorCode::usage,
                fmt::format("--{} takes one of {}, not {}", row.name, fmt::join(row.choices, ", "), in_quotes(value)));
    if (const auto near = support::nearest(value, row.choices)) error.hint = fmt::format("did you mean '{}'?", *near);
    return fail(std::move(error));
  }
  // What a value may hold is its reader's business, but nothing that is written on a command line has these.
  if (value.empty() && row.kind != ValueKind::text && row.kind != ValueKind::tag && row.kind != ValueKind::sql)
    return fail(ErrorCode::usage, fmt::format("the value of --{} is empty", row.name));
  return {};
}

Result<void> check_options(const std::vector<const OptionRow*>& rows, const Arguments& arguments) {
  for (const OptionRow* row : rows) {
    const auto& values = arguments.values(row->name);
    if (values.size() > 1 && !row->repeatable)
      return fail(ErrorCode::usage, fmt::format("--{} is given {} times", row->name, values.size()));
    if (row->value.empty()) continue;
    for (const auto& value : values) MATVIEW_TRY(check_value(*row, value));
  }
  return {};
}

Result<void> check_number_of_words(const CommandRow& command, const Arguments& arguments) {
  const auto& words = arguments.words();
  const std::string usage = fmt::format("usage: matview {} {}", command.name, command.arguments);
  if (words.size() < command.least_arguments)
    return fail(
        Error(ErrorCode::usage, fmt::format("'{}' needs {}", command.name, command.arguments)).with_hint(usage));
  if (words.size() > command.most_arguments) {
    const std::string extra = in_quotes(words[command.most_arguments]);
    return fail(Error(ErrorCode::usage, fmt::format("'{}' does not take the argument {}", command.name, extra))
                    .with_hint(usage));
  }
  return {};
}

/// Puts what CLI11 left over into `arguments`; an option among it is unknown.
Result<void> take_words(const Words& rest, const CommandRow& command, const std::vector<const OptionRow*>& known,
                        const std::vector<CommandRow>& commands, Arguments& arguments) {
  bool only_words = false;
  for (const auto& word : rest) {
    if (!only_words && word == "--") {
      only_words = true;
      continue;
    }
    if (!only_words && word.size() > 1 && word.front() == '-')
      return fail(unknown_option(word, command.name, known, commands));
    arguments.add_word(word);
  }
  return {};
}

}  // namespace

Result<Parsed> parse(const std::vector<std::string>& words, const std::vector<CommandRow>& commands) {
  Parsed parsed;
  const auto globals = pointers(global_options());
  MATVIEW_ASSIGN(Words rest, take_options(words, globals, true, parsed.arguments));
  if (!rest.empty() && rest.front() == "--") rest.erase(rest.begin());
  if (rest.empty()) {
    MATVIEW_TRY(check_options(globals, parsed.arguments));
    return parsed;
  }
  if (rest.front().size() > 1 && rest.front().front() == '-')
    return fail(unknown_option(rest.front(), "", globals, commands));

  std::string name = rest.front();
  rest.erase(rest.begin());
  if (is_group(name, commands)) {
    MATVIEW_ASSIGN(rest, take_options(rest, globals, true, parsed.arguments));
    if (rest.empty()) {
      parsed.command = name;
      return parsed;
    }
    name = fmt::format("{} {}", name, rest.front());
    rest.erase(rest.begin());
  }
  const auto command =
      std::find_if(commands.begin(), commands.end(), [&](const CommandRow& row) { return row.name == name; });
  if (command == commands.end()) return fail(unknown_command(name, commands));

  parsed.command = name;
  const auto known = options_of(*command);
  MATVIEW_ASSIGN(rest, take_options(rest, known, false, parsed.arguments));
  MATVIEW_TRY(take_words(rest, *command, known, commands, parsed.arguments));
  if (parsed.arguments.has("help")) return parsed;
  MATVIEW_TRY(check_options(known, parsed.arguments));
  MATVIEW_TRY(check_number_of_words(*command, parsed.arguments));
  for (const auto& row : command->options)
    if (!row.providers.empty() && parsed.arguments.has(row.name))
      parsed.arguments.hand_to_provider(row.name, row.value.empty());
  return parsed;
}

}  // namespace matview::cli
