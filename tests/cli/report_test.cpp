#include "memory_box.hpp"
#include "support/junit.hpp"

using namespace matview::test;

namespace {

/// `a` is fine, `b` fails, `c` reads from `b`.
void create_three(const MemoryBox& box) {
  box.create("a");
  box.create("b", {"--fail-with", "unavailable"});
  box.create("c", {"--upstream", "b"});
}

}  // namespace

TEST_CASE("refresh --report junit writes a testcase for each view, also of a run that fails") {
  MemoryBox box;
  create_three(box);
  const auto outcome = box.run({"refresh", "--all", "--report", "junit=out.xml"});
  CHECK(outcome.exit_code == 3);
  const auto cases = read_junit(box.work() / "out.xml");
  REQUIRE(cases.size() == 3);
  CHECK(cases[0]["name"] == "a");
  CHECK(cases[0]["classname"] == "matview.mem");
  CHECK(cases[0]["outcome"] == "passed");
  CHECK(cases[0]["out"].get<std::string>().find("reason: never filled") != std::string::npos);
  CHECK(cases[1]["outcome"] == "error");
  CHECK(cases[1]["type"] == "UNAVAILABLE");
  CHECK(cases[1]["message"] == "cannot refresh 'b': it was told to fail with --fail-with");
  CHECK(cases[2]["outcome"] == "skipped");
  CHECK(cases[2]["message"] == "upstream 'b' failed");
}

TEST_CASE("a command that fails before it gets to a view is a testcase of its own") {
  MemoryBox box;
  box.create("abc");
  const auto outcome = box.run({"refresh", "abd", "--report", "junit=out.xml"});
  CHECK(outcome.exit_code == 6);
  const auto cases = read_junit(box.work() / "out.xml");
  REQUIRE(cases.size() == 1);
  CHECK(cases[0]["outcome"] == "error");
  CHECK(cases[0]["type"] == "NOT_FOUND");
  const auto selected = box.run({"refresh", "x*", "--report", "junit=out.xml"});
  CHECK(selected.exit_code == 6);
  CHECK(read_junit(box.work() / "out.xml")[0]["name"] == "refresh");
}

TEST_CASE("a run that is stopped has its report") {
  MemoryBox box;
  box.create("a", {"--delay", "60000"});
  box.create("b");
  Process process(box.command({"refresh", "--all", "--progress", "plain", "--report", "junit=out.xml"}));
  REQUIRE(process.wait_for("reading"));
  process.signal(15);
  CHECK(process.wait().exit_code == 143);
  const auto cases = read_junit(box.work() / "out.xml");
  CHECK(cases[0]["outcome"] == "error");
  CHECK(cases[1]["outcome"] == "skipped");
}

TEST_CASE("status reports what is stale only with --exit-code, and what failed always") {
  MemoryBox box;
  create_three(box);
  box.run({"refresh", "b", "-q"});
  CHECK(box.run({"status", "--report", "junit=out.xml"}).exit_code == 0);
  auto cases = read_junit(box.work() / "out.xml");
  CHECK(cases[0]["outcome"] == "passed");
  CHECK(cases[1]["outcome"] == "failure");
  CHECK(cases[1]["type"] == "UNAVAILABLE");
  CHECK(box.run({"status", "--exit-code", "--report", "junit=out.xml"}).exit_code == 5);
  cases = read_junit(box.work() / "out.xml");
  CHECK(cases[0]["outcome"] == "failure");
  CHECK(cases[0]["message"] == "the view was never filled");
}

TEST_CASE("verify reports what differs, what could not be verified and what is right") {
  MemoryBox box;
  box.create("a");
  box.create("b");
  box.create("empty");
  box.must({"refresh", "a", "b", "-q"});
  box.must({"create", "b", "--replace", "--query", "rows", "--rows", "9", "-q"});
  const auto outcome = box.run({"verify", "--all", "--report", "junit=out.xml"});
  CHECK(outcome.exit_code != 0);
  const auto cases = read_junit(box.work() / "out.xml");
  REQUIRE(cases.size() == 3);
  CHECK(cases[0]["outcome"] == "passed");
  CHECK(cases[1]["outcome"] == "failure");
  CHECK(cases[1]["message"] == "the view does not hold the rows of its query: 6 missing, 0 too many");
  CHECK(cases[2]["outcome"] == "failure");
  CHECK(cases[2]["message"] == "cannot verify 'empty': view 'empty' was never filled");
}

TEST_CASE("refresh --verify: a view that was refreshed and is wrong has failed") {
  MemoryBox box;
  box.create("a");
  CHECK(box.run({"refresh", "a", "--verify", "--report", "junit=out.xml"}).exit_code == 0);
  const auto cases = read_junit(box.work() / "out.xml");
  CHECK(cases[0]["outcome"] == "passed");
  CHECK(cases[0]["out"].get<std::string>().find("rows missing: 0") != std::string::npos);
}

TEST_CASE("what --report cannot do is said before anything is done") {
  MemoryBox box;
  box.create("a");
  std::filesystem::create_directory(box.work() / "folder");
  const auto before = box.state();
  for (const std::string value : {"junit", "junit=", "xml=out", "github=out", "", "junit=missing/out.xml",
                                  "junit=folder", "junit=/proc/out.xml"}) {
    CAPTURE(value);
    const auto outcome = box.run({"refresh", "a", "--report", value});
    CHECK(outcome.exit_code == 2);
    CHECK(outcome.err.starts_with("error: "));
    CHECK(box.state() == before);
  }
  CHECK(box.run({"status", "--report", "junit=out.xml", "--watch"}).exit_code == 2);
  CHECK(box.run({"status", "--report", "junit=out.xml", "--job", "job-1"}).exit_code == 2);
  CHECK(box.run({"list", "--report", "junit=out.xml"}).exit_code == 2);
}

