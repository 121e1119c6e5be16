#include "matview/version.hpp"
#include "memory_box.hpp"

using namespace matview::test;

namespace {

const std::vector<std::string> k_commands{"create", "refresh",      "status",       "list",       "show",   "drop",
                                          "query",  "history",      "verify",       "gc",         "doctor", "version",
                                          "help",   "profile list", "profile show", "profile use"};

std::vector<std::string> words(const std::string& command) {
  const auto space = command.find(' ');
  if (space == std::string::npos) return {command};
  return {command.substr(0, space), command.substr(space + 1)};
}

bool all_lines_fit(const std::string& text, std::size_t width) {
  for (std::size_t start = 0; start < text.size();) {
    const auto end = std::min(text.find('\n', start), text.size());
    if (end - start > width) return false;
    start = end + 1;
  }
  return true;
}

}  // namespace

TEST_CASE("help lists every command; --help and -h do the same") {
  Sandbox box;
  const auto help = box.run({"help"});
  CHECK(help.exit_code == 0);
  CHECK(help.err == "");
  for (const auto& command : k_commands) {
    CAPTURE(command);
    CHECK(help.out.find("\n  " + command) != std::string::npos);
  }
  CHECK(box.run({"--help"}).out == help.out);
  CHECK(box.run({"-h"}).out == help.out);
}

TEST_CASE("every command has help of its own, whatever else stands on the line") {
  Sandbox box;
  for (const auto& command : k_commands) {
    CAPTURE(command);
    auto arguments = words(command);
    arguments.push_back("--help");
    const auto outcome = box.run(arguments);
    CHECK(outcome.exit_code == 0);
    CHECK(outcome.out.starts_with("Usage: matview " + command));
    CHECK(outcome.out.find("--output FORMAT") != std::string::npos);
    arguments.pop_back();
    arguments.insert(arguments.begin(), "help");
    CHECK(box.run(arguments).out == outcome.out);
  }
  CHECK(box.run({"create", "--help", "a", "b", "--timeout", "x"}).exit_code == 0);
  CHECK(box.run({"-h", "create"}).exit_code == 0);
}

TEST_CASE("help fits 80 columns, but for examples") {
  Sandbox box;
  for (const auto& command : k_commands) {
    CAPTURE(command);
    auto arguments = words(command);
    arguments.push_back("--help");
    const auto text = box.run(arguments).out;
    CHECK(all_lines_fit(text.substr(0, text.find("\nExamples:")), 80));
  }
}

TEST_CASE("options of providers stand under their provider") {
  Sandbox box;
  const auto text = box.run({"create", "--help"}).out;
  const auto local = text.find("\nOptions of local:\n");
  REQUIRE(local != std::string::npos);
  CHECK(text.find("--retain N", local) != std::string::npos);
}

TEST_CASE("the provider for tests stands in no help, completion or list of providers") {
  Sandbox box;
  for (const auto& arguments : std::vector<std::vector<std::string>>{{"create", "--help"},
                                                                     {"refresh", "--help"},
                                                                     {"help", "config"},
                                                                     {"completion", "bash"},
                                                                     {"completion", "zsh"},
                                                                     {"completion", "fish"}}) {
    CAPTURE(arguments);
    const auto text = box.run(arguments).out;
    CHECK(text.find("Options of memory") == std::string::npos);
    CHECK(text.find("fail-with") == std::string::npos);
  }
  box.configure("[profiles.x]\nstore = \"/tmp\"\n");
  const auto refused = box.run({"list"});
  CHECK(refused.exit_code == 2);
  CHECK(refused.err.find("hint: providers: local, thoughtspot, dune, lance, postgres\n") != std::string::npos);
}

TEST_CASE("a group of commands without one says which there are") {
  Sandbox box;
  const auto outcome = box.run({"profile"});
  CHECK(outcome.exit_code == 2);
  CHECK(outcome.err == "error: 'profile' needs a command of its own\nhint: 'matview profile --help' lists them\n");
  const auto help = box.run({"profile", "--help"});
  CHECK(help.exit_code == 0);
  CHECK(help.out.find("profile use NAME") != std::string::npos);
  CHECK(box.run({"profile", "shwo"}).err ==
        "error: there is no command 'profile shwo'\nhint: did you mean 'profile show'?\n");
}

TEST_CASE("version is told as text and as data, by option and by command") {
  Sandbox box;
  const std::string text = "matview " + std::string(matview::version()) + "\n";
  CHECK(box.run({"--version"}).out == text);
  CHECK(box.run({"version"}).out == text);
  CHECK(box.run({"list", "--version"}).out == text);
  const auto document = parse_json(box.run({"version", "-o", "json"}).out);
  CHECK(document["schema_version"] == 1);
  CHECK(document["name"] == "matview");
  CHECK(document["version"] == std::string(matview::version()));
}
