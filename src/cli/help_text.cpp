#include "cli/help_text.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "cli/help_parts.hpp"
#include "cli/help_topics.hpp"
#include "support/text.hpp"

namespace matview::cli {

namespace {

constexpr int k_width = 80;
constexpr int k_left_column = 28;

/// "  left      right, wrapped into its own column".
std::string two_columns(const std::string& left, const std::string& right) {
  std::string text = "  " + left;
  const std::string indent(k_left_column, ' ');
  bool first = true;
  for (const auto& line : support::wrap(right, k_width - k_left_column)) {
    if (first && support::display_width(text) + 2 <= k_left_column)
      text = support::pad(text, k_left_column);
    else
      text += "\n" + indent;
    text += line;
    first = false;
  }
  return text + "\n";
}

std::string left_side(const OptionRow& row) { return (row.letter == '\0' ? "    " : "") + option_usage(row); }

std::string options_text(const std::string& title, const std::vector<OptionRow>& rows) {
  std::string text = fmt::format("\n{}:\n", title);
  for (const auto& row : rows) text += two_columns(left_side(row), option_help(row));
  return text;
}

std::string commands_text(const std::string& title, const std::vector<CommandRow>& rows) {
  std::string text = fmt::format("\n{}:\n", title);
  for (const auto& row : rows) text += two_columns(command_usage(row), row.summary);
  return text;
}

/// Those of every command in a few lines: who asks about one command is not to page past them.
std::string general_options_text(const CommandRow& command) {
  std::string text = "\nOptions of every command, which 'matview help' explains:\n";
  std::string line = " ";
  for (const auto& row : global_options()) {
    const auto same = [&](const OptionRow& own) { return own.name == row.name; };
    if (std::any_of(command.options.begin(), command.options.end(), same)) continue;
    const auto usage = option_usage(row);
    if (line.size() + 1 + usage.size() > k_width) {
      text += line + "\n";
      line = " ";
    }
    line += (line == " " ? " " : "  ") + usage;
  }
  return text + line + "\n";
}

std::string paragraph(const std::string& text) {
  std::string result;
  for (const auto& line : support::wrap(text, k_width)) result += line + "\n";
  return result;
}

}  // namespace

std::string overview_text(const std::vector<CommandRow>& commands) {
  std::string text =
      "matview administers views, materialized views above all, on several backends.\n\n"
      "Usage: matview COMMAND [ARGUMENTS] [OPTIONS]\n";
  for (const auto& group : command_groups_of(commands)) text += commands_text(group.title, group.rows);
  text += options_text("Options of every command", global_options());
  text += "\nTopics:\n";
  for (const auto& topic : help_topics()) text += two_columns(std::string(topic.name), std::string(topic.summary));
  return text + "\n'matview help COMMAND' and 'matview COMMAND --help' tell about one command,\n" +
         "'matview help TOPIC' about a topic. Manual: 'man matview', 'man matview-COMMAND'.\n";
}

std::string command_text(const CommandRow& command) {
  std::string text = fmt::format("Usage: matview {} [OPTIONS]\n\n", command_usage(command));
  text += paragraph(capitalized(command.summary) + ".");
  if (!command.description.empty()) text += "\n" + paragraph(command.description);
  for (const auto& group : option_groups(command)) text += options_text(group.title, group.rows);
  text += general_options_text(command);
  if (command.examples.empty()) return text;
  text += "\nExamples:\n";
  for (const auto& example : command.examples) text += "  " + example + "\n";
  return text;
}

std::string group_text(const std::string& group, const std::vector<CommandRow>& commands) {
  std::vector<CommandRow> rows;
  for (const auto& row : commands)
    if (row.name.starts_with(group + " ")) rows.push_back(row);
  return fmt::format("Usage: matview {} COMMAND\n", group) + commands_text("Commands", rows);
}

}  // namespace matview::cli
