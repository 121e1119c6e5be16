// SIGINT and SIGTERM in the middle of a refresh: it stops soon, the job is cancelled, the old rows stay.

#include <doctest/doctest.h>
#include <signal.h>

#include "support/store_fixture.hpp"

using namespace matview::test;

namespace {

/// A refresh that takes far longer than any test waits, in an aggregation that can be interrupted.
constexpr auto k_endless = "SELECT a.range % 7 AS k, count(*) AS n FROM range(3000000) a, range(3000000) b GROUP BY k";

Json last_job(const StoreFixture& store, const std::string& view) {
  return parse_json(store.must({"history", view, "-o", "json"}))["jobs"][0];
}

void check_interrupted(int signal, int exit_code) {
  StoreFixture store;
  store.must({"create", "endless", "--query", k_endless});
  Process process(store.command({"refresh", "endless", "--progress", "plain"}));
  REQUIRE(process.wait_for("endless"));
  process.signal(signal);
  const auto outcome = process.wait();
  INFO(outcome.err);
  CHECK_FALSE(outcome.timed_out);
  CHECK(outcome.exit_code == exit_code);
  CHECK(last_job(store, "endless")["state"] == "cancelled");
  CHECK(store.files_on_disk().empty());
  store.check_clean_after_gc();
}

}  // namespace

TEST_CASE("SIGINT stops a running query, exit 130") { check_interrupted(SIGINT, 130); }

TEST_CASE("SIGTERM stops a running query, exit 143") { check_interrupted(SIGTERM, 143); }

TEST_CASE("a terminal that goes away stops a running query as SIGTERM does") { check_interrupted(SIGHUP, 143); }

TEST_CASE("what stops a run of several views is said once") {
  StoreFixture store;
  store.must({"create", "endless", "--query", k_endless});
  store.must({"create", "later", "--query", "SELECT 1 AS a"});
  Process process(store.command({"refresh", "endless", "later", "--progress", "plain"}));
  REQUIRE(process.wait_for("endless"));
  process.signal(SIGTERM);
  const auto outcome = process.wait();
  CHECK(outcome.exit_code == 143);
  const std::string said = "error: cannot refresh 'endless': terminated\n";
  const auto first = outcome.err.find(said);
  REQUIRE(first != std::string::npos);
  CHECK(outcome.err.find(said, first + 1) == std::string::npos);
}

TEST_CASE("--timeout stops a running query, exit 8") {
  StoreFixture store;
  store.must({"create", "endless", "--query", k_endless});
  const auto outcome = store.run({"refresh", "endless", "--timeout", "1s"});
  INFO(outcome.err);
  CHECK(outcome.exit_code == 8);
  CHECK(last_job(store, "endless")["state"] == "cancelled");
  CHECK(store.files_on_disk().empty());
}

TEST_CASE("a query that is printed can be interrupted") {
  StoreFixture store;
  Process process(store.command({"query", "SELECT * FROM range(100000000000)", "-o", "csv"}));
  REQUIRE(process.wait_for("12345\n"));
  process.signal(SIGTERM);
  const auto outcome = process.wait();
  CHECK_FALSE(outcome.timed_out);
  CHECK(outcome.exit_code == 143);
}

TEST_CASE("a refresh that was killed is told from one that runs") {
  StoreFixture store;
  store.must({"create", "endless", "--query", k_endless});
  {
    Process process(store.command({"refresh", "endless", "--progress", "plain"}));
    REQUIRE(process.wait_for("endless"));
    const auto during = parse_json(store.must({"status", "endless", "-o", "json"}))["views"][0];
    CHECK(during["state"] == "refreshing");
    process.signal(SIGKILL);
    process.wait();
  }
  const auto after = parse_json(store.must({"status", "endless", "-o", "json"}))["views"][0];
  CHECK(after["state"] == "error");
  CHECK(after["last_job"]["state"] == "failed");
}
