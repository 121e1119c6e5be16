#include "cli/completion_parts.hpp"

#include <algorithm>

#include "cli/help_topics.hpp"
#include "output/values.hpp"

namespace matview::cli {

namespace {

bool has_word(const std::vector<Offer>& offers, const std::string& word) {
  return std::any_of(offers.begin(), offers.end(), [&](const Offer& offer) { return offer.word == word; });
}

}  // namespace

std::vector<Offer> first_words(const std::vector<CommandRow>& commands) {
  std::vector<Offer> offers;
  for (const auto& row : commands) {
    const auto space = row.name.find(' ');
    const auto word = row.name.substr(0, space);
    if (!has_word(offers, word))
      offers.push_back({word, space == std::string::npos ? row.summary : word + " commands"});
  }
  return offers;
}

std::vector<std::string> command_groups(const std::vector<CommandRow>& commands) {
  std::vector<std::string> groups;
  for (const auto& row : commands) {
    const auto space = row.name.find(' ');
    if (space == std::string::npos) continue;
    const auto group = row.name.substr(0, space);
    if (std::find(groups.begin(), groups.end(), group) == groups.end()) groups.push_back(group);
  }
  return groups;
}

std::vector<Offer> second_words(const std::string& group, const std::vector<CommandRow>& commands) {
  std::vector<Offer> offers;
  for (const auto& row : commands)
    if (row.name.starts_with(group + " ")) offers.push_back({row.name.substr(group.size() + 1), row.summary});
  return offers;
}

std::vector<CommandRow> offered_commands(std::vector<CommandRow> commands) {
  for (auto& command : commands) std::erase_if(command.options, [](const OptionRow& row) { return row.hidden; });
  return commands;
}

std::vector<OptionRow> all_options(const CommandRow& command) {
  auto rows = command.options;
  for (const auto& global : global_options()) {
    const auto same = [&](const OptionRow& row) { return row.name == global.name; };
    if (std::none_of(rows.begin(), rows.end(), same)) rows.push_back(global);
  }
  return rows;
}

std::vector<std::string> words_for(const CommandRow& command, const OptionRow& option) {
  if (option.kind != ValueKind::fields) return option.choices;
  const bool of_views = command.name == "list" || command.name == "status";
  return of_views ? output::view_fields() : output::job_fields();
}

std::vector<std::string> words_for_argument(const CommandRow& command, const std::vector<CommandRow>& commands) {
  if (command.argument_kind != ValueKind::topic) return command.argument_choices;
  std::vector<std::string> words;
  for (const auto& topic : help_topics()) words.emplace_back(topic.name);
  for (const auto& offer : first_words(commands)) words.push_back(offer.word);
  return words;
}

std::string single_quoted(const std::string& text) {
  std::string out = "'";
  for (const char c : text) {
    if (c == '\'')
      out += "'\\''";
    else
      out += c;
  }
  return out + "'";
}

}  // namespace matview::cli
