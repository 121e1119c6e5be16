// Runs over many views: selectors, several at once, what is kept of a run, and going on where it stopped.

#include <algorithm>
#include <csignal>
#include <set>

#include "memory_box.hpp"

using namespace matview::test;

namespace {

using Strings = std::vector<std::string>;

bool says(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

/// "view state" of each job, sorted.
Strings states(const std::string& document) {
  Strings result;
  const auto parsed = parse_json(document);
  for (const auto& job : parsed["jobs"])
    result.push_back(job["view"].get<std::string>() + " " + job["state"].get<std::string>());
  std::sort(result.begin(), result.end());
  return result;
}

/// base <- over <- top, base fails; alone stands by itself.
void make_failing_chain(const MemoryBox& box) {
  box.create("base", {"--fail-with", "unavailable"});
  box.create("over", {"--upstream", "base"});
  box.create("top", {"--upstream", "over"});
  box.create("alone");
}

void repair(const MemoryBox& box, const std::string& name) {
  box.must({"create", name, "--query", "rows", "--replace", "--quiet"});
}

/// Two profiles of the memory provider, `a` in use, and a views file that makes views of one wait for those of the
/// other.
class TwoProfiles : public Sandbox {
 public:
  TwoProfiles() {
    const auto state = [&](const char* name) { return (directory().path() / name).string(); };
    configure("default_profile = \"a\"\n[profiles.a]\nprovider = \"memory\"\nstate_file = \"" + state("a.json") +
              "\"\n[profiles.b]\nprovider = \"memory\"\nstate_file = \"" + state("b.json") + "\"\n");
    must({"create", "orders", "--query", "rows"});
    must({"create", "daily", "--query", "rows", "--upstream", "orders"});
    must({"create", "result", "--query", "rows", "-P", "b"});
    must({"create", "report", "--query", "rows", "-P", "b", "--upstream", "result"});
    must({"create", "alone", "--query", "rows", "-P", "b"});
  }

  void link() const {
    directory().write("work/matview.toml",
                      "[views.\"a:orders\"]\nquery = \"rows\"\n"
                      "[views.\"b:result\"]\nquery = \"rows\"\ndepends_on = [\"a:daily\"]\n");
  }

  Outcome must(Strings arguments) const {
    auto outcome = run(std::move(arguments));
    REQUIRE_MESSAGE(outcome.exit_code == 0, outcome.err);
    return outcome;
  }
};

}  // namespace

TEST_CASE("refresh --failed goes on where the last run stopped: what failed and what was skipped for it") {
  MemoryBox box;
  make_failing_chain(box);
  CHECK(box.run({"refresh", "--all"}).exit_code == 3);
  CHECK(listed(box, {"--failed"}) == Strings{"base", "over", "top"});
  repair(box, "base");
  CHECK(states(box.must({"refresh", "--failed", "-o", "json"}).out) ==
        Strings{"base succeeded", "over succeeded", "top succeeded"});
  CHECK(listed(box, {"--failed"}).empty());
  const auto nothing = box.must({"refresh", "--failed"});
  CHECK(nothing.err == "no view needs a refresh\n");
}

TEST_CASE("runs of other views do not make --failed forget, and a view that was refreshed since is not failed") {
  MemoryBox box;
  make_failing_chain(box);
  CHECK(box.run({"refresh", "--all"}).exit_code == 3);
  box.create("other");
  box.create("another");
  box.must({"refresh", "other", "another"});
  CHECK(listed(box, {"--failed"}) == Strings{"base", "over", "top"});
  repair(box, "base");
  box.must({"refresh", "base"});
  CHECK(listed(box, {"--failed"}) == Strings{"over", "top"});
  CHECK(listed(box, {"o*", "--failed"}) == Strings{"over"});
}

TEST_CASE("a run that is killed leaves the views it did not come to for --failed; one under way leaves none") {
  MemoryBox box;
  for (const char* name : {"a", "b", "c"}) box.create(name);
  box.create("d", {"--delay", "60000", "--upstream", "c"});
  box.create("e", {"--upstream", "d"});
  Process run(box.command({"refresh", "--all", "--progress", "plain"}));
  REQUIRE(run.wait_for("d: reading"));
  CHECK(listed(box, {"--failed"}).empty());
  run.signal(SIGKILL);
  CHECK(run.wait().signal == SIGKILL);
  const auto left = listed(box, {"--failed"});
  for (const char* name : {"d", "e"}) CHECK(std::find(left.begin(), left.end(), name) != left.end());
  repair(box, "d");
  const auto on = box.must({"refresh", "--failed", "-o", "json"});
  CHECK(says(on.out, "\"d\""));
  CHECK(listed(box, {"--failed"}).empty());
}

TEST_CASE("Ctrl-C leaves what was under way and what had not begun for --failed") {
  MemoryBox box;
  box.create("a", {"--delay", "60000"});
  box.create("b");
  Process run(box.command({"refresh", "--all", "--progress", "plain"}));
  REQUIRE(run.wait_for("a: reading"));
  run.signal(SIGINT);
  CHECK(run.wait().exit_code == 130);
  CHECK(listed(box, {"--failed"}) == Strings{"a", "b"});
}

TEST_CASE("a home that cannot be written, or none, is in nobody's way") {
  MemoryBox box;
  make_failing_chain(box);
  for (const char* ledger : {"/proc/no/ledger.sqlite", "/dev/null/ledger.sqlite"}) {
    auto command = box.command({"refresh", "--all", "--quiet"});
    command.environment["MATVIEW_LEDGER"] = ledger;
    const auto outcome = run(command);
    CHECK(outcome.exit_code == 3);
    CHECK(!says(outcome.err, "ledger"));
    command.arguments = {"list", "--failed", "-o", "name"};
    CHECK(run(command).out == "base\n");
  }
}

TEST_CASE("--results writes what became of each view; --failed goes on from it and brings it up to date") {
  MemoryBox box;
  make_failing_chain(box);
  CHECK(box.run({"refresh", "--all", "--results", "r.json"}).exit_code == 3);
  auto results = parse_json(read_file(box.work() / "r.json"));
  CHECK(results["schema_version"] == 1);
  CHECK(results["operation"] == "refresh");
  CHECK(results["finished_at"].is_string());
  CHECK(states(results.dump()) == Strings{"alone succeeded", "base failed", "over skipped", "top skipped"});
  for (const auto& job : results["jobs"]) CHECK(job["settled"] == (job["view"] == "alone"));

  // What the file says counts, whatever happened since.
  repair(box, "base");
  box.must({"refresh", "top", "over", "base"});
  box.create("new", {"--fail-with", "failed"});
  CHECK(box.run({"refresh", "new"}).exit_code == 1);
  CHECK(states(box.must({"refresh", "--failed", "--results", "r.json", "-o", "json"}).out) ==
        Strings{"base succeeded", "over succeeded", "top succeeded"});
  results = parse_json(read_file(box.work() / "r.json"));
  CHECK(states(results.dump()) == Strings{"alone succeeded", "base succeeded", "over succeeded", "top succeeded"});
  for (const auto& job : results["jobs"]) CHECK(job["settled"] == true);
  CHECK(box.must({"refresh", "--failed", "--results", "r.json"}).err == "no view needs a refresh\n");
}

TEST_CASE("--results through a link writes the file it leads to, and no device is replaced by a file") {
  MemoryBox box;
  box.create("a");
  std::filesystem::create_symlink("real.json", box.work() / "link.json");
  box.must({"refresh", "a", "--results", "link.json"});
  CHECK(std::filesystem::is_symlink(box.work() / "link.json"));
  CHECK(states(read_file(box.work() / "real.json")) == Strings{"a succeeded"});

  std::filesystem::create_symlink("/dev/full", box.work() / "full.json");
  const auto full = box.run({"refresh", "a", "--force", "--results", "full.json"});
  CHECK(full.exit_code == 1);
  CHECK(says(full.err, "no space left on device"));
  CHECK(std::filesystem::is_symlink(box.work() / "full.json"));
}

TEST_CASE("--results that cannot be read or written is told before anything begins") {
  MemoryBox box;
  box.create("a");
  const auto before = box.state();
  CHECK(box.run({"refresh", "--failed", "--results", "none.json"}).exit_code != 0);
  box.directory().write("work/x.json", "{\"jobs\":[]}");
  const auto rubbish = box.run({"refresh", "--failed", "--results", "x.json"});
  CHECK(rubbish.exit_code == 2);
  CHECK(says(rubbish.err, "'schema_version'"));
  box.directory().write("work/y.json", "{\"schema_version\":2,\"jobs\":[]}");
  CHECK(says(box.run({"refresh", "--failed", "--results", "y.json"}).err, "schema_version is 2"));
  CHECK(box.run({"refresh", "a", "--results", "no/such/folder/r.json"}).exit_code == 1);
  CHECK(box.state() == before);
}

TEST_CASE("several at once: every view is refreshed once, after what it reads") {
  MemoryBox box;
  box.create("root", {"--delay", "5"});
  for (int i = 0; i < 12; ++i) box.create("mid" + std::to_string(i), {"--upstream", "root", "--delay", "5"});
  Strings last{"--delay", "5"};
  for (int i = 0; i < 12; ++i) last.insert(last.end(), {"--upstream", "mid" + std::to_string(i)});
  box.create("end", last);
  const auto jobs = parse_json(box.must({"refresh", "--all", "--jobs", "6", "-o", "json"}).out)["jobs"];
  REQUIRE(jobs.size() == 14);
  CHECK(jobs.front()["view"] == "root");
  CHECK(jobs.back()["view"] == "end");
  std::set<std::string> names;
  std::set<std::string> ids;
  for (const auto& job : jobs) {
    CHECK(job["state"] == "succeeded");
    names.insert(job["view"].get<std::string>());
    ids.insert(job["id"].get<std::string>());
  }
  CHECK(names.size() == 14);
  CHECK(ids.size() == 14);
  const auto again = parse_json(box.must({"refresh", "--all", "--jobs", "6", "-o", "json"}).out)["jobs"];
  for (const auto& job : again) CHECK(job["mode"] == "no_data");
}

TEST_CASE("several at once: a failure skips what reads it and nothing else; --fail-fast starts nothing more") {
  MemoryBox box;
  box.create("bad", {"--fail-with", "failed"});
  box.create("reader", {"--upstream", "bad"});
  for (int i = 0; i < 6; ++i) box.create("good" + std::to_string(i), {"--delay", "20"});
  const auto outcome = box.run({"refresh", "--all", "--jobs", "3", "-o", "json"});
  CHECK(outcome.exit_code == 3);
  const auto all = states(outcome.out);
  CHECK(std::count_if(all.begin(), all.end(), [](const auto& s) { return s.ends_with(" succeeded"); }) == 6);
  CHECK(std::find(all.begin(), all.end(), "reader skipped") != all.end());

  const auto fast = box.run({"refresh", "--all", "--force", "--jobs", "2", "--fail-fast", "-o", "json"});
  CHECK(fast.exit_code != 0);
  const auto some = states(fast.out);
  CHECK(some.size() == 8);
  // One may have been under way beside the one that failed.
  CHECK(std::count_if(some.begin(), some.end(), [](const auto& s) { return s.ends_with(" succeeded"); }) <= 1);
}

TEST_CASE("verify takes --jobs, and tells in the order of the views") {
  MemoryBox box;
  Strings expected;
  for (int i = 0; i < 9; ++i) {
    box.create("v" + std::to_string(i));
    expected.push_back("v" + std::to_string(i));
  }
  box.must({"refresh", "--all"});
  Strings names;
  const auto outcome = parse_json(box.must({"verify", "--all", "--jobs", "4", "-o", "json"}).out);
  for (const auto& found : outcome["verifications"]) names.push_back(found["view"].get<std::string>());
  CHECK(names == expected);
}

TEST_CASE("--jobs, --if-locked, --lock-timeout and --jitter are checked before anything begins") {
  MemoryBox box;
  box.create("a");
  const auto before = box.state();
  for (const Strings& options : std::vector<Strings>{{"--jobs", "0"},
                                                     {"--jobs", "513"},
                                                     {"--jobs", "x"},
                                                     {"--if-locked", "go"},
                                                     {"--if-locked", "fail", "--lock-timeout", "1s"},
                                                     {"--lock-timeout", "soon"},
                                                     {"--jitter", "1"},
                                                     {"--results", ""}}) {
    Strings arguments{"refresh", "a"};
    arguments.insert(arguments.end(), options.begin(), options.end());
    const auto outcome = box.run(arguments);
    INFO(outcome.err);
    CHECK(outcome.exit_code == 2);
  }
  CHECK(box.state() == before);
}

TEST_CASE("--if-locked skip leaves a view that another refreshes to it, and is no failure") {
  MemoryBox box;
  box.create("busy", {"--fail-with", "locked"});
  box.create("free");
  CHECK(box.run({"refresh", "busy"}).exit_code == 11);
  const auto outcome = box.must({"refresh", "--all", "--if-locked", "skip", "-o", "json"});
  CHECK(states(outcome.out) == Strings{"busy skipped", "free succeeded"});
  CHECK(box.must({"refresh", "busy", "--if-locked", "skip", "--quiet"}).err == "");
}

TEST_CASE("--jitter is a sleep that a signal ends, and a dry run does without it") {
  MemoryBox box;
  box.create("a");
  const auto before = box.state();
  auto command = box.command({"refresh", "a", "--jitter", "1000h", "-v"});
  Process sleeping(command);
  REQUIRE(sleeping.wait_for("begins in "));
  sleeping.signal(SIGTERM);
  CHECK(sleeping.wait().exit_code == 143);
  CHECK(box.state() == before);
  box.must({"refresh", "a", "--jitter", "1000h", "--dry-run"});
  box.must({"refresh", "a", "--jitter", "10ms"});
  CHECK(box.state() != before);
}

TEST_CASE("people get a summary of several; --quiet, one view and JSON have none") {
  MemoryBox box;
  make_failing_chain(box);
  const auto outcome = box.run({"refresh", "--all"});
  CHECK(says(outcome.err, "1 refreshed, 1 failed, 2 skipped in "));
  CHECK(says(box.run({"refresh", "--all"}).err, "1 unchanged, 1 failed, 2 skipped in "));
  CHECK(!says(box.run({"refresh", "--all", "--quiet"}).err, "skipped in"));
  CHECK(!says(box.run({"refresh", "--all", "-o", "json"}).err, "skipped in"));
  CHECK(box.must({"refresh", "alone"}).err == "");
}

TEST_CASE("selections go across profiles, by name and by glob") {
  TwoProfiles box;
  CHECK(box.must({"list", "orders+", "b:res*", "-o", "name"}).out == "daily\norders\nb:result\n");
  CHECK(box.must({"list", "*:*o*", "-o", "name"}).out == "orders\nb:alone\nb:report\n");
  CHECK(box.run({"list", "*:nothing", "-o", "name"}).exit_code == 6);
  CHECK(box.must({"list", "--all-profiles", "-o", "name"}).out == "daily\norders\nb:alone\nb:report\nb:result\n");
  // In the order of a run.
  CHECK(box.must({"status", "--all-profiles", "-o", "name"}).out == "orders\ndaily\nb:alone\nb:result\nb:report\n");
  CHECK(states(box.must({"refresh", "orders", "b:result", "-o", "json"}).out) ==
        Strings{"orders succeeded", "result succeeded"});
  CHECK(box.run({"list", "--all-profiles", "orders"}).exit_code == 2);
}

TEST_CASE("depends_on of the views file orders a run across profiles, widens +x and x+, and skips behind a failure") {
  TwoProfiles box;
  box.link();
  CHECK(box.must({"list", "+b:result", "-o", "name"}).out == "daily\norders\nb:result\n");
  CHECK(box.must({"list", "orders+", "-o", "name"}).out == "daily\norders\nb:report\nb:result\n");
  Strings order;
  const auto jobs = parse_json(box.must({"refresh", "*:*", "-o", "json", "--jobs", "4"}).out)["jobs"];
  for (const auto& job : jobs) order.push_back(job["view"].get<std::string>());
  const auto at = [&](const char* name) { return std::find(order.begin(), order.end(), name) - order.begin(); };
  CHECK(at("orders") < at("daily"));
  CHECK(at("daily") < at("result"));
  CHECK(at("result") < at("report"));

  box.must({"create", "daily", "--query", "rows", "--upstream", "orders", "--replace", "--fail-with", "failed"});
  const auto failed = box.run({"refresh", "orders+", "--force", "-o", "json"});
  CHECK(failed.exit_code == 3);
  CHECK(states(failed.out) == Strings{"daily failed", "orders succeeded", "report skipped", "result skipped"});
  CHECK(says(failed.out, "upstream 'daily' failed"));
  CHECK(says(failed.out, "upstream 'result' was skipped"));
  // What was left in the other profile is gone on with as well, where the same profile is in use.
  box.must({"create", "daily", "--query", "rows", "--upstream", "orders", "--replace"});
  CHECK(states(box.must({"refresh", "--failed", "-o", "json"}).out) ==
        Strings{"daily succeeded", "report succeeded", "result succeeded"});
}

TEST_CASE("a views file that cannot be understood stops a run of several before anything begins") {
  TwoProfiles box;
  box.directory().write("work/matview.toml", "[views.\"a:orders\"]\nquery = \"rows\"\ndepends_on = 7\n");
  const auto outcome = box.run({"refresh", "--all"});
  CHECK(outcome.exit_code == 2);
  CHECK(says(outcome.err, "matview.toml:3"));
  box.must({"list"});
  box.must({"refresh", "orders"});
}

TEST_CASE("a profile that cannot be asked hides no other from --all-profiles") {
  TwoProfiles box;
  box.directory().write("b.json", "no state");
  for (const char* command : {"list", "status", "graph"}) {
    const auto outcome = box.run({command, "--all-profiles", "-o", "name"});
    CHECK(outcome.exit_code == 3);
    CHECK(says(outcome.out, "orders\n"));
    CHECK(says(outcome.out, "daily\n"));
    CHECK(says(outcome.err, "error: "));
  }
}

TEST_CASE("graph shows what reads from what as a tree, as data and for other programs to draw") {
  TwoProfiles box;
  box.link();
  box.must({"refresh", "orders"});
  const auto tree = box.must({"graph", "--all-profiles"}).out;
  INFO(tree);
  CHECK(says(tree, "NAME"));
  CHECK(says(tree, "\norders "));
  CHECK(says(tree, "\n└─ daily "));
  CHECK(says(tree, "\n   └─ b:result "));
  CHECK(says(tree, "\n      └─ b:report "));
  CHECK(says(tree, "\nb:alone "));

  const auto document = parse_json(box.must({"graph", "+b:result", "-o", "json"}).out);
  CHECK(document["schema_version"] == 1);
  CHECK(document["nodes"].size() == 3);
  REQUIRE(document["edges"].size() == 2);
  CHECK(document["edges"][0].dump() == R"({"from":"a:orders","to":"a:daily","declared":false})");
  CHECK(document["edges"][1].dump() == R"({"from":"a:daily","to":"b:result","declared":true})");
  CHECK(document["nodes"][0]["id"] == "a:orders");
  CHECK(document["nodes"][0]["freshness"] == "fresh");

  const auto dot = box.must({"graph", "--all-profiles", "-o", "dot"}).out;
  CHECK(dot.starts_with("digraph matview {\n"));
  CHECK(says(dot, "  \"a:orders\" -> \"a:daily\";\n"));
  CHECK(says(dot, "  \"a:daily\" -> \"b:result\" [style=dashed];\n"));
  const auto mermaid = box.must({"graph", "orders+", "-o", "mermaid"}).out;
  CHECK(mermaid.starts_with("flowchart LR\n  v0[\"orders<br/>fresh\"]\n"));
  CHECK(says(mermaid, "  v0 --> v1\n"));
  CHECK(says(mermaid, "  v1 -.-> v2\n"));
  CHECK(box.must({"graph", "orders+", "-o", "csv"}).out ==
        "from,to,declared\na:orders,a:daily,false\na:daily,b:result,true\nb:result,b:report,false\n");
  CHECK(box.run({"list", "-o", "dot"}).exit_code == 2);
  CHECK(says(box.must({"graph", "--color", "always"}).out, "\x1b["));
}

TEST_CASE("a graph draws a view that reads several below each of them, and what reads it once") {
  MemoryBox box;
  box.create("a");
  box.create("b", {"--upstream", "a"});
  box.create("c", {"--upstream", "a"});
  box.create("d", {"--upstream", "b", "--upstream", "c"});
  box.create("e", {"--upstream", "d"});
  const auto tree = box.must({"graph"}).out;
  INFO(tree);
  CHECK(says(tree, "├─ b "));
  CHECK(says(tree, "│  └─ d "));
  CHECK(says(tree, "│     └─ e "));
  CHECK(says(tree, "   └─ d … "));
  CHECK(says(tree, "what reads it is shown above"));
}
