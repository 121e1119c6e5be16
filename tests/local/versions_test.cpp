// Versions, views over views, one consistent world for each run.

#include <doctest/doctest.h>

#include "support/store_fixture.hpp"

using namespace matview::test;

namespace {

Json jobs(const StoreFixture& store, std::vector<std::string> arguments) {
  arguments.insert(arguments.end(), {"-o", "json"});
  return parse_json(store.must(arguments))["jobs"];
}

}  // namespace

TEST_CASE("old versions can be queried until they expire") {
  StoreFixture store;
  store.write_csv("a", 0, 10);
  store.must({"create", "t", "--query", "SELECT count(*) AS n FROM 'in/*.csv'", "--retain", "3", "--with-data"});
  for (int i = 1; i < 5; ++i) {
    store.write_csv("b" + std::to_string(i), 0, 10);
    store.must({"refresh", "t"});
  }
  CHECK(store.query("SELECT n FROM t") == "50\n");
  CHECK(store.must({"query", "SELECT n FROM t", "--version", "3", "-o", "csv"}) == "n\n30\n");
  CHECK(store.run({"query", "SELECT n FROM t", "--version", "2"}).exit_code == 6);
  CHECK(store.run({"query", "SELECT n FROM t", "--version", "9"}).exit_code == 6);
  CHECK(store.run({"query", "SELECT n FROM t", "--version", "x"}).exit_code == 2);
  CHECK(parse_json(store.must({"show", "t", "-o", "json"}))["views"][0]["versions"].size() == 3);
}

TEST_CASE("views over views are refreshed in order, and what an unchanged view feeds is left alone") {
  StoreFixture store;
  store.write_csv("a", 0, 100);
  store.must({"create", "z", "--query", "SELECT k, v FROM 'in/*.csv' WHERE v % 2 = 0"});
  store.must({"create", "m", "--query", "SELECT k, count(*) AS n FROM z GROUP BY k"});
  store.must({"create", "a", "--query", "SELECT sum(n) AS s FROM m"});
  const auto first = jobs(store, {"refresh", "--all"});
  REQUIRE(first.size() == 3);
  CHECK(first[0]["view"] == "z");
  CHECK(first[1]["view"] == "m");
  CHECK(first[2]["view"] == "a");
  CHECK(store.query("SELECT s FROM a") == "50\n");

  store.write_csv("b", 101, 1);  // one row, odd: nothing reaches m and a
  const auto second = jobs(store, {"refresh", "--stale"});
  REQUIRE(second.size() == 3);
  CHECK(second[0]["mode"] == "incremental");
  CHECK(second[0]["version"] == 1);
  CHECK(second[1]["mode"] == "no_data");
  CHECK(second[2]["mode"] == "no_data");
}

TEST_CASE("a view over a stale view is stale") {
  StoreFixture store;
  store.write_csv("a", 0, 10);
  store.must({"create", "low", "--query", "SELECT sum(v) AS s FROM 'in/*.csv'", "--with-data"});
  store.must({"create", "high", "--query", "SELECT s FROM low", "--with-data"});
  store.write_csv("b", 0, 10);
  const auto views = parse_json(store.must({"status", "high", "-o", "json"}))["views"];
  CHECK(views[0]["freshness"] == "stale");
  store.must({"refresh", "--stale"});
  CHECK(store.query("SELECT s FROM high") == "90\n");
  CHECK(store.run({"status", "--exit-code"}).exit_code == 0);
}

TEST_CASE("in a diamond both sides read one state of the source") {
  StoreFixture store;
  store.write_csv("a", 0, 10);
  store.must({"create", "left", "--query", "SELECT count(*) AS n FROM 'in/*.csv'"});
  store.must({"create", "right", "--query", "SELECT count(*) AS n FROM 'in/*.csv'"});
  store.must({"create", "top", "--query",
              "SELECT left_.n = right_.n AS same, left_.n AS n FROM \"left\" left_, \"right\" right_"});
  for (int i = 0; i < 3; ++i) {
    // A file arrives between the refreshes of the two sides: the run has looked already.
    auto command = store.command({"refresh", "--all"});
    command.environment["MATVIEW_FAILPOINT"] = "refresh.before_commit=sleep:300";
    Process process(command);
    for (int j = 0; j < 5; ++j) store.write_csv("b" + std::to_string(i) + std::to_string(j), 0, 10);
    const auto outcome = process.wait();
    INFO(outcome.err);
    CHECK(outcome.exit_code == 0);
    CHECK(store.query("SELECT same FROM top") == "true\n");
  }
}

