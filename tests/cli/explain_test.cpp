#include "memory_box.hpp"

using namespace matview::test;

TEST_CASE("explain takes a view or a query, not both and not neither") {
  Sandbox box;
  const std::vector<std::vector<std::string>> wrong{
      {"explain"},
      {"explain", "a", "--query", "SELECT 1"},
      {"explain", "a", "b"},
      {"explain", "--query", " "},
      {"explain", "--query", "SELECT 1", "--query-file", "q.sql"},
      {"explain", "--query-file", "nowhere.sql"},
      {"explain", "a", "--refresh-mode", "full"},
      {"explain", "a", "--attach", "x=y"},
      {"explain", "a", "--base-dir", "."},
      {"explain", "a", "--timezone", "UTC"},
      {"explain", "--query", "SELECT 1", "--refresh-mode", "sometimes"},
      {"explain", "--query", "SELECT 1", "--kind", "magic"},
      {"explain", "--query", "SELECT 1", "--retain", "3"},
      {"explain", "a", "-o", "curl"},
      {"explain", "a:"},
  };
  for (const auto& arguments : wrong) {
    CAPTURE(arguments);
    const auto outcome = box.run(arguments);
    CHECK(outcome.exit_code == 2);
    CHECK(outcome.out.empty());
    CHECK(outcome.err.find("error: ") == 0);
  }
  CHECK_FALSE(std::filesystem::exists(box.home() / ".local"));
}

TEST_CASE("a provider that cannot explain says who can") {
  MemoryBox box;
  box.create("a");
  const auto outcome = box.run({"explain", "a"});
  CHECK(outcome.exit_code == 9);
  CHECK(outcome.err == "error: the provider 'memory' cannot do 'explain'\nhint: these can: local\n");
}

TEST_CASE("a mistyped view gets the nearest name, with -o json as one object") {
  Sandbox box;
  REQUIRE(box.run({"create", "daily", "--query", "SELECT 1 AS x"}).exit_code == 0);
  const auto outcome = box.run({"explain", "dialy"});
  CHECK(outcome.exit_code == 6);
  CHECK(outcome.err == "error: cannot explain 'dialy': there is no view 'dialy'\nhint: did you mean 'daily'?\n");
  const auto json = parse_json(box.run({"explain", "dialy", "-o", "json"}).err);
  CHECK(json["error"]["code"] == "NOT_FOUND");
}

TEST_CASE("refresh --verify says equal where all is well, and nothing under --quiet") {
  MemoryBox box;
  box.create("a");
  box.create("b");
  const auto table = box.must({"refresh", "--all", "--verify"});
  CHECK(table.out.find("\n\nNAME  VERSION  OUTCOME  ROWS  MISSING  EXTRA\na           1  equal       3") !=
        std::string::npos);
  CHECK(table.err.starts_with("2 refreshed in "));
  const auto quiet = box.must({"refresh", "--all", "--verify", "--quiet", "--force"});
  CHECK(quiet.out + quiet.err == "");
  const auto document = parse_json(box.must({"refresh", "--all", "--verify", "-o", "json"}).out);
  CHECK(keys(document) == std::vector<std::string>{"schema_version", "jobs", "verifications"});
  CHECK(document["verifications"].size() == 2);
  CHECK(document["verifications"][1]["view"] == "b");
  const auto plain = parse_json(box.must({"refresh", "--all", "-o", "json"}).out);
  CHECK(keys(plain) == std::vector<std::string>{"schema_version", "jobs"});
  CHECK(box.must({"refresh", "a", "--verify", "-o", "name"}).out == "a\n");
  const auto events = parse_json_lines(box.must({"refresh", "a", "--verify", "-o", "jsonl"}).out);
  CHECK(events.at(events.size() - 2)["verification"]["equal"] == true);
  CHECK(events.back()["event"] == "summary");
  CHECK(events.back()["succeeded"] == 1);
}

TEST_CASE("refresh --verify is refused before anything starts where nothing can be verified") {
  Sandbox box;
  box.configure("[profiles.ts]\nprovider = \"thoughtspot\"\nurl = \"https://127.0.0.1:1\"\nusername = \"u\"\n");
  const auto outcome = box.run({"refresh", "ts:a", "--verify", "--retries", "0"});
  CHECK(outcome.exit_code != 0);
  CHECK(outcome.out.empty());
}

TEST_CASE("what failed to refresh is not verified, and counts once") {
  MemoryBox box;
  box.create("bad");
  box.create("good");
  const auto outcome = box.run({"refresh", "bad", "--verify", "--fail-with", "failed"});
  CHECK(outcome.exit_code == 1);
  CHECK(outcome.out.empty());
  CHECK(outcome.err == "error: cannot refresh 'bad': it was told to fail with --fail-with\n");
  box.create("bad", {"--replace", "--fail-with", "failed"});
  const auto both = box.run({"refresh", "--all", "--verify", "-o", "json"});
  CHECK(both.exit_code == 3);
  const auto document = parse_json(both.out);
  REQUIRE(document["verifications"].size() == 1);
  CHECK(document["verifications"][0]["view"] == "good");
}
