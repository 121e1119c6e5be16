#include "output/progress.hpp"

#include <doctest/doctest.h>

#include "output/progress_line.hpp"
#include "support/screen.hpp"
#include "support/text.hpp"
#include "unit/output/samples.hpp"

using namespace matview::output;
using namespace std::chrono_literals;

namespace {

/// A display on a sink of its own, with a clock the test turns.
struct Bench {
  explicit Bench(ProgressMode mode, const Style& style = samples::terminal(), Format format = Format::table)
      : display(
            sink, mode, format, style, [this] { return now; }, [this] { return size; }) {
    size.columns = style.width;
  }

  std::string since_last() {
    auto text = sink.text().substr(seen);
    seen = sink.text().size();
    return text;
  }

  /// What a terminal shows now.
  std::string shown() const {
    matview::test::Screen screen(size.columns, size.rows);
    // The terminal makes a carriage return and a line feed of a line feed.
    std::string bytes = sink.text();
    for (std::size_t at = 0; (at = bytes.find('\n', at)) != std::string::npos; at += 2) bytes.replace(at, 1, "\r\n");
    screen.write(bytes);
    CHECK_FALSE(screen.has_wrapped());
    return screen.text();
  }

  StringSink sink;
  std::chrono::steady_clock::time_point now{};
  std::size_t seen = 0;
  TerminalSize size{80, 24};
  ProgressDisplay display;
};

}  // namespace

TEST_CASE("short work shows no bar at all") {
  Bench bench(ProgressMode::automatic);
  bench.display.progress({"sales", "reading", 0.1, 10});
  bench.now += 400ms;
  bench.display.progress({"sales", "reading", 0.9, 90});
  bench.display.finished("sales");
  bench.display.clear();
  CHECK(bench.sink.text().empty());
}

TEST_CASE("longer work has a bar with rows and time left, which is erased at the end") {
  Bench bench(ProgressMode::automatic);
  bench.display.progress({"sales", "reading", 0.0, 0});
  bench.now += 2s;
  bench.display.progress({"sales", "reading", 0.5, 1'500'000});
  CHECK(bench.shown() == "sales  reading  [============>           ]  50 %  1,500,000 rows  2 s left\n");
  bench.since_last();
  bench.now += 50ms;
  bench.display.progress({"sales", "reading", 0.6, 1'600'000});
  CHECK(bench.since_last().empty());
  bench.now += 50ms;
  bench.display.progress({"sales", "writing", std::nullopt, std::nullopt});
  CHECK(bench.shown() == "sales  writing  2 s\n");
  bench.display.finished("sales");
  CHECK(bench.shown().empty());
  bench.since_last();
  bench.display.clear();
  CHECK(bench.since_last().empty());
}

TEST_CASE("time that passes is shown though nobody tells anything") {
  Bench bench(ProgressMode::automatic);
  bench.display.progress({"a", "running", {}, {}});
  bench.now += 3s;
  bench.display.tick();
  CHECK(bench.shown() == "a  running  3 s\n");
  bench.now += 9s;
  bench.display.tick();
  CHECK(bench.shown() == "a  running  12 s\n");
}

TEST_CASE("a warning does not tear the bars, and comes in one piece with them") {
  Bench bench(ProgressMode::automatic);
  bench.display.progress({"a", "reading", {}, {}});
  bench.display.progress({"b", "reading", {}, {}});
  bench.now += 1s;
  bench.display.progress({"a", "reading", {}, {}});
  bench.since_last();
  bench.display.warning("slow disk");
  CHECK(bench.shown() == "warning: slow disk\na  reading\nb  reading\n");
  bench.display.clear();
  CHECK(bench.shown() == "warning: slow disk\n");
}

TEST_CASE("each of several at work has a line of its own, names and figures below each other") {
  Bench bench(ProgressMode::automatic);
  bench.display.progress({"a", "reading", 0.25, {}});
  bench.now += 1s;
  bench.display.progress({"orders", "queued", {}, {}});
  CHECK(bench.shown() ==
        "a       reading  [======>                 ]  25 %  3 s left\n"
        "orders  queued\n");
  bench.now += 1s;
  bench.display.finished("a");
  CHECK(bench.shown() == "orders  queued\n");
  bench.display.finished("orders");
  CHECK(bench.shown().empty());
}

