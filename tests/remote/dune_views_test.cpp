#include "dune_box.hpp"

using namespace matview::test;

TEST_CASE("dune: a key and an address in the vendor's variables are all it takes") {
  DuneBox box;
  box.seed(R"([{"name":"result_daily","executions":[{}]}])");
  auto command = box.sandbox.command({"list", "-P", "dune", "-o", "name"});
  command.environment.insert({{"DUNE_API_KEY", "k3y"}, {"DUNE_API_BASE_URL", box.fake.url() + "/api/v1"}});
  auto outcome = run(command);
  CHECK_MESSAGE(outcome.exit_code == 0, outcome.err);
  CHECK(says(outcome.out, "result_daily"));

  command = box.sandbox.command({"list", "-P", "dune"});
  command.environment.insert({{"DUNE_API_KEY", "k3y"}, {"DUNE_API_HOST", box.fake.url()}});
  CHECK(run(command).exit_code == 0);
}

TEST_CASE("dune: a profile in a file, its key in a file of its own") {
  DuneBox box;
  box.seed(R"([{"name":"result_daily","executions":[{}]}])");
  box.sandbox.directory().write("home/dune.key", "k3y\n");
  std::filesystem::permissions(box.sandbox.home() / "dune.key", std::filesystem::perms(0600));
  box.sandbox.configure("[profiles.team]\nprovider = \"dune\"\nurl = \"" + box.fake.url() +
                        "\"\nowner = \"acme\"\napi_key_file = \"~/dune.key\"\nperformance = \"small\"\n"
                        "poll_interval = \"10ms\"\n");
  const auto outcome = box.sandbox.run({"refresh", "team:result_daily"});
  CHECK_MESSAGE(outcome.exit_code == 0, outcome.err);
  CHECK(box.count("GET", k_dune_views) == 0);
  CHECK(box.fake.requests("POST", k_dune_refresh).front().body == R"({"performance":"small"})");
}

TEST_CASE("dune: a list follows the pages; with --details it reads every view, and no more than that") {
  DuneBox box(parse_json(R"({"page":2})"));
  box.seed(R"([{"name":"result_c"},{"name":"result_a"},{"name":"result_e"},{"name":"result_b"},{"name":"result_d"}])");
  const auto views = box.json({"list"}).at("views");
  REQUIRE(views.size() == 5);
  CHECK(views.at(0).at("name") == "result_a");
  CHECK(views.at(4).at("name") == "result_e");
  CHECK(box.fake.requests().size() == 3);
  CHECK(box.fake.requests().front().query == "limit=1000&offset=0");

  box.fake.forget();
  box.json({"list", "--details"});
  CHECK(box.fake.requests().size() == 8);
}

TEST_CASE("dune: details are read in parallel") {
  DuneBox box;
  std::string views;
  for (int i = 0; i < 40; ++i) views += (i == 0 ? "" : ",") + ("{\"name\":\"result_" + std::to_string(i) + "\"}");
  box.seed("[" + views + "]");
  box.fake.fault(R"({"act":"delay","delay_ms":150,"path":"materialized-views/","times":0})");
  box.json({"list", "--details"});
  int most = 0;
  for (const auto& request : box.fake.requests()) most = std::max(most, request.under_way);
  CHECK(most > 8);
  CHECK(most <= 32);
}

TEST_CASE("dune: an offset that does not advance ends the list with an error") {
  DuneBox box(parse_json(R"({"stuck_offset":true})"));
  box.seed(R"([{"name":"result_c"}])");
  const auto outcome = box.run({"list"});
  CHECK(outcome.exit_code == 7);
  CHECK(says(outcome.err, "does not come to an end"));
  CHECK(box.fake.requests().size() == 2);
}

