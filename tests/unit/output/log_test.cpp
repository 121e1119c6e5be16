#include "output/log.hpp"

#include <doctest/doctest.h>

#include "unit/output/samples.hpp"

using namespace matview;
using namespace matview::output;

TEST_CASE("a line of the log as text is for people and still has keys") {
  const LogRecord record{
      samples::at(0), LogLevel::warning, "warning", {{"message", "slow disk"}, {"view", "a"}, {"job", {}}}};
  CHECK(log_line(record, LogFormat::text) == "2026-11-21T02:57:30Z warning warning message=\"slow disk\" view=a\n");
}

TEST_CASE("a line of the log as JSON is one object, what is unknown left out") {
  const LogRecord record{samples::at(0), LogLevel::info, "end", {{"exit_code", 0}, {"job", {}}}};
  CHECK(log_line(record, LogFormat::json) ==
        "{\"time\":\"2026-11-21T02:57:30Z\",\"level\":\"info\",\"event\":\"end\",\"exit_code\":0}\n");
}

TEST_CASE("whatever a text holds, a record stays one line and its keys stay keys") {
  const LogRecord record{samples::at(0), LogLevel::info, "x", {{"a", "one\ntwo\x1b[2J"}, {"b", "k=\"v\""}, {"c", ""}}};
  CHECK(log_line(record, LogFormat::text) == "2026-11-21T02:57:30Z info    x a=\"one two\" b=\"k=\\\"v\\\"\" c=\"\"\n");
  const auto json = log_line(record, LogFormat::json);
  CHECK(json.find('\n') == json.size() - 1);
}

TEST_CASE("a job's record has its view, figures and error") {
  auto job = samples::job();
  CHECK(log_line(log_record(job, samples::at(0)), LogFormat::text) ==
        "2026-11-21T02:57:30Z info    job_succeeded operation=refresh provider=local profile=local view=sales_by_day "
        "job=j-7 mode=full reason=\"first refresh\" elapsed_seconds=1.234567 rows_total=3000000 rows_added=3000000 "
        "rows_removed=0 version=4\n");
  job = Job();
  job.view = "a";
  job.state = JobState::failed;
  job.error = Error(ErrorCode::unavailable, "no route").with_hint("try again");
  job.error->http_status = 503;
  CHECK(log_line(log_record(job, samples::at(0)), LogFormat::text) ==
        "2026-11-21T02:57:30Z error   job_failed operation=refresh view=a code=UNAVAILABLE message=\"no route\" "
        "hint=\"try again\" http_status=503\n");
  job.state = JobState::skipped;
  CHECK(log_record(job, samples::at(0)).level == LogLevel::warning);
}
