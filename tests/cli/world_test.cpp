#include <csignal>

#include "memory_box.hpp"

using namespace matview::test;

TEST_CASE("standard streams that are closed harm nothing") {
  MemoryBox box;
  box.create("a");
  for (const std::vector<int>& closed : std::vector<std::vector<int>>{{0}, {0, 1}, {0, 2}, {0, 1, 2}, {1, 2}}) {
    auto command = box.command({"refresh", "a", "--force"});
    command.closed = closed;
    const auto outcome = run(command);
    CHECK(outcome.exit_code == 0);
    // Had a file of ours become stdout or stderr, the table would stand in it.
    CHECK_FALSE(parse_json(box.state()).is_discarded());
  }
  auto query = box.command({"create", "b", "--query-file", "-"});
  query.closed = {0};
  CHECK(run(query).exit_code == 2);
}

TEST_CASE("everything works from the environment alone, as under CI") {
  MemoryBox box;
  auto command = box.command({"create", "a", "--query", "x", "--with-data"});
  command.environment = {{"CI", "true"},
                         {"MATVIEW_PROFILES_JOB_PROVIDER", "memory"},
                         {"MATVIEW_PROFILES_JOB_STATE_FILE", box.state_file().string()},
                         {"MATVIEW_PROFILE", "job"},
                         {"MATVIEW_OUTPUT", "json"}};
  const auto created = run(command);
  CHECK(created.exit_code == 0);
  CHECK(parse_json(created.out)["views"][0]["profile"] == "job");
  command.arguments = {"list", "-o", "name"};
  CHECK(run(command).out == "a\n");
  command.arguments = {"drop", "a"};
  command.terminal = true;
  CHECK(run(command).exit_code == 2);
}

TEST_CASE("another directory, a narrow umask and no PATH change nothing") {
  MemoryBox box;
  box.create("a");
  auto command = box.command({"refresh", "a"});
  command.directory = "/";
  command.umask = 077;
  command.environment.erase("PATH");
  CHECK(run(command).exit_code == 0);
  command.arguments = {"list", "-o", "name"};
  CHECK(run(command).out == "a\n");
}

TEST_CASE("variables of the environment are checked as flags are") {
  MemoryBox box;
  auto command = box.command({"list"});
  command.environment["MATVIEW_OUTPUT"] = "jsn";
  const auto outcome = run(command);
  CHECK(outcome.exit_code == 2);
  CHECK(outcome.err.find("MATVIEW_OUTPUT") != std::string::npos);
}

TEST_CASE("a full disk under stdout is an error") {
  MemoryBox box;
  box.create("a");
  for (const char* format : {"table", "json", "jsonl", "csv", "name"}) {
    CAPTURE(format);
    auto command = box.command({"list", "-o", format});
    command.output_file = "/dev/full";
    const auto outcome = run(command);
    CHECK(outcome.exit_code == 1);
    CHECK(outcome.err.find("No space left on device") != std::string::npos);
  }
  for (const std::vector<std::string>& arguments : std::vector<std::vector<std::string>>{
           {"help"}, {"version"}, {"status"}, {"show", "a"}, {"query", "a"}, {"refresh", "a", "-o", "jsonl"}}) {
    CAPTURE(arguments.front());
    auto command = box.command(arguments);
    command.output_file = "/dev/full";
    CHECK(run(command).exit_code == 1);
  }
}

TEST_CASE("a reader that goes away is no error") {
  MemoryBox box;
  box.create("a", {"--rows", "1000000"});
  box.must({"refresh", "a", "-q"});
  for (const char* format : {"csv", "json", "jsonl"}) {
    Process process(box.command({"query", "a", "-o", format}));
    REQUIRE(process.wait_for("row 1"));
    process.close_output();
    const auto outcome = process.wait();
    CHECK(outcome.exit_code == 0);
    CHECK(outcome.signal == 0);
    CHECK(outcome.err == "");
  }
}

TEST_CASE("SIGINT and SIGTERM stop a refresh with 130 and 143; a second one ends it at once") {
  MemoryBox box;
  box.create("a", {"--delay", "60000"});
  for (const auto& [signal, code] : {std::pair(SIGINT, 130), std::pair(SIGTERM, 143)}) {
    Process process(box.command({"refresh", "a", "--progress", "plain"}));
    REQUIRE(process.wait_for("a: reading"));
    process.signal(signal);
    const auto outcome = process.wait();
    CHECK(outcome.exit_code == code);
    CHECK(outcome.out == "");
    CHECK(outcome.err.find("error: cannot refresh 'a': it was stopped\n") != std::string::npos);
  }
  const auto history = parse_json(box.must({"history", "a", "-o", "json"}).out);
  CHECK(history["jobs"].size() == 2);
  CHECK(history["jobs"][0]["state"] == "cancelled");
}

