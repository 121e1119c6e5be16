#include "fixture.hpp"

using namespace matview;
using namespace matview::engine;
using matview::engine::test::Fixture;

TEST_CASE("what a query returns is not changed by where its sources come from") {
  const std::vector<std::string> queries{
      "SELECT * FROM 'o.parquet' ORDER BY ALL",
      "SELECT o.id FROM 'o.parquet' ORDER BY 1",
      "SELECT o FROM 'o.parquet' ORDER BY 1",
      "SELECT x.* FROM 'o.parquet' AS x ORDER BY ALL",
      "SELECT a, b FROM 'o.parquet' t(a, b) ORDER BY ALL",
      "FROM 'o.parquet' ORDER BY ALL",
      "FROM x: 'o.parquet' SELECT x.id ORDER BY 1",
      "TABLE \"o.parquet\" ORDER BY ALL",
      "SELECT o.amt FROM \"o.parquet\" ORDER BY 1",
      "SELECT id FROM $$o.parquet$$ ORDER BY 1",
      "SELECT id FROM E'o.parquet' ORDER BY 1",
      "SELECT read_parquet.id FROM read_parquet('o.parquet') ORDER BY 1",
      "SELECT parquet_scan.id FROM parquet_scan(['o.parquet']) ORDER BY 1",
      "SELECT id FROM READ_PARQUET ( 'o.parquet' , /* all */ binary_as_string = true ) AS r -- end\n ORDER BY 1;",
      "SELECT o.id, u.name FROM 'o.parquet' JOIN up u ON u.id = o.id ORDER BY ALL",
      "SELECT up.name FROM up, 'o.parquet' o WHERE o.id = up.id ORDER BY ALL",
      "SELECT \"UP\".name FROM UP ORDER BY 1",
      "SELECT * FROM 'o.parquet' o LEFT JOIN up USING (id) ORDER BY ALL",
      "SELECT * FROM 'o.parquet' o ANTI JOIN up USING (id) ORDER BY ALL",
      "SELECT * FROM 'o.parquet' o ASOF JOIN up u ON o.amt >= u.id ORDER BY ALL",
      "SELECT * FROM (SELECT * FROM 'o.parquet' ORDER BY ALL) POSITIONAL JOIN (SELECT * FROM up ORDER BY ALL)",
      "SELECT id, row_number() OVER (PARTITION BY g ORDER BY amt, id) FROM 'o.parquet' ORDER BY ALL",
      "SELECT id, sum(amt) OVER w FROM 'o.parquet' WINDOW w AS (ORDER BY id ROWS 1 PRECEDING) ORDER BY ALL",
      "SELECT * FROM 'o.parquet' QUALIFY row_number() OVER (PARTITION BY g ORDER BY amt DESC, id) = 1 ORDER BY ALL",
      "SELECT * FROM (PIVOT 'o.parquet' ON g IN ('a', 'b') USING sum(amt)) ORDER BY ALL",
      "SELECT * FROM 'o.parquet' PIVOT (sum(amt) FOR g IN ('a', 'b')) ORDER BY ALL",
      "SELECT * FROM (UNPIVOT (SELECT id, amt FROM 'o.parquet') ON id, amt INTO NAME n VALUE v) ORDER BY ALL",
      "PIVOT 'o.parquet' ON g IN ('a', 'b') USING count(*) GROUP BY id ORDER BY ALL",
      "SELECT unnest(l), id FROM 'o.parquet' ORDER BY ALL",
      "SELECT id, x FROM 'o.parquet', unnest(l) t(x) ORDER BY ALL",
      "SELECT o.id, n FROM 'o.parquet' o, LATERAL (SELECT o.id * 2 AS n) ORDER BY ALL",
      "SELECT g, count(*), sum(amt) FROM 'o.parquet' GROUP BY ALL ORDER BY ALL",
      "SELECT g, id, sum(amt) FROM 'o.parquet' GROUP BY ROLLUP (g, id) ORDER BY ALL",
      "SELECT g, sum(amt) FILTER (WHERE id > 1), string_agg(id::VARCHAR, ',' ORDER BY id DESC) FROM 'o.parquet' GROUP "
      "BY g ORDER BY ALL",
      "SELECT DISTINCT ON (g) g, id FROM 'o.parquet' ORDER BY g, id",
      "SELECT * EXCLUDE (l) REPLACE (amt + 1 AS amt) RENAME (g AS h) FROM 'o.parquet' ORDER BY ALL",
      "SELECT COLUMNS('a.*') FROM 'o.parquet' ORDER BY ALL",
      "SELECT [x + 1 FOR x IN l IF x > 1], list_transform(l, lambda x: x * 2) FROM 'o.parquet' ORDER BY ALL",
      "SELECT id FROM 'o.parquet' UNION ALL SELECT id FROM up ORDER BY 1",
      "SELECT id FROM 'o.parquet' EXCEPT (SELECT id FROM up) ORDER BY 1",
      "SELECT id, 1 AS z FROM 'o.parquet' UNION BY NAME SELECT name, id FROM up ORDER BY ALL",
      "WITH RECURSIVE r(n) AS (SELECT min(id) FROM 'o.parquet' UNION ALL SELECT n + 1 FROM r WHERE n < (SELECT max(id) "
      "FROM up)) FROM r ORDER BY 1",
      "WITH a AS MATERIALIZED (FROM 'o.parquet'), b AS (FROM a WHERE id > 1) SELECT * FROM b, up ORDER BY ALL",
      "SELECT id, (SELECT max(name) FROM up WHERE up.id = o.id) FROM 'o.parquet' o ORDER BY ALL",
      "SELECT id FROM 'o.parquet' o WHERE EXISTS (FROM up WHERE up.id = o.id) OR id IN (SELECT id + 2 FROM up) ORDER "
      "BY 1",
      "SELECT id FROM 'o.parquet' WHERE amt > (SELECT avg(amt) FROM 'o.parquet') ORDER BY 1",
      "SELECT * FROM (VALUES (1, 'o.parquet'), (2, 'up')) v(a, b) ORDER BY ALL",
      "SELECT 'FROM up', \"from\" FROM (SELECT id AS \"from\" FROM up) ORDER BY ALL",
      "SELECT count(*) FROM 'o.parquet' TABLESAMPLE 100%",
      "SELECT count(*) FROM 'o.parquet' o USING SAMPLE 100%",
      "SELECT * FROM range(2) r(i), generate_series(1, 2) s(j), up ORDER BY ALL",
      "SELECT key, value FROM 'o.parquet', json_each(json_object('k', id)) ORDER BY ALL",
      "SELECT count(*) FROM up AS \"odd \"\" name\", up AS \"ö\"",
      "SELECT 'äöü€' AS t, id FROM 'o.parquet' ORDER BY ALL",
      "SELECT 1",
      "VALUES (1, 'x')",
  };
  Fixture fixture;
  fixture.copy(
      "FROM (VALUES (1, 'a', 10, [1, 2]), (2, 'b', 20, []), (3, 'a', 5, [3]), (4, NULL, NULL, NULL)) t(id, g, amt, l)",
      "o.parquet");
  fixture.view("up", "SELECT * FROM (VALUES (1, 'one'), (2, 'two'), (2, 'zwei')) u(id, name)");
  auto direct = Database::open({.file_search_path = fixture.definition.base_dir});
  REQUIRE(direct.has_value());
  REQUIRE((*direct)->execute("CREATE VIEW up AS " + fixture.views.at("up").select_sql).has_value());
  for (const auto& query : queries) {
    INFO(query);
    const auto bound = fixture.bind(query);
    REQUIRE_MESSAGE(bound.has_value(), (bound ? "" : bound.error().message + "\n" + bound.error().detail));
    const auto expected = (*direct)->describe(query);
    REQUIRE(expected.has_value());
    REQUIRE(bound->columns.size() == expected->size());
    for (std::size_t i = 0; i < expected->size(); ++i) {
      CHECK(bound->columns[i].name == expected->at(i).name);
      CHECK(bound->columns[i].type == expected->at(i).type);
    }
    CHECK(fixture.rows() == Fixture::joined((*direct)->rows(query)));
  }
}

