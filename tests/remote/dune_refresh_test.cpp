#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "dune_box.hpp"

using namespace matview::test;

namespace {

constexpr const char* k_one = R"([{"name":"result_daily","executions":[{}]}])";
constexpr const char* k_endless = R"({"script":["QUERY_STATE_EXECUTING"]})";

/// The job ids that a command printed with -o json.
std::string job_id(const Json& document) { return document.at("jobs").at(0).at("id").get<std::string>(); }

}  // namespace

TEST_CASE("dune: a refresh waits on the state, which is free, and tells rows and cost") {
  DuneBox box;
  box.seed(k_one);
  const auto job = box.json({"refresh", "result_daily", "--performance", "large"}).at("jobs").at(0);
  CHECK(job.at("state") == "succeeded");
  CHECK(job.at("view") == "result_daily");
  CHECK(job.at("rows_total") == 12);
  CHECK(job.at("mode") == "full");
  CHECK(job.at("native").at("credits") == 4.25);
  REQUIRE(box.count("POST", k_dune_refresh) == 1);
  const auto sent = box.fake.requests("POST", k_dune_refresh).front();
  CHECK(sent.path == "/api/v1/materialized-views/dune.acme.result_daily/refresh");
  CHECK(sent.body == R"({"performance":"large"})");
  for (const auto& request : box.fake.requests()) CHECK_FALSE(says(request.path, "results"));
}

TEST_CASE("dune: success under --quiet prints nothing, and progress tells the place in the queue") {
  DuneBox box;
  box.seed(k_one);
  const auto quiet = box.run({"refresh", "result_daily", "--quiet"});
  CHECK(quiet.exit_code == 0);
  CHECK(quiet.out.empty());
  CHECK(quiet.err.empty());
  const auto id = job_id(box.json({"refresh", "result_daily", "--no-wait"}));
  const auto plain = box.run({"wait", id, "--progress", "plain"});
  CHECK_MESSAGE(says(plain.err, "pending, position 2 in the queue"), plain.err);
}

TEST_CASE("dune: how a run ended is the command's exit code, in every word the service has for it") {
  struct Case {
    const char* state;
    int exit_code;
    const char* message;
  };
  for (const auto& [state, exit_code, message] :
       {Case{"QUERY_STATE_COMPLETED", 0, ""}, Case{"QUERY_STATE_COMPLETED_PARTIAL", 0, ""},
        Case{"QUERY_STATE_FAILED", 1, "line 1:8: Column 'x' cannot be resolved"},
        Case{"QUERY_STATE_CANCELLED", 1, "cancelled"}, Case{"QUERY_STATE_CANCELED", 1, "cancelled"},
        Case{"QUERY_STATE_EXPIRED", 7, ""}}) {
    CAPTURE(state);
    DuneBox box;
    box.seed(k_one);
    box.set(std::string(R"({"script":["QUERY_STATE_EXECUTING",")") + state + "\"]}");
    const auto outcome = box.run({"refresh", "result_daily"});
    CHECK_MESSAGE(outcome.exit_code == exit_code, outcome.err);
    CHECK_MESSAGE(says(outcome.err, message), outcome.err);
  }
}

TEST_CASE("dune: an unknown state that is over ends the waiting, one that is not does not") {
  DuneBox box;
  box.seed(k_one);
  box.set(R"({"script":["QUERY_STATE_THAWING","QUERY_STATE_COMPLETED"],"extra":{"later":{"a":[1]}}})");
  CHECK(box.run({"refresh", "result_daily"}).exit_code == 0);
  box.set(R"({"script":["QUERY_STATE_EATEN"]})");
  const auto started = box.json({"refresh", "result_daily", "--no-wait"});
  box.fake.command(R"({"finish":{"id":")" + job_id(started) + R"(","state":"QUERY_STATE_EATEN"}})");
  CHECK(box.run({"wait", job_id(started)}).exit_code == 7);
}

TEST_CASE("dune: a run under way is taken up, skipped or doubled as --if-running says") {
  DuneBox box;
  box.seed(k_one);
  const auto running = box.fake.command(R"({"run":"result_daily"})").get<std::string>();
  auto job = box.json({"refresh", "result_daily", "--if-running", "skip"}).at("jobs").at(0);
  CHECK(job.at("state") == "skipped");
  CHECK(says(job.at("reason").get<std::string>(), running));
  CHECK(box.count("POST", k_dune_refresh) == 0);

  job = box.json({"refresh", "result_daily"}).at("jobs").at(0);
  CHECK(job.at("id") == running);
  CHECK(job.at("state") == "succeeded");
  CHECK(box.count("POST", k_dune_refresh) == 0);

  box.fake.command(R"({"run":"result_daily"})");
  job = box.json({"refresh", "result_daily", "--if-running", "start"}).at("jobs").at(0);
  CHECK(job.at("id") != running);
  CHECK(box.count("POST", k_dune_refresh) == 1);
}