TEST_CASE("a cycle is refused") {
  StoreFixture store;
  store.must({"create", "a", "--query", "SELECT 1 AS x"});
  store.must({"create", "b", "--query", "SELECT x FROM a"});
  store.must({"create", "c", "--query", "SELECT x FROM b"});
  const auto outcome = store.run({"create", "a", "--query", "SELECT x FROM c", "--replace"});
  CHECK(outcome.exit_code == 2);
  CHECK(outcome.err.find("itself") != std::string::npos);
  CHECK(store.run({"create", "a", "--query", "SELECT x FROM a", "--replace"}).exit_code == 2);
  store.must({"refresh", "--all"});
  CHECK(store.query("SELECT x FROM c") == "1\n");
}

TEST_CASE("a view that others read from is not dropped") {
  StoreFixture store;
  store.must({"create", "a", "--query", "SELECT 1 AS x"});
  store.must({"create", "b", "--query", "SELECT x FROM a"});
  const auto outcome = store.run({"drop", "a", "--yes"});
  CHECK(outcome.exit_code == 10);
  CHECK(outcome.err.find("'b'") != std::string::npos);
  store.must({"drop", "b", "--yes"});
  store.must({"drop", "a", "--yes"});
}

TEST_CASE("a view over one that was never filled fails with what to do, and only it") {
  StoreFixture store;
  store.must({"create", "a", "--query", "SELECT 1 AS x"});
  store.must({"create", "b", "--query", "SELECT x FROM a"});
  const auto outcome = store.run({"refresh", "b"});
  CHECK(outcome.exit_code == 1);
  CHECK(outcome.err.find("+b") != std::string::npos);
  store.must({"refresh", "+b"});
}

TEST_CASE("what reads a view that failed is skipped, the rest goes on, exit 3") {
  StoreFixture store;
  store.write_csv("a", 0, 10);
  store.must({"create", "bad", "--query", "SELECT CAST(v AS UTINYINT) AS x FROM 'in/*.csv'", "--with-data"});
  store.must({"create", "child", "--query", "SELECT x FROM bad", "--with-data"});
  store.must({"create", "good", "--query", "SELECT count(*) AS n FROM 'in/*.csv'", "--with-data"});
  store.write_csv("b", 1000, 1);
  const auto outcome = store.run({"refresh", "--all", "-o", "json"});
  CHECK(outcome.exit_code == 3);
  const auto results = parse_json(outcome.out)["jobs"];
  std::map<std::string, std::string> states;
  for (const auto& job : results) states[job["view"]] = job["state"];
  CHECK(states == std::map<std::string, std::string>{{"bad", "failed"}, {"child", "skipped"}, {"good", "succeeded"}});
  CHECK(store.query("SELECT count(*) FROM child") == "10\n");
}

TEST_CASE("verify finds a row that does not belong") {
  StoreFixture store;
  store.write_csv("a", 0, 10);
  store.must({"create", "t", "--query", "SELECT v, v * 0.1 AS d FROM 'in/*.csv'", "--with-data"});
  store.must({"verify", "t"});
  store.write_csv("b", 10, 1);
  store.must({"verify", "t"});  // a file that came later is not what this version read
  const auto outcome = store.run({"verify", "t", "-o", "json"});
  const auto result = parse_json(outcome.out);
  CHECK(result["verifications"][0]["equal"] == true);
}

TEST_CASE("names of views do not differ by case alone, as in DuckDB") {
  StoreFixture store;
  store.must({"create", "Daily", "--query", "SELECT 1 AS x", "--with-data"});
  CHECK(store.run({"create", "DAILY", "--query", "SELECT 2 AS x"}).exit_code == 10);
  store.must({"create", "child", "--query", "SELECT x FROM daily", "--with-data"});
  const auto child = parse_json(store.must({"show", "child", "-o", "json"}))["views"][0];
  CHECK(child["depends_on"] == Json::array({"Daily"}));
  CHECK(store.run({"drop", "dAILY", "--yes"}).exit_code == 10);
  CHECK(store.run({"create", "daily", "--query", "SELECT x FROM CHILD", "--replace"}).exit_code == 2);
}
