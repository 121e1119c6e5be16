#include <csignal>

#include "lance_box.hpp"
#include "support/leaks.hpp"

using namespace matview::test;

namespace {

std::string job_id(const Json& document) { return document.at("jobs").at(0).at("id").get<std::string>(); }

}  // namespace

TEST_CASE("lance: a refresh waits for its job and tells the version and the rows") {
  LanceBox box;
  box.make("recent");
  const auto job = box.json({"refresh", "recent"}).at("jobs").at(0);
  CHECK(job.at("state") == "succeeded");
  CHECK(job.at("version") == 2);
  CHECK(job.at("rows_total") == 7);
  REQUIRE(box.count("POST", k_lance_refresh) == 1);
  const auto sent = box.fake.requests("POST", k_lance_refresh).front();
  CHECK(sent.path == "/v1/materialized_view/recent/refresh");
  CHECK(sent.body == R"({"id":["recent"]})");
  CHECK(sent.header("content-type") == "application/json");
}

TEST_CASE("lance: every parameter of a refresh comes from its flag") {
  LanceBox box;
  box.make("recent");
  const auto outcome = box.run({"refresh",
                                "recent",
                                "--src-version",
                                "1",
                                "--max-rows-per-fragment",
                                "10",
                                "--concurrency",
                                "2",
                                "--intra-applier-concurrency",
                                "3",
                                "--source-task-size",
                                "4",
                                "--cluster",
                                "gpu",
                                "--manifest",
                                R"({"name":"m"})",
                                "--set",
                                "batch_size=512",
                                "--set",
                                "mode=fast",
                                "--header",
                                "x-tenant: seven"});
  CHECK_MESSAGE(outcome.exit_code == 0, outcome.err);
  const auto sent = box.fake.requests("POST", k_lance_refresh).front();
  CHECK(sent.json() == Json::parse(R"({"id":["recent"],"src_version":1,"max_rows_per_fragment":10,"concurrency":2,
      "intra_applier_concurrency":3,"source_task_size":4,"cluster":"gpu","manifest":"{\"name\":\"m\"}",
      "batch_size":512,"mode":"fast"})"));
  CHECK(sent.header("x-tenant") == "seven");
  CHECK(box.run({"refresh", "recent", "--output-limit", "5"}).exit_code == 2);
}

TEST_CASE("lance: success under --quiet prints nothing") {
  LanceBox box;
  box.make("recent");
  const auto quiet = box.run({"refresh", "recent", "--quiet"});
  CHECK(quiet.exit_code == 0);
  CHECK(quiet.out.empty());
  CHECK(quiet.err.empty());
}

TEST_CASE("lance: how a job ended is the command's exit code, in every word there is for it") {
  for (const auto& [state, exit_code] : std::vector<std::pair<std::string, int>>{
           {"DONE", 0}, {"succeeded", 0}, {"FAILED", 1}, {"timed_out", 1}, {"CANCELLED", 1}, {"canceled", 1}}) {
    CAPTURE(state);
    LanceBox box(Json{{"job_end", state}, {"job_states", {"queued", "a word of the future"}}});
    box.make("recent");
    const auto outcome = box.run({"refresh", "recent"});
    CHECK_MESSAGE(outcome.exit_code == exit_code, outcome.err);
    if (state == "FAILED") CHECK(tells(outcome.err, "a worker died (while it was at 'apply')"));
  }
}

TEST_CASE("lance: a job that is not known at once is waited for") {
  LanceBox box(Json{{"job_delay_looks", 3}});
  box.make("recent");
  const auto outcome = box.run({"refresh", "recent"});
  CHECK_MESSAGE(outcome.exit_code == 0, outcome.err);
  CHECK(box.count("POST", k_lance_job) > 3);
}

TEST_CASE("lance: where a server does not tell of jobs the view itself shows the end") {
  for (const int status : {404, 405, 406}) {
    CAPTURE(status);
    LanceBox box(Json{{"jobs", status}});
    box.make("recent");
    const auto job = box.json({"refresh", "recent"}).at("jobs").at(0);
    CHECK(job.at("state") == "succeeded");
    CHECK(job.at("version") == 2);
    const auto cancelled = box.run({"cancel", job.at("id").get<std::string>()});
    CHECK(cancelled.exit_code == 0);  // it has ended
  }
}

TEST_CASE("lance: a job goes on in another shell, and its end is in the history") {
  LanceBox box;
  box.make("recent");
  const auto id = job_id(box.json({"refresh", "recent", "--no-wait"}));
  CHECK(box.json({"status", "--job", id}).at("jobs").at(0).at("state") == "running");
  const auto waited = box.run({"wait", id});
  CHECK_MESSAGE(waited.exit_code == 0, waited.err);
  const auto jobs = box.json({"history", "recent"}).at("jobs");
  REQUIRE(jobs.size() == 1);
  CHECK(jobs[0].at("state") == "succeeded");
  CHECK(box.run({"wait", "nobody-knows"}).exit_code == 6);
}

