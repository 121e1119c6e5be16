#include "cli/help_text.hpp"

#include <fmt/format.h>

#include <algorithm>

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

std::string left_side(const OptionRow& row) {
  std::string text = row.letter == '\0' ? "    " : fmt::format("-{}, ", row.letter);
  text += "--" + row.name;
  if (row.value_optional) return text + fmt::format("[={}]", row.value);
  return row.value.empty() ? text : text + " " + row.value;
}

std::string right_side(const OptionRow& row) {
  std::string text = row.help;
  if (!row.choices.empty()) text += fmt::format(": {}", fmt::join(row.choices, ", "));
  if (row.repeatable && !row.value.empty()) text += "; may be given several times";
  return text;
}

std::string options_text(const std::string& title, const std::vector<OptionRow>& rows) {
  if (rows.empty()) return {};
  std::string text = fmt::format("\n{}:\n", title);
  for (const auto& row : rows) text += two_columns(left_side(row), right_side(row));
  return text;
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
      "Usage: matview COMMAND [ARGUMENTS] [OPTIONS]\n\nCommands:\n";
  for (const auto& row : commands) {
    const std::string left = row.arguments.empty() ? row.name : fmt::format("{} {}", row.name, row.arguments);
    text += two_columns(left, row.summary);
  }
  text += options_text("Options of every command", global_options());
  text += "\nTopics:\n";
  for (const auto& topic : help_topics()) text += two_columns(std::string(topic.name), std::string(topic.summary));
  return text + "\n'matview COMMAND --help' tells about one command, 'matview help TOPIC' about a topic.\n";
}

std::string command_text(const CommandRow& command) {
  std::string text = fmt::format("Usage: matview {}{}{} [OPTIONS]\n\n", command.name,
                                 command.arguments.empty() ? "" : " ", command.arguments);
  std::string summary = command.summary;
  if (!summary.empty() && summary[0] >= 'a' && summary[0] <= 'z')
    summary[0] = static_cast<char>(summary[0] - 'a' + 'A');
  text += paragraph(summary + ".");
  if (!command.description.empty()) text += "\n" + paragraph(command.description);

  std::vector<OptionRow> own;
  std::vector<std::pair<std::string, std::vector<OptionRow>>> of_providers;
  for (const auto& row : command.options) {
    if (row.hidden) continue;
    if (row.providers.empty()) {
      own.push_back(row);
      continue;
    }
    const std::string title = fmt::format("Options of {}", fmt::join(row.providers, ", "));
    auto group =
        std::find_if(of_providers.begin(), of_providers.end(), [&](const auto& g) { return g.first == title; });
    if (group == of_providers.end()) group = of_providers.insert(of_providers.end(), {title, {}});
    group->second.push_back(row);
  }
  text += options_text("Options", own);
  for (const auto& [title, rows] : of_providers) text += options_text(title, rows);
  text += options_text("Options of every command", global_options());
  if (command.examples.empty()) return text;
  text += "\nExamples:\n";
  for (const auto& example : command.examples) text += "  " + example + "\n";
  return text;
}

std::string group_text(const std::string& group, const std::vector<CommandRow>& commands) {
  std::string text = fmt::format("Usage: matview {} COMMAND\n\nCommands:\n", group);
  for (const auto& row : commands)
    if (row.name.starts_with(group + " ")) {
      const std::string left = row.arguments.empty() ? row.name : fmt::format("{} {}", row.name, row.arguments);
      text += two_columns(left, row.summary);
    }
  return text;
}

}  // namespace matview::cli