TEST_CASE("dune: status tells fresh from stale by the schedule, and warns of one that ends soon") {
  DuneBox box;
  box.seed(R"([
    {"name":"result_fresh","schedule":{"cron_expression":"*/30 * * * *","performance":"medium",
      "next_execution_time":"2099-01-01T00:41:12Z","expires_at":"2099-01-01T00:00:00Z"},
      "executions":[{"ended_seconds_ago":30}]},
    {"name":"result_stale","schedule":{"cron_expression":"*/30 * * * *"},"executions":[{"ended_seconds_ago":86400}]},
    {"name":"result_ended","schedule":{"cron_expression":"*/30 * * * *","expires_at":"2020-01-01T00:00:00Z"},
      "executions":[{"ended_seconds_ago":86400}]},
    {"name":"result_manual","executions":[{}]},
    {"name":"result_never","bytes":0},
    {"name":"result_broken","executions":[{"ended_seconds_ago":90},{"state":"QUERY_STATE_FAILED"}]}])");
  const auto outcome = box.run({"status", "-o", "json"});
  CHECK(outcome.exit_code == 0);
  const auto document = parse_json(outcome.out);
  const auto field = [&](const std::string& name, const char* key) {
    for (const auto& view : document.at("views"))
      if (view.at("name") == name) return view.at(key);
    return Json("missing");
  };
  CHECK(field("result_fresh", "freshness") == "fresh");
  CHECK(field("result_stale", "freshness") == "stale");
  CHECK(field("result_manual", "freshness") == "unknown");
  CHECK(field("result_never", "freshness") == "empty");
  CHECK(field("result_broken", "state") == "error");
  CHECK(field("result_broken", "last_job").at("error").at("message") == "line 1:8: Column 'x' cannot be resolved");
  CHECK(field("result_fresh", "schedule") == "*/30 * * * *");
  CHECK(field("result_fresh", "native").at("next_run") == "2099-01-01T00:41:12Z");
  CHECK(field("result_fresh", "last_job").at("native").at("credits") == 4.25);
  CHECK(says(outcome.err, "the schedule of 'result_ended' ended"));
  CHECK_FALSE(says(outcome.err, "result_fresh"));
  CHECK(box.run({"status", "result_stale", "--exit-code"}).exit_code == 5);
  CHECK(box.run({"status", "result_fresh", "--exit-code"}).exit_code == 0);
}

TEST_CASE("dune: an old server tells of no schedules") {
  DuneBox box(parse_json(R"({"schedule_absent":true})"));
  box.seed(R"([{"name":"result_x","schedule":{"cron_expression":"*/30 * * * *"},"executions":[{}]}])");
  CHECK(box.json({"status", "result_x"}).at("views").at(0).at("freshness") == "unknown");
  const auto outcome = box.run({"create", "result_x", "--replace", "--private"});
  CHECK_MESSAGE(outcome.exit_code == 0, outcome.err);
  CHECK(says(outcome.err, "tells of no schedule"));
}

TEST_CASE("dune: show tells what a view reads") {
  DuneBox box;
  box.seed(R"([{"name":"result_base","executions":[{}]}])");
  REQUIRE(box.run({"create", "result_top", "--query", "select a from dune.acme.result_base"}).exit_code == 0);
  const auto view = box.json({"show", "result_top"}).at("views").at(0);
  CHECK(view.at("depends_on") == parse_json(R"(["result_base"])"));
  CHECK(view.at("definition") == "select a from dune.acme.result_base");
}

TEST_CASE("dune: views of other accounts go by their full names; private ones are not found") {
  DuneBox box;
  box.seed(R"([{"name":"result_open","owner":"other","executions":[{}]},
    {"name":"result_shut","owner":"other","is_private":true,"executions":[{}]},{"name":"result_own","executions":[{}]}])");
  CHECK(box.json({"show", "dune.other.result_open"}).at("views").at(0).at("name") == "dune.other.result_open");
  CHECK(box.run({"show", "dune.other.result_shut"}).exit_code == 6);
  for (const std::vector<std::string>& arguments :
       {std::vector<std::string>{"refresh", "dune.other.result_open"}, {"drop", "dune.other.result_open", "--yes"}}) {
    const auto refused = box.run(arguments);
    CHECK_MESSAGE(refused.exit_code == 4, refused.err);
    CHECK(says(refused.err, "only the account that owns"));
  }
  const auto outcome = box.run({"show", "result_onw"});
  CHECK(outcome.exit_code == 6);
  CHECK(says(outcome.err, "did you mean 'result_own'?"));
}

