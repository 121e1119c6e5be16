#include "output/table.hpp"

#include <doctest/doctest.h>

#include "unit/output/samples.hpp"

using namespace matview::output;
using matview::support::Align;

TEST_CASE("columns are aligned by what they take on the screen") {
  Table table({{"NAME"}, {"ROWS", Align::right}, {"NOTE"}});
  table.add({{"売上"}, {"5"}, {"x"}});
  table.add({{"abcdefg"}, {"1000"}, {""}});
  CHECK(table.render(samples::piped()) ==
        "NAME     ROWS  NOTE\n"
        "売上        5  x\n"
        "abcdefg  1000  -\n");
}

TEST_CASE("a table without rows is its header") {
  CHECK(Table({{"NAME"}, {"STATE"}}).render(samples::piped()) == "NAME  STATE\n");
}

TEST_CASE("on a terminal the column that gives most is cut first, elsewhere nothing is") {
  Table table({{"NAME", Align::left, 1, 4}, {"STATE"}, {"REASON", Align::left, 3, 6}});
  table.add({{"sales_by_day"}, {"idle"}, {"three files were added"}});
  CHECK(table.render(samples::piped()) ==
        "NAME          STATE  REASON\n"
        "sales_by_day  idle   three files were added\n");
  CHECK(table.render(samples::terminal(34)) ==
        "NAME          STATE  REASON\n"
        "sales_by_day  idle   three files …\n");
  CHECK(table.render(samples::terminal(24)) ==
        "NAME       STATE  REASON\n"
        "sales_by…  idle   three…\n");
}

TEST_CASE("columns that do not fit at all are left out, and the header says so") {
  Table table({{"NAME"}, {"STATE"}, {"REASON"}});
  table.add({{"sales_by_day"}, {"idle"}, {"added"}});
  CHECK(table.render(samples::terminal(24)) ==
        "NAME          STATE  …\n"
        "sales_by_day  idle\n");
}

TEST_CASE("no line is wider than the terminal, whatever its width") {
  Table table({{"NAME", Align::left, 1, 4}, {"A", Align::left, 2, 4}, {"B", Align::left, 2, 4}});
  table.add({{"sales_by_day"}, {std::string(100'000, 'x')}, {"売上高売上高売上高"}});
  for (int width = 10; width < 60; ++width) {
    const auto text = table.render(samples::terminal(width));
    for (const auto& line : matview::support::wrap(text, 1'000'000))
      CHECK(matview::support::display_width(line) <= width);
  }
}

TEST_CASE("colours frame the text, not the padding, and only if they are wanted") {
  Table table({{"NAME"}, {"STATE"}});
  table.add({{"a", Tone::plain}, {"ok", Tone::good}});
  auto style = samples::piped();
  style.color = true;
  CHECK(table.render(style) ==
        "\x1b[1mNAME\x1b[0m  \x1b[1mSTATE\x1b[0m\n"
        "a     \x1b[32mok\x1b[0m\n");
}