TEST_CASE("dune: the time limit ends the waiting and not the run; another shell goes on") {
  DuneBox box;
  box.seed(k_one);
  box.set(k_endless);
  const auto outcome = box.run({"refresh", "result_daily", "--timeout", "300ms"});
  CHECK_MESSAGE(outcome.exit_code == 8, outcome.err);
  CHECK(box.count("POST", k_dune_cancel) == 0);
  const auto at = outcome.err.find("matview wait ");
  REQUIRE_MESSAGE(at != std::string::npos, outcome.err);
  const auto id = outcome.err.substr(at + 13, 26);

  const auto looked = box.json({"status", "--job", id}).at("jobs").at(0);
  CHECK(looked.at("state") == "running");
  CHECK(looked.at("view") == "result_daily");
  box.fake.command(R"({"finish":{"id":")" + id + R"(","state":"QUERY_STATE_COMPLETED"}})");
  const auto waited = box.json({"wait", id}).at("jobs").at(0);
  CHECK(waited.at("state") == "succeeded");
  CHECK(waited.at("rows_total") == 12);
  CHECK(box.count("POST", k_dune_refresh) == 1);
}

TEST_CASE("dune: --cancel-on-timeout cancels, without a body") {
  DuneBox box;
  box.seed(k_one);
  box.set(k_endless);
  const auto outcome = box.run({"refresh", "result_daily", "--timeout", "300ms", "--cancel-on-timeout"});
  CHECK(outcome.exit_code == 8);
  REQUIRE(box.count("POST", k_dune_cancel) == 1);
  CHECK(box.fake.requests("POST", k_dune_cancel).front().body.empty());
}

TEST_CASE("dune: Ctrl-C stops the waiting, says how to go on and leaves the run alone") {
  DuneBox box;
  box.seed(k_one);
  box.set(k_endless);
  auto command = box.command({"refresh", "result_daily", "--progress", "plain"});
  Process process(command);
  REQUIRE(process.wait_for("running"));
  process.signal(SIGINT);
  const auto outcome = process.wait();
  CHECK(outcome.exit_code == 130);
  CHECK(says(outcome.err, "matview wait "));
  CHECK(box.count("POST", k_dune_cancel) == 0);
}

TEST_CASE("dune: a refresh whose answer was lost is found by its new run and never sent twice") {
  for (
      const char* fault :
      {R"({"act":"reset_after","method":"POST","path":"refresh$"})",
       R"({"act":"close_after","method":"POST","path":"refresh$"})",
       R"({"act":"truncate","method":"POST","path":"refresh$"})",
       R"({"act":"html","method":"POST","path":"refresh$","handled":true})",
       R"({"act":"status","method":"POST","path":"refresh$","status":502,"body":"bad gateway","handled":true})",
       R"({"act":"status","method":"POST","path":"refresh$","status":500,"body":"{\"error\":\"Internal error\"}","handled":true})"}) {
    CAPTURE(fault);
    DuneBox box;
    box.seed(k_one);
    // It shows up only after a while.
    box.set(R"({"appear_after":1})");
    box.fake.fault(fault);
    const auto outcome = box.run({"refresh", "result_daily"});
    CHECK_MESSAGE(outcome.exit_code == 0, outcome.err);
    CHECK(says(outcome.err, "the answer was lost"));
    CHECK(box.count("POST", k_dune_refresh) == 1);
  }
}

TEST_CASE("dune: a lost answer without a new run is unknown, and the record's key finds the run when it shows up") {
  DuneBox box;
  box.seed(k_one);
  box.fake.fault(R"({"act":"reset_before","method":"POST","path":"refresh$"})");
  const auto outcome = box.run({"refresh", "result_daily"});
  CHECK_MESSAGE(outcome.exit_code == 7, outcome.err);
  CHECK(says(outcome.err, "whether a run was started is not known"));
  CHECK(box.count("POST", k_dune_refresh) == 1);
  const auto at = outcome.err.find("status --job ");
  REQUIRE_MESSAGE(at != std::string::npos, outcome.err);
  const auto key = outcome.err.substr(at + 13, 36);

  CHECK(box.json({"status", "--job", key}).at("jobs").at(0).at("state") == "unknown");
  const auto run = box.fake.command(R"({"run":"result_daily"})").get<std::string>();
  const auto job = box.json({"wait", key}).at("jobs").at(0);
  CHECK(job.at("id") == run);
  CHECK(job.at("state") == "succeeded");
  CHECK(box.count("POST", k_dune_refresh) == 1);
}

TEST_CASE("dune: the run of a later refresh is not taken for the one whose answer was lost") {
  DuneBox box;
  box.seed(k_one);
  box.fake.fault(R"({"act":"reset_before","method":"POST","path":"refresh$"})");
  const auto lost = box.run({"refresh", "result_daily"});
  REQUIRE(lost.exit_code == 7);
  const auto key = lost.err.substr(lost.err.find("status --job ") + 13, 36);
  const auto later = job_id(box.json({"refresh", "result_daily"}));
  const auto job = box.json({"status", "--job", key}).at("jobs").at(0);
  CHECK(job.at("state") == "unknown");
  CHECK(job.at("id") != later);
}

