#include "script.hpp"

#include <array>
#include <sstream>
#include <stdexcept>

namespace matview::property {

namespace {

constexpr std::array<const char*, 11> k_names{"write", "remove", "rename", "touch",  "view", "refresh",
                                              "query", "verify", "gc",     "reopen", "time"};

Action::Kind kind_of(const std::string& word) {
  for (std::size_t i = 0; i < k_names.size(); ++i)
    if (word == k_names[i]) return static_cast<Action::Kind>(i);
  throw std::runtime_error("no action is called '" + word + "'");
}

std::string rest_of(std::istringstream& line) {
  std::string rest;
  std::getline(line >> std::ws, rest);
  return rest;
}

}  // namespace

std::string to_text(const Script& script) {
  std::string text;
  for (const auto& action : script) {
    text += k_names[static_cast<std::size_t>(action.kind)];
    if (!action.target.empty()) text += " " + action.target;
    if (!action.how.empty()) text += " : " + action.how;
    text += "\n";
    if (!action.columns.empty()) text += "  columns " + action.columns + "\n";
    for (const auto& row : action.rows) text += "  row " + row + "\n";
    if (!action.sql.empty()) text += "  sql " + action.sql + "\n";
  }
  return text;
}

Script parse_script(const std::string& text) {
  Script script;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    if (line.empty() || line[0] == '#') continue;
    std::istringstream words(line);
    std::string word;
    words >> word;
    if (line[0] != ' ') {
      auto& action = script.emplace_back();
      action.kind = kind_of(word);
      action.target = rest_of(words);
      if (const auto colon = (" " + action.target).find(" : "); colon != std::string::npos) {
        action.how = action.target.substr(colon + 2);
        action.target.resize(colon == 0 ? 0 : colon - 1);
      }
      continue;
    }
    if (script.empty()) throw std::runtime_error("a case begins with an action");
    if (word == "columns")
      script.back().columns = rest_of(words);
    else if (word == "row")
      script.back().rows.push_back(rest_of(words));
    else if (word == "sql")
      script.back().sql = rest_of(words);
    else
      throw std::runtime_error("an action has no '" + word + "'");
  }
  return script;
}

}  // namespace matview::property
