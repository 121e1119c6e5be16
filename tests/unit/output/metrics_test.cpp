#include "output/metrics.hpp"

#include <doctest/doctest.h>

#include "support/exposition.hpp"
#include "unit/output/samples.hpp"

using namespace matview;
using namespace matview::output;
using matview::test::parse_exposition;

namespace {

ViewMetrics sample() {
  ViewMetrics view{"local", "local", "sales"};
  view.last_success = samples::at(-60);
  view.last_run = samples::at(-5) + std::chrono::milliseconds(250);
  view.last_run_good = false;
  view.last_run_elapsed = std::chrono::milliseconds(1500);
  view.rows = 3'000'000'000'000;
  view.bytes = 13;
  view.state = ViewState::error;
  view.freshness = Freshness::stale;
  return view;
}

RunMetrics run() { return {"nightly", "refresh", samples::at(0), std::chrono::seconds(2), 1, 2, 3, 3}; }

}  // namespace

TEST_CASE("every figure of a view is a series with its profile, provider and name") {
  const auto series = parse_exposition(metrics_document({sample()}, run()));
  const std::string labels = "{profile=\"local\",provider=\"local\",view=\"sales\"}";
  CHECK(series.at("matview_view_last_success_timestamp_seconds" + labels) == "1795229790");
  CHECK(series.at("matview_view_last_run_timestamp_seconds" + labels) == "1795229845.250000");
  CHECK(series.at("matview_view_last_run_success" + labels) == "0");
  CHECK(series.at("matview_view_last_run_duration_seconds" + labels) == "1.500000");
  CHECK(series.at("matview_view_rows" + labels) == "3000000000000");
  CHECK(series.at("matview_view_size_bytes" + labels) == "13");
  CHECK_FALSE(series.contains("matview_view_suspended" + labels));
}

TEST_CASE("states and freshness are a set of series of which one is 1") {
  const auto series = parse_exposition(metrics_document({sample()}, run()));
  const auto of = [&](const std::string& name, const std::string& value) {
    const auto label = name.substr(name.rfind('_') + 1);
    // Labels are sorted in the key.
    return label == "state"
               ? series.at(name + "{profile=\"local\",provider=\"local\",state=\"" + value + "\",view=\"sales\"}")
               : series.at(name + "{freshness=\"" + value + "\",profile=\"local\",provider=\"local\",view=\"sales\"}");
  };
  CHECK(of("matview_view_state", "error") == "1");
  CHECK(of("matview_view_state", "idle") == "0");
  CHECK(of("matview_view_state", "refreshing") == "0");
  CHECK(of("matview_view_freshness", "stale") == "1");
  CHECK(of("matview_view_freshness", "fresh") == "0");
  CHECK(of("matview_view_freshness", "empty") == "0");
  CHECK(of("matview_view_freshness", "unknown") == "0");
}

TEST_CASE("a run tells how it went, also without a view") {
  const auto series = parse_exposition(metrics_document({}, run()));
  CHECK(series.size() == 6);
  CHECK(series.at("matview_run_timestamp_seconds{command=\"refresh\",run=\"nightly\"}") == "1795229850");
  CHECK(series.at("matview_run_duration_seconds{command=\"refresh\",run=\"nightly\"}") == "2");
  CHECK(series.at("matview_run_exit_code{command=\"refresh\",run=\"nightly\"}") == "3");
  CHECK(series.at("matview_run_views{command=\"refresh\",outcome=\"succeeded\",run=\"nightly\"}") == "1");
  CHECK(series.at("matview_run_views{command=\"refresh\",outcome=\"failed\",run=\"nightly\"}") == "2");
  CHECK(series.at("matview_run_views{command=\"refresh\",outcome=\"skipped\",run=\"nightly\"}") == "3");
}

TEST_CASE("names of any kind are labels that read back as they were") {
  for (const std::string name : {"a\"b", "a\\b", "a\nb", "a\\nb", "売上高", "a{b=\"c\"} 1"}) {
    auto view = sample();
    view.view = name;
    const auto series = parse_exposition(metrics_document({view}, run()));
    CHECK(series.contains("matview_view_rows{profile=\"local\",provider=\"local\",view=\"" + name + "\"}"));
  }
  auto broken = sample();
  broken.view = "a\xff";
  CHECK(metrics_document({broken}, run()).find('\xff') == std::string::npos);
}

TEST_CASE("views of one name have one series") {
  auto second = sample();
  second.rows = 7;
  const auto series = parse_exposition(metrics_document({sample(), second}, run()));
  CHECK(series.at("matview_view_rows{profile=\"local\",provider=\"local\",view=\"sales\"}") == "7");
}

TEST_CASE("the reader of these tests takes nothing that a collector would refuse") {
  using std::runtime_error;
  const std::string head = "# HELP a b\n# TYPE a gauge\n";
  CHECK(parse_exposition(head + "a{x=\"1\"} 2\n").size() == 1);
  for (const std::string body :
       {"a{x=\"1\"} 2", "a{x=\"1\"} 2\na{x=\"1\"} 3\n", "b 1\n", "a{x=\"1} 2\n", "a{x=\"\\q\"} 2\n", "a two\n",
        "a 1 2\n", "a\n", "a{1x=\"1\"} 2\n", "# TYPE a gauge\na 1\n"})
    CHECK_THROWS_AS(parse_exposition(head + body), runtime_error);
  CHECK_THROWS_AS(parse_exposition("# TYPE a gauge\na 1\n"), runtime_error);
}
