#include "cli/help_parts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>

namespace matview::cli {

namespace {

struct Purpose {
  std::string_view title;
  std::vector<std::string_view> commands;
};

const std::vector<Purpose>& purposes() {
  static const std::vector<Purpose> k_purposes{
      {"Define views", {"create", "drop", "apply", "diff", "validate"}},
      {"Keep them current", {"refresh", "watch", "suspend", "resume", "wait", "cancel", "gc"}},
      {"Look at them", {"status", "list", "show", "query", "history", "explain", "verify", "graph"}},
      {"Set up", {"profile list", "profile show", "profile use", "doctor", "completion", "help", "version"}},
  };
  return k_purposes;
}

}  // namespace

std::vector<OptionGroup> option_groups(const CommandRow& command) {
  std::vector<OptionGroup> groups{{"Options", {}, {}}};
  for (const auto& row : command.options) {
    if (row.hidden) continue;
    auto group =
        std::find_if(groups.begin(), groups.end(), [&](const auto& g) { return g.providers == row.providers; });
    if (group == groups.end()) {
      groups.push_back({fmt::format("Options of {}", fmt::join(row.providers, ", ")), row.providers, {}});
      group = groups.end() - 1;
    }
    group->rows.push_back(row);
  }
  if (groups.front().rows.empty()) groups.erase(groups.begin());
  return groups;
}

std::vector<CommandGroup> command_groups_of(const std::vector<CommandRow>& commands) {
  std::vector<CommandGroup> groups;
  std::vector<bool> told(commands.size(), false);
  for (const auto& purpose : purposes()) {
    CommandGroup group{std::string(purpose.title), {}};
    for (const auto name : purpose.commands)
      for (std::size_t i = 0; i < commands.size(); ++i) {
        if (commands[i].name != name) continue;
        group.rows.push_back(commands[i]);
        told[i] = true;
      }
    if (!group.rows.empty()) groups.push_back(std::move(group));
  }
  CommandGroup others{"More", {}};
  for (std::size_t i = 0; i < commands.size(); ++i)
    if (!told[i]) others.rows.push_back(commands[i]);
  if (!others.rows.empty()) groups.push_back(std::move(others));
  return groups;
}

std::string option_usage(const OptionRow& row) {
  std::string text = row.letter == '\0' ? std::string() : fmt::format("-{}, ", row.letter);
  text += "--" + row.name;
  if (row.value_optional) return text + fmt::format("[={}]", row.value);
  return row.value.empty() ? text : text + " " + row.value;
}

std::string option_help(const OptionRow& row) {
  std::string text = row.help;
  if (!row.choices.empty()) text += fmt::format(": {}", fmt::join(row.choices, ", "));
  if (row.repeatable && !row.value.empty()) text += "; may be given several times";
  return text;
}

std::string command_usage(const CommandRow& row) {
  return row.arguments.empty() ? row.name : fmt::format("{} {}", row.name, row.arguments);
}

std::string capitalized(std::string text) {
  if (!text.empty() && text[0] >= 'a' && text[0] <= 'z') text[0] = static_cast<char>(text[0] - 'a' + 'A');
  return text;
}

}  // namespace matview::cli
