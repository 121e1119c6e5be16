#include <doctest/doctest.h>

#include <fstream>
#include <tuple>

#include "terminal_box.hpp"

using namespace matview::test;

TEST_CASE("status --watch draws one table in place and leaves it behind when Ctrl-C ends it") {
  TerminalBox box;
  box.create("a");
  box.create("b");
  Process process(box.on_terminal({"status", "--watch=1", "--color", "never"}));
  REQUIRE(process.wait_for("Ctrl-C ends"));
  box.must({"refresh", "a", "-q"});
  REQUIRE(process.wait_for("fresh"));
  process.type("\x03");
  const auto outcome = process.wait();
  CHECK(outcome.exit_code == 130);
  // No alternate screen, no cleared screen, no cursor hidden: there is nothing to restore.
  for (const char* sequence : {"\x1b[2J", "\x1b[H", "\x1b[?1049", "\x1b[?25"})
    CHECK(outcome.out.find(sequence) == std::string::npos);
  const auto screen = screen_of(outcome.out);
  const auto lines = screen.lines();
  REQUIRE(lines.size() >= 4);
  CHECK(lines[0].starts_with("NAME"));
  CHECK(lines[1].starts_with("a     fresh"));
  CHECK(lines[2].starts_with("b     empty"));
  CHECK(lines[3].starts_with("as of "));
  CHECK(lines[3].ends_with("Z"));
  CHECK(lines.size() == 4);
  CHECK(screen.column() == 0);
  CHECK_FALSE(screen.has_wrapped());
}

TEST_CASE("a frame that is the same is not drawn again, and each is one piece") {
  TerminalBox box;
  box.create("a");
  Process process(box.on_terminal({"status", "--watch=1", "--color", "never"}));
  REQUIRE(process.wait_for("Ctrl-C ends"));
  box.must({"refresh", "a", "-q"});
  REQUIRE(process.wait_for("fresh"));
  process.type("\x03");
  const auto bytes = process.wait().out;
  std::size_t frames = 0;
  for (std::size_t at = 0; (at = bytes.find("\x1b[?2026h", at)) != std::string::npos; ++at) {
    const auto end = bytes.find("\x1b[?2026l", at);
    REQUIRE(end != std::string::npos);
    ++frames;
  }
  CHECK(frames >= 2);
}

TEST_CASE("a table of more rows than the terminal has is cut and says so") {
  TerminalBox box;
  for (int i = 0; i < 30; ++i) box.create("view_" + std::to_string(10 + i));
  Process process(box.on_terminal({"status", "--watch=1", "--color", "never"}, 80, 10));
  REQUIRE(process.wait_for("Ctrl-C ends"));
  const auto screen = screen_of(process.out(), 80, 10);
  CHECK(screen.lines().size() == 9);
  CHECK(screen.text().find("… and 24 more\n") != std::string::npos);
  process.resize(80, 20);
  REQUIRE(process.wait_for("… and 14 more"));
  process.type("\x03");
  CHECK(process.wait().exit_code == 130);
}

TEST_CASE("a backend that is away is told of below the table, which stays, and asked again") {
  TerminalBox box;
  box.create("a");
  const auto good = box.state();
  Process process(box.on_terminal({"status", "--watch=1", "--color", "never"}));
  REQUIRE(process.wait_for("Ctrl-C ends"));
  std::ofstream(box.state_file()) << "{";
  REQUIRE(process.wait_for("error: "));
  const auto during = screen_of(process.out()).text();
  CHECK(during.find("a     empty") != std::string::npos);
  CHECK(during.find("error: ") != std::string::npos);
  process.forget();
  std::ofstream(box.state_file()) << good;
  REQUIRE(process.wait_for("as of "));
  process.type("\x03");
  const auto outcome = process.wait();
  CHECK(outcome.exit_code == 130);
}

TEST_CASE("what is wrong from the start ends the watch at once") {
  TerminalBox box;
  box.create("a");
  const auto outcome = run(box.on_terminal({"status", "nothing", "--watch=1"}));
  CHECK(outcome.exit_code == 6);
}

TEST_CASE("elsewhere all views are printed first, and from then on those that changed") {
  TerminalBox box;
  box.create("a");
  box.create("b");
  for (const auto& [format, first, changed] :
       {std::tuple("csv", "name,freshness\na,empty\nb,empty\n", "a,fresh\n"),
        std::tuple("table", "NAME  FRESHNESS\na     empty\nb     empty\n", "NAME  FRESHNESS\na     fresh\n")}) {
    CAPTURE(format);
    box.must({"create", "a", "--replace", "--query", "rows", "-q"});
    box.must({"drop", "a", "--yes", "-q"});
    box.create("a");
    Process process(box.command({"status", "--watch=1", "-o", format, "--fields", "name,freshness"}));
    REQUIRE(process.wait_for(first));
    box.must({"refresh", "a", "-q"});
    REQUIRE(process.wait_for(changed));
    process.signal(2);
    const auto outcome = process.wait();
    CHECK(outcome.exit_code == 130);
    CHECK(outcome.out == std::string(first) + changed);
  }
}

TEST_CASE("as JSON lines a watch is events whose last one is the summary") {
  TerminalBox box;
  box.create("a");
  Process process(box.command({"status", "--watch=1", "-o", "jsonl", "--fields", "name,freshness"}));
  REQUIRE(process.wait_for("\"empty\""));
  box.must({"refresh", "a", "-q"});
  REQUIRE(process.wait_for("\"fresh\""));
  process.signal(15);
  const auto outcome = process.wait();
  CHECK(outcome.exit_code == 143);
  const auto lines = parse_json_lines(outcome.out);
  REQUIRE(lines.size() == 3);
  CHECK(lines[1].dump() == R"({"event":"result","view":{"name":"a","freshness":"fresh"}})");
  CHECK(lines[2]["event"] == "summary");
  CHECK(lines[2]["exit_code"] == 143);
}

TEST_CASE("a reader that goes away ends the watch") {
  TerminalBox box;
  box.create("a");
  Process process(box.command({"status", "--watch=1"}));
  REQUIRE(process.wait_for("empty"));
  process.close_output();
  box.must({"refresh", "a", "-q"});
  const auto outcome = process.wait();
  CHECK(outcome.exit_code == 0);
  CHECK_FALSE(outcome.timed_out);
}
