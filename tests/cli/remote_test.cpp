#include <doctest/doctest.h>

#include "memory_box.hpp"

// What the command line does about remote backends before anything is sent: no network is needed, or asked.

using namespace matview::test;

namespace {

/// A command with the variables of a vendor, at an address where nobody listens.
Outcome run_dune(const Sandbox& box, std::vector<std::string> arguments) {
  auto command = box.command(std::move(arguments));
  command.environment["DUNE_API_KEY"] = "s3cret-key";
  command.environment["DUNE_API_BASE_URL"] = "http://127.0.0.1:1";
  return run(command);
}

bool says(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST_CASE("-o curl prints the requests of a dry run as a script, with credentials as variables") {
  const Sandbox box;
  const auto outcome = run_dune(box, {"refresh", "result_a", "-P", "dune", "--dry-run", "-o", "curl"});
  REQUIRE_MESSAGE(outcome.exit_code == 0, outcome.err);
  CHECK(says(outcome.out, "\ncurl "));
  CHECK(says(outcome.out, "\"$DUNE_API_KEY\""));
  CHECK_FALSE(says(outcome.out, "s3cret-key"));
  CHECK(outcome.err == "");
}

TEST_CASE("the requests of a dry run as data have their bodies as values and no secret") {
  const Sandbox box;
  const auto outcome = run_dune(box, {"refresh", "result_a", "-P", "dune", "--dry-run", "-o", "json"});
  REQUIRE(outcome.exit_code == 0);
  CHECK_FALSE(says(outcome.out, "s3cret-key"));
  const auto requests = parse_json(outcome.out)["plans"][0]["requests"];
  REQUIRE(!requests.empty());
  const auto& last = requests.back();
  CHECK(last["method"] == "POST");
  CHECK(last["headers"]["X-Dune-Api-Key"] == "***");
  CHECK(last["body"].is_object());
}

TEST_CASE("-o curl is refused where there is nothing it could print") {
  const Sandbox box;
  auto outcome = run_dune(box, {"refresh", "result_a", "-P", "dune", "-o", "curl"});
  CHECK(outcome.exit_code == 2);
  CHECK(outcome.err == "error: '-o curl' prints the requests of a dry run\nhint: add --dry-run\n");
  outcome = run_dune(box, {"list", "--dry-run", "-o", "curl"});
  CHECK(outcome.exit_code == 2);
  CHECK(says(outcome.err, "hint: '-o curl' is for create, refresh, drop and cancel with --dry-run"));
  CHECK(run_dune(box, {"doctor", "-o", "curl"}).exit_code == 2);
  auto in_environment = box.command({"list"});
  in_environment.environment["MATVIEW_OUTPUT"] = "curl";
  CHECK(run(in_environment).exit_code == 2);
  const MemoryBox memory;
  memory.create("a");
  outcome = memory.run({"refresh", "a", "--dry-run", "-o", "curl"});
  CHECK(outcome.exit_code == 9);
  CHECK(says(outcome.err, "nothing is sent to a server"));
}

TEST_CASE("a plain refresh is planned without asking anybody, whoever listens") {
  const Sandbox box;
  for (const char* command : {"refresh", "drop"}) {
    const auto outcome = run_dune(box, {command, "result_a", "-P", "dune", "--dry-run", "--yes"});
    CHECK_MESSAGE(outcome.exit_code == 0, outcome.err);
  }
}

TEST_CASE("a profile of a vendor's name needs a variable or a file, and the hint says so") {
  const Sandbox box;
  const auto outcome = box.run({"list", "-P", "dune"});
  CHECK(outcome.exit_code == 6);
  CHECK(says(outcome.err, "hint: set DUNE_API_KEY, or make a profile: [profiles.dune] in the configuration file"));
}

TEST_CASE("an unreachable backend ends with 7, and another profile's views are listed all the same") {
  const Sandbox box;
  const auto outcome = run_dune(box, {"list", "-P", "dune", "--retries", "0"});
  CHECK(outcome.exit_code == 7);
  CHECK_FALSE(says(outcome.err, "s3cret-key"));
  auto all = box.command({"create", "here", "--query", "SELECT 1 AS a"});
  REQUIRE(run(all).exit_code == 0);
  const auto listed = run_dune(box, {"list", "--all-profiles", "--retries", "0"});
  CHECK(listed.exit_code == 3);
  CHECK(says(listed.out, "here"));
}

TEST_CASE("waiting and cancelling are told from what cannot be done") {
  const MemoryBox box;
  box.create("a");
  const auto refreshed = parse_json(box.must({"refresh", "a", "--wait", "-o", "json"}).out);
  const auto id = refreshed["jobs"][0]["id"].get<std::string>();
  CHECK(parse_json(box.must({"wait", id, "-o", "json"}).out)["jobs"][0]["state"] == "succeeded");
  const auto cancelled = box.run({"cancel", id});
  CHECK(cancelled.exit_code == 9);
  CHECK(says(cancelled.err, "these can: "));
  CHECK_FALSE(says(cancelled.err, "memory,"));
  CHECK(box.run({"wait", "nobody"}).exit_code == 6);
  CHECK(box.run({"create", "b", "--query", "rows", "--no-wait"}).exit_code == 9);
  CHECK(box.run({"history"}).exit_code == 0);
}

TEST_CASE("a project file cannot send credentials elsewhere") {
  const Sandbox box;
  box.directory().write("work/matview.toml", "[profiles.dune]\nurl = \"https://evil.example\"\n");
  const auto outcome = run_dune(box, {"list", "-P", "dune"});
  CHECK(outcome.exit_code == 2);
  CHECK(says(outcome.err, "may not be set in a project file"));
}
