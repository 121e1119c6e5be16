#include <doctest/doctest.h>

#include "lance_bench.hpp"
#include "providers/lance/job_answers.hpp"

namespace lance = matview::providers::lance;
using lance_test::Bench;
using lance_test::described;
using lance_test::Settings;
using matview::ErrorCode;
using matview::Job;
using matview::JobState;

namespace {

const std::string k_refresh = "POST v1/materialized_view/recent/refresh";
const std::string k_describe = "POST v1/table/recent/describe";
const std::string k_source = "POST v1/table/docs/describe";
const std::string k_list_jobs = "POST v1/jobs/list";
const std::string k_job = "POST v1/jobs/describe";
const std::string k_cancel = "POST v1/jobs/cancel";

std::string told(std::string_view state, std::string_view more = "") {
  return R"({"job_id":"j-1","job_state":")" + std::string(state) + "\"" + std::string(more) + "}";
}

/// A refresh that was accepted as job j-1, of a view at version 3 made from version 2 of its source.
Job started(Bench& bench, const std::string& answer = R"({"job_id":"j-1"})") {
  bench.server.answer(k_describe, 200, described(3, 2));
  bench.server.answer(k_refresh, 202, answer);
  const auto job = bench.provider().refresh({"recent", false, false, {}}, bench.control);
  REQUIRE_MESSAGE(job, job.error().message);
  bench.server.requests.clear();
  return *job;
}

Job look(Bench& bench, const std::string& id = "j-1") {
  const auto job = bench.provider().job(id, bench.control);
  REQUIRE_MESSAGE(job, job.error().message);
  return *job;
}

}  // namespace

TEST_CASE("lance: the words of services and of Geneva for a job's state") {
  using enum JobState;
  const std::pair<const char*, JobState> words[] = {{"IN_PROGRESS", running},
                                                    {"in_progress", running},
                                                    {"DONE", succeeded},
                                                    {"done", succeeded},
                                                    {"succeeded", succeeded},
                                                    {"FAILED", failed},
                                                    {"failed", failed},
                                                    {"TIMED_OUT", failed},
                                                    {"timed_out", failed},
                                                    {"CANCELLED", cancelled},
                                                    {"cancelled", cancelled},
                                                    {"canceled", cancelled},
                                                    {"PENDING", pending},
                                                    {"created", pending},
                                                    {"queued", pending},
                                                    {"RUNNING", running},
                                                    {"paused", running},
                                                    {"still_pausing", running},
                                                    {"", running},
                                                    {"whatever comes", running}};
  for (const auto& [word, state] : words) CHECK(lance::read_state(word) == state);
}

TEST_CASE("lance: a job goes on as the server says, and its end is on record") {
  Bench bench;
  started(bench);
  bench.server.answer(k_job, 200, told("IN_PROGRESS"));
  bench.server.answer(k_job, 200, told("DONE"));
  CHECK(look(bench).state == JobState::running);
  bench.server.answer(k_describe, 200, described(4, 5));
  bench.server.answer("POST v1/table/recent/stats", 200, R"({"num_rows":9,"total_bytes":100})");
  bench.provider().job("j-1", bench.control).value();
  const auto done = bench.log.written.back().job;
  CHECK(done.state == JobState::succeeded);
  CHECK(done.rows_total == 9);
  CHECK(done.view == "recent");
  CHECK(bench.log.find("j-1").value()->key == bench.log.written.front().key);
  bench.server.requests.clear();
  CHECK(look(bench).state == JobState::succeeded);
  CHECK(bench.server.requests.empty());
}

TEST_CASE("lance: a job that failed says why, and what helps") {
  Bench bench;
  started(bench);
  bench.server.answer(
      k_job, 200,
      told("TIMED_OUT", R"(,"failure":{"phase":"apply","message":"no stable row ids\nat x","retryable":true})"));
  const auto job = look(bench);
  CHECK(job.state == JobState::failed);
  REQUIRE(job.error);
  CHECK(job.error->message == "no stable row ids (while it was at 'apply')");
  CHECK(job.error->retryable);
  CHECK(job.error->hint.find("new_table_enable_stable_row_ids") != std::string::npos);
}

TEST_CASE("lance: right after it was accepted a job may not be known yet") {
  Bench bench;
  started(bench);
  bench.server.answer(k_job, 404, "no such job");
  bench.server.answer(k_job, 200, told("queued"));
  CHECK(look(bench).state == JobState::pending);
  CHECK(bench.warnings.texts.empty());
  CHECK(look(bench).state == JobState::pending);
}

