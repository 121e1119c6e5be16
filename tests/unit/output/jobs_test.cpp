#include <doctest/doctest.h>

#include "output/print.hpp"
#include "output/values.hpp"
#include "support/json.hpp"
#include "unit/output/samples.hpp"

using namespace matview::output;

namespace {

matview::Job failed_job() {
  auto job = samples::job();
  job.id = "j-8";
  job.view = "orders";
  job.state = matview::JobState::failed;
  job.rows_total = job.rows_added = job.rows_removed = std::nullopt;
  job.version = std::nullopt;
  job.error = matview::Error(matview::ErrorCode::failed, "cannot read\n'data/a.parquet': torn");
  return job;
}

}  // namespace

TEST_CASE("the outcome of a run is one line a view, with the error as its reason") {
  StringSink sink;
  REQUIRE(print_jobs(sink, {samples::job(), failed_job()}, Format::table, samples::terminal(120)));
  CHECK(sink.text() ==
        "NAME          STATE      MODE       ROWS      ADDED  REMOVED  VERSION   TOOK  REASON\n"
        "sales_by_day  succeeded  full  3,000,000  3,000,000        0        4  1.2 s  first refresh\n"
        "orders        failed     full          -          -        -        -  1.2 s  cannot read 'data/a.parquet': "
        "torn\n");
}

