#include "cli/run.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <exception>
#include <string>
#include <vector>

#include "cli/cmd_help.hpp"
#include "cli/command.hpp"
#include "cli/external_options.hpp"
#include "cli/help_text.hpp"
#include "cli/hidden_commands.hpp"
#include "cli/parser.hpp"
#include "cli/session.hpp"
#include "providers/external/discover.hpp"
#include "providers/table.hpp"

namespace matview::cli {

namespace {

using Words = std::vector<std::string>;

/// Where the command line cannot be understood, the format it asks for still decides how that is said.
Arguments output_option_of(const Words& words) {
  Arguments arguments;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (words[i] == "--") break;
    for (const std::string prefix : {"--output=", "-o"})
      if (words[i].starts_with(prefix) && words[i].size() > prefix.size())
        arguments.add_value("output", words[i].substr(prefix.size()));
    if ((words[i] == "--output" || words[i] == "-o") && i + 1 < words.size())
      arguments.add_value("output", words[i + 1]);
  }
  return arguments;
}

Result<int> print_help(Session& session, const std::string& command, const std::vector<CommandRow>& rows) {
  std::string text = command.empty() ? overview_text(rows) : group_text(command, rows);
  for (const auto& row : rows)
    if (row.name == command) text = command_text(row);
  MATVIEW_TRY(session.out().write(text));
  MATVIEW_TRY(session.out().flush());
  return 0;
}

Result<int> run_command(Session& session, const Command& command) {
  if (command.needs_configuration) MATVIEW_TRY(session.load_configuration());
  MATVIEW_TRY(session.check_special_output(command.has_plans));
  MATVIEW_TRY(session.check_toml(command.has_definitions));
  auto code = command.run(session);
  // What was printed before a failure is still the result of what was done before it.
  if (auto flushed = session.out().flush(); code && !flushed) return fail(std::move(flushed).error());
  return code;
}

Result<int> dispatch(Session& session, const std::vector<CommandRow>& rows) {
  const std::string& name = session.command();
  if (session.arguments().has("help")) return print_help(session, name, rows);
  const auto commands = all_commands();
  const auto find = [&](std::string_view wanted) {
    return std::find_if(commands.begin(), commands.end(), [&](const Command& c) { return c.row.name == wanted; });
  };
  if (name.empty() && session.arguments().has("version")) return run_command(session, *find("version"));
  if (name.empty())
    return fail(Error(ErrorCode::usage, "no command is given").with_hint("'matview help' lists the commands"));
  const auto command = find(name);
  if (command == commands.end())
    return fail(Error(ErrorCode::usage, fmt::format("'{}' needs a command of its own", name))
                    .with_hint(fmt::format("'matview {} --help' lists them", name)));
  // `query` has a --version of its own.
  const bool own_version = std::any_of(command->row.options.begin(), command->row.options.end(),
                                       [](const OptionRow& row) { return row.name == "version"; });
  if (session.arguments().has("version") && !own_version) return run_command(session, *find("version"));
  return run_command(session, *command);
}

int finish(Session& session, const Result<int>& outcome) {
  if (!outcome) session.report(outcome.error());
  const int code = outcome ? *outcome : exit_code(outcome.error().code);
  session.log_end(code);
  return code;
}

/// Help on a command tells the options of providers.
bool wants_options(const Parsed& parsed) {
  if (parsed.command == "help") return !parsed.arguments.words().empty();
  return !parsed.command.empty() && parsed.arguments.has("help");
}

/// What names no view and no profile does without the programs in PATH.
std::vector<ProviderEntry> providers_for(const Result<Parsed>& parsed, const World& world) {
  const Registry table = providers::builtin_providers();
  if (parsed && !wants_options(*parsed))
    for (const std::string_view command : {"", "version", "completion", "help"})
      if (parsed->command == command) return {table.begin(), table.end()};
  return providers::with_external_providers(table, world.environment, world.stop);
}

int run_words(const Words& words, World& world) {
  if (const auto code = run_hidden(words, world)) return *code;
  auto rows = command_rows(providers::builtin_providers());
  auto parsed = parse(words, rows);
  const auto entries = providers_for(parsed, world);
  const Registry registry = entries;
  if (!parsed || wants_options(*parsed)) {
    // The option may be one of a provider that is a program of its own.
    auto known = learn_providers(words, registry, world);
    rows = command_rows(registry);
    parsed = known ? parse(words, rows) : parsed ? std::move(parsed) : fail(std::move(known).error());
    if (!known && parsed) Session(world, registry, "", {}).report(std::move(known).error());
  }
  if (!parsed) {
    Session session(world, registry, "", output_option_of(words));
    return finish(session, fail(std::move(parsed).error()));
  }
  Session session(world, registry, std::move(parsed->command), std::move(parsed->arguments));
  return finish(session, dispatch(session, rows));
}

}  // namespace

int run(int argc, const char* const* argv, World& world) {
  try {
    return run_words(argc > 0 ? Words(argv + 1, argv + argc) : Words(), world);
  } catch (const std::exception& exception) {
    const std::string text =
        fmt::format("error: internal error: {}\nhint: this is a bug of matview\n", exception.what());
    (void)world.err.write(text);
    (void)world.err.flush();
    return exit_code(ErrorCode::internal);
  }
}

}  // namespace matview::cli
