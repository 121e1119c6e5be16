#include "memory_box.hpp"

using namespace matview::test;

namespace {

/// base <- over <- top, and a view that stands alone.
void make_chain(const MemoryBox& box, std::vector<std::string> options_of_base = {}) {
  box.create("base", options_of_base);
  box.create("over", {"--upstream", "base"});
  box.create("top", {"--upstream", "over", "--tag", "nightly"});
  box.create("alone", {"--tag", "nightly"});
}

/// "view state" of each job, in the order of the document.
std::vector<std::string> states(const Outcome& outcome) {
  std::vector<std::string> result;
  const auto document = parse_json(outcome.out);
  for (const auto& job : document["jobs"])
    result.push_back(job["view"].get<std::string>() + " " + job["state"].get<std::string>());
  return result;
}

using Strings = std::vector<std::string>;

}  // namespace

TEST_CASE("refresh goes from upstream to downstream, and the second run has nothing to do") {
  MemoryBox box;
  make_chain(box);
  const auto first = box.must({"refresh", "--all", "-o", "json"});
  CHECK(states(first) == Strings{"alone succeeded", "base succeeded", "over succeeded", "top succeeded"});
  const auto second = parse_json(box.must({"refresh", "--all", "-o", "json"}).out);
  for (const auto& job : second["jobs"]) CHECK(job["mode"] == "no_data");
}

TEST_CASE("what reads from a failed view is skipped, the rest goes on, and the exit code is PARTIAL") {
  MemoryBox box;
  make_chain(box, {"--fail-with", "unavailable"});
  const auto outcome = box.run({"refresh", "--all", "-o", "json"});
  CHECK(outcome.exit_code == 3);
  CHECK(states(outcome) == Strings{"alone succeeded", "base failed", "over skipped", "top skipped"});
  const auto jobs = parse_json(outcome.out)["jobs"];
  CHECK(jobs[1]["error"]["code"] == "UNAVAILABLE");
  CHECK(jobs[2]["reason"] == "upstream 'base' failed");
  CHECK(jobs[3]["reason"] == "upstream 'over' was skipped");
  CHECK(jobs[2]["id"].is_null());
  const auto error = parse_json(outcome.err)["error"];
  CHECK(error["code"] == "PARTIAL");
  CHECK(error["message"] == "1 of 4 views failed to refresh");
}

TEST_CASE("where nothing succeeded the exit code is that of the failures") {
  MemoryBox box;
  box.create("a", {"--fail-with", "locked"});
  box.create("b", {"--fail-with", "locked"});
  CHECK(box.run({"refresh", "--all"}).exit_code == 11);
  box.create("c", {"--fail-with", "auth"});
  CHECK(box.run({"refresh", "--all"}).exit_code == 1);
  CHECK(box.run({"refresh", "a"}).exit_code == 11);
}

TEST_CASE("every error code of a single refresh is its exit code") {
  MemoryBox box;
  box.create("a");
  const std::vector<std::pair<std::string, int>> codes{{"failed", 1},   {"auth", 4},      {"unavailable", 7},
                                                       {"timeout", 8},  {"conflict", 10}, {"locked", 11},
                                                       {"internal", 70}};
  for (const auto& [name, code] : codes) {
    const auto outcome = box.run({"refresh", "a", "--fail-with", name});
    CHECK(outcome.exit_code == code);
    CHECK(outcome.out == "");
    CHECK(outcome.err == "error: cannot refresh 'a': it was told to fail with --fail-with\n");
  }
}

TEST_CASE("--fail-fast starts nothing more once a view has failed") {
  MemoryBox box;
  box.create("a", {"--fail-with", "failed"});
  box.create("b");
  const auto outcome = box.run({"refresh", "--all", "--fail-fast", "-o", "json"});
  CHECK(outcome.exit_code == 1);
  CHECK(states(outcome) == Strings{"a failed", "b skipped"});
}