TEST_CASE("seconds have six decimals at most and never an exponent") {
  const auto text = [](std::int64_t microseconds) {
    return matview::support::to_json(seconds_value(matview::Duration(microseconds)));
  };
  CHECK(text(0) == "0.0");
  CHECK(text(6) == "0.000006");
  CHECK(text(100'000) == "0.1");
  CHECK(text(2'000'000) == "2.0");
  CHECK(text(86'400'000'001) == "86400.000001");
  CHECK(text(-1'500'000) == "-1.5");

  auto quick = samples::job();
  quick.elapsed = matview::Duration(6);
  StringSink piped;
  REQUIRE(print_jobs(piped, {quick}, Format::table, samples::piped(), {"elapsed_seconds"}));
  CHECK(piped.text() == "ELAPSED_SECONDS\n       0.000006\n");
  StringSink document;
  REQUIRE(print_jobs(document, {quick}, Format::jsonl, samples::piped(), {"elapsed_seconds"}));
  CHECK(document.text().find(R"("elapsed_seconds":0.000006)") != std::string::npos);
}

TEST_CASE("a piped outcome is exact") {
  StringSink sink;
  REQUIRE(print_jobs(sink, {samples::job()}, Format::table, samples::piped()));
  CHECK(sink.text() ==
        "NAME          STATE      MODE     ROWS    ADDED  REMOVED  VERSION      TOOK  REASON\n"
        "sales_by_day  succeeded  full  3000000  3000000        0        4  1.234567  first refresh\n");
}

TEST_CASE("history names the job, and -o name gives its id") {
  StringSink sink;
  REQUIRE(print_history(sink, {samples::job()}, Format::table, samples::terminal(120)));
  CHECK(sink.text() ==
        "NAME          JOB  STARTED         TOOK  STATE      MODE       ROWS      ADDED  REMOVED  VERSION  REASON\n"
        "sales_by_day  j-7  3 minutes ago  1.2 s  succeeded  full  3,000,000  3,000,000        0        4  first "
        "refresh\n");
  StringSink names;
  REQUIRE(print_history(names, {samples::job(), failed_job()}, Format::name, samples::piped()));
  CHECK(names.text() == "j-7\nj-8\n");
}

TEST_CASE("history tells when a job was submitted where nobody tells when it began") {
  auto job = samples::job();
  job.submitted_at = job.started_at;
  job.started_at = std::nullopt;
  job.state = matview::JobState::submitted;
  StringSink sink;
  REQUIRE(print_history(sink, {job}, Format::table, samples::terminal(120)));
  CHECK(sink.text().find("3 minutes ago") != std::string::npos);
}

TEST_CASE("on a narrow terminal the least telling columns are left out, never the reason") {
  StringSink run;
  REQUIRE(print_jobs(run, {samples::job(), failed_job()}, Format::table, samples::terminal(80)));
  CHECK(run.text() ==
        "NAME          STATE      MODE       ROWS      ADDED   TOOK  REASON             …\n"
        "sales_by_day  succeeded  full  3,000,000  3,000,000  1.2 s  first refresh\n"
        "orders        failed     full          -          -  1.2 s  cannot read 'dat…\n");
  StringSink history;
  REQUIRE(print_history(history, {samples::job()}, Format::table, samples::terminal(80)));
  CHECK(history.text() ==
        "NAME          STARTED         TOOK  STATE      MODE       ROWS  REASON         …\n"
        "sales_by_day  3 minutes ago  1.2 s  succeeded  full  3,000,000  first refresh\n");
}

TEST_CASE("the JSON of a failed job holds the whole error") {
  CHECK(matview::support::to_json(to_value(failed_job()).at("error")) ==
        R"({"code":"FAILED","exit_code":1,"message":"cannot read\n'data/a.parquet': torn","hint":null,)"
        R"("provider":null,"profile":null,"http_status":null,"request_id":null,"retryable":false})");
  StringSink sink;
  REQUIRE(print_jobs(sink, {failed_job()}, Format::jsonl, samples::piped(), {"id", "state"}));
  CHECK(sink.text() ==
        "{\"event\":\"result\",\"job\":{\"id\":\"j-8\",\"state\":\"failed\"}}\n{\"event\":\"summary\",\"count\":1}\n");
}

TEST_CASE("a table of jobs that go on has their ids, and -o name prints ids where they are asked for") {
  matview::Job job;
  job.id = "01HZ";
  job.view = "daily";
  job.state = matview::JobState::pending;
  StringSink table;
  REQUIRE(print_jobs(table, {job}, Format::table, samples::piped()));
  CHECK(table.text().find("01HZ") != std::string::npos);
  StringSink views;
  REQUIRE(print_jobs(views, {job}, Format::name, samples::piped()));
  CHECK(views.text() == "daily\n");
  StringSink ids;
  REQUIRE(print_jobs(ids, {job}, Format::name, samples::piped(), {}, JobName::id));
  CHECK(ids.text() == "01HZ\n");
  job.state = matview::JobState::succeeded;
  StringSink ended;
  REQUIRE(print_jobs(ended, {job}, Format::table, samples::piped()));
  CHECK(ended.text().find("01HZ") == std::string::npos);
}

TEST_CASE("the wide table tells how a job was done and how well that was foreseen") {
  auto job = samples::job();
  job.mode = "incremental";
  matview::Value cost;
  cost.set("predicted_incremental_seconds", 1.5).set("predicted_full_seconds", 20.25).set("regret_seconds", 0.0);
  job.native.set("techniques", matview::Value::Array{"1: linear", "2: merged_groups"});
  job.native.set("cost", cost);
  auto full = samples::job();
  full.native.set("code", "COST_FULL_CHEAPER").set("cost", cost);
  StringSink sink;
  REQUIRE(print_history(sink, {job, full, failed_job()}, Format::wide, samples::piped()));
  const auto text = sink.text();
  const auto header = text.substr(0, text.find('\n'));
  CHECK(header.ends_with("CODE               TECHNIQUES                  PREDICTED  REGRET"));
  CHECK(text.find("  -                  1: linear,2: merged_groups        1.5     0.0\n") != std::string::npos);
  CHECK(text.find("  COST_FULL_CHEAPER  -                               20.25     0.0\n") != std::string::npos);
  CHECK(text.ends_with("  -                  -                                   -       -\n"));
}

TEST_CASE("verifications of a run stand below its table and beside its jobs") {
  matview::Verification verification;
  verification.view = "sales_by_day";
  verification.version = 4;
  verification.rows_stored = 3;
  verification.rows_extra = 1;
  const std::vector<matview::Verification> list{verification};
  StringSink table;
  REQUIRE(print_jobs(table, {samples::job()}, Format::table, samples::piped(), {}, JobName::view, &list));
  CHECK(
      table.text().ends_with("\n\nNAME          VERSION  OUTCOME  ROWS  MISSING  EXTRA\n"
                             "sales_by_day        4  differs     3        0      1\n"));
  StringSink document;
  REQUIRE(print_jobs(document, {samples::job()}, Format::json, samples::piped(), {"id"}, JobName::view, &list));
  CHECK(document.text().starts_with(
      "{\n  \"schema_version\": 1,\n  \"jobs\": [\n    {\n      \"id\": \"j-7\"\n    }\n  ],\n"
      "  \"verifications\": [\n    {\n      \"view\": \"sales_by_day\",\n"));
  StringSink names;
  REQUIRE(print_jobs(names, {samples::job()}, Format::name, samples::piped(), {}, JobName::view, &list));
  CHECK(names.text() == "sales_by_day\n");
}

TEST_CASE("a full refresh that nobody asked for tells why it was one") {
  auto job = samples::job();
  job.native.set("code", "SOURCE_HISTORY_MISSING").set("code_reason", "orders.csv was changed in place");
  StringSink sink;
  REQUIRE(print_jobs(sink, {job}, Format::table, samples::piped()));
  CHECK(sink.text().ends_with("  SOURCE_HISTORY_MISSING: orders.csv was changed in place\n"));
}
