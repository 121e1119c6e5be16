// Several views or profiles of which some fail: the others go on, and what failed is told with its name, to people and
// to programs.

#include "memory_box.hpp"

using namespace matview::test;

namespace {

using Strings = std::vector<std::string>;

bool says(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

constexpr const char* k_yearly = "0 0 1 1 *";

/// A local store in use, with a second one beside it, and a service that nobody answers at.
class HalfDeadBox : public Sandbox {
 public:
  HalfDeadBox() {
    configure("default_profile = \"a\"\n[profiles.a]\nprovider = \"local\"\nstore = \"" + path("a") +
              "\"\n[profiles.b]\nprovider = \"local\"\nstore = \"" + path("b") +
              "\"\n[profiles.dead]\nprovider = \"dune\"\nurl = \"http://127.0.0.1:1\"\napi_key_file = \"" +
              path("key") + "\"\n");
    directory().write("key", "k");
    std::filesystem::permissions(path("key"), std::filesystem::perms::owner_read);
  }

  std::string path(const std::string& name) const { return (directory().path() / name).string(); }

  Outcome must(Strings arguments) const {
    auto outcome = run(std::move(arguments));
    REQUIRE_MESSAGE(outcome.exit_code == 0, outcome.err);
    return outcome;
  }
};

}  // namespace

TEST_CASE("a service that is away keeps no view of another profile from being refreshed") {
  HalfDeadBox box;
  box.must({"create", "s", "--query", "SELECT 1 AS n"});
  for (const Strings& views : {Strings{"s", "dead:result_x"}, Strings{"s", "dead:result_*"}}) {
    auto arguments = views;
    arguments.insert(arguments.begin(), {"refresh", "--retries", "0"});
    const auto outcome = box.run(arguments);
    CHECK(outcome.exit_code == 3);
    CHECK(says(outcome.err, "error: cannot refresh '" + views.back() + "': "));
    CHECK(says(outcome.err, "1 of 2 views failed to refresh"));
    CHECK(says(outcome.out, "s "));
  }
  const auto document = parse_json(box.run({"refresh", "s", "dead:result_x", "--retries", "0", "-o", "json"}).out);
  REQUIRE(document["jobs"].size() == 2);
  for (const auto& job : document["jobs"]) {
    const bool dead = job["profile"] == "dead";
    CHECK(job["view"] == (dead ? "result_x" : "s"));
    CHECK(job["state"] == (dead ? "failed" : "succeeded"));
    CHECK(job["error"].is_null() == !dead);
  }
  // Where all of them fail alike it is their failure; with --fail-fast nothing more is begun.
  CHECK(box.run({"refresh", "dead:x", "dead:y", "--retries", "0"}).exit_code == 7);
  // What is wrong with the words is no failure of a view.
  CHECK(box.run({"refresh", "s", "daed:x", "--retries", "0"}).exit_code == 6);
}

TEST_CASE("what waits for a view of a service that is away is skipped") {
  HalfDeadBox box;
  box.must({"create", "s", "--query", "SELECT 1 AS n"});
  box.directory().write("work/matview.toml",
                        "[views.s]\nquery = \"SELECT 1 AS n\"\ndepends_on = [\"dead:result_x\"]\n");
  const auto outcome = box.run({"refresh", "s", "dead:result_x", "--retries", "0"});
  CHECK(outcome.exit_code == 7);
  CHECK(says(outcome.out, "upstream 'dead:result_x' failed"));
}

TEST_CASE("a dry run plans the others where one view could not be refreshed, and names that one") {
  HalfDeadBox box;
  box.must({"create", "served", "--query", "SELECT 1 AS n", "--schedule", k_yearly, "--with-data"});
  box.must({"create", "over", "--query", "SELECT n FROM served"});
  box.must({"create", "other", "--query", "SELECT 2 AS n"});
  auto outcome = box.run({"refresh", "served", "other", "--dry-run"});
  CHECK(outcome.exit_code == 3);
  CHECK(says(outcome.out, "would refresh 'other'"));
  CHECK(says(outcome.err, "error: cannot refresh 'served': it was refreshed in this window of its schedule"));
  outcome = box.run({"refresh", "served", "over", "--dry-run"});
  CHECK(outcome.exit_code == box.run({"refresh", "served", "over"}).exit_code);
  CHECK(says(outcome.out, "would refresh 'over': skipped (upstream 'served' fails)"));
  outcome = box.run({"refresh", "served", "--dry-run"});
  CHECK(outcome.exit_code == 10);
  CHECK(says(outcome.err, "cannot refresh 'served': "));
  outcome = box.run({"refresh", "served", "other", "--dry-run", "-o", "json"});
  CHECK(outcome.exit_code == 3);
  const auto document = parse_json(outcome.out);
  CHECK(document["plans"].size() == 1);
  CHECK(document["plans"][0]["profile"] == "a");
  REQUIRE(document["errors"].size() == 1);
  CHECK(document["errors"][0]["profile"] == "a");
  CHECK(document["errors"][0]["view"] == "served");
  CHECK(document["errors"][0]["error"]["code"] == "CONFLICT");
}

TEST_CASE("in JSON too what could not be verified is told, view by view") {
  HalfDeadBox box;
  box.must({"create", "filled", "--query", "SELECT 1 AS n", "--with-data"});
  box.must({"create", "empty", "--query", "SELECT 1 AS n"});
  auto outcome = box.run({"verify", "filled", "empty", "-o", "json"});
  CHECK(outcome.exit_code == 3);
  const auto document = parse_json(outcome.out);
  CHECK(document["verifications"][0]["view"] == "filled");
  CHECK(document["verifications"][0]["profile"] == "a");
  REQUIRE(document["errors"].size() == 1);
  CHECK(document["errors"][0]["view"] == "empty");
  CHECK(says(document["errors"][0]["error"]["message"].get<std::string>(), "cannot verify 'empty': "));
  const auto events = parse_json_lines(box.run({"verify", "filled", "empty", "-o", "jsonl"}).out);
  REQUIRE(events.size() == 3);
  CHECK(events[1]["event"] == "error");
  CHECK(events[1]["view"] == "empty");
  CHECK(events[2]["failed"] == 1);
}

TEST_CASE("list and status of all profiles tell which one could not be asked, to people and programs") {
  HalfDeadBox box;
  box.must({"create", "s", "--query", "SELECT 1 AS n"});
  for (const char* command : {"list", "status"}) {
    auto outcome = box.run({command, "--all-profiles", "--retries", "0"});
    CHECK(outcome.exit_code == 3);
    CHECK(says(outcome.err, "error: profile 'dead': "));
    outcome = box.run({command, "--all-profiles", "--retries", "0", "-o", "json"});
    CHECK(outcome.exit_code == 3);
    const auto document = parse_json(outcome.out);
    CHECK(document["views"].size() == 1);
    REQUIRE(document["errors"].size() == 1);
    CHECK(document["errors"][0]["profile"] == "dead");
    CHECK(document["errors"][0]["view"].is_null());
    CHECK(document["errors"][0]["error"]["code"] == "UNAVAILABLE");
  }
}

TEST_CASE("a view of a profile that was named is called with it") {
  HalfDeadBox box;
  CHECK(box.must({"create", "b:x", "--query", "SELECT 1 AS n"}).err == "view 'b:x' is there\n");
  box.must({"create", "a:x", "--query", "SELECT 1 AS n"});
  auto outcome = box.must({"refresh", "a:x", "b:x", "--dry-run"});
  CHECK(says(outcome.out, "would refresh 'x'"));
  CHECK(says(outcome.out, "would refresh 'b:x'"));
  box.must({"refresh", "a:x", "b:x"});
  outcome = box.must({"verify", "a:x", "b:x"});
  CHECK(says(outcome.out, "b:x "));
  CHECK(parse_json(box.must({"explain", "b:x", "-o", "json"}).out)["explanations"][0]["profile"] == "b");
  CHECK(box.must({"suspend", "b:x"}).err.starts_with("view 'b:x' is suspended "));
  CHECK(box.must({"resume", "b:x"}).err == "view 'b:x' is refreshed again when it is due\n");
  CHECK(says(box.must({"drop", "b:x", "--dry-run"}).out, "would drop 'b:x'"));
  CHECK(box.must({"drop", "b:x", "--yes"}).err == "view 'b:x' is gone\n");
}

TEST_CASE("cancelling without doing it names the job, also one that is on no record") {
  HalfDeadBox box;
  CHECK(says(box.must({"cancel", "01ABC", "-P", "dead", "--dry-run"}).out, "would cancel job '01ABC'"));
}

TEST_CASE("a refresh that --timeout ended is cancelled, in its answer as in the history") {
  HalfDeadBox box;
  box.must({"create", "slow", "--query",
            "SELECT count(*) AS n FROM range(3000000) a, range(3000000) b WHERE a.range * 3 = b.range * 5 + 1 OR "
            "a.range % 7 = b.range % 11"});
  const auto outcome = box.run({"refresh", "slow", "--timeout", "1s", "-o", "json"});
  CHECK(outcome.exit_code == 8);
  CHECK(parse_json(outcome.out)["jobs"][0]["state"] == "cancelled");
  CHECK(parse_json(box.must({"history", "slow", "-o", "json"}).out)["jobs"][0]["state"] == "cancelled");
}

TEST_CASE("where there is no store, what only looks makes none") {
  HalfDeadBox box;
  CHECK(box.must({"gc", "--dry-run"}).out.starts_with("would remove 0 versions"));
  box.must({"query", "SELECT 1 AS n"});
  CHECK_FALSE(std::filesystem::exists(box.path("a")));
}

TEST_CASE("a value that only its provider can judge is told with file, line and key") {
  HalfDeadBox box;
  for (const auto& [key, value] : {std::pair("memory_limit", "much"), std::pair("keep_sources_limit", "x"),
                                   std::pair("auto_refresh.min_changed_bytes", "x")}) {
    box.configure(std::string("default_profile = \"a\"\n[profiles.a]\nprovider = \"local\"\n") + key + " = \"" + value +
                  "\"\n");
    const auto outcome = box.run({"list"});
    CHECK(outcome.exit_code == 2);
    CHECK(says(outcome.err, std::string("config.toml:4: key 'profiles.a.") + key + "': '" + value + "' is not "));
  }
  box.configure("[profiles.d]\nprovider = \"dune\"\nurl = \"example.com\"\n");
  CHECK(says(box.run({"list", "-P", "d"}).err, "config.toml:3: key 'profiles.d.url': 'example.com' is no address"));
}

TEST_CASE("a view of a views file without a query is a mistake in the file") {
  HalfDeadBox box;
  box.directory().write("work/v.toml", "[views.good]\nquery = \"SELECT 1 AS n\"\n[views.bad]\ntags = [\"t\"]\n");
  for (const char* command : {"validate", "diff", "apply"}) {
    const auto outcome = box.run({command, "-f", "v.toml"});
    CHECK(outcome.exit_code == 2);
    CHECK(says(outcome.err, "v.toml:3: view 'bad' has no query"));
  }
  CHECK(box.must({"list", "-o", "name"}).out.empty());
}

TEST_CASE("--full and --force are refused for a service, with who has them") {
  HalfDeadBox box;
  for (const char* option : {"--full", "--force"}) {
    const auto outcome = box.run({"refresh", "dead:x", option, "--retries", "0"});
    CHECK(outcome.exit_code == 2);
    CHECK(says(outcome.err, std::string("the provider 'dune' has no option ") + option));
    CHECK(says(outcome.err, "hint: it is an option of: local\n"));
  }
}
