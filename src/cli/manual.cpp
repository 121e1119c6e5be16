#include "cli/manual.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <regex>
#include <set>
#include <utility>

#include "cli/completion_parts.hpp"
#include "cli/help_parts.hpp"
#include "cli/mdoc.hpp"

namespace matview::cli {

namespace {

constexpr std::string_view k_date = "November 21, 2026";

/// ".It Fl o , Fl Fl output Ar FORMAT" and what it does.
std::string option_item(const OptionRow& row) {
  std::string text = ".It ";
  if (row.letter != '\0') text += fmt::format("Fl {} , ", row.letter);
  text += "Fl Fl " + row.name;
  if (row.value_optional)
    text += fmt::format(" Ns Op = Ns Ar {}", mdoc_argument(row.value));
  else if (!row.value.empty())
    text += " Ar " + mdoc_argument(row.value);
  return text + "\n" + mdoc_paragraphs(capitalized(option_help(row)) + ".");
}

std::string option_list(const std::vector<OptionRow>& rows) {
  std::string text = ".Bl -tag -width Ds\n";
  for (const auto& row : rows) text += option_item(row);
  return text + ".El\n";
}

/// Those of every command that a command takes, in one sentence.
std::string general_options(const CommandRow& command) {
  std::string text = "The options of every command are told in\n.Xr matview 1 :\n";
  std::vector<std::string> usages;
  for (const auto& row : global_options()) {
    const auto same = [&](const OptionRow& own) { return own.name == row.name; };
    if (std::none_of(command.options.begin(), command.options.end(), same)) usages.push_back("Fl Fl " + row.name);
  }
  for (std::size_t i = 0; i < usages.size(); ++i)
    text += fmt::format(".{}{}\n", usages[i], i + 1 < usages.size() ? " ," : " .");
  return text;
}

std::string examples(const CommandRow& command) {
  std::string text;
  if (command.examples.empty()) return text;
  text += ".Bd -literal -offset indent\n";
  for (const auto& example : command.examples) text += mdoc_literal("$ " + example);
  return text + ".Ed\n";
}

/// What one command has to say, its sections as `heading` ("Sh", or "Ss" where several share a page).
std::string body(const CommandRow& command, bool alone) {
  const auto heading = [&](std::string_view title) {
    return alone ? fmt::format(".Sh {}\n", title) : std::string("Examples:\n");
  };
  std::string text = alone ? ".Sh DESCRIPTION\n" : fmt::format(".Ss matview {}\n", mdoc_text(command_usage(command)));
  text += mdoc_paragraphs(capitalized(command.summary) + ".");
  if (!command.description.empty()) text += ".Pp\n" + mdoc_paragraphs(command.description);
  const auto groups = option_groups(command);
  if (alone) text += heading("OPTIONS");
  for (const auto& group : groups) {
    if (!group.providers.empty()) text += fmt::format(".Ss {}\n", mdoc_text(group.title));
    text += option_list(group.rows);
  }
  if (alone) {
    if (!groups.empty()) text += ".Ss Options of every command\n";
    text += general_options(command);
    text += heading("EXIT STATUS") +
            "0 when it is done, also when nothing had to be done; 2 for mistakes on the command\nline, and then "
            "nothing was sent or changed.\nAll are told in\n.Xr matview 1\nand by\n.Ql matview help exit-codes .\n";
  }
  const auto shown = examples(command);
  return shown.empty() ? text : text + heading("EXAMPLES") + shown;
}

/// The pages that the texts name, and those of the providers whose options they tell.
std::set<std::pair<std::string, std::string>> references(const std::vector<CommandRow>& rows) {
  std::set<std::pair<std::string, std::string>> pages{{"5", "matview-config"}};
  const std::regex named(R"((matview-[a-z]+)\(([0-9])\))");
  for (const auto& row : rows) {
    for (std::sregex_iterator match(row.description.begin(), row.description.end(), named), end; match != end; ++match)
      pages.insert({(*match)[2], (*match)[1]});
    for (const auto& group : option_groups(row))
      for (const auto& provider : group.providers) pages.insert({"7", "matview-" + provider});
  }
  return pages;
}

std::string see_also(const std::vector<CommandRow>& rows) {
  std::string text = ".Sh SEE ALSO\n.Xr matview 1";
  for (const auto& [section, name] : references(rows)) text += fmt::format(" ,\n.Xr {} {}", name, section);
  return text + "\n";
}

std::string head(const std::string& name, const std::string& summary) {
  std::string title = "MATVIEW-" + name;
  std::transform(title.begin(), title.end(), title.begin(),
                 [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; });
  return fmt::format(
      ".\\\" SPDX-License-Identifier: Apache-2.0\n.\\\" Made from the table of commands, as 'matview help {}' is: do "
      "not "
      "edit.\n.Dd {}\n.Dt {} 1\n.Os\n.Sh NAME\n.Nm matview-{}\n.Nd {}\n.Sh SYNOPSIS\n",
      name, k_date, title, name, mdoc_text(summary));
}

std::string synopsis(const CommandRow& row) {
  std::string text = fmt::format(".Nm \"matview {}\"\n", row.name);
  if (!row.arguments.empty()) text += fmt::format(".Ar {}\n", mdoc_argument(row.arguments));
  return text + ".Op Ar OPTIONS\n";
}

std::string command_list(const std::vector<CommandRow>& commands) {
  std::string text;
  for (const auto& group : command_groups_of(commands)) {
    text += fmt::format(".Pp\n{}:\n.Bl -tag -width Ds -compact\n", mdoc_text(group.title));
    for (const auto& row : group.rows) {
      const auto page = row.name.substr(0, row.name.find(' '));
      text += fmt::format(".It Cm {}", row.name);
      if (!row.arguments.empty()) text += " Ar " + mdoc_argument(row.arguments);
      text += fmt::format("\n{};\n.Xr matview-{} 1\n", mdoc_text(capitalized(row.summary)), page);
    }
    text += ".El\n";
  }
  return text;
}

}  // namespace

std::vector<std::string> manual_pages(const std::vector<CommandRow>& commands) {
  std::vector<std::string> pages;
  for (const auto& offer : first_words(commands)) pages.push_back(offer.word);
  return pages;
}

std::optional<std::string> manual_page(const std::string& name, const std::vector<CommandRow>& commands) {
  std::vector<CommandRow> rows;
  for (const auto& row : commands)
    if (row.name == name || row.name.starts_with(name + " ")) rows.push_back(row);
  if (name.empty() || rows.empty()) return std::nullopt;

  const bool alone = rows.size() == 1 && rows.front().name == name;
  std::string text = head(name, alone ? rows.front().summary : name + " commands of matview");
  for (const auto& row : rows) text += synopsis(row);
  if (!alone) text += ".Sh DESCRIPTION\n";
  for (const auto& row : rows) text += body(row, alone);
  if (!alone) text += ".Ss Options of every command\n" + general_options({});
  return text + see_also(rows);
}

std::optional<std::string> manual_part(const std::string& name, const std::vector<CommandRow>& commands) {
  if (name == "commands") return command_list(commands);
  if (name == "options") return option_list(global_options());
  return std::nullopt;
}

}  // namespace matview::cli