TEST_CASE("functions with a state of their own, and sources that cannot be watched, are refused by name") {
  Fixture fixture;
  fixture.copy("SELECT 1 AS id", "a.parquet");
  const std::vector<std::pair<std::string, std::string>> refused{
      {"SELECT * FROM glob('*')", "glob()"},
      {"SELECT * FROM parquet_metadata('a.parquet')", "parquet_metadata()"},
      {"SELECT * FROM sniff_csv('a.csv')", "sniff_csv()"},
      {"SELECT * FROM duckdb_settings()", "duckdb_settings()"},
      {"SELECT * FROM pragma_version()", "pragma_version()"},
      {"SELECT * FROM query('SELECT 1')", "query()"},
      {"SELECT * FROM query_table('a.parquet')", "query_table()"},
      {"SELECT * FROM sqlite_scan('a.db', 't')", "sqlite_scan()"},
      {"SELECT * FROM information_schema.tables", "information_schema.tables"},
      {"SELECT * FROM pg_catalog.pg_class", "pg_catalog.pg_class"},
      {"SELECT * FROM 'https://example.org/a.parquet'", "https://example.org/a.parquet"},
      {"SELECT * FROM read_csv('s3://b/a.csv')", "s3://b/a.csv"},
      {"SELECT * FROM read_parquet(['a.parquet', 'http://h/b.parquet'])", "http://h/b.parquet"},
      {"SELECT * FROM '~/a.parquet'", "~/a.parquet"},
      {"SELECT * FROM read_parquet('a' || '.parquet')", "constant"},
      {"SELECT getvariable('x')", "getvariable()"},
      {"SELECT current_setting('threads')", "current_setting()"},
      {"SELECT nextval('s')", "nextval()"},
      {"SELECT (SELECT [getvariable(x) FOR x IN ['a']])", "getvariable()"},
  };
  for (const auto& [sql, named] : refused) {
    const auto error = fixture.refusal(sql);
    CHECK_MESSAGE(error.code == ErrorCode::usage, sql);
    CHECK_MESSAGE(error.message.find(named) != std::string::npos, error.message);
  }
}

