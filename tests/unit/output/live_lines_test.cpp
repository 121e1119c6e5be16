#include "output/live_lines.hpp"

#include <doctest/doctest.h>

#include "support/screen.hpp"

using matview::output::LiveLines;
using matview::test::Screen;

TEST_CASE("lines are drawn in place, and what stands above stays") {
  Screen screen(40, 10);
  screen.write("$ matview\r\n");
  LiveLines lines;
  screen.write(lines.draw({"a 10 %", "b 20 %", "c 30 %"}, {40, 10}));
  CHECK(screen.text() == "$ matview\na 10 %\nb 20 %\nc 30 %\n");
  screen.write(lines.draw({"a 50 %", "c 9 %"}, {40, 10}));
  CHECK(screen.text() == "$ matview\na 50 %\nc 9 %\n");
  CHECK(screen.line() == 2);
  screen.write(lines.draw({"x", "y", "z", "w"}, {40, 10}));
  CHECK(screen.text() == "$ matview\nx\ny\nz\nw\n");
  screen.write(lines.erase({40, 10}));
  CHECK(screen.text() == "$ matview\n");
  CHECK(screen.line() == 1);
  CHECK(screen.column() == 0);
  CHECK(lines.erase({40, 10}).empty());
}

TEST_CASE("a frame is one piece between the marks of a synchronized update") {
  LiveLines lines;
  const auto frame = lines.draw({"a"}, {40, 10});
  CHECK(frame.starts_with("\x1b[?2026h"));
  CHECK(frame.ends_with("\x1b[?2026l"));
  CHECK(lines.draw({"a"}, {40, 10}).empty());
  CHECK_FALSE(lines.draw({"a"}, {50, 10}).empty());
}

TEST_CASE("drawing at the bottom of the screen scrolls once and no more") {
  Screen screen(20, 4);
  screen.write("1\r\n2\r\n3\r\n");
  LiveLines lines;
  for (int i = 0; i < 5; ++i) screen.write(lines.draw({"a" + std::to_string(i), "b", "c"}, {20, 4}));
  CHECK(screen.text() == "1\n2\n3\na4\nb\nc\n");
}

TEST_CASE("lines that a narrower terminal has broken are taken back as well") {
  LiveLines lines;
  std::ignore = lines.draw({std::string(30, 'a'), std::string(10, 'b')}, {40, 10});
  // 30 columns take two rows of 20.
  CHECK(lines.erase({20, 10}) == "\x1b[2A\r\x1b[J");
}

TEST_CASE("colour takes no columns") {
  LiveLines lines;
  std::ignore = lines.draw({"\x1b[31m" + std::string(18, 'a') + "\x1b[0m", "b"}, {40, 10});
  CHECK(lines.erase({20, 10}) == "\x1b[1A\r\x1b[J");
}

TEST_CASE("lines that are left stay, and the cursor goes below") {
  Screen screen(20, 5);
  LiveLines lines;
  screen.write(lines.draw({"a", "b"}, {20, 5}));
  screen.write(lines.leave());
  CHECK(screen.text() == "a\nb\n");
  CHECK(screen.line() == 2);
  CHECK(screen.column() == 0);
  CHECK_FALSE(lines.visible());
}