TEST_CASE("dune: a refresh that the service was too busy for is sent again, one that it refused is not") {
  DuneBox box;
  box.seed(k_one);
  box.fake.fault(R"({"act":"status","method":"POST","path":"refresh$","status":429,"headers":{"retry-after":"0"}})");
  CHECK(box.run({"refresh", "result_daily"}).exit_code == 0);
  CHECK(box.count("POST", k_dune_refresh) == 2);

  box.fake.forget();
  box.fake.fault(R"({"act":"status","method":"POST","path":"refresh$","status":402,"times":0,
    "body":"{\"error\":\"This API request would exceed your configured limits per billing cycle.\"}"})");
  const auto refused = box.run({"refresh", "result_daily"});
  CHECK(refused.exit_code == 1);
  CHECK(says(refused.err, "billing"));
  CHECK(says(refused.err, "hint: "));
  CHECK(box.count("POST", k_dune_refresh) == 1);
}

TEST_CASE("dune: --max-credits starts nothing when fewer are left") {
  DuneBox box;
  box.seed(k_one);
  const auto outcome = box.run({"refresh", "result_daily", "--max-credits", "3000"});
  CHECK(outcome.exit_code == 1);
  CHECK(says(outcome.err, "only 2,379.5 credits are left"));
  CHECK(box.writes() == 0);
  CHECK(box.run({"refresh", "result_daily", "--max-credits", "2000"}).exit_code == 0);
  box.set(R"({"usage":{"credits_used":1,"credits_included":2,"spelling":"billingPeriods"}})");
  CHECK(box.run({"refresh", "result_daily", "--max-credits", "2"}).exit_code == 1);
}

TEST_CASE("dune: the scope of the key decides: Read may refresh, but not create or drop") {
  DuneBox box(parse_json(R"({"scope":"Read"})"));
  box.seed(k_one);
  CHECK(box.run({"refresh", "result_daily"}).exit_code == 0);
  auto outcome = box.run({"create", "result_other", "--query", "select 1 as a"});
  CHECK(outcome.exit_code == 4);
  CHECK(says(outcome.err, "Read/Write"));
  CHECK(box.run({"drop", "result_daily", "--yes"}).exit_code == 4);
}

TEST_CASE("dune: a refused key is an error of its own, with what to do, and never shown") {
  DuneBox box;
  box.seed(k_one);
  auto command = box.command({"refresh", "result_daily", "--trace-http", "-v"});
  command.environment["DUNE_API_KEY"] = "wr0ng-and-secret";
  const auto outcome = run(command);
  CHECK(outcome.exit_code == 4);
  CHECK(says(outcome.err, "the API key was refused: invalid API Key (HTTP 401)"));
  CHECK(says(outcome.err, "DUNE_API_KEY"));
  CHECK_FALSE(says(outcome.err + outcome.out, "wr0ng-and-secret"));
}

TEST_CASE("dune: several views are refreshed in one command, and one that fails makes it partial") {
  DuneBox box;
  box.seed(R"([{"name":"result_a","executions":[{}]},{"name":"result_b","executions":[{}]}])");
  box.fake.fault(R"({"act":"status","method":"POST","path":"result_a/refresh$","status":403,"body":"{}","times":0})");
  const auto outcome = box.run({"refresh", "--all"});
  CHECK(outcome.exit_code == 3);
  CHECK(box.count("POST", k_dune_refresh) == 2);
}

TEST_CASE("dune: a dry run of refresh prints every request as text, data and shell, and sends nothing") {
  DuneBox box;
  box.seed(k_one);
  for (const std::string format : {"table", "json", "curl"}) {
    CAPTURE(format);
    const auto outcome = box.run({"refresh", "result_daily", "--performance", "small", "--dry-run", "-o", format});
    CHECK_MESSAGE(outcome.exit_code == 0, outcome.err);
    CHECK(says(outcome.out, "/api/v1/materialized-views/dune.OWNER.result_daily/refresh"));
    CHECK(says(outcome.out, "performance"));
    CHECK_FALSE(says(outcome.out + outcome.err, "k3y"));
  }
  CHECK(box.fake.requests().empty());
}

TEST_CASE("dune: the account is found out once for all processes, and the key stands in no file") {
  DuneBox box;
  box.seed(k_one);
  REQUIRE(box.run({"refresh", "result_daily"}).exit_code == 0);
  CHECK(box.count("GET", k_dune_views) == 1);
  REQUIRE(box.run({"refresh", "result_daily"}).exit_code == 0);
  CHECK(box.count("GET", k_dune_views) == 1);
  const auto plan = box.run({"refresh", "result_daily", "--dry-run"});
  CHECK(says(plan.out, "dune.acme.result_daily"));
  std::size_t files = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(box.sandbox.directory().path())) {
    if (!entry.is_regular_file()) continue;
    std::ifstream stream(entry.path(), std::ios::binary);
    const std::string content{std::istreambuf_iterator<char>(stream), {}};
    CHECK_FALSE(says(content, "k3y"));
    ++files;
  }
  CHECK(files > 0);
}
