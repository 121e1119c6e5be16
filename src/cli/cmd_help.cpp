#include "cli/cmd_help.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "cli/help_text.hpp"
#include "cli/help_topics.hpp"
#include "cli/session.hpp"
#include "support/edit_distance.hpp"
#include "support/text.hpp"

namespace matview::cli {

namespace {

Result<std::string> text_on(const std::string& topic, const std::vector<CommandRow>& commands) {
  std::vector<std::string> known;
  for (const auto& row : commands) {
    if (row.name == topic) return command_text(row);
    if (row.name.starts_with(topic + " ")) return group_text(topic, commands);
    known.push_back(row.name);
  }
  if (auto text = help_topic(topic)) return *std::move(text);
  for (const auto& other : help_topics()) known.emplace_back(other.name);
  Error error(ErrorCode::usage, fmt::format("there is no help on '{}'", support::strip_control(topic)));
  if (const auto near = support::nearest(topic, known))
    error.hint = fmt::format("did you mean '{}'?", *near);
  else
    error.hint = "'matview help' lists the commands and topics";
  return fail(std::move(error));
}

Result<int> run(Session& session) {
  const auto commands = command_rows(session.registry());
  const auto& words = session.arguments().words();
  std::string text;
  if (words.empty()) {
    text = overview_text(commands);
  } else {
    MATVIEW_ASSIGN(text, text_on(fmt::format("{}", fmt::join(words, " ")), commands));
  }
  MATVIEW_TRY(session.out().write(text));
  MATVIEW_TRY(session.out().flush());
  return 0;
}

}  // namespace

Command help_command() {
  CommandRow row{"help", "[TOPIC]", ValueKind::topic, 0, 2, "tell about a command or a topic", "", {}};
  row.description =
      "Of a command: what its manual page matview-COMMAND(1) says. Without an argument: the commands, the options of "
      "every command, and the topics.";
  row.examples = {"matview help refresh", "matview help exit-codes"};
  return {std::move(row), run, false};
}

}  // namespace matview::cli