TEST_CASE("selectors choose views: names, globs, neighbours, tags, exclusions, stdin") {
  MemoryBox box;
  make_chain(box);
  CHECK(listed(box) == Strings{"alone", "base", "over", "top"});
  CHECK(listed(box, {"base"}) == Strings{"base"});
  CHECK(listed(box, {"mem:base", "base"}) == Strings{"base"});
  CHECK(listed(box, {"*o*"}) == Strings{"alone", "over", "top"});
  CHECK(listed(box, {"[a-b]*"}) == Strings{"alone", "base"});
  CHECK(listed(box, {"+over"}) == Strings{"base", "over"});
  CHECK(listed(box, {"over+"}) == Strings{"over", "top"});
  CHECK(listed(box, {"+over+"}) == Strings{"base", "over", "top"});
  CHECK(listed(box, {"--tag", "nightly"}) == Strings{"alone", "top"});
  CHECK(listed(box, {"t*", "--tag", "nightly"}) == Strings{"top"});
  CHECK(listed(box, {"--all", "--exclude", "*o*", "--exclude", "x"}) == Strings{"base"});
  const auto outcome = box.must({"list", "-", "-o", "name"}, "top\n\nbase\r\n");
  CHECK(outcome.out == "base\ntop\n");
}

TEST_CASE("a name, glob or tag that matches nothing is not found, with the nearest one") {
  MemoryBox box;
  make_chain(box);
  const auto typo = box.run({"refresh", "bsae"});
  CHECK(typo.exit_code == 6);
  CHECK(typo.err == "error: cannot refresh 'bsae': there is no view 'bsae'\nhint: did you mean 'base'?\n");
  const auto two = box.run({"refresh", "bsae", "top"});
  CHECK(two.exit_code == 6);
  CHECK(two.err == "error: there is no view 'bsae'\nhint: did you mean 'base'?\n");
  CHECK(box.run({"refresh", "x*"}).err == "error: no view matches 'x*'\n");
  const auto tag = box.run({"refresh", "--tag", "nigtly"});
  CHECK(tag.exit_code == 6);
  CHECK(tag.err == "error: no view has the tag 'nigtly'\nhint: did you mean 'nightly'?\n");
  CHECK(box.run({"show", "bsae"}).err ==
        "error: cannot show 'bsae': there is no view 'bsae'\nhint: did you mean 'base'?\n");
  CHECK(box.run({"status", "bsae"}).exit_code == 6);
  CHECK(box.run({"history", "bsae"}).exit_code == 6);
  CHECK(box.run({"verify", "bsae"}).exit_code == 6);
  CHECK(box.run({"drop", "bsae", "--yes"}).exit_code == 6);
  CHECK(box.run({"status", "--job", "job-99"}).exit_code == 6);
}

TEST_CASE("names from an empty stdin select nothing, and that is no error") {
  MemoryBox box;
  make_chain(box);
  const std::string before = box.state();
  const auto outcome = box.must({"refresh", "-"}, "");
  CHECK(outcome.err == "no view needs a refresh\n");
  CHECK(box.state() == before);
}

TEST_CASE("--stale takes stale and never filled views, and what reads from them") {
  MemoryBox box;
  make_chain(box);
  box.must({"refresh", "--all", "--quiet"});
  CHECK(states(box.must({"refresh", "--stale", "-o", "json"})).empty());
  box.create("base", {"--replace", "--rows", "7"});
  CHECK(listed(box, {"--stale"}) == Strings{"base"});
  CHECK(states(box.must({"refresh", "--stale", "-o", "json"})) ==
        Strings{"base succeeded", "over succeeded", "top succeeded"});
  CHECK(listed(box, {"--stale"}).empty());
  box.create("new");
  CHECK(states(box.must({"refresh", "--stale", "-o", "json"})) == Strings{"new succeeded"});
}

TEST_CASE("--failed takes the views whose last refresh failed") {
  MemoryBox box;
  make_chain(box);
  box.must({"refresh", "--all", "--quiet"});
  CHECK(listed(box, {"--failed"}).empty());
  box.run({"refresh", "alone", "--fail-with", "failed"});
  CHECK(listed(box, {"--failed"}) == Strings{"alone"});
  CHECK(states(box.must({"refresh", "--failed", "-o", "json"})) == Strings{"alone succeeded"});
  CHECK(listed(box, {"--failed"}).empty());
}