TEST_CASE("lance: where the server does not tell of jobs the view is watched, and that is said once") {
  for (const int status : {404, 405, 406}) {
    CAPTURE(status);
    Bench bench;
    started(bench);
    bench.server.answer(k_job, status, "no such route");
    bench.environment.at(bench.environment.now() + std::chrono::minutes(1));
    bench.server.answer(k_source, 200, R"({"version":5})");
    CHECK(look(bench).state == JobState::running);
    CHECK(look(bench).state == JobState::running);
    CHECK(bench.warnings.texts.size() == 1);
    bench.server.answer(k_describe, 200, described(4, 5));
    bench.server.answer(k_describe, 200, described(4, 5));
    look(bench);
    const auto job = look(bench);
    CHECK(job.state == JobState::succeeded);
    CHECK(job.version == 4);
  }
}

TEST_CASE("lance: a refresh of a source that has not changed makes no version and is done all the same") {
  Bench bench;
  started(bench);
  bench.server.answer(k_job, 406, "");
  bench.server.answer(k_source, 200, R"({"version":2})");
  CHECK(look(bench).state == JobState::running);  // it may not have begun
  bench.environment.at(bench.environment.now() + std::chrono::minutes(1));
  const auto job = look(bench);
  CHECK(job.state == JobState::succeeded);
  CHECK(job.mode == "no_data");
}

TEST_CASE("lance: watching a view ends, and then says that nobody knows more") {
  Bench bench(Settings{{"watch_limit", "10m"}});
  started(bench);
  bench.server.answer(k_job, 406, "");
  bench.environment.at(bench.environment.now() + std::chrono::minutes(11));
  const auto job = look(bench);
  CHECK(job.state == JobState::submitted);
  CHECK_FALSE(job.reason.empty());
}

TEST_CASE("lance: a view that is gone ends its job") {
  Bench bench;
  started(bench);
  bench.server.answer(k_job, 406, "");
  bench.server.answer(k_describe, 404, R"({"error":"gone","code":4})");
  look(bench);
  bench.environment.at(bench.environment.now() + std::chrono::minutes(1));
  CHECK(look(bench).state == JobState::failed);
}

TEST_CASE("lance: a job without the server's id is followed by our own") {
  Bench bench;
  const auto job = started(bench, "{}");
  bench.server.answer(k_describe, 200, described(4, 5));
  look(bench, job.id);
  CHECK(look(bench, job.id).state == JobState::succeeded);
  for (const auto& name : bench.server.sent()) CHECK(name != k_job);
}

TEST_CASE("lance: a job whose answer was lost is found later by the key of its record") {
  Bench bench;
  bench.server.answer(k_describe, 200, described(3, 2));
  bench.server.answer(k_list_jobs, 200, R"({"jobs":[]})");
  bench.server.lose(k_refresh);
  REQUIRE_FALSE(bench.provider().refresh({"recent", false, false, {}}, bench.control));
  const auto key = bench.log.written.front().key;
  CHECK(look(bench, key).state == JobState::unknown);
  bench.server.answer(k_list_jobs, 200, R"({"jobs":[{"job_id":"j-9","table":"recent","state":"DONE"}]})");
  look(bench, key);
  const auto job = look(bench, key);
  CHECK(job.id == "j-9");
  CHECK(job.state == JobState::succeeded);
  CHECK(bench.log.find("j-9").value()->key == key);
}

TEST_CASE("lance: a job that is on no record is asked for by its id") {
  Bench bench;
  bench.server.answer(k_job, 200, R"({"job_id":"j-1","job_state":"DONE","creation_ms":1767000000000,
      "spec":{"storage_options":{"key":"STORAGE-SECRET"}}})");
  const auto job = look(bench);
  CHECK(job.state == JobState::succeeded);
  CHECK(job.submitted_at);
  CHECK(job.native.at("spec").is_null());
  bench.server.answer(k_job, 404, "no such job");
  bench.provider().job("j-2", bench.control).value();
  CHECK(bench.provider().job("j-2", bench.control).error().code == ErrorCode::not_found);
  bench.server.answer(k_job, 405, "");
  CHECK_FALSE(bench.provider().job("j-2", bench.control));
  CHECK(bench.provider().job("j-2", bench.control).error().code == ErrorCode::unsupported);
}

