#include <doctest/doctest.h>

#include "terminal_box.hpp"

using namespace matview::test;

namespace {

constexpr auto k_again = "Ctrl-C again leaves at once";

}  // namespace

TEST_CASE("the first Ctrl-C stops what is under way and says what became of it") {
  TerminalBox box;
  box.create("a", {"--delay", "60000"});
  Process process(box.on_terminal({"refresh", "a"}));
  REQUIRE(process.wait_for("reading"));
  process.type("\x03");
  const auto outcome = process.wait();
  CHECK(outcome.exit_code == 130);
  const auto lines = screen_of(outcome.out).lines();
  REQUIRE_FALSE(lines.empty());
  CHECK(lines.back() == "error: cannot refresh 'a': it was stopped");
  CHECK(screen_of(outcome.out).text().find("reading") == std::string::npos);
}

TEST_CASE("where stopping takes a while the first Ctrl-C says what is going on, above the progress") {
  TerminalBox box;
  box.create("a", {"--delay", "60000"});
  Process process(box.on_terminal({"refresh", "a", "--stop-delay", "1500"}));
  REQUIRE(process.wait_for("reading"));
  process.type("\x03");
  REQUIRE(process.wait_for(k_again));
  process.forget();
  REQUIRE(process.wait_for("reading"));  // it goes on being shown
  const auto outcome = process.wait();
  CHECK(outcome.exit_code == 130);
  CHECK(outcome.out.find("it was stopped") != std::string::npos);
}

TEST_CASE("the second Ctrl-C leaves at once, and the prompt has a line of its own") {
  TerminalBox box;
  box.create("a", {"--delay", "60000"});
  Process process(box.on_terminal({"refresh", "a", "--stop-delay", "60000"}));
  REQUIRE(process.wait_for("reading"));
  process.type("\x03");
  REQUIRE(process.wait_for(k_again));
  process.type("\x03");
  const auto outcome = process.wait();
  CHECK(outcome.exit_code == 130);
  CHECK_FALSE(outcome.timed_out);
  CHECK(outcome.out.ends_with("\r\n"));
  CHECK(screen_of(outcome.out).column() == 0);
  // What was cut off is told from what is under way.
  CHECK(box.run({"status", "a"}).exit_code == 0);
}

TEST_CASE("SIGTERM, --quiet and JSON need no explanation") {
  TerminalBox box;
  box.create("a", {"--delay", "60000"});
  {
    Process process(box.on_terminal({"refresh", "a", "--stop-delay", "500"}));
    REQUIRE(process.wait_for("reading"));
    process.signal(15);
    const auto outcome = process.wait();
    CHECK(outcome.exit_code == 143);
    CHECK(outcome.out.find(k_again) == std::string::npos);
  }
  {
    Process process(box.on_terminal({"refresh", "a", "--stop-delay", "500", "-o", "json"}));
    REQUIRE(process.wait_for("reading"));
    process.type("\x03");
    const auto outcome = process.wait();
    CHECK(outcome.exit_code == 130);
    CHECK(outcome.out.find(k_again) == std::string::npos);
  }
}

TEST_CASE("a question that is answered with Ctrl-C does nothing and says so") {
  TerminalBox box;
  box.create("a");
  Process process(box.on_terminal({"drop", "a"}));
  REQUIRE(process.wait_for("[y/N] "));
  process.type("\x03");
  const auto outcome = process.wait();
  CHECK(outcome.exit_code == 130);
  CHECK(screen_of(outcome.out.substr(0, outcome.out.find('^')) + "\r\n" + outcome.out.substr(outcome.out.find("error")))
            .lines()
            .back() == "error: stopped at the question: nothing was done");
  CHECK(listed(box).size() == 1);
}

TEST_CASE("a question that is answered with the end of the input is answered with no, on a line of its own") {
  TerminalBox box;
  box.create("a");
  Process process(box.on_terminal({"drop", "a"}));
  REQUIRE(process.wait_for("[y/N] "));
  process.type("\x04");
  const auto outcome = process.wait();
  CHECK(outcome.exit_code == 1);
  CHECK(outcome.out.find("[y/N] \r\n") != std::string::npos);
  CHECK(outcome.out.find("view 'a' was not dropped: the answer was no") != std::string::npos);
}