TEST_CASE("--quiet prints nothing at all on success, and errors all the same") {
  MemoryBox box;
  make_chain(box);
  const std::vector<Strings> commands{{"refresh", "--all"},
                                      {"refresh", "--all", "-o", "json"},
                                      {"refresh", "-", "-o", "jsonl"},
                                      {"list"},
                                      {"status", "-o", "json"},
                                      {"show", "top"},
                                      {"history", "top"},
                                      {"verify", "top"},
                                      {"query", "top"},
                                      {"refresh", "top", "-n"},
                                      {"drop", "alone", "--yes"}};
  for (auto command : commands) {
    CAPTURE(command.front());
    command.push_back("--quiet");
    const auto outcome = box.must(command);
    CHECK(outcome.out == "");
    CHECK(outcome.err == "");
  }
  const auto failed = box.run({"refresh", "top", "--fail-with", "failed", "--quiet"});
  CHECK(failed.exit_code == 1);
  CHECK(failed.out == "");
  CHECK(failed.err != "");
}

TEST_CASE("--dry-run says what would be done and changes nothing") {
  MemoryBox box;
  make_chain(box);
  const std::string before = box.state();
  const auto refresh = parse_json(box.must({"refresh", "--all", "--dry-run", "-o", "json"}).out);
  CHECK(refresh["plans"].size() == 4);
  CHECK(refresh["plans"][0]["mode"] == "full");
  box.must({"create", "new", "--query", "x", "-n"});
  box.must({"create", "new", "--query", "x", "-n", "--with-data"});
  box.must({"drop", "alone", "-n"});
  CHECK(box.run({"drop", "base", "-n"}).exit_code == 10);
  CHECK(box.run({"create", "base", "--query", "x", "-n"}).exit_code == 10);
  CHECK(box.run({"refresh", "nothing", "-n"}).exit_code == 6);
  CHECK(box.state() == before);
}

TEST_CASE("--timeout ends a refresh with TIMEOUT, and what was not begun is skipped") {
  MemoryBox box;
  box.create("a", {"--delay", "60000"});
  box.create("b");
  const auto outcome = box.run({"refresh", "--all", "--timeout", "50ms", "-o", "json"});
  CHECK(outcome.exit_code == 8);
  CHECK(states(outcome) == Strings{"a failed", "b skipped"});
  CHECK(parse_json(outcome.err)["error"]["code"] == "TIMEOUT");
}

TEST_CASE("--no-wait is unsupported where a refresh runs in this process") {
  MemoryBox box;
  box.create("a");
  const std::string before = box.state();
  const auto outcome = box.run({"refresh", "a", "--no-wait"});
  CHECK(outcome.exit_code == 9);
  CHECK(box.state() == before);
}

TEST_CASE("-o jsonl prints events as they happen, the last of them a summary") {
  MemoryBox box;
  box.create("a");
  box.create("b", {"--fail-with", "failed"});
  const auto outcome = box.run({"refresh", "--all", "-o", "jsonl"});
  CHECK(outcome.exit_code == 3);
  const auto events = parse_json_lines(outcome.out);
  std::vector<std::string> kinds;
  for (const auto& event : events) kinds.push_back(event["event"]);
  CHECK(kinds == Strings{"start", "result", "start", "error", "summary"});
  CHECK(events[1]["job"]["state"] == "succeeded");
  CHECK(events[3]["view"] == "b");
  CHECK(events[4]["succeeded"] == 1);
  CHECK(events[4]["failed"] == 1);
  CHECK(events[4]["exit_code"] == 3);
}

TEST_CASE("--fields picks and orders the keys of jobs") {
  MemoryBox box;
  box.create("a");
  CHECK(box.must({"refresh", "a", "-o", "csv", "--fields", "view,state,version"}).out ==
        "view,state,version\na,succeeded,1\n");
}

TEST_CASE("--progress plain says on stderr how far a refresh is, json as lines, none nothing") {
  MemoryBox box;
  box.create("a", {"--delay", "200"});
  const auto plain = box.must({"refresh", "a", "--progress", "plain"});
  CHECK(plain.err.find("a: reading") != std::string::npos);
  const auto none = box.must({"refresh", "a", "--force", "--progress", "none"});
  CHECK(none.err == "");
  const auto piped = box.must({"refresh", "a", "--force"});
  CHECK(piped.err == "");
}