TEST_CASE("dune: an owner that begins with a digit, with quotes or without") {
  for (const char* owner : {"21co", "\"21co\""}) {
    CAPTURE(owner);
    DuneBox box(Json{{"owner", owner}});
    box.seed(R"([{"name":"result_daily","executions":[{}]}])");
    CHECK(box.run({"refresh", "result_daily"}).exit_code == 0);
    CHECK(box.run({"refresh", "dune.21co.result_daily"}).exit_code == 0);
    CHECK(box.run({"refresh", "dune.\"21co\".result_daily"}).exit_code == 0);
  }
}

TEST_CASE("dune: history is what the service tells, newest first") {
  DuneBox box;
  const auto ids = box.seed(R"([{"name":"result_daily","executions":[{"ended_seconds_ago":300},
    {"ended_seconds_ago":200,"state":"QUERY_STATE_FAILED"},{"ended_seconds_ago":100,"credits":62.62}]}])");
  const auto jobs = box.json({"history", "result_daily"}).at("jobs");
  REQUIRE(jobs.size() == 3);
  CHECK(jobs.at(0).at("id") == ids.at("result_daily").at(2));
  CHECK(jobs.at(0).at("native").at("credits") == 62.62);
  CHECK(jobs.at(1).at("state") == "failed");
  CHECK(jobs.at(2).at("id") == ids.at("result_daily").at(0));
  CHECK(box.json({"history", "result_daily", "--limit", "1"}).at("jobs").size() == 1);
}

TEST_CASE("dune: a drop removes the view and leaves the query; one at work is not dropped unless forced") {
  DuneBox box;
  box.seed(
      R"([{"name":"result_daily","executions":[{}]},{"name":"result_busy","executions":[{"state":"QUERY_STATE_EXECUTING"}]}])");
  CHECK(box.run({"drop", "result_daily"}).exit_code == 2);
  CHECK(box.writes() == 0);
  CHECK(box.run({"drop", "result_daily", "--yes"}).exit_code == 0);
  CHECK(box.fake.requests("DELETE", ".*").front().body.empty());
  CHECK(box.run({"drop", "result_daily", "--yes"}).exit_code == 6);
  CHECK(box.run({"drop", "result_daily", "--yes", "--if-exists"}).exit_code == 0);

  const auto outcome = box.run({"drop", "result_busy", "--yes"});
  CHECK(outcome.exit_code == 10);
  CHECK(says(outcome.err, "matview cancel "));
  CHECK(box.run({"drop", "result_busy", "--yes", "--force"}).exit_code == 0);
  CHECK(box.fake.command(R"({"state":true})").at("queries").size() == 2);
}

TEST_CASE("dune: a drop whose answer was lost is sent again, and what is gone is gone") {
  DuneBox box;
  box.seed(R"([{"name":"result_daily","executions":[{}]}])");
  box.fake.fault(R"({"act":"reset_after","method":"DELETE"})");
  CHECK(box.run({"drop", "result_daily", "--yes"}).exit_code == 0);
  CHECK(box.count("DELETE", ".*") == 2);
}

TEST_CASE("dune: a job is cancelled without a body; one that has ended is left alone") {
  for (const char* spelling : {"QUERY_STATE_CANCELLED", "QUERY_STATE_CANCELED"}) {
    CAPTURE(spelling);
    DuneBox box(Json{{"cancelled", spelling}, {"script", {"QUERY_STATE_EXECUTING"}}, {"cancel_after", 0}});
    box.seed(R"([{"name":"result_daily","executions":[{}]}])");
    const auto id = box.json({"refresh", "result_daily", "--no-wait"}).at("jobs").at(0).at("id").get<std::string>();
    const auto cancelled = box.json({"cancel", id}).at("jobs").at(0);
    CHECK(cancelled.at("state") == "cancelled");
    REQUIRE(box.count("POST", k_dune_cancel) == 1);
    CHECK(box.fake.requests("POST", k_dune_cancel).front().body.empty());
    CHECK(box.fake.requests("POST", k_dune_cancel).front().header("content-type").empty());
    CHECK(box.run({"cancel", id}).exit_code == 0);
    CHECK(box.count("POST", k_dune_cancel) == 1);
  }
}