TEST_CASE("functions that answer differently next time are found") {
  Fixture fixture;
  fixture.copy("SELECT 1 AS id", "a.parquet");
  const auto unstable = [&](const std::string& sql) {
    const auto bound = fixture.bind(sql);
    REQUIRE_MESSAGE(bound.has_value(), (bound ? "" : bound.error().message));
    return bound->unstable_functions;
  };
  CHECK(unstable("SELECT id, upper('x'), age(DATE '2024-01-01', DATE '2023-01-01') FROM 'a.parquet'").empty());
  CHECK(unstable("SELECT NOW() FROM 'a.parquet'") == std::vector<std::string>{"now()"});
  CHECK(unstable("SELECT random(), uuid()") == std::vector<std::string>{"random()", "uuid()"});
  CHECK(unstable("SELECT current_date") == std::vector<std::string>{"current_date"});
  CHECK(unstable("SELECT 1 WHERE DATE '2024-01-01' > (SELECT today())") == std::vector<std::string>{"today()"});
  CHECK(unstable("SELECT age(DATE '2024-01-01')") == std::vector<std::string>{"age()"});
  CHECK(unstable("FROM 'a.parquet' TABLESAMPLE 10%") == std::vector<std::string>{"TABLESAMPLE"});
  CHECK(unstable("FROM 'a.parquet' TABLESAMPLE reservoir(10%) REPEATABLE (3)").empty());
}
