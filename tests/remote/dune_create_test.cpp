#include "dune_box.hpp"

using namespace matview::test;

TEST_CASE("dune: a view is made from SQL, and the command waits until it is filled") {
  DuneBox box;
  const auto outcome = box.run({"create", "result_daily", "--query", "select 1 as a", "--performance", "small"});
  CHECK_MESSAGE(outcome.exit_code == 0, outcome.err);
  CHECK(says(outcome.err, "view 'result_daily' is there with 12 rows"));
  REQUIRE(box.count("POST", "/api/v1/query") == 1);
  REQUIRE(box.count("POST", k_dune_views) == 1);
  const auto upsert = box.fake.requests("POST", k_dune_views).front();
  CHECK(upsert.json() ==
        parse_json(R"({"name":"result_daily","query_id":4711,"is_private":false,"performance":"small"})"));
  CHECK(upsert.header("x-dune-api-key") == "k3y");
  CHECK(upsert.query.empty());
  CHECK(box.count("GET", k_dune_status) == 3);
  for (const auto& request : box.fake.requests()) CHECK_FALSE(says(request.path, "results"));

  const auto view = box.json({"show", "result_daily"}).at("views").at(0);
  CHECK(view.at("definition") == "select 1 as a");
  CHECK(view.at("last_job").at("state") == "succeeded");
  CHECK(view.at("native").at("query_id") == 4711);
  CHECK(view.at("native").at("full_name") == "dune.acme.result_daily");
}

TEST_CASE("dune: what the service decides about a new schedule is told") {
  DuneBox box;
  const auto view = box.json({"create", "result_daily", "--query", "select 1 as a", "--schedule", "0 */6 * * *",
                              "--private", "--tag", "etl", "--no-wait"})
                        .at("views")
                        .at(0);
  CHECK(view.at("schedule") == "0 */6 * * *");
  CHECK(view.at("native").at("next_run").get<std::string>().find(":41:12Z") != std::string::npos);
  CHECK(view.at("native").contains("schedule_ends"));
  CHECK(view.at("native").at("is_private") == true);
  CHECK(view.at("tags") == parse_json(R"(["etl"])"));
  CHECK(view.at("state") == "refreshing");
  CHECK(view.at("last_job").at("state") == "pending");
  CHECK(box.count("GET", k_dune_status) == 0);
}

TEST_CASE("dune: a view is made from a saved query") {
  DuneBox box;
  box.fake.command(R"({"seed":{"queries":[{"query_id":77,"query_sql":"select 2 as b"}]}})");
  CHECK(box.run({"create", "result_daily", "--query-id", "77"}).exit_code == 0);
  CHECK(box.count("POST", "/api/v1/query") == 0);
  CHECK(box.count("PATCH", "/api/v1/query/77") == 0);

  DuneBox changing;
  changing.fake.command(R"({"seed":{"queries":[{"query_id":77,"query_sql":"select 2 as b"}]}})");
  CHECK(changing.run({"create", "result_daily", "--query-id", "77", "--query", "select 3 as b"}).exit_code == 0);
  REQUIRE(changing.count("PATCH", "/api/v1/query/77") == 1);
  CHECK(changing.fake.requests("PATCH", ".*").front().json() == parse_json(R"({"query_sql":"select 3 as b"})"));
}

