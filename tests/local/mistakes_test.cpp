// What a user of the local engine gets wrong, and what is said about it.

#include <doctest/doctest.h>

#include <array>
#include <fstream>

#include "support/store_fixture.hpp"

using namespace matview::test;

TEST_CASE("a wrong value of an option is refused before anything is opened, named and changes nothing") {
  StoreFixture store;
  for (const auto& [option, value, reason] : std::vector<std::array<std::string, 3>>{
           {"--threads", "0", "'0' is not a whole number above 0"},
           {"--threads", "-3", "'-3' is not a whole number above 0"},
           {"--memory-limit", "4", "'4' is not an amount of memory"},
           {"--memory-limit", "-4GB", "'-4GB' is not an amount of memory"},
           {"--retain", "0", "'0' is not a whole number above 0"},
           {"--retain-for", "3", "'3' is not a duration: the unit is missing"},
       }) {
    CAPTURE(option);
    CAPTURE(value);
    const auto created = store.run({"create", "t", "--query", "SELECT 1 AS a", option, value});
    CHECK(created.exit_code == 2);
    CHECK(created.err.starts_with("error: " + option + ": " + reason));
    CHECK_FALSE(std::filesystem::exists(store.store()));
  }

  store.must({"create", "t", "--query", "SELECT 1 AS a"});
  const auto refreshed = store.run({"refresh", "--all", "--threads", "none"});
  CHECK(refreshed.exit_code == 2);
  CHECK(refreshed.out.empty());
  CHECK(refreshed.err == "error: --threads: 'none' is not a whole number above 0\n");
  CHECK(parse_json(store.must({"history", "t", "-o", "json"}))["jobs"].empty());
}

TEST_CASE("a store that is no directory is an error and not an empty store") {
  StoreFixture store;
  std::ofstream(store.store()) << "precious";
  for (const auto& arguments : std::vector<std::vector<std::string>>{
           {"list"}, {"status"}, {"create", "t", "--query", "SELECT 1 AS a"}, {"gc"}}) {
    CAPTURE(arguments.front());
    const auto outcome = store.run(arguments);
    CHECK(outcome.exit_code == 2);
    CHECK(outcome.err.find("the store '" + store.store().string() + "' is not a directory") != std::string::npos);
    CHECK(outcome.err.find("hint: set MATVIEW_STORE to a directory") != std::string::npos);
  }
  CHECK(read_file(store.store()) == "precious");
}

TEST_CASE("a mistyped view in a query gets the nearest view and no table of DuckDB's own") {
  StoreFixture store;
  store.must({"create", "by_route", "--query", "SELECT 1 AS a", "--with-data"});
  const auto queried = store.run({"query", "SELECT * FROM by_rout"});
  CHECK(queried.exit_code == 2);
  CHECK(queried.err ==
        "error: cannot run the query: Catalog Error: Table with name by_rout does not exist!\n"
        "  LINE 1: SELECT * FROM by_rout\n"
        "                        ^\n"
        "hint: did you mean the view 'by_route'?\n");
  const auto created = store.run({"create", "t", "--query", "SELECT * FROM nothing_like_it"});
  CHECK(created.exit_code == 2);
  CHECK(created.err.find("pg_") == std::string::npos);
  CHECK(created.err.find("hint: 'matview list' tells the views") != std::string::npos);
}

TEST_CASE("a file that cannot be read is what is wrong, and not the view that is named behind it") {
  StoreFixture store;
  store.must({"create", "known", "--query", "SELECT 1 AS a"});
  std::ofstream(store.sources() / "torn.parquet") << "PAR1 and no more";
  const auto refused = store.run({"create", "t", "--query", "SELECT * FROM 'in/torn.parquet', known"});
  CHECK(refused.exit_code == 2);
  CHECK(refused.err.find("torn.parquet") != std::string::npos);
  CHECK(refused.err.find("known") == std::string::npos);
}

TEST_CASE("what cannot be done is said once") {
  StoreFixture store;
  store.write_csv("a", 0, 10);
  store.must({"create", "base", "--query", "SELECT * FROM 'in/*.csv'", "--with-data"});
  store.must({"create", "over", "--query", "SELECT count(*) AS n FROM base"});
  CHECK(store.run({"drop", "base", "--yes"}).err ==
        "error: cannot drop 'base': it is read by 'over'\nhint: drop those first\n");
  store.write_csv("a", 5, 10);
  CHECK(store.run({"verify", "base"}).err ==
        "error: cannot verify 'base': what version 1 read is gone: 1 file rewritten (in/*.csv)\n"
        "hint: refresh it first\n");
}

TEST_CASE("a folder whose files are all gone fails the refresh and does not empty the view") {
  StoreFixture store;
  store.write_csv("a", 0, 10);
  store.must({"create", "t", "--query", "SELECT sum(v) AS s FROM 'in/*.csv'", "--with-data"});
  std::filesystem::remove_all(store.sources());
  const auto refreshed = store.run({"refresh", "t"});
  CHECK(refreshed.exit_code == 1);
  CHECK(refreshed.err.starts_with("error: cannot refresh 't': no file matches 'in/*.csv'\nhint: paths count from "));
  CHECK(store.query("SELECT s FROM t") == "45\n");
  CHECK(store.run({"refresh", "t", "--dry-run"}).exit_code == 1);
}

TEST_CASE("a list tells freshness only where it is asked to look at the sources") {
  StoreFixture store;
  store.write_csv("a", 0, 10);
  store.must({"create", "t", "--query", "SELECT * FROM 'in/*.csv'", "--with-data"});
  store.write_csv("b", 0, 10);
  CHECK(store.must({"list"}).find("FRESHNESS") == std::string::npos);
  CHECK(store.must({"list", "-o", "wide"}).find("stale") != std::string::npos);
  CHECK(store.must({"list", "--fields", "freshness", "-o", "csv"}) == "freshness\nstale\n");
}

TEST_CASE("names of views differ by more than case, as in DuckDB") {
  StoreFixture store;
  store.must({"create", "Daily", "--query", "SELECT 1 AS a", "--with-data"});
  const auto again = store.run({"create", "daily", "--query", "SELECT 2 AS a"});
  CHECK(again.exit_code == 10);
  CHECK(store.query("SELECT a FROM DAILY") == "1\n");
  CHECK(store.must({"show", "dAILY", "-o", "name"}) == "Daily\n");
}
