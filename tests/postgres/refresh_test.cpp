#include <csignal>

#include "postgres_box.hpp"

using namespace matview::test;

namespace {

/// Starts `matview refresh slow` and waits until the server works on it.
std::unique_ptr<Process> start_slow_refresh(const PostgresBox& box, std::vector<std::string> more = {}) {
  std::vector<std::string> arguments{"refresh", "slow"};
  arguments.insert(arguments.end(), more.begin(), more.end());
  auto process = std::make_unique<Process>(box.command(arguments));
  box.wait_until(PostgresBox::k_refreshes, "1");
  return process;
}

}  // namespace

TEST_CASE("a unique index makes the refresh CONCURRENTLY; without one it is plain and says why") {
  const PostgresBox box;
  box.create("v", "SELECT id FROM orders");
  const auto first = box.json({"refresh", "v"}).at("jobs")[0];
  CHECK(first.at("native").at("concurrently") == false);
  CHECK(says(first.at("reason"), "never filled"));
  const auto plain = box.json({"refresh", "v"}).at("jobs")[0];
  CHECK(says(plain.at("reason"), "it has no unique index"));
  box.sql("CREATE UNIQUE INDEX ON v (id) WHERE id > 0");
  CHECK(
      says(box.json({"refresh", "v"}).at("jobs")[0].at("reason").get<std::string>(), "expressions or some rows only"));
  box.sql("CREATE UNIQUE INDEX ON v (id)");
  const auto concurrent = box.json({"refresh", "v"}).at("jobs")[0];
  CHECK(concurrent.at("native").at("concurrently") == true);
  CHECK(box.view("v").at("refresh_mode") == "concurrently");
  CHECK(box.json({"refresh", "v", "--concurrently", "never"}).at("jobs")[0].at("native").at("concurrently") == false);

  box.create("w", "SELECT id FROM orders", {"--with-data"});
  const auto refused = box.run({"refresh", "w", "--concurrently", "always"});
  CHECK(refused.exit_code == 10);
  CHECK(says(refused.err, "it has no unique index"));
}

TEST_CASE("a reader holds up a plain refresh and no concurrent one") {
  const PostgresBox box;
  box.create("v", "SELECT id FROM orders", {"--with-data", "--unique-index", "id"});
  const auto reader = box.hold("v");
  box.must({"refresh", "v"});
  const auto plain = box.run({"refresh", "v", "--concurrently", "never", "--timeout", "300ms"});
  CHECK(plain.exit_code == 8);
}

TEST_CASE("a refresh that another is at work on is LOCKED, and status tells who that is") {
  const PostgresBox box;
  box.create("slow", k_slow_query);
  const auto other = start_slow_refresh(box);
  const auto status = box.json({"status", "slow"}).at("views")[0];
  CHECK(status.at("state") == "refreshing");
  CHECK(status.at("native").at("running").at("user") == "tester");
  CHECK(box.json({"list"}).at("views").size() == 1);
  const auto refused = box.run({"refresh", "slow"});
  CHECK(refused.exit_code == 11);
  CHECK(says(refused.err, "is being refreshed by process"));
}

TEST_CASE("Ctrl-C cancels the statement at the server and leaves the rows as they were") {
  for (const auto& [signal, code] : {std::pair(SIGINT, 130), std::pair(SIGTERM, 143)}) {
    const PostgresBox box;
    box.create("slow", k_slow_query);
    const auto process = start_slow_refresh(box);
    process->signal(signal);
    CHECK(process->wait().exit_code == code);
    CHECK(box.sql(PostgresBox::k_refreshes) == "0");
    CHECK(box.json({"history", "slow"}).at("jobs")[0].at("state") == "cancelled");
    CHECK(box.view("slow").at("freshness") == "empty");
  }
}

TEST_CASE("--timeout ends the statement at the server") {
  const PostgresBox box;
  box.create("slow", k_slow_query);
  const auto outcome = box.run({"refresh", "slow", "--timeout", "400ms"});
  CHECK(outcome.exit_code == 8);
  CHECK(box.sql(PostgresBox::k_refreshes) == "0");
}

TEST_CASE("a refresh is cancelled from another shell by its job") {
  const PostgresBox box;
  box.create("slow", k_slow_query);
  const auto process = start_slow_refresh(box);
  const auto id = box.json({"history", "slow"}).at("jobs")[0].at("id").get<std::string>();
  CHECK(box.json({"status", "--job", id}).at("jobs")[0].at("state") == "running");
  const auto plan = box.json({"cancel", id, "-n"}).at("plans")[0];
  CHECK(says(plan.at("sql"), "pg_cancel_backend("));
  box.must({"cancel", id});
  const auto outcome = process->wait();
  CHECK(outcome.exit_code == 1);
  CHECK(says(outcome.err, "it was cancelled at the server"));
  CHECK(box.json({"status", "--job", id}).at("jobs")[0].at("state") == "cancelled");
}

TEST_CASE("a refresh whose query fails is a failure, on record, and keeps the rows") {
  const PostgresBox box;
  box.create("v", "SELECT 60 / sum(amount - 30) AS x FROM orders WHERE id < 3", {"--with-data"});
  box.sql("UPDATE orders SET amount = 30");
  const auto outcome = box.run({"refresh", "v"});
  CHECK(outcome.exit_code == 1);
  CHECK(says(outcome.err, "division by zero"));
  const auto view = box.view("v");
  CHECK(view.at("state") == "error");
  CHECK(view.at("last_job").at("error").at("code") == "FAILED");
  CHECK(box.sql("SELECT count(*) FROM v") == "1");
  box.sql("UPDATE orders SET amount = id");
  box.must({"refresh", "--failed", "--all"});
}

TEST_CASE("a lost connection is UNAVAILABLE, and the job is on record as unknown") {
  const PostgresBox box;
  box.create("slow", k_slow_query);
  const auto process = start_slow_refresh(box);
  box.sql(
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND query LIKE "
      "'REFRESH%'");
  const auto outcome = process->wait();
  CHECK(outcome.exit_code == 7);
}

TEST_CASE("the jobs of a view that was dropped are not those of the next one of that name") {
  const PostgresBox box;
  box.create("v", "SELECT 1 AS a", {"--with-data"});
  CHECK(box.json({"history", "v"}).at("jobs").size() == 1);
  box.must({"drop", "v", "--yes"});
  CHECK(box.run({"history", "v"}).exit_code == 6);
  box.create("v", "SELECT 1 AS a");
  CHECK(box.json({"history", "v"}).at("jobs").empty());
  CHECK(box.view("v").at("refreshed_at").is_null());
}

TEST_CASE("the server stops working for a matview that was killed") {
  const PostgresBox box;
  box.create("slow", k_slow_query);
  const auto process = start_slow_refresh(box);
  process->signal(SIGKILL);
  process->wait();
  box.wait_until(PostgresBox::k_refreshes, "0");
  const auto job = box.json({"history", "slow"}).at("jobs")[0];
  CHECK(job.at("state") == "unknown");
}