TEST_CASE("dune: what is wrong in itself is said with what would be right, and nothing is sent") {
  DuneBox box;
  const auto refused = [&](std::vector<std::string> arguments, int exit_code, std::string_view message,
                           std::string_view hint) {
    arguments.insert(arguments.begin(), "create");
    const auto outcome = box.run(arguments);
    CHECK_MESSAGE(outcome.exit_code == exit_code, outcome.err);
    CHECK_MESSAGE(says(outcome.err, message), outcome.err);
    CHECK_MESSAGE(says(outcome.err, hint), outcome.err);
    CHECK(outcome.out.empty());
  };
  const std::string sql = "select 1 as a";
  refused({"daily", "--query", sql}, 2, "names begin with 'result_' here", "did you mean 'result_daily'?");
  refused({"result_Daily", "--query", sql}, 2, "only lower case letters", "'result_daily' would do");
  refused({"result_daily"}, 2, "needs a query", "--query-id");
  refused({"result_daily", "--query", sql, "--no-data"}, 9, "always runs its query", "--performance small");
  refused({"result_daily", "--query", sql, "--schedule", "*/5 * * * *"}, 2, "15 minutes are the least", "*/15");
  refused({"result_daily", "--query", sql, "--schedule", "0 0 1 * *"}, 2, "a week is the most", "0 6 * * 1");
  refused({"result_daily", "--query", sql, "--schedule", "@daily"}, 2, "not understood everywhere", "0 0 * * *");
  refused({"result_daily", "--query", sql, "--expires-at", "2099-01-01T00:00:00Z"}, 2, "there is no --schedule",
          "--schedule");
  refused({"result_daily", "--query", sql, "--schedule", "0 6 * * *", "--expires-at", "2020-01-01T00:00:00Z"}, 2,
          "is past", "");
  refused({"result_daily", "--query", sql, "--private", "--public"}, 2, "contradict each other", "");
  refused({"result_daily", "--query", sql, "--performance", "huge"}, 2, "huge", "small");
  refused({"result_daily", "--query", "select {{x}} as a"}, 2, "{{x}}", "write its value");
  CHECK(box.fake.requests().empty());
}

TEST_CASE("dune: an existing view is a conflict; --if-not-exists leaves it; neither bills") {
  DuneBox box;
  box.seed(R"([{"name":"result_daily","executions":[{}]}])");
  auto outcome = box.run({"create", "result_daily", "--query", "select 1 as a"});
  CHECK(outcome.exit_code == 10);
  CHECK(says(outcome.err, "--replace"));
  outcome = box.run({"create", "result_daily", "--query", "select 1 as a", "--if-not-exists"});
  CHECK_MESSAGE(outcome.exit_code == 0, outcome.err);
  CHECK(box.writes() == 0);
}

TEST_CASE("dune: --replace keeps what was not asked for, and sends nothing where nothing changes") {
  DuneBox box;
  const auto made = box.run({"create", "result_daily", "--query", "select 1 as a", "--schedule", "0 */6 * * *",
                             "--expires-at", "2099-01-01T00:00:00Z", "--performance", "large", "--private"});
  REQUIRE_MESSAGE(made.exit_code == 0, made.err);
  box.fake.forget();

  auto outcome = box.run({"create", "result_daily", "--replace", "--query", "select 2 as a"});
  CHECK_MESSAGE(outcome.exit_code == 0, outcome.err);
  REQUIRE(box.count("POST", k_dune_views) == 1);
  CHECK(box.fake.requests("POST", k_dune_views).front().json() ==
        parse_json(R"({"name":"result_daily","query_id":4711,"is_private":true,"performance":"large",
                       "cron_expression":"0 */6 * * *","expires_at":"2099-01-01T00:00:00Z"})"));
  CHECK(box.fake.requests("PATCH", ".*").front().json() == parse_json(R"({"query_sql":"select 2 as a"})"));

  box.fake.forget();
  outcome = box.run({"create", "result_daily", "--replace", "--query", "select 2 as a", "--private", "--schedule",
                     "0 */6 * * *", "--performance", "large"});
  CHECK_MESSAGE(outcome.exit_code == 0, outcome.err);
  CHECK(says(outcome.err, "nothing was sent, nothing is billed"));
  CHECK(box.writes() == 0);

  outcome = box.run({"create", "result_daily", "--replace", "--no-schedule"});
  CHECK_MESSAGE(outcome.exit_code == 0, outcome.err);
  CHECK(box.json({"status", "result_daily"}).at("views").at(0).at("schedule").is_null());
}