TEST_CASE("a stopped run says of each view what became of it") {
  MemoryBox box;
  box.create("a", {"--delay", "60000"});
  box.create("b");
  Process process(box.command({"refresh", "--all", "--progress", "plain", "-o", "json"}));
  REQUIRE(process.wait_for("reading"));
  process.signal(SIGINT);
  const auto outcome = process.wait();
  CHECK(outcome.exit_code == 130);
  const auto jobs = parse_json(outcome.out)["jobs"];
  CHECK(jobs[0]["state"] == "cancelled");
  CHECK(jobs[1]["state"] == "skipped");
}

TEST_CASE("Ctrl-C on a terminal stops a refresh and erases the bar") {
  MemoryBox box;
  box.create("a", {"--delay", "60000"});
  auto command = box.command({"refresh", "a"});
  command.terminal = true;
  command.environment["TERM"] = "xterm";
  Process process(command);
  REQUIRE(process.wait_for("reading"));
  process.type("\x03");
  const auto outcome = process.wait();
  CHECK(outcome.exit_code == 130);
  CHECK(outcome.out.find("it was stopped") != std::string::npos);
}

TEST_CASE("drop asks on a terminal, and only yes drops") {
  MemoryBox box;
  for (const auto& [answer, dropped] : {std::pair("y\n", true), std::pair("yes\n", true), std::pair("n\n", false),
                                        std::pair("\n", false), std::pair("\x04", false)}) {
    if (listed(box).empty()) box.create("a");
    auto command = box.command({"drop", "a"});
    command.terminal = true;
    Process process(command);
    REQUIRE(process.wait_for("Drop view 'a' and its rows? [y/N] "));
    process.type(answer);
    const auto outcome = process.wait();
    CHECK(outcome.exit_code == (dropped ? 0 : 1));
    CHECK(listed(box).empty() == dropped);
  }
}

TEST_CASE("drop does not ask with --yes, refuses with --no-input, and ends on Ctrl-C") {
  MemoryBox box;
  box.create("a");
  auto command = box.command({"drop", "a", "--no-input"});
  command.terminal = true;
  CHECK(run(command).exit_code == 2);

  command.arguments = {"drop", "a"};
  Process process(command);
  REQUIRE(process.wait_for("[y/N] "));
  process.type("\x03");
  CHECK(process.wait().exit_code == 130);
  CHECK(listed(box).size() == 1);

  command.arguments = {"drop", "a", "--yes"};
  CHECK(run(command).exit_code == 0);
  CHECK(listed(box).empty());

  command.arguments = {"drop", "nothing"};
  CHECK(run(command).exit_code == 6);
}

TEST_CASE("status --watch redraws on a terminal and appends elsewhere until it is stopped") {
  MemoryBox box;
  box.create("a");
  auto command = box.command({"status", "--watch=1"});
  command.terminal = true;
  {
    Process process(command);
    REQUIRE(process.wait_for("NAME"));
    REQUIRE(process.wait_for("empty"));
    process.type("\x03");
    CHECK(process.wait().exit_code == 130);
  }
  command.terminal = false;
  command.arguments = {"status", "--watch=1", "--fields", "name,freshness"};
  {
    Process process(command);
    REQUIRE(process.wait_for("a     empty"));
    box.must({"refresh", "a", "-q"});
    REQUIRE(process.wait_for("a     fresh"));
    process.signal(SIGTERM);
    const auto outcome = process.wait();
    CHECK(outcome.exit_code == 143);
    CHECK(outcome.out.find('\x1b') == std::string::npos);
  }
  command.arguments = {"status", "--watch", "--timeout", "50ms"};
  CHECK(run(command).exit_code == 8);
}

TEST_CASE("colour follows the stream, NO_COLOR, TERM and --color") {
  MemoryBox box;
  box.create("a");
  const auto escapes = [](const Outcome& outcome) { return outcome.out.find("\x1b[") != std::string::npos; };
  auto command = box.command({"status"});
  CHECK_FALSE(escapes(run(command)));
  command.arguments = {"status", "--color", "always"};
  CHECK(escapes(run(command)));
  command.terminal = true;
  command.arguments = {"status"};
  CHECK(escapes(run(command)));
  command.environment["NO_COLOR"] = "1";
  CHECK_FALSE(escapes(run(command)));
  command.environment["NO_COLOR"] = "";
  CHECK(escapes(run(command)));
  command.environment["TERM"] = "dumb";
  CHECK_FALSE(escapes(run(command)));
}