TEST_CASE("a dry run writes no report") {
  MemoryBox box;
  box.create("a");
  CHECK(box.run({"refresh", "a", "--dry-run", "--report", "junit=out.xml", "--metrics-file", "out.prom"}).exit_code ==
        0);
  CHECK_FALSE(std::filesystem::exists(box.work() / "out.xml"));
  CHECK_FALSE(std::filesystem::exists(box.work() / "out.prom"));
}

TEST_CASE("several reports at once; --quiet and formats change nothing about them") {
  MemoryBox box;
  create_three(box);
  for (const char* format : {"table", "json", "jsonl", "csv", "name"}) {
    CAPTURE(format);
    auto command = box.command({"refresh", "--all", "--force", "-o", format, "-q", "--report", "junit=one.xml",
                                "--report", "junit=two.xml", "--report", "github"});
    command.environment["GITHUB_STEP_SUMMARY"] = (box.work() / "summary.md").string();
    const auto outcome = run(command);
    CHECK(outcome.exit_code == 3);
    CHECK(outcome.out.empty());
    CHECK(outcome.err.find("::error title=matview refresh%3A mem%3Ab::cannot refresh 'b'") != std::string::npos);
    CHECK(outcome.err.find("::warning title=matview refresh%3A mem%3Ac::upstream 'b' failed\n") != std::string::npos);
    CHECK(read_junit(box.work() / "one.xml").size() == 3);
    CHECK(read_junit(box.work() / "two.xml").size() == 3);
    std::filesystem::remove(box.work() / "one.xml");
  }
}

TEST_CASE("--report github appends to the summary and is at ease where there is none") {
  MemoryBox box;
  box.create("a");
  auto command = box.command({"refresh", "a", "-q", "--report", "github"});
  const auto outside = run(command);
  CHECK(outside.exit_code == 0);
  CHECK(outside.err.empty());
  const auto summary = box.work() / "summary.md";
  command.environment["GITHUB_STEP_SUMMARY"] = summary.string();
  CHECK(run(command).exit_code == 0);
  CHECK(run(command).exit_code == 0);
  const auto text = read_file(summary);
  CHECK(text.starts_with("### matview refresh: 1 view, "));
  CHECK(text.find("### matview refresh", 10) != std::string::npos);
  CHECK(text.find("| mem:a | ✅ ok |") != std::string::npos);
  command.environment["GITHUB_STEP_SUMMARY"] = "/proc/summary.md";
  CHECK(run(command).exit_code == 2);
}

TEST_CASE("a report that cannot be written at the end is an error and never hides the run's own") {
  MemoryBox box;
  create_three(box);
  const auto well = box.run({"refresh", "a", "--report", "junit=/dev/full"});
  CHECK(well.exit_code == 1);
  CHECK(well.err.find("/dev/full") != std::string::npos);
  const auto failed = box.run({"refresh", "b", "--report", "junit=/dev/full"});
  CHECK(failed.exit_code == 7);
  CHECK(failed.err.find("/dev/full") != std::string::npos);
  CHECK(failed.err.find("cannot refresh 'b'") != std::string::npos);
}

TEST_CASE("apply reports what became of each view of the file, also in the log") {
  MemoryBox box;
  box.directory().write("work/v.toml", "[views.a]\nquery = 'x'\n[views.b]\nquery = 'y'\nupstream = ['missing']\n");
  const auto outcome = box.run({"apply", "-f", "v.toml", "-q", "--report", "junit=out.xml", "--log-file", "run.log"});
  CHECK(outcome.exit_code == 3);
  const auto cases = read_junit(box.work() / "out.xml");
  REQUIRE(cases.size() == 2);
  CHECK(cases[0]["name"] == "a");
  CHECK(cases[0]["outcome"] == "passed");
  CHECK(cases[0]["out"].get<std::string>().starts_with("action: create\nstate: applied\n"));
  CHECK(cases[1]["name"] == "b");
  CHECK(cases[1]["outcome"] == "error");
  CHECK(cases[1]["type"] == "USAGE");
  const auto log = read_file(box.work() / "run.log");
  CHECK(log.find(" change_applied command=apply ") != std::string::npos);
  CHECK(log.find(" change_failed command=apply ") != std::string::npos);
  CHECK(box.run({"apply", "-f", "missing.toml", "--report", "junit=out.xml"}).exit_code == 2);
  CHECK(read_junit(box.work() / "out.xml")[0]["name"] == "apply");
}

TEST_CASE("of two views of one name in two profiles each has its own verification") {
  MemoryBox box;
  box.configure("default_profile = \"mem\"\n\n[profiles.mem]\nprovider = \"memory\"\nstate_file = \"" +
                box.state_file().string() + "\"\n\n[profiles.two]\nprovider = \"memory\"\nstate_file = \"" +
                (box.directory().path() / "two.json").string() + "\"\n");
  box.create("a");
  box.create("two:a", {"--fail-with", "failed"});
  CHECK(box.run({"refresh", "a", "two:a", "--verify", "--report", "junit=out.xml"}).exit_code == 3);
  const auto cases = read_junit(box.work() / "out.xml");
  REQUIRE(cases.size() == 2);
  for (const auto& item : cases) CHECK(item["outcome"] == (item["classname"] == "matview.mem" ? "passed" : "failure"));
}