TEST_CASE("dune: a view cannot be rebound to another query, found out before or by the service's words") {
  DuneBox box;
  box.seed(R"([{"name":"result_daily","query_id":5,"executions":[{}]}])");
  box.fake.command(R"({"seed":{"queries":[{"query_id":5,"query_sql":"q"},{"query_id":6,"query_sql":"q"}]}})");
  auto outcome = box.run({"create", "result_daily", "--query-id", "6", "--replace"});
  CHECK(outcome.exit_code == 10);
  CHECK(says(outcome.err, "drop it first"));
  CHECK(box.writes() == 0);

  // The view is not seen, but its name is taken.
  box.fake.fault(R"({"act":"status","method":"GET","path":"result_daily","status":404,"body":"{}","times":0})");
  outcome = box.run({"create", "result_daily", "--query-id", "6"});
  CHECK(outcome.exit_code == 10);
  CHECK(says(outcome.err, "conflicting existing Matview"));
  CHECK(says(outcome.err, "drop it first"));
}

TEST_CASE("dune: when the view fails after its query was saved, the error names the query") {
  DuneBox box;
  box.fake.fault(R"({"act":"status","method":"POST","path":"materialized-views$","status":400,
                     "body":"{\"error\":\"column 1 has no name\"}"})");
  const auto outcome = box.run({"create", "result_daily", "--query", "select count(*)"});
  CHECK(outcome.exit_code == 1);
  CHECK(says(outcome.err, "column 1 has no name"));
  CHECK(says(outcome.err, "--query-id 4711"));
}

TEST_CASE("dune: a create whose answer was lost is sent once and followed all the same") {
  DuneBox box;
  box.fake.fault(R"({"act":"reset_after","method":"POST","path":"materialized-views$"})");
  const auto outcome = box.run({"create", "result_daily", "--query", "select 1 as a"});
  CHECK_MESSAGE(outcome.exit_code == 0, outcome.err);
  CHECK(says(outcome.err, "the answer was lost"));
  CHECK(box.count("POST", k_dune_views) == 1);
  CHECK(box.count("POST", "/api/v1/query") == 1);
}

TEST_CASE("dune: a saved query whose answer was lost is not saved twice, and no view is made") {
  DuneBox box;
  box.fake.fault(R"({"act":"reset_after","method":"POST","path":"/query$"})");
  const auto outcome = box.run({"create", "result_daily", "--query", "select 1 as a"});
  CHECK(outcome.exit_code == 7);
  CHECK(says(outcome.err, "may be saved, as 'result_daily'"));
  CHECK(box.count("POST", "/api/v1/query") == 1);
  CHECK(box.count("POST", k_dune_views) == 0);
}

TEST_CASE("dune: a dry run of create prints every request as text, data and shell, and sends nothing") {
  DuneBox box;
  const std::vector<std::string> create{"create",     "result_daily", "--query",  "select 1 as a",
                                        "--schedule", "0 */6 * * *",  "--dry-run"};
  auto arguments = create;
  const auto text = box.run(arguments);
  CHECK_MESSAGE(text.exit_code == 0, text.err);
  CHECK(says(text.out, "POST " + box.fake.url() + "/api/v1/query"));
  CHECK(says(text.out, "POST " + box.fake.url() + "/api/v1/materialized-views"));
  CHECK(says(text.out, "cron_expression"));

  const auto plan = box.json(create);
  CHECK(says(plan.dump(), "/api/v1/query"));
  CHECK(says(plan.dump(), "\"cron_expression\":\"0 */6 * * *\""));

  arguments = create;
  arguments.insert(arguments.end(), {"-o", "curl"});
  const auto shell = box.run(arguments);
  CHECK_MESSAGE(shell.exit_code == 0, shell.err);
  CHECK(says(shell.out, "curl"));
  CHECK(says(shell.out, "$DUNE_API_KEY"));
  for (const auto& out : {text.out, text.err, plan.dump(), shell.out, shell.err}) CHECK_FALSE(says(out, "k3y"));
  CHECK(box.fake.requests().empty());
}
