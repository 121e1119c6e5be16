#include <doctest/doctest.h>

#include <filesystem>
#include <optional>
#include <regex>
#include <set>
#include <string>
#include <vector>

#include "support/sandbox.hpp"
#include "world.hpp"

// Whoever copies a line out of help, manual or README gets what it promises.

using namespace matview::test;
namespace fs = std::filesystem;

namespace {

const fs::path k_source = MATVIEW_SOURCE_DIRECTORY;

/// The commands, as help lists them.
std::vector<std::string> commands() {
  std::vector<std::string> names;
  const auto overview = Sandbox().run({"help"}).out;
  const auto end = overview.find("\nOptions of every command");
  const std::regex line(R"(\n  ([a-z]+( [a-z]+)?)( |\n))");
  for (std::sregex_iterator match(overview.begin(), overview.begin() + static_cast<long>(end), line), none;
       match != none; ++match)
    names.push_back((*match)[1]);
  return names;
}

std::vector<std::string> words(const std::string& command) {
  const auto space = command.find(' ');
  if (space == std::string::npos) return {"help", command};
  return {"help", command.substr(0, space), command.substr(space + 1)};
}

bool says(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

/// What is there for an example, and what becomes of it.
void run(const Example& example, const std::map<std::string, std::string>& environment = {}) {
  // What changes the world gets one of its own.
  static World shared(true);
  std::optional<World> own;
  const bool creates = says(example.script, "matview create ");
  const bool changes = says(example.script, " drop ") || says(example.script, "profile use");
  if (creates || changes) own.emplace(!creates);
  World& world = own ? *own : shared;
  auto more = environment;
  // Jobs to wait for are a service's.
  if (more.empty() && (says(example.script, "| matview wait") || says(example.script, "matview cancel")))
    more["MATVIEW_PROFILE"] = "dune";
  auto timed = example;
  // What goes on until it is stopped is stopped.
  constexpr std::string_view k_endless = "matview watch";
  const bool endless = says(timed.script, k_endless) && !says(timed.script, "--dry-run");
  if (endless) timed.script.replace(timed.script.find(k_endless), 0, "timeout --preserve-status 2 ");
  const auto outcome = world.run(timed, more);
  CHECK_MESSAGE((outcome.exit_code == 0 || (endless && outcome.exit_code == 143)),
                (example.where + ":\n" + example.script + outcome.out + outcome.err));
}

}  // namespace

TEST_CASE("every command has examples, and each of them runs") {
  const auto names = commands();
  REQUIRE(names.size() > 15);
  for (const auto& name : names) {
    const auto examples = examples_of_help(name, Sandbox().run(words(name)).out);
    CHECK_MESSAGE(!examples.empty(), name);
    for (const auto& example : examples) run(example);
  }
}

TEST_CASE("the examples of the README run") {
  const auto examples = examples_of_markdown("README.md", read_file(k_source / "README.md"));
  REQUIRE(examples.size() >= 3);
  for (const auto& example : examples) run(example);
}

TEST_CASE("the examples of the manual run; what is for a service is rehearsed") {
  const std::map<std::string, std::map<std::string, std::string>> rehearsed{
      {"matview-dune.7", {{"MATVIEW_PROFILE", "dune"}}},
      {"matview-lance.7", {{"MATVIEW_PROFILE", "lance"}, {"MATVIEW_DRY_RUN", "true"}}},
      {"matview-thoughtspot.7", {{"MATVIEW_PROFILE", "thoughtspot"}, {"MATVIEW_DRY_RUN", "true"}}}};
  // These take a server or a program that is not there; the suites `postgres` and `external` have them.
  const std::set<std::string> elsewhere{"matview-postgres.7", "matview-provider.7"};
  std::set<std::string> pages;
  for (const auto& entry : fs::directory_iterator(k_source / "man")) pages.insert(entry.path().filename());
  std::size_t found = 0;
  for (const auto& page : pages) {
    const bool of_command = page.starts_with("matview-") && page.ends_with(".1");
    if (of_command || elsewhere.contains(page)) continue;  // the same as in help
    const auto environment = rehearsed.find(page);
    for (const auto& example : examples_of_page(page, read_file(k_source / "man" / page))) {
      run(example, environment == rehearsed.end() ? std::map<std::string, std::string>() : environment->second);
      ++found;
    }
  }
  CHECK(found >= 8);
}
