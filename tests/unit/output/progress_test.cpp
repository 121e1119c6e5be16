#include "output/progress.hpp"

#include <doctest/doctest.h>

#include "output/progress_line.hpp"
#include "support/text.hpp"
#include "unit/output/samples.hpp"

using namespace matview::output;
using namespace std::chrono_literals;

namespace {

/// A display on a sink of its own, with a clock the test turns.
struct Bench {
  explicit Bench(ProgressMode mode, const Style& style = samples::terminal(), Format format = Format::table)
      : display(sink, mode, format, style, [this] { return now; }) {}

  std::string since_last() {
    auto text = sink.text().substr(seen);
    seen = sink.text().size();
    return text;
  }

  StringSink sink;
  std::chrono::steady_clock::time_point now{};
  std::size_t seen = 0;
  ProgressDisplay display;
};

const std::string k_erase = "\r\x1b[K";

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
  CHECK(bench.since_last() == k_erase + "sales  reading  [============>           ]  50 %  1,500,000 rows  2 s left");
  bench.now += 50ms;
  bench.display.progress({"sales", "reading", 0.6, 1'600'000});
  CHECK(bench.since_last().empty());
  bench.now += 50ms;
  bench.display.progress({"sales", "writing", std::nullopt, std::nullopt});
  CHECK(bench.since_last() == k_erase + "sales  writing");
  bench.display.finished("sales");
  CHECK(bench.since_last() == k_erase);
  bench.display.clear();
  CHECK(bench.since_last().empty());
}

TEST_CASE("a warning does not tear the bar") {
  Bench bench(ProgressMode::automatic);
  bench.display.progress({"a", "reading", {}, {}});
  bench.now += 1s;
  bench.display.progress({"a", "reading", {}, {}});
  bench.since_last();
  bench.display.warning("slow disk");
  CHECK(bench.since_last() == k_erase + "warning: slow disk\n" + k_erase + "a  reading");
  bench.display.clear();
  CHECK(bench.since_last() == k_erase);
}

TEST_CASE("of several at work the first has the line, and the next takes over") {
  Bench bench(ProgressMode::automatic);
  bench.display.progress({"a", "reading", {}, {}});
  bench.now += 1s;
  bench.display.progress({"b", "reading", {}, {}});
  CHECK(bench.since_last() == k_erase + "a  reading  +1 more");
  bench.now += 1s;
  bench.display.finished("a");
  CHECK(bench.since_last() == k_erase + "b  reading");
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
  CHECK(shown.starts_with("\r\x1b[K> GET x\n"));
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