TEST_CASE("where a name is too long for the terminal all lines give the same room to theirs") {
  Bench bench(ProgressMode::automatic, samples::terminal(60));
  bench.display.progress({"a_rather_long_name_of_a_view", "reading", 0.25, {}});
  bench.display.progress({"b", "reading", 0.5, 123'456});
  bench.now += 1s;
  bench.display.tick();
  CHECK(bench.shown() ==
        "a_rathe…  reading  [======>                 ]  25 %  3 s l…\n"
        "b         reading  [============>           ]  50 %  123,4…\n");
}

TEST_CASE("of very many at work the first have lines and the rest is a number") {
  Bench bench(ProgressMode::automatic);
  for (int i = 0; i < 20; ++i) bench.display.progress({"v" + std::to_string(i), "reading", {}, {}});
  bench.now += 1s;
  bench.display.tick();
  CHECK(bench.shown() ==
        "v0  reading\nv1  reading\nv2  reading\nv3  reading\nv4  reading\nv5  reading\nv6  reading\n"
        "and 13 more at work\n");
  for (int i = 0; i < 12; ++i) bench.display.finished("v" + std::to_string(i));
  CHECK(bench.shown() ==
        "v12  reading\nv13  reading\nv14  reading\nv15  reading\nv16  reading\nv17  reading\nv18  reading\n"
        "v19  reading\n");
}

TEST_CASE("a terminal of few rows has fewer lines, one at least") {
  Bench bench(ProgressMode::automatic);
  bench.size = {60, 3};
  for (int i = 0; i < 5; ++i) bench.display.progress({"v" + std::to_string(i), "reading", {}, {}});
  bench.now += 1s;
  bench.display.tick();
  CHECK(bench.shown() == "v0  reading  +4 more\n");
  bench.now += 1s;
  bench.size = {60, 5};
  bench.display.tick();
  CHECK(bench.shown() == "v0  reading  2 s\nv1  reading  2 s\nand 3 more at work\n");
}

TEST_CASE("lines follow the width of a terminal that changes its size") {
  Bench bench(ProgressMode::automatic);
  bench.display.progress({"orders_by_day", "reading", 0.5, 1000});
  bench.now += 2s;
  bench.display.tick();
  bench.since_last();
  bench.size.columns = 30;
  bench.now += 1s;
  bench.display.tick();
  const auto frame = bench.since_last();
  // The 68 columns that were shown take three rows of 30 now.
  CHECK(frame.find("\x1b[2A\r") != std::string::npos);
  CHECK(frame.find("orders_…  reading  [========…") != std::string::npos);
}

TEST_CASE("the bar never wraps, whatever the width and the name") {
  for (int width = 12; width < 100; width += 3) {
    const auto line = progress_bar({"売上高_by_day_and_region_and_a_lot_more", "reading", 0.42, 123'456'789}, 10s, 3,
                                   samples::terminal(width));
    CHECK(matview::support::display_width(line) < width);
  }
}

TEST_CASE("plain progress is a line every few seconds for each view") {
  Bench bench(ProgressMode::plain, samples::piped());
  bench.display.progress({"a", "reading", 0.0, 0});
  CHECK(bench.since_last() == "a: reading, 0 %, 0 rows\n");
  bench.now += 4s;
  bench.display.progress({"a", "reading", 0.2, 10});
  CHECK(bench.since_last().empty());
  bench.display.progress({"b", "queued", {}, {}});
  CHECK(bench.since_last() == "b: queued\n");
  bench.now += 1s;
  bench.display.progress({"a", "reading", 0.25, 1'000});
  CHECK(bench.since_last() == "a: reading, 25 %, 1,000 rows, 15 s left\n");
}

TEST_CASE("a new step is told at once") {
  Bench bench(ProgressMode::plain, samples::piped());
  bench.display.progress({"a", "pending", {}, {}});
  bench.display.progress({"a", "pending", {}, {}});
  bench.display.progress({"a", "running", {}, {}});
  CHECK(bench.sink.text() == "a: pending\na: running\n");
}

TEST_CASE("a trace is printed beside the bar, and under quiet as well") {
  Bench bench(ProgressMode::automatic, samples::terminal());
  bench.display.progress({"a", "reading", 0.5, 7});
  bench.now += 1s;
  bench.display.progress({"a", "reading", 0.5, 7});
  std::ignore = bench.since_last();
  bench.display.print("> GET x\n");
  const auto shown = bench.since_last();
  CHECK(shown.starts_with("\r\x1b[J> GET x\n"));
  CHECK(shown.find("reading") != std::string::npos);
}

TEST_CASE("JSON progress is events, warnings too") {
  Bench bench(ProgressMode::json, samples::piped());
  bench.display.progress({"a", "reading", 0.5, 7});
  bench.display.warning("slow");
  CHECK(bench.sink.text() ==
        "{\"event\":\"progress\",\"view\":\"a\",\"step\":\"reading\",\"fraction\":0.5,\"rows\":7}\n"
        "{\"warning\":{\"message\":\"slow\"}}\n");
}

TEST_CASE("nothing is shown when piped, under none, or when quiet") {
  auto quiet = samples::terminal();
  quiet.quiet = true;
  Bench piped(ProgressMode::automatic, samples::piped());
  Bench none(ProgressMode::none);
  Bench silent(ProgressMode::plain, quiet);
  for (auto* bench : {&piped, &none, &silent}) {
    bench->display.progress({"a", "reading", 0.1, 1});
    bench->now += 10s;
    bench->display.progress({"a", "reading", 0.2, 2});
    bench->display.finished("a");
    CHECK(bench->sink.text().empty());
  }
  silent.display.warning("slow");
  CHECK(silent.sink.text().empty());
  none.display.warning("slow");
  CHECK(none.sink.text() == "warning: slow\n");
}

TEST_CASE("time left is told only when it is no guess") {
  CHECK_FALSE(time_left(std::nullopt, 10s).has_value());
  CHECK_FALSE(time_left(0.001, 10s).has_value());
  CHECK_FALSE(time_left(0.5, 500ms).has_value());
  CHECK_FALSE(time_left(1.0, 10s).has_value());
  CHECK(time_left(0.25, 10s) == 30s);
}

TEST_CASE("a control sequence in a view's name does not reach the terminal") {
  CHECK(plain_progress({"a\x1b[2Jb", "x\ny", {}, {}}, 0s) == "ab: x y");
}
