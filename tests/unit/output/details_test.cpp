#include <doctest/doctest.h>

#include "output/print.hpp"
#include "output/values.hpp"
#include "support/json.hpp"
#include "unit/output/samples.hpp"

using namespace matview::output;

namespace {

matview::View whole_view() {
  auto view = samples::view();
  view.downstream = {"sales_by_month"};
  view.columns = {{"day", "DATE"}, {"total", "DECIMAL(38,2)"}};
  view.versions = {{4, samples::at(-180), 3'000'000, 13'500'000, "full", "j-7"},
                   {3, samples::at(-86'400), 2'900'000, 13'000'000, "incremental", "j-6"}};
  view.native.set("table_id", 12);
  return view;
}

std::string printed(const matview::View& view, Format format, const Style& style) {
  StringSink sink;
  REQUIRE(print_view_details(sink, view, format, style));
  return sink.text();
}

}  // namespace

TEST_CASE("show tells everything of a view, in sections") {
  CHECK(printed(whole_view(), Format::table, samples::terminal()) ==
        "NAME          sales_by_day\n"
        "PROVIDER      local\n"
        "KIND          query\n"
        "FRESHNESS     stale: 3 files added (orders)\n"
        "STATE         idle\n"
        "VERSION       4\n"
        "ROWS          3,000,000\n"
        "SIZE          13.5 MB\n"
        "CREATED       2 days ago\n"
        "REFRESHED     3 minutes ago\n"
        "REFRESH MODE  full: first refresh\n"
        "AUTO REFRESH  false\n"
        "UPSTREAM      orders,customers\n"
        "DOWNSTREAM    sales_by_month\n"
        "TAGS          nightly\n"
        "LAST JOB      succeeded, full, 3 minutes ago, 1.2 s, j-7\n"
        "\n"
        "DEFINITION\n"
        "  SELECT day, sum(amount) AS total\n"
        "  FROM 'data/*.parquet'\n"
        "  GROUP BY day\n"
        "\n"
        "COLUMNS\n"
        "  NAME   TYPE\n"
        "  day    DATE\n"
        "  total  DECIMAL(38,2)\n"
        "\n"
        "SOURCES\n"
        "  NAME            KIND   FILES     SIZE  VERSION  CHANGE\n"
        "  data/*.parquet  files     12  44.0 MB        -  3 files added\n"
        "\n"
        "VERSIONS\n"
        "  VERSION  CREATED             ROWS     SIZE  MODE         JOB\n"
        "        4  3 minutes ago  3,000,000  13.5 MB  full         j-7\n"
        "        3  1 day ago      2,900,000  13.0 MB  incremental  j-6\n"
        "\n"
        "NATIVE\n"
        "  table_id  12\n");
}

TEST_CASE("what is not known of a view takes no line") {
  matview::View view;
  view.name = "v";
  CHECK(printed(view, Format::table, samples::piped()) ==
        "NAME       v\nKIND       query\nFRESHNESS  unknown\nSTATE      idle\n");
}

TEST_CASE("the JSON of show is that of a view with what only show knows after it") {
  const auto document = matview::support::parse_json(printed(whole_view(), Format::json, samples::piped()));
  REQUIRE(document);
  REQUIRE(document->at("views").if_array());
  const auto& view = document->at("views").if_array()->front();
  CHECK(view.if_object()->size() == view_fields().size() + 4);
  CHECK(matview::support::to_json(view.at("freshness_reason")) == "\"3 files added (orders)\"");
  CHECK(matview::support::to_json(view.at("columns")) ==
        R"J([{"name":"day","type":"DATE"},{"name":"total","type":"DECIMAL(38,2)"}])J");
  CHECK(
      matview::support::to_json(view.at("versions").if_array()->front()) ==
      R"({"version":4,"created_at":"2026-11-21T02:54:30Z","rows":3000000,"bytes":13500000,"mode":"full","job":"j-7"})");
  CHECK(printed(whole_view(), Format::name, samples::piped()) == "sales_by_day\n");
}

TEST_CASE("show -o wide tells how the last job was done and what it cost") {
  auto view = whole_view();
  matview::Value cost;
  cost.set("predicted_incremental_seconds", 1.5).set("predicted_full_seconds", 0.9).set("regret_seconds", 0.25);
  view.last_job->native.set("code", "COST_FULL_CHEAPER").set("cost", cost);
  const auto text = printed(view, Format::wide, samples::piped());
  CHECK(text.find("LAST JOB      succeeded, full (COST_FULL_CHEAPER), ") != std::string::npos);
  CHECK(text.find("\nLAST JOB\n"
                  "  MODE                   full\n"
                  "  CODE                   COST_FULL_CHEAPER\n"
                  "  REASON                 first refresh\n"
                  "  ADDED                  3000000\n"
                  "  REMOVED                0\n"
                  "  TOOK                   1.234567\n"
                  "  PREDICTED INCREMENTAL  1.5\n"
                  "  PREDICTED FULL         0.9\n"
                  "  REGRET                 0.25\n") != std::string::npos);
  CHECK(printed(view, Format::table, samples::piped()).find("\nLAST JOB\n") == std::string::npos);
}

TEST_CASE("show tells how often the choice between incremental and full was right, and what it cost") {
  auto view = whole_view();
  matview::Value report;
  report.set("decisions", 60).set("right", 58).set("spent_seconds", 41.5).set("lost_seconds", 1.25);
  view.native.set("auto", report);
  CHECK(printed(view, Format::table, samples::terminal())
            .find("\nCHOICES       right in 58 of 60, 1.3 s of 41.5 s lost\n") != std::string::npos);
  CHECK(printed(view, Format::table, samples::piped()).find("1.25 s of 41.5 s lost\n") != std::string::npos);
}

TEST_CASE("show tells the schedule, when it ticks next and why a view is suspended") {
  auto view = whole_view();
  view.schedule = "0 * * * *";
  view.next_refresh_at = samples::at(600);
  CHECK(printed(view, Format::table, samples::terminal())
            .find("SCHEDULE      0 * * * *\nNEXT REFRESH  in 10 minutes\nAUTO REFRESH  false\n") != std::string::npos);
  view.next_refresh_at.reset();
  view.suspended = true;
  view.suspended_reason = "by alice";
  const auto text = printed(view, Format::table, samples::piped());
  CHECK(text.find("\nSUSPENDED     by alice\n") != std::string::npos);
  CHECK(text.find("NEXT REFRESH") == std::string::npos);
}
