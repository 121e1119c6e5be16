#include "fixture.hpp"

using namespace matview;
using namespace matview::engine;
using matview::engine::test::Fixture;

TEST_CASE("a definition over Parquet files and a view is bound, watched and computed") {
  Fixture fixture;
  fixture.copy("SELECT 1 AS id, 10 AS amount", "orders/a.parquet");
  fixture.view("names", "SELECT 1 AS id, 'one' AS name UNION ALL SELECT 2, 'two'");
  const auto bound = fixture.bind(
      "SELECT n.name, sum(amount) AS total FROM 'orders/*.parquet' JOIN names n USING (id) GROUP BY ALL ORDER BY ALL");
  REQUIRE(bound.has_value());
  REQUIRE(bound->sources.size() == 2);
  CHECK(bound->sources[0].kind == "files");
  CHECK(bound->sources[0].name == "orders/*.parquet");
  CHECK(bound->sources[1].kind == "view");
  CHECK(bound->depends_on == std::vector<std::string>{"names"});
  REQUIRE(bound->columns.size() == 2);
  CHECK(bound->columns[1].type == "HUGEINT");
  CHECK(fixture.rows() == "one,10");
  const auto before = observe_sources(fixture.definition, fixture.upstream());
  fixture.copy("SELECT 2 AS id, 7 AS amount", "orders/b.parquet");
  CHECK(fixture.rows() == "one,10|two,7");
  const auto after = observe_sources(fixture.definition, fixture.upstream());
  const auto changes = compare_sources(*before, *after);
  REQUIRE(changes.size() == 1);
  CHECK(changes[0].to_string() == "1 file added (orders/*.parquet)");
}

TEST_CASE("a statement that is not one SELECT is refused by what it is") {
  Fixture fixture;
  fixture.copy("SELECT 1 AS id", "a.parquet");
  const std::vector<std::pair<std::string, std::string>> refused{
      {"COPY (SELECT 1) TO 'x.csv'", "this is COPY"},
      {"SELECT 1; SELECT 2", "2 statements"},
      {"ATTACH 'x.duckdb'", "this is ATTACH"},
      {"INSTALL httpfs", "this is LOAD"},
      {"PRAGMA version", "this is PRAGMA"},
      {"CREATE TABLE t AS SELECT 1", "this is CREATE"},
      {"INSERT INTO t VALUES (1)", "this is INSERT"},
      {"EXPLAIN SELECT 1", "this is EXPLAIN"},
      {"PIVOT 'a.parquet' ON id", "several statements"},
      {"DESCRIBE SELECT 1", "describes"},
      {"SUMMARIZE 'a.parquet'", "describes"},
      {"SELECT * FROM (SHOW TABLES)", "describes"},
      {"SELECT $1", "parameters"},
      {"SELECT * FROM 'a.parquet' WHERE id = ?", "parameters"},
      {"-- nothing", "no statement"},
      {"", "no statement"}};
  for (const auto& [sql, reason] : refused) {
    const auto error = fixture.refusal(sql);
    CHECK_MESSAGE(error.code == ErrorCode::usage, sql);
    CHECK_MESSAGE(error.message.find(reason) != std::string::npos, error.message);
  }
}

TEST_CASE("DuckDB's complaint points into the text as it was written") {
  Fixture fixture;
  fixture.copy("SELECT 1 AS id", "a.parquet");
  fixture.view("up", "SELECT 1 AS id, 2 AS other");
  auto error = fixture.refusal("SELECT id,\n  amuont\nFROM 'a.parquet'");
  CHECK(error.code == ErrorCode::usage);
  CHECK(error.message.find("Referenced column \"amuont\" not found") != std::string::npos);
  CHECK(error.detail.find("LINE 2:   amuont\n          ^") != std::string::npos);
  error = fixture.refusal("SELECT ohter FROM up");
  CHECK(error.detail.find("LINE 1: SELECT ohter FROM up\n               ^") != std::string::npos);
  error = fixture.refusal("SELEC 1");
  CHECK(error.message == "Parser Error: syntax error at or near \"SELEC\"");
  error = fixture.refusal("SELECT * FROM nothing");
  CHECK(error.message.find("Table with name nothing does not exist") != std::string::npos);
  CHECK(error.code == ErrorCode::usage);
}

TEST_CASE("a common table expression hides a view only where it is visible") {
  Fixture fixture;
  fixture.view("t", "SELECT 5 AS z");
  fixture.create("WITH t AS (SELECT z + 1 AS z FROM t) SELECT z FROM t");
  CHECK(fixture.rows() == "6");
  fixture.create("SELECT (WITH t AS (SELECT 1 AS z) SELECT z FROM t) AS a, z FROM t");
  CHECK(fixture.rows() == "1,5");
  fixture.create("WITH RECURSIVE r AS (SELECT z FROM t UNION ALL SELECT z + 1 FROM r WHERE z < 7) FROM r ORDER BY 1");
  CHECK(fixture.rows() == "5|6|7");
  fixture.create("WITH RECURSIVE t AS (SELECT 1 AS z UNION ALL SELECT z + 1 FROM t WHERE z < 3) FROM t ORDER BY 1");
  CHECK(fixture.rows() == "1|2|3");
  CHECK(fixture.definition.sources.empty());
  fixture.create("WITH a AS (SELECT z FROM T), b AS (SELECT z * 2 AS z FROM a) SELECT b.z FROM b, a");
  CHECK(fixture.rows() == "10");
}

TEST_CASE("a view that would read itself is refused, a file or expression of its name is not") {
  Fixture fixture;
  fixture.copy("SELECT 1 AS id", "v.parquet");
  fixture.view("v", "SELECT 1 AS id");
  CHECK(fixture.refusal("SELECT * FROM V").message == "view 'v' would read itself");
  fixture.create("SELECT v.id FROM 'v.parquet'");
  CHECK(fixture.rows() == "1");
  fixture.create("WITH v AS (SELECT 2 AS id) SELECT v.id FROM v");
  CHECK(fixture.rows() == "2");
}

TEST_CASE("a path may have quotes in it") {
  Fixture fixture;
  fixture.text("it's/s.csv", "id\n1\n");
  fixture.text("a\"b.csv", "id\n2\n");
  fixture.create("SELECT * FROM 'it''s/s.csv'");
  CHECK(fixture.rows() == "1");
  fixture.create("SELECT s.id, x.id FROM 'it''s/s.csv' s, \"a\"\"b.csv\" x, read_csv('it''s/*.csv')");
  CHECK(fixture.rows() == "1,2");
}
