// Every request that is sent to Dune keeps to its contract.

#include "contract/driver.hpp"

using namespace matview::test;

TEST_CASE("every request to Dune keeps to the contract") {
  Driver dune("dune.yaml", "dune", {{"page", 2}});
  dune.environment = {
      {"MATVIEW_PROFILES_P_PROVIDER", "dune"}, {"MATVIEW_PROFILES_P_URL", "{url}"}, {"DUNE_API_KEY", "k3y"}};

  dune.must({"create", "result_fees", "--query", "select 1 as a", "--tag", "daily"});
  dune.must({"create", "result_shares", "--query", "select a from dune.acme.result_fees", "--private", "--performance",
             "large", "--schedule", "0 */6 * * *", "--expires-at", "2027-01-31T23:59:59Z"});
  // What is kept has to be sent again.
  dune.must({"create", "result_shares", "--query", "select 2 as a", "--replace", "--performance", "small"});
  dune.must({"create", "result_by_id", "--query-id", "4711", "--public", "--no-wait"});
  dune.must({"refresh", "result_fees"});
  dune.must({"refresh", "result_fees", "--performance", "medium", "--max-credits", "10"});
  dune.must({"status", "result_shares"});
  dune.must({"list"});
  dune.must({"list", "--details"});
  dune.must({"show", "dune.acme.result_shares"});
  dune.must({"history", "result_fees"});
  dune.must({"doctor"});
  CHECK(dune.run({"show", "result_missing"}).exit_code == 6);

  dune.fake.command(R"({"set":{"script":["QUERY_STATE_EXECUTING"]}})");
  const auto job = dune.must({"refresh", "result_fees", "--no-wait", "-o", "name"});
  dune.must({"status", "--job", job});
  dune.must({"cancel", job});
  dune.run({"wait", job});
  dune.must({"drop", "result_fees", "--yes"});
  dune.must({"drop", "result_by_id", "--yes", "--force"});

  dune.check_seen({{"GET", "/api/whoami"},
                   {"POST", "/api/v1/usage"},
                   {"GET", "/api/v1/materialized-views"},
                   {"POST", "/api/v1/materialized-views"},
                   {"GET", "/api/v1/materialized-views/[^/]+"},
                   {"DELETE", "/api/v1/materialized-views/[^/]+"},
                   {"POST", "/api/v1/materialized-views/[^/]+/refresh"},
                   {"GET", "/api/v1/execution/[^/]+/status"},
                   {"POST", "/api/v1/execution/[^/]+/cancel"},
                   {"POST", "/api/v1/query"},
                   {"GET", "/api/v1/query/\\d+"},
                   {"PATCH", "/api/v1/query/\\d+"},
                   {"GET", "/api/v1/query/\\d+/pipeline"}});
}