TEST_CASE("lance: the time limit ends the waiting, and the job where that is asked for") {
  LanceBox box;
  box.make("slow", R"(,"endless":true)");
  const auto late = box.run({"refresh", "slow", "--timeout", "300ms"});
  CHECK(late.exit_code == 8);
  CHECK(tells(late.err, "matview wait job-"));
  CHECK(box.count("POST", "/v1/jobs/cancel") == 0);
  const auto ended = box.run({"refresh", "slow", "--timeout", "300ms", "--cancel-on-timeout"});
  CHECK(ended.exit_code == 8);
  CHECK(box.count("POST", "/v1/jobs/cancel") == 1);
}

TEST_CASE("lance: Ctrl-C stops the waiting, says how to go on and leaves the job alone") {
  LanceBox box;
  box.make("slow", R"(,"endless":true)");
  auto command = box.command({"refresh", "slow", "--progress", "plain"});
  Process process(command);
  REQUIRE(process.wait_for("running"));
  process.signal(SIGINT);
  const auto outcome = process.wait();
  CHECK(outcome.exit_code == 130);
  CHECK_MESSAGE(tells(outcome.err, "matview wait job-"), outcome.err);
  CHECK(box.count("POST", "/v1/jobs/cancel") == 0);
}

TEST_CASE("lance: a job is cancelled, and a server that cannot says so") {
  LanceBox box;
  box.make("slow", R"(,"endless":true)");
  const auto id = job_id(box.json({"refresh", "slow", "--no-wait"}));
  CHECK(box.run({"cancel", id}).exit_code == 0);
  CHECK(box.json({"status", "--job", id}).at("jobs").at(0).at("state") == "cancelled");
  const auto other = job_id(box.json({"refresh", "slow", "--no-wait"}));
  box.set(R"({"jobs":405})");
  CHECK(box.run({"cancel", other}).exit_code == 9);
}

