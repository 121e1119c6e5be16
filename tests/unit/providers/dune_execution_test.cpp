#include <doctest/doctest.h>

#include <string>

#include "providers/dune/execution_answers.hpp"
#include "support/time_text.hpp"

using namespace matview;
using namespace matview::providers::dune;

namespace {

Job read(const std::string& body) { return read_execution({200, {}, body}, "01ID").value(); }
Job in_state(const char* state, const char* more = "") {
  return read(std::string(R"({"execution_id":"01A","state":")") + state + "\"" + more + "}");
}

}  // namespace

TEST_CASE("dune: a completed execution is read whole") {
  const auto job = read(R"({"execution_id":"01A","query_id":4711,"state":"QUERY_STATE_COMPLETED",
    "is_execution_finished":true,"submitted_at":"2026-11-21T10:00:00.123456789Z",
    "execution_started_at":"2026-11-21T10:00:01.5Z","execution_ended_at":"2026-11-21T10:01:33.75Z",
    "expires_at":"2027-02-19T10:00:00Z","execution_cost_credits":4.25,"result_metadata":{"row_count":2,
    "total_row_count":12,"total_result_set_bytes":64,"execution_time_millis":92250}})");
  CHECK(job.id == "01A");
  CHECK(job.state == JobState::succeeded);
  CHECK(job.mode == "full");
  CHECK(job.rows_total == 12);
  CHECK(support::format_rfc3339(*job.submitted_at) == "2026-11-21T10:00:00.123456Z");
  CHECK(job.elapsed == std::chrono::milliseconds(92'250));
  CHECK(job.native.at("credits") == Value(4.25));
  CHECK(job.native.at("state") == Value("QUERY_STATE_COMPLETED"));
  CHECK_FALSE(job.error);
}

TEST_CASE("dune: both spellings of cancelled, waiting and working, partial") {
  CHECK(in_state("QUERY_STATE_CANCELLED").state == JobState::cancelled);
  CHECK(in_state("QUERY_STATE_CANCELED").state == JobState::cancelled);
  CHECK(in_state("QUERY_STATE_CANCELED", R"(,"cancelled_at":"2026-11-21T10:00:00Z")").finished_at.has_value());
  const auto pending = in_state("QUERY_STATE_PENDING", R"(,"queue_position":3)");
  CHECK(pending.state == JobState::pending);
  CHECK(pending.native.at("queue_position") == Value(3));
  CHECK(is_under_way(pending));
  CHECK(in_state("QUERY_STATE_EXECUTING").state == JobState::running);
  CHECK(is_under_way(in_state("QUERY_STATE_EXECUTING")));
  const auto partial = in_state("QUERY_STATE_COMPLETED_PARTIAL");
  CHECK(partial.state == JobState::succeeded);
  CHECK(partial.reason.find("warning") != std::string::npos);
}

TEST_CASE("dune: a failure tells the service's words with line and column") {
  auto job = in_state("QUERY_STATE_FAILED", R"(,"error":{"type":"FAILED_TYPE_EXECUTION_FAILED",
    "message":"Column 'x' cannot be resolved","metadata":{"line":1,"column":8}})");
  REQUIRE(job.error);
  CHECK(job.error->message == "line 1:8: Column 'x' cannot be resolved");
  CHECK(job.error->code == ErrorCode::failed);
  CHECK(job.native.at("error_type") == Value("FAILED_TYPE_EXECUTION_FAILED"));
  job = in_state("QUERY_STATE_FAILED", R"(,"error":{"message":"line 1:8: no","metadata":{"line":1,"column":8}})");
  CHECK(job.error->message == "line 1:8: no");
  CHECK(in_state("QUERY_STATE_FAILED", R"(,"error":{"type":"syntax_error"})").error->message == "syntax_error");
  CHECK(in_state("QUERY_STATE_FAILED", R"(,"error":"just text")").error->message == "just text");
  CHECK(in_state("QUERY_STATE_FAILED").error->message == "the service does not say why");
  CHECK(in_state("QUERY_STATE_FAILED", R"(,"error":null)").error->message == "the service does not say why");
  job = in_state("QUERY_STATE_FAILED", R"(,"error":{"message":"first\nsecond \u001b[31mred"})");
  CHECK(job.error->message == "first");
  CHECK(job.error->detail == "second red");
}

TEST_CASE("dune: an expired run may have gone well, and an unknown state is over if the service says so") {
  const auto expired = in_state("QUERY_STATE_EXPIRED", R"(,"is_execution_finished":true)");
  CHECK(expired.state == JobState::unknown);
  CHECK(is_forgotten(expired));
  CHECK(expired.reason.find("expired") != std::string::npos);
  CHECK(in_state("QUERY_STATE_EXPIRED", R"(,"error":{"message":"x"})").state == JobState::failed);
  CHECK(in_state("QUERY_STATE_REHEATING").state == JobState::running);
  CHECK(in_state("QUERY_STATE_REHEATING", R"(,"is_execution_finished":false)").state == JobState::running);
  const auto odd = in_state("QUERY_STATE_EATEN", R"(,"is_execution_finished":true)");
  CHECK(odd.state == JobState::unknown);
  CHECK(is_terminal(odd.state));
  CHECK(odd.reason.find("QUERY_STATE_EATEN") != std::string::npos);
  CHECK(in_state("X", R"(,"is_execution_finished":true,"error":{"message":"x"})").state == JobState::failed);
  CHECK(in_state("X", R"(,"execution_ended_at":"2026-11-21T10:00:00Z")").state == JobState::unknown);
}

TEST_CASE("dune: an execution of nulls and wrong types is read as far as it goes") {
  for (
      const char* body :
      {"{}", R"({"execution_id":null,"state":null,"result_metadata":null,"error":null})",
       R"({"execution_id":7,"state":[],"is_execution_finished":"x","submitted_at":5,"result_metadata":[],"error":[]})"}) {
    CAPTURE(body);
    const auto job = read(body);
    CHECK(job.id == "01ID");
    CHECK(job.state == JobState::running);
    CHECK_FALSE(job.rows_total);
  }
}

TEST_CASE("dune: an id that the service does not know is not found, even where it calls it invalid") {
  for (const auto& [status, body] : {std::pair(404, R"({"error":"Object not found"})"),
                                     std::pair(400, R"({"error":"The requested execution ID (ID: x) is invalid."})")}) {
    const auto error = read_execution({status, {}, body}, "x\x1b").error();
    CHECK(error.code == ErrorCode::not_found);
    CHECK(error.message.find("knows no execution") != std::string::npos);
    CHECK(error.message.find('\x1b') == std::string::npos);
  }
  CHECK(read_execution({400, {}, R"({"error":"other"})"}, "x").error().code == ErrorCode::failed);
}
