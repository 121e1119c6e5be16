#include "postgres_box.hpp"

using namespace matview::test;

TEST_CASE("a view is made, filled, shown, listed and dropped") {
  const PostgresBox box;
  box.create("totals", "SELECT sum(amount) AS total FROM orders;");
  auto view = box.view("totals");
  CHECK(view.at("freshness") == "empty");
  CHECK(view.at("definition") == "SELECT sum(amount) AS total FROM orders;");
  CHECK(view.at("columns")[0] == Json{{"name", "total"}, {"type", "numeric"}});
  CHECK(view.at("sources")[0].at("name") == "orders");
  CHECK(view.at("sources")[0].at("kind") == "table");
  CHECK(view.at("native").at("populated") == false);
  CHECK(view.at("refreshed_at").is_null());

  box.must({"refresh", "totals"});
  view = box.view("totals");
  CHECK(view.at("freshness") == "unknown");
  CHECK(view.at("state") == "idle");
  CHECK_FALSE(view.at("refreshed_at").is_null());
  CHECK(view.at("last_job").at("state") == "succeeded");
  CHECK(view.at("bytes").get<int>() > 0);
  CHECK(box.sql("SELECT total FROM totals") == "60");
  CHECK(box.must({"list", "-o", "name"}).out == "totals\n");

  box.must({"drop", "totals", "--yes"});
  CHECK(box.sql("SELECT count(*) FROM pg_matviews") == "0");
  CHECK(box.run({"show", "totals"}).exit_code == 6);
}

TEST_CASE("a name that is taken is a conflict, whatever has taken it") {
  const PostgresBox box;
  box.create("totals", "SELECT 1 AS a");
  CHECK(box.run({"create", "totals", "--query", "SELECT 2 AS a"}).exit_code == 10);
  box.create("totals", "SELECT 2 AS a", {"--if-not-exists"});
  CHECK(box.view("totals").at("definition") == "SELECT 1 AS a");
  const auto table = box.run({"create", "orders", "--query", "SELECT 1 AS a"});
  CHECK(table.exit_code == 10);
  CHECK(says(table.err, "42P07"));
  const auto shown = box.run({"show", "orders"});
  CHECK(shown.exit_code == 6);
  CHECK(says(shown.err, "it is a table"));
}

TEST_CASE("--replace changes the query and keeps indexes, grants, comment and the rows that readers need") {
  const PostgresBox box;
  box.create("v", "SELECT id FROM orders", {"--with-data", "--unique-index", "id"});
  box.sql("CREATE ROLE reader; GRANT SELECT ON v TO reader; COMMENT ON MATERIALIZED VIEW v IS 'it''s mine'");
  box.create("v", "SELECT id, amount FROM orders WHERE id < 3", {"--replace"});
  CHECK(box.sql("SELECT count(*) FROM v") == "2");
  CHECK(box.sql("SELECT count(*) FROM pg_index WHERE indrelid = 'v'::regclass AND indisunique") == "1");
  CHECK(box.sql("SELECT has_table_privilege('reader', 'v', 'SELECT')") == "t");
  CHECK(box.sql("SELECT obj_description('v'::regclass)") == "it's mine");
  CHECK_FALSE(box.view("v").at("refreshed_at").is_null());

  // An index over a column that goes: nothing changes.
  const auto refused = box.run({"create", "v", "--replace", "--query", "SELECT amount FROM orders"});
  CHECK(refused.exit_code != 0);
  CHECK(box.sql("SELECT count(*) FROM v") == "2");

  box.create("over", "SELECT * FROM v");
  const auto read = box.run({"create", "v", "--replace", "--query", "SELECT 1 AS id"});
  CHECK(read.exit_code == 10);
  CHECK(says(read.err, "read by over"));
}

TEST_CASE("schemas and odd names are names, and none of them is SQL") {
  const PostgresBox box;
  box.sql("CREATE SCHEMA \"My Schema\"");
  const std::vector<std::string> names{"My Schema.daily", "Upper", "it's",
                                       "\"a.b\"",         "Größe", "x\"; DROP TABLE orders; --"};
  for (const auto& name : names) {
    CAPTURE(name);
    box.create(name, "SELECT id FROM orders", {"--with-data"});
    CHECK(box.view(name).at("name") == name);
  }
  CHECK(box.json({"list"}).at("views").size() == names.size());
  CHECK(box.sql("SELECT count(*) FROM orders") == "3");
  for (const auto& name : names) box.must({"drop", name, "--yes"});
  CHECK(box.run({"show", "a.b.c"}).exit_code == 2);
  const auto longest = box.run({"create", std::string(64, 'x'), "--query", "SELECT 1 AS a"});
  CHECK(longest.exit_code == 2);
  CHECK(says(longest.err, "63 bytes"));
}