TEST_CASE("lance: a job is cancelled, one that has ended is left as it is") {
  Bench bench;
  started(bench);
  bench.server.answer(k_job, 200, told("IN_PROGRESS"));
  bench.server.answer(k_job, 200, told("CANCELLED"));
  bench.server.answer(k_cancel, 200, R"({"job_id":"j-1"})");
  CHECK(bench.provider().cancel("j-1", bench.control)->state == JobState::cancelled);
  bench.server.requests.clear();
  CHECK(bench.provider().cancel("j-1", bench.control)->state == JobState::cancelled);
  CHECK(bench.server.requests.empty());
}

TEST_CASE("lance: a server that cannot stop jobs says so") {
  for (const int status : {404, 405, 406}) {
    Bench bench;
    started(bench);
    bench.server.answer(k_job, 200, told("IN_PROGRESS"));
    bench.server.answer(k_cancel, status, "");
    const auto job = bench.provider().cancel("j-1", bench.control);
    REQUIRE_FALSE(job);
    CHECK(job.error().code == ErrorCode::unsupported);
  }
}

TEST_CASE("lance: the history is what is on record and what the server tells, each job once, newest first") {
  Bench bench;
  bench.environment.at(matview::Time(std::chrono::milliseconds(1767000002000)));
  started(bench);
  bench.server.answer(k_list_jobs, 200,
                      R"({"jobs":[{"job_id":"j-0","table":"recent","state":"DONE","created_at_millis":1767000000000},
                                  {"job_id":"j-1","table":"recent","state":"DONE","created_at_millis":1767000002001},
                                  {"job_id":"j-5","table":"recent","state":"FAILED","created_at_millis":1767000005000},
                                  {"job_id":"x","table":"other","state":"DONE"}],"page_token":"same"})");
  const auto jobs = bench.provider().history({"recent", 20}, bench.control);
  REQUIRE(jobs);
  std::vector<std::string> ids;
  for (const auto& job : *jobs) ids.push_back(job.id);
  CHECK(ids == std::vector<std::string>{"j-5", "j-1", "j-0"});
  CHECK(jobs->at(1).state == JobState::succeeded);
  CHECK(bench.provider().history({"recent", 1}, bench.control)->size() == 1);
}

TEST_CASE("lance: the history of a view that is not there is an error, also without jobs to look at") {
  Bench bench;
  bench.server.answer(k_describe, 404, R"({"error":"Table 'recent' not found","code":4})");
  CHECK(bench.provider().history({"recent", 20}, bench.control).error().code == ErrorCode::not_found);
}

TEST_CASE("lance: answers about jobs that hold anything at all are read") {
  for (const char* body : {"{}", "[]", "null", "7", R"({"jobs":null})", R"({"jobs":[null,7,{},{"job_id":null}]})",
                           R"({"job_id":7,"job_state":[],"failure":"x","creation_ms":"1e9"})"}) {
    CAPTURE(body);
    CHECK(lance::read_jobs({200, {}, body}).value().jobs.empty());
    CHECK(lance::read_job({200, {}, body}, "j").value().state == JobState::running);
  }
}

TEST_CASE("lance: a create whose answer was lost is found by its definition where there are no jobs") {
  Bench bench;
  auto request = lance_test::valid_create();
  request.with_data = true;
  bench.server.lose("POST v1/materialized_view/recent/create");
  REQUIRE_FALSE(bench.provider().create(request, bench.control));
  const auto key = bench.log.written.front().key;
  const std::string other = R"({"version":2,"metadata":{"geneva::view::query":"{}"}})";
  bench.server.answer(k_describe, 200, other);
  CHECK(look(bench, key).state == JobState::unknown);
  const auto ours = [](int version) {
    return R"({"version":)" + std::to_string(version) +
           R"(,"metadata":{"geneva::view::query":"{\"source_table\":\"docs\"}"}})";
  };
  bench.server.answer(k_describe, 200, ours(1));
  look(bench, key);
  CHECK(look(bench, key).state == JobState::running);
  bench.server.answer(k_describe, 200, ours(2));
  look(bench, key);
  CHECK(look(bench, key).state == JobState::succeeded);
}

TEST_CASE("lance: a service of views without tables behind them refreshes, and says what it cannot tell") {
  Bench bench(Settings{{"dialect", "views"}});
  bench.server.answer(k_describe, 404, R"({"error":"Table 'recent' not found","code":4})");
  bench.server.answer(k_refresh, 202, R"({"job_id":"j-1"})");
  REQUIRE(bench.provider().refresh({"recent", false, false, {}}, bench.control));
  bench.environment.at(bench.environment.now() + std::chrono::minutes(1));
  CHECK(look(bench).state == JobState::submitted);
}
