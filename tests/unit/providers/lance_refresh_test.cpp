#include <doctest/doctest.h>

#include "lance_bench.hpp"
#include "providers/lance/refresh_requests.hpp"

namespace lance = matview::providers::lance;
using lance_test::Bench;
using lance_test::described;
using lance_test::Json;
using matview::ErrorCode;
using matview::JobState;
using matview::RefreshRequest;

namespace {

const std::string k_refresh = "POST v1/materialized_view/recent/refresh";
const std::string k_describe = "POST v1/table/recent/describe";
const std::string k_list_jobs = "POST v1/jobs/list";
const std::string k_job = "POST v1/jobs/describe";

RefreshRequest request() {
  RefreshRequest request;
  request.name = "recent";
  return request;
}

}  // namespace

TEST_CASE("lance: a refresh that says nothing sends the id alone, and is on record before") {
  Bench bench;
  bench.server.answer(k_refresh, 202, R"({"job_id":"j-1","context":{}})");
  const auto job = bench.provider().refresh(request(), bench.control);
  REQUIRE(job);
  CHECK(*bench.server.request(k_refresh).body == R"({"id":["recent"]})");
  CHECK(job->id == "j-1");
  CHECK(job->state == JobState::pending);
  CHECK(job->view == "recent");
  REQUIRE(bench.log.written.size() == 2);
  CHECK(bench.log.written[0].job.state == JobState::unknown);
  CHECK(bench.log.written[1].job.id == "j-1");
}

TEST_CASE("lance: every parameter of a refresh is sent by its name") {
  Bench bench;
  bench.server.answer(k_refresh, 202, R"({"job_id":"j-1"})");
  auto all = request();
  all.options = {{"src-version", {"0"}},
                 {"max-rows-per-fragment", {"1000000"}},
                 {"concurrency", {"8"}},
                 {"intra-applier-concurrency", {"2"}},
                 {"source-task-size", {"1024"}},
                 {"cluster", {"gpu"}},
                 {"output-limit", {"5"}},
                 {"manifest", {R"({"name":"m"})"}},
                 {"set", {"batch_size=512", "mode=fast", "strict=true", "rate=0.5", "text=\"7\""}}};
  REQUIRE(bench.provider().refresh(all, bench.control));
  CHECK(bench.server.body(k_refresh) == Json::parse(R"({"id":["recent"],"src_version":0,
      "max_rows_per_fragment":1000000,"concurrency":8,"intra_applier_concurrency":2,"source_task_size":1024,
      "cluster":"gpu","output_limit":5,"manifest":"{\"name\":\"m\"}",
      "batch_size":512,"mode":"fast","strict":true,"rate":0.5,"text":"7"})"));
}

TEST_CASE("lance: what is no parameter is refused before anything is sent") {
  Bench bench;
  for (const auto& [flag, value] :
       std::vector<std::pair<std::string, std::string>>{{"src-version", "-1"},
                                                        {"src-version", "latest"},
                                                        {"max-rows-per-fragment", "0"},
                                                        {"concurrency", "1.5"},
                                                        {"source-task-size", ""},
                                                        {"output-limit", "-1"},
                                                        {"cluster", ""},
                                                        {"manifest", "m"},
                                                        {"manifest", "@missing"},
                                                        {"set", "x"},
                                                        {"set", "X=1"},
                                                        {"set", "9x=1"},
                                                        {"set", "job_id=1"},
                                                        {"set", "udf=1"},
                                                        {"set", "storage_options=1"},
                                                        {"set", "src_version=1"},
                                                        {"set", "x={}"},
                                                        {"set", "x=[1]"},
                                                        {"set", "x=null"},
                                                        {"set", "identity=1"},
                                                        {"set", "x=" + std::string(1025, 'a')},
                                                        {"set", std::string(65, 'a') + "=1"}}) {
    CAPTURE(flag);
    CAPTURE(value);
    auto wrong = request();
    wrong.options[flag] = {value};
    const auto job = bench.provider().refresh(wrong, bench.control);
    REQUIRE_FALSE(job);
    CHECK(job.error().code == ErrorCode::usage);
    CHECK(job.error().message.find("--" + flag) != std::string::npos);
  }
  CHECK(lance::parse_assignment("src_version=1").error().hint == "write --src-version VALUE");
  auto full = request();
  full.full = true;
  CHECK(bench.provider().refresh(full, bench.control).error().code == ErrorCode::usage);
  CHECK(bench.server.requests.empty());
  CHECK(bench.log.written.empty());
}

TEST_CASE("lance: --output-limit is refused for a view that is known to be no chunker") {
  Bench bench;
  bench.server.answer(k_describe, 200, described(3, 2));
  auto limited = request();
  limited.options["output-limit"] = {"5"};
  const auto job = bench.provider().refresh(limited, bench.control);
  REQUIRE_FALSE(job);
  CHECK(job.error().code == ErrorCode::usage);
  CHECK(bench.log.written.empty());
}