TEST_CASE("a query is one SELECT: what stands behind it is an error and is not run") {
  const PostgresBox box;
  for (const std::string query : {"SELECT 1 AS a; DROP TABLE orders", "SELECT 1 AS a WITH DATA; DROP TABLE orders --",
                                  "SELECT 1 AS a WITH DATA --", "DELETE FROM orders", "SELECT no_such FROM orders",
                                  "SELECT * FROM no_such_table", "SELECT 1 AS a /*"}) {
    CAPTURE(query);
    const auto outcome = box.run({"create", "v", "--query", query});
    CHECK(outcome.exit_code == 2);
    CHECK(says(outcome.err, "SQLSTATE 42"));
  }
  box.create("v", "SELECT 1 AS a -- the end");
  CHECK(box.sql("SELECT count(*) FROM orders") == "3");
}

TEST_CASE("dependencies come from the catalog, also through plain views, and order the run") {
  const PostgresBox box;
  box.create("a_last", "SELECT 1 AS x");
  box.create("base", "SELECT id FROM orders");
  box.sql("CREATE VIEW plain AS SELECT id FROM base");
  box.sql(
      "DROP MATERIALIZED VIEW a_last; CREATE MATERIALIZED VIEW a_last AS SELECT count(*) AS x FROM plain WITH NO DATA");
  CHECK(box.view("a_last").at("depends_on") == Json::array({"base"}));
  CHECK(box.view("base").at("downstream") == Json::array({"a_last"}));
  CHECK(box.view("a_last").at("sources")[0].at("kind") == "plain view");

  const auto jobs = box.json({"refresh", "--all"}).at("jobs");
  REQUIRE(jobs.size() == 2);
  CHECK(jobs[0].at("view") == "base");
  CHECK(jobs[1].at("view") == "a_last");
  CHECK(box.sql("SELECT x FROM a_last") == "3");

  const auto refused = box.run({"drop", "base", "--yes"});
  CHECK(refused.exit_code == 10);
  CHECK(says(refused.err, "read by plain"));
}

TEST_CASE("options of create reach the server") {
  const PostgresBox box;
  box.create("v", "SELECT id FROM orders",
             {"--storage", "fillfactor=70", "--storage", "autovacuum_enabled=false", "--using", "heap", "--tablespace",
              "pg_default"});
  CHECK(says(box.sql("SELECT reloptions FROM pg_class WHERE relname = 'v'"), "fillfactor=70"));
  CHECK(box.run({"create", "w", "--query", "SELECT 1 AS a", "--storage", "fillfactor"}).exit_code == 2);
  CHECK(box.run({"create", "w", "--query", "SELECT 1 AS a", "--tablespace", "nowhere"}).exit_code == 2);
  CHECK(box.run({"create", "w", "--query", "SELECT 1 AS a", "--tag", "t"}).exit_code == 9);
  CHECK(box.run({"create", "w", "--query", "SELECT 1 AS a", "--kind", "udtf"}).exit_code == 9);
}

TEST_CASE("verify recomputes in the database and compares multisets") {
  const PostgresBox box;
  box.create("v", "SELECT amount, NULL::text AS n, '{\"a\":1}'::json AS j FROM orders", {"--with-data"});
  CHECK(box.run({"verify", "v"}).exit_code == 0);
  box.sql("INSERT INTO orders VALUES (4, 10), (5, 10); DELETE FROM orders WHERE id = 3");
  const auto outcome = box.run({"verify", "v", "-o", "json"});
  CHECK(outcome.exit_code == 1);
  const auto found = parse_json(outcome.out).at("verifications")[0];
  CHECK(found.at("rows_stored") == 3);
  CHECK(found.at("rows_missing") == 2);
  CHECK(found.at("rows_extra") == 1);
  CHECK(found.at("extra_sample")[0].at("amount") == 30);
  box.create("empty", "SELECT 1 AS a");
  CHECK(box.run({"verify", "empty"}).exit_code == 1);
}

TEST_CASE("a dry run prints the SQL that would be sent, and sends none of it") {
  const PostgresBox box;
  const auto create =
      box.json({"create", "v", "--query", "SELECT id FROM orders", "--unique-index", "id", "-n"}).at("plans")[0];
  CHECK(
      create.at("sql") ==
      "CREATE MATERIALIZED VIEW \"v\" AS\nSELECT id FROM orders\nWITH NO DATA;\nCREATE UNIQUE INDEX ON \"v\" (\"id\")");
  CHECK(box.sql("SELECT count(*) FROM pg_matviews") == "0");
  box.create("v", "SELECT id FROM orders", {"--unique-index", "id"});
  CHECK(box.json({"refresh", "v", "-n"}).at("plans")[0].at("sql") == "REFRESH MATERIALIZED VIEW \"public\".\"v\"");
  CHECK(box.sql("SELECT ispopulated FROM pg_matviews") == "f");
  CHECK(box.json({"drop", "v", "-n"}).at("plans")[0].at("sql") == "DROP MATERIALIZED VIEW \"public\".\"v\"");
  CHECK(box.sql("SELECT count(*) FROM pg_matviews") == "1");
}
