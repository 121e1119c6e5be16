#include <doctest/doctest.h>

#include <algorithm>
#include <utility>

#include "terminal_box.hpp"

using namespace matview::test;

TEST_CASE("a refresh that takes a while shows how far it is, and nothing of it is left at the end") {
  TerminalBox box;
  box.create("sales", {"--delay", "1500", "--rows", "1000"});
  Process process(box.on_terminal({"refresh", "sales"}));
  REQUIRE(process.wait_for("reading  ["));
  const auto outcome = process.wait();
  CHECK(outcome.exit_code == 0);
  const auto screen = screen_of(outcome.out);
  CHECK_FALSE(screen.has_wrapped());
  const auto lines = screen.lines();
  REQUIRE(lines.size() == 2);
  CHECK(lines[0].starts_with("NAME"));
  CHECK(lines[1].starts_with("sales"));
}

TEST_CASE("a refresh that is done at once shows no progress") {
  TerminalBox box;
  box.create("sales");
  const auto outcome = run(box.on_terminal({"refresh", "sales"}));
  CHECK(outcome.out.find("reading") == std::string::npos);
  CHECK(outcome.out.find("\x1b[?2026h") == std::string::npos);
}

TEST_CASE("errors of a run of several stand above its progress and are whole") {
  TerminalBox box;
  box.create("a", {"--delay", "700"});
  box.create("b", {"--delay", "100", "--fail-with", "unavailable"});
  box.create("c", {"--delay", "900"});
  Process process(box.on_terminal({"refresh", "--all"}));
  REQUIRE(process.wait_for("c  reading"));
  const auto during = screen_of(process.out()).lines();
  const auto outcome = process.wait();
  CHECK(outcome.exit_code == 3);
  const auto lines = screen_of(outcome.out).lines();
  CHECK(lines[0] == "error: cannot refresh 'b': it was told to fail with --fail-with");
  // While it was under way the error was there already, and the progress below it.
  REQUIRE(during.size() >= 2);
  CHECK(during[0] == lines[0]);
  CHECK(during.back().starts_with("c  reading"));
  REQUIRE(lines.size() == 7);
  CHECK(lines[5].starts_with("2 refreshed, 1 failed in "));
  CHECK(lines.back() == "error: 1 of 3 views failed to refresh");
}

TEST_CASE("several refreshes at once have a line each, which go one by one") {
  TerminalBox box;
  for (const auto& [name, delay] : {std::pair("a", "60000"), std::pair("orders", "60000"), std::pair("z", "4000")})
    box.create(name, {"--delay", delay});
  Process process(box.on_terminal({"refresh", "--all", "--jobs", "3"}));
  const auto wait_for_lines = [&](std::size_t count) {
    while (screen_of(process.out()).lines().size() != count) REQUIRE(process.wait_for_more());
    return screen_of(process.out()).lines();
  };
  auto lines = wait_for_lines(3);
  std::sort(lines.begin(), lines.end());
  CHECK(lines[0].starts_with("a       reading  ["));
  CHECK(lines[1].starts_with("orders  reading  ["));
  CHECK(lines[2].starts_with("z       reading  ["));
  wait_for_lines(2);
  CHECK(screen_of(process.out()).text().find("z ") == std::string::npos);
  process.type("\x03");
  const auto outcome = process.wait();
  CHECK(outcome.exit_code == 130);
  CHECK(screen_of(outcome.out).text().find("reading") == std::string::npos);
}

TEST_CASE("more refreshes at once than there is room for are a number") {
  TerminalBox box;
  for (int i = 0; i < 12; ++i) box.create("view_" + std::to_string(10 + i), {"--delay", "60000"});
  Process process(box.on_terminal({"refresh", "--all", "--jobs", "12"}));
  REQUIRE(process.wait_for("and 5 more at work"));
  CHECK(screen_of(process.out()).lines().size() == 8);
  process.type("\x03");
  CHECK(process.wait().exit_code == 130);
}

TEST_CASE("a narrow terminal cuts lines and wraps none") {
  TerminalBox box;
  const std::string name = "a_view_with_quite_a_long_name_indeed";
  box.create(name, {"--delay", "900", "--rows", "123456"});
  for (const int columns : {20, 33, 60}) {
    CAPTURE(columns);
    Process process(box.on_terminal({"refresh", name, "--force"}, columns));
    REQUIRE(process.wait_for("reading"));
    const auto outcome = process.wait();
    CHECK(outcome.exit_code == 0);
    CHECK_FALSE(screen_of(outcome.out, columns).has_wrapped());
  }
}

TEST_CASE("progress follows a terminal that changes its size") {
  TerminalBox box;
  box.create("sales", {"--delay", "60000", "--rows", "1000"});
  Process process(box.on_terminal({"refresh", "sales"}, 120));
  REQUIRE(process.wait_for("left"));
  process.resize(30, 10);
  process.forget();
  REQUIRE(process.wait_for("\xE2\x80\xA6\x1b[J"));  // cut
  process.type("\x03");
  CHECK(process.wait().exit_code == 130);
}

TEST_CASE("--progress none and --quiet leave a terminal alone, and CI has no bar") {
  TerminalBox box;
  box.create("sales", {"--delay", "700"});
  for (const auto& extra : std::vector<std::vector<std::string>>{{"--progress", "none"}, {"-q"}, {}}) {
    std::vector<std::string> arguments{"refresh", "sales", "--force"};
    arguments.insert(arguments.end(), extra.begin(), extra.end());
    auto command = box.on_terminal(arguments);
    if (extra.empty()) command.environment["CI"] = "true";
    const auto outcome = run(command);
    CHECK(outcome.exit_code == 0);
    CHECK(outcome.out.find("reading") == std::string::npos);
  }
}

TEST_CASE("progress has no colour without colour, and the same lines with it") {
  TerminalBox box;
  box.create("sales", {"--delay", "700"});
  auto command = box.on_terminal({"refresh", "sales", "--force"});
  command.environment["NO_COLOR"] = "1";
  const auto plain = run(command);
  CHECK(plain.out.find("reading") != std::string::npos);
  CHECK(plain.out.find("m") != std::string::npos);
  CHECK(plain.out.find("\x1b[3") == std::string::npos);
  CHECK(plain.out.find("\x1b[0m") == std::string::npos);
}