TEST_CASE("lance: a refresh whose answer was lost is found by its new job and never sent twice") {
  for (const char* act : {"reset_after", "close_after", "truncate", "html"}) {
    CAPTURE(act);
    LanceBox box;
    box.make("recent");
    box.fake.command(R"({"job":{"table":"recent","state":"IN_PROGRESS"}})");
    box.fake.fault(std::string(R"({"act":")") + act + R"(","path":"refresh$")" +
                   (std::string(act) == "html" ? R"(,"handled":true})" : "}"));
    const auto outcome = box.run({"refresh", "recent", "-o", "json"});
    REQUIRE_MESSAGE(outcome.exit_code == 0, outcome.err);
    CHECK(job_id(parse_json(outcome.out)) == "job-2");
    CHECK(box.count("POST", k_lance_refresh) == 1);
  }
}

TEST_CASE("lance: a refresh whose answer was lost shows in the view where there are no jobs") {
  LanceBox box(Json{{"jobs", 404}});
  box.make("recent");
  box.fake.fault(R"({"act":"reset_after","path":"refresh$"})");
  const auto outcome = box.run({"refresh", "recent"});
  CHECK_MESSAGE(outcome.exit_code == 0, outcome.err);
  CHECK(box.count("POST", k_lance_refresh) == 1);
}

TEST_CASE("lance: a lost answer of which nothing is to be seen is unknown, and its record finds the job later") {
  LanceBox box;
  box.make("recent");
  box.fake.fault(R"({"act":"reset_before","path":"refresh$"})");
  const auto lost = box.run({"refresh", "recent", "-o", "json"});
  CHECK(lost.exit_code == 7);
  CHECK(tells(lost.err, "matview status --job"));
  CHECK(box.count("POST", k_lance_refresh) == 1);
  const auto key = parse_json(lost.out).at("jobs").at(0).at("id").get<std::string>();
  box.fake.command(R"({"job":{"table":"recent","state":"DONE","ended":true}})");
  CHECK(box.json({"status", "--job", key}).at("jobs").at(0).at("state") == "succeeded");
}

TEST_CASE("lance: a busy server is asked again, and one that refused is not") {
  LanceBox box;
  box.make("recent");
  for (const int status : {429, 503}) {
    box.fake.forget();
    box.fake.fault(R"({"act":"status","path":"refresh$","status":)" + std::to_string(status) +
                   R"(,"headers":{"retry-after":"0"}})");
    CHECK(box.run({"refresh", "recent", "--quiet"}).exit_code == 0);
    CHECK(box.count("POST", k_lance_refresh) == 2);
  }
  for (const int status : {400, 403, 404, 409}) {
    box.fake.forget();
    box.fake.fault(R"({"act":"status","path":"refresh$","status":)" + std::to_string(status) + R"(,"body":"no"})");
    CHECK(box.run({"refresh", "recent"}).exit_code != 0);
    CHECK(box.count("POST", k_lance_refresh) == 1);
  }
}

TEST_CASE("lance: several views in one command, one of which fails") {
  LanceBox box;
  box.make("good");
  box.make("bad", R"(,"fail":"no such column")");
  const auto outcome = box.run({"refresh", "good", "bad"});
  CHECK(outcome.exit_code == 3);
  CHECK(tells(outcome.err, "no such column"));
}

TEST_CASE("lance: a view over a view is refreshed after it") {
  LanceBox box;
  box.make("base");
  REQUIRE(
      box.run({"create", "above", "--query", R"({"source_table":"base"})", "--output-schema", "id int64"}).exit_code ==
      0);
  box.fake.forget();
  CHECK(box.run({"refresh", "above", "base", "--quiet"}).exit_code == 0);
  const auto sent = box.fake.requests("POST", k_lance_refresh);
  REQUIRE(sent.size() == 2);
  CHECK(sent[0].path == "/v1/materialized_view/base/refresh");
}

TEST_CASE("lance: a create with data is followed to its end; one that fails leaves the view") {
  LanceBox box;
  const std::vector<std::string> base{"--output-schema", "id int64", "--with-data"};
  auto good = std::vector<std::string>{"create", "good", "--query", R"({"source_table":"docs"})"};
  good.insert(good.end(), base.begin(), base.end());
  CHECK(box.run(good).exit_code == 0);
  auto bad = std::vector<std::string>{"create", "bad", "--query", R"({"source_table":"docs","fail":"no such column"})"};
  bad.insert(bad.end(), base.begin(), base.end());
  const auto failed = box.run(bad);
  CHECK(failed.exit_code == 1);
  CHECK(tells(failed.err, "is defined but cannot be filled"));
  CHECK(box.json({"list"})["views"].size() == 2);
}

TEST_CASE("lance: a create whose answer was lost is sent once and found by its definition, or by its job") {
  LanceBox box;
  box.fake.fault(R"({"act":"reset_after","path":"create$"})");
  box.make("recent");
  CHECK(box.count("POST", k_lance_create) == 1);
  box.fake.forget();
  box.fake.fault(R"({"act":"reset_after","path":"create$"})");
  const auto filled = box.run(
      {"create", "full", "--query", R"({"source_table":"docs"})", "--output-schema", "id int64", "--with-data"});
  CHECK_MESSAGE(filled.exit_code == 0, filled.err);
  CHECK(box.count("POST", k_lance_create) == 1);
}

TEST_CASE("lance: dry runs print every request as text, data and shell, send nothing and show no secret") {
  LanceBox box;
  box.make("recent");
  box.fake.forget();
  const LeakSearch leaks({"k3y-of-the-tests", "hush-hush-token"});
  const std::vector<std::vector<std::string>> commands{
      {"refresh", "recent", "--concurrency", "2", "--header", "x-session-token: hush-hush-token"},
      {"create", "x", "--query", "{}", "--output-schema", "id int64"},
      {"drop", "recent", "--yes"},
      {"cancel", "job-1"}};
  for (const auto& command : commands)
    for (const char* format : {"table", "json", "curl"}) {
      auto arguments = command;
      arguments.insert(arguments.end(), {"--dry-run", "-o", format});
      const auto outcome = box.run(arguments);
      CHECK_MESSAGE(outcome.exit_code == 0, command.front() << format << outcome.err);
      CHECK(tells(outcome.out, box.fake.url()));
      CHECK(leaks.in_text("stdout", outcome.out + outcome.err).empty());
    }
  CHECK(box.fake.requests().empty());
}

TEST_CASE("lance: no secret is in a trace, an error, or any file") {
  LanceBox box(Json{{"credentials", {{"api_key", std::string(k_odd_secret)}}}});
  box.variables["LANCEDB_API_KEY"] = k_odd_secret;
  box.variables["MATVIEW_PROFILES_LANCE_IDENTITY_IN_BODY"] = "true";
  box.make("recent");
  box.set(R"({"error":{"code":13,"error":"you sent )" + std::string("zq/9+8x=Q\\\"7&%w<k~J:0pV secret") +
          R"("},"error_on":"refresh$"})");
  const auto outcome = box.run({"refresh", "recent", "--trace-http"});
  CHECK(outcome.exit_code == 1);
  const LeakSearch leaks({std::string(k_odd_secret)});
  CHECK(leaks.in_text("out", outcome.out) == "");
  CHECK(leaks.in_text("err", outcome.err) == "");
  CHECK(leaks.in_files(box.sandbox.home()) == "");
}

TEST_CASE("lance: a server that reads numbers of 32 bits says what it refuses") {
  LanceBox box(Json{{"small_integers", true}});
  box.make("recent");
  const auto outcome = box.run({"refresh", "recent", "--src-version", "3000000000"});
  CHECK(outcome.exit_code == 1);
  CHECK(tells(outcome.err, "expected i32"));
}