TEST_CASE("dune: a job that nobody knows is not found") {
  DuneBox box;
  CHECK(box.run({"status", "--job", "01HZ0000000000000000000001"}).exit_code == 6);
  CHECK(box.run({"wait", "01HZ0000000000000000000001"}).exit_code == 6);
}

TEST_CASE("dune: dry runs of drop and cancel send nothing") {
  DuneBox box;
  for (const std::string format : {"table", "json", "curl"}) {
    CAPTURE(format);
    const auto dropped = box.run({"drop", "result_daily", "--dry-run", "-o", format});
    CHECK_MESSAGE(dropped.exit_code == 0, dropped.err);
    CHECK(says(dropped.out, "DELETE"));
    const auto cancelled = box.run({"cancel", "01HZ0000000000000000000001", "--dry-run", "-o", format});
    CHECK_MESSAGE(cancelled.exit_code == 0, cancelled.err);
    CHECK(says(cancelled.out, "/api/v1/execution/01HZ0000000000000000000001/cancel"));
    CHECK_FALSE(says(dropped.out + cancelled.out, "k3y"));
  }
  CHECK(box.fake.requests().empty());
}

TEST_CASE("dune: doctor tells what is right and what is not") {
  DuneBox box;
  box.seed(R"([{"name":"result_daily","executions":[{}]}])");
  auto outcome = box.run({"doctor"});
  CHECK_MESSAGE(outcome.exit_code == 0, (outcome.out + outcome.err));
  for (const char* part : {"team_456", "2,379.5 of 2,500 left", "1.0 MB of 104.9 MB used", "1 view of 'acme'",
                           "requests left", "as the service's"})
    CHECK_MESSAGE(says(outcome.out, part), outcome.out);

  box.set(R"({"whoami":false})");
  CHECK(box.run({"doctor"}).exit_code == 0);

  box.set(R"({"key":"another"})");
  outcome = box.run({"doctor"});
  CHECK(outcome.exit_code == 4);
  CHECK(says(outcome.out, "the API key was refused"));

  box.fake.stop();
  outcome = box.run({"doctor", "--retries", "0"});
  CHECK(outcome.exit_code == 7);
}

TEST_CASE("dune: text of the service reaches no terminal with its escapes") {
  DuneBox box;
  box.seed(R"([{"name":"result_daily","executions":[{}]},{"name":"result_\u001b[31mx"}])");
  box.set(R"({"script":["QUERY_STATE_FAILED"],"error":{"message":"bad \u001b]0;owned\u0007 \u202e thing"}})");
  for (const std::vector<std::string>& arguments :
       {std::vector<std::string>{"list"}, {"refresh", "result_daily"}, {"status", "result_daily"}}) {
    const auto outcome = box.run(arguments);
    CHECK_FALSE(says(outcome.out + outcome.err, "\x1b"));
    CHECK_FALSE(says(outcome.out + outcome.err, "\u202e"));
  }
}

TEST_CASE("dune: an endpoint that will be retired is warned of once") {
  DuneBox box(parse_json(R"({"headers":{"deprecation":"@1767225600","sunset":"Sat, 01 Aug 2026 00:00:00 GMT"}})"));
  box.seed(R"([{"name":"result_daily"}])");
  const auto outcome = box.run({"list"});
  CHECK(outcome.exit_code == 0);
  const auto first = outcome.err.find("Sat, 01 Aug 2026");
  REQUIRE(first != std::string::npos);
  CHECK(outcome.err.find("Sat, 01 Aug 2026", first + 1) == std::string::npos);
}