TEST_CASE("lance: a view that is not there is not asked to refresh, and nothing is on record") {
  Bench bench;
  bench.server.answer(k_describe, 404, R"({"error":"Table 'recent' not found","code":4})");
  const auto job = bench.provider().refresh(request(), bench.control);
  REQUIRE_FALSE(job);
  CHECK(job.error().code == ErrorCode::not_found);
  CHECK(bench.log.written.empty());
  CHECK(bench.server.sent() == std::vector<std::string>{k_describe});
}

TEST_CASE("lance: a server that describes no tables refreshes all the same") {
  Bench bench;
  bench.server.answer(k_refresh, 200, R"({"job_id":"j-1"})");
  CHECK(bench.provider().refresh(request(), bench.control)->id == "j-1");
}

TEST_CASE("lance: an answer without a job's id leaves our own") {
  Bench bench;
  bench.server.answer(k_refresh, 200, "{}");
  const auto job = bench.provider().refresh(request(), bench.control);
  REQUIRE(job);
  CHECK(job->id == bench.log.written.front().key);
}

TEST_CASE("lance: a refusal is a job that failed, on record, and is not sent again") {
  Bench bench;
  bench.server.answer(k_describe, 200, described(3, 2));
  bench.server.answer(k_refresh, 400, R"({"error":"stable row ids are required","code":13})");
  const auto job = bench.provider().refresh(request(), bench.control);
  REQUIRE_FALSE(job);
  CHECK(job.error().hint.find("new_table_enable_stable_row_ids") != std::string::npos);
  CHECK(bench.log.written.back().job.state == JobState::failed);
  bench.server.request(k_refresh);
}

TEST_CASE("lance: a lost answer is found among the jobs that were not there before") {
  Bench bench;
  bench.server.answer(k_describe, 200, described(3, 2));
  bench.server.answer(k_list_jobs, 200, R"({"jobs":[{"job_id":"old","table":"recent","state":"DONE"}]})");
  bench.server.answer(k_list_jobs, 200, R"({"jobs":[{"job_id":"old","table":"recent","state":"DONE"}]})");
  bench.server.answer(k_list_jobs, 200,
                      R"({"jobs":[{"job_id":"other","table":"elsewhere","state":"IN_PROGRESS"},
                                  {"job_id":"new","table":"recent","state":"IN_PROGRESS"},
                                  {"job_id":"old","table":"recent","state":"DONE"}]})");
  bench.server.lose(k_refresh);
  const auto job = bench.provider().refresh(request(), bench.control);
  REQUIRE_MESSAGE(job, job.error().message);
  CHECK(job->id == "new");
  CHECK(job->state == JobState::running);
  CHECK(bench.log.written.back().job.id == "new");
  bench.server.request(k_refresh);
}

TEST_CASE("lance: a lost answer is found in a new version where there are no jobs") {
  Bench bench;
  bench.server.answer(k_describe, 200, described(3, 2));
  bench.server.answer(k_describe, 200, described(4, 5));
  bench.server.answer(k_refresh, 504, "gateway timed out");
  const auto job = bench.provider().refresh(request(), bench.control);
  REQUIRE(job);
  CHECK(job->state == JobState::succeeded);
  CHECK(job->version == 4);
}

TEST_CASE("lance: a lost answer of which nothing is to be seen is unknown, and never sent again") {
  Bench bench;
  bench.server.answer(k_describe, 200, described(3, 2));
  bench.server.answer(k_list_jobs, 200, R"({"jobs":[{"job_id":"old","table":"recent"}]})");
  bench.server.lose(k_refresh);
  const auto job = bench.provider().refresh(request(), bench.control);
  REQUIRE_FALSE(job);
  CHECK(job.error().unanswered);
  CHECK(job.error().hint.find("matview status --job") != std::string::npos);
  CHECK(bench.log.written.back().job.state == JobState::unknown);
  bench.server.request(k_refresh);
}

TEST_CASE("lance: a success that is cut short is looked for as well") {
  Bench bench;
  bench.server.answer(k_describe, 200, described(3, 2));
  bench.server.answer(k_list_jobs, 200, R"({"jobs":[]})");
  bench.server.answer(k_list_jobs, 200, R"({"jobs":[{"job_id":"new","table":"recent","state":"created"}]})");
  bench.server.answer(k_refresh, 202, R"({"job_)");
  CHECK(bench.provider().refresh(request(), bench.control)->id == "new");
}

TEST_CASE("lance: an old job without a place in the list from before is not taken for ours") {
  Bench bench;
  bench.server.answer(k_describe, 200, described(3, 2));
  bench.server.answer(k_list_jobs, 500, "");
  bench.server.answer(k_list_jobs, 200, R"({"jobs":[{"job_id":"a","table":"recent","created_at_millis":1000},
                                                   {"job_id":"b","table":"recent"}]})");
  bench.server.lose(k_refresh);
  CHECK_FALSE(bench.provider().refresh(request(), bench.control));
}

TEST_CASE("lance: a dry run of a refresh is the one request") {
  Bench bench;
  const auto plan = bench.provider().plan_refresh(request(), bench.control);
  REQUIRE(plan);
  REQUIRE(plan->requests.size() == 1);
  CHECK(plan->requests[0].url.ends_with("/v1/materialized_view/recent/refresh"));
  CHECK(bench.server.requests.empty());
}
