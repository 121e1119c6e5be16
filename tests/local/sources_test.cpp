// What a view may read, and how a change of it is noticed.

#include <doctest/doctest.h>

#include <fstream>

#include "support/store_fixture.hpp"

using namespace matview::test;

namespace {

namespace fs = std::filesystem;

Json view(const StoreFixture& store, const std::string& name) {
  return parse_json(store.must({"status", name, "-o", "json"}))["views"][0];
}

void write(const fs::path& path, const std::string& text) {
  fs::create_directories(path.parent_path());
  std::ofstream(path) << text;
}

}  // namespace

TEST_CASE("relative paths count from where the view was created, wherever it is refreshed") {
  StoreFixture store;
  store.write_csv("a", 0, 10);
  store.must({"create", "t", "--query", "SELECT sum(v) AS s FROM 'in/*.csv'"});
  auto elsewhere = store.command({"refresh", "t"});
  elsewhere.directory = "/";
  CHECK(run(elsewhere).exit_code == 0);
  CHECK(store.query("SELECT s FROM t") == "45\n");
}

TEST_CASE("--base-dir says where relative paths count from") {
  StoreFixture store;
  store.write_csv("a", 0, 10);
  auto elsewhere = store.command({"create", "t", "--query", "SELECT sum(v) AS s FROM 'in/*.csv'", "--base-dir",
                                  store.box().work().string(), "--with-data"});
  elsewhere.directory = "/";
  CHECK(run(elsewhere).exit_code == 0);
  CHECK(store.query("SELECT s FROM t") == "45\n");
}

TEST_CASE("characters of patterns in the directory's own name are no pattern") {
  StoreFixture store;
  const auto make = [&](const std::string& name, const std::string& rows) {
    const auto directory = store.box().work() / name / "in";
    std::filesystem::create_directories(directory);
    std::ofstream(directory / "x.csv") << rows;
    return directory.parent_path();
  };
  make("da", "k\n999\n");
  make("2024old", "k\n999\n");
  for (const std::string name : {"d[ab]", "2024*", "da?", "[x]"}) {
    CAPTURE(name);
    const auto directory = make(name, "k\n1\n");
    for (const std::string files : {"'in/x.csv'", "'in/*.csv'", "read_csv(['in/x.csv'])"}) {
      auto create = store.command({"create", "t", "--query", "SELECT k FROM " + files, "--with-data", "--replace"});
      create.directory = directory;
      CHECK(run(create).exit_code == 0);
      CHECK(store.query("FROM t") == "1\n");
    }
    std::ofstream(directory / "in" / "y.csv") << "k\n2\n";
    std::ofstream(directory / "in" / "x.csv") << "k\n3\n";
    store.must({"refresh", "t", "--verify"});
    CHECK(store.query("FROM t") == "3\n");
  }
}

TEST_CASE("status says what changed, and a refresh with nothing changed does nothing") {
  StoreFixture store;
  store.write_csv("a", 0, 10);
  store.write_csv("b", 10, 10);
  store.must({"create", "t", "--query", "SELECT sum(v) AS s FROM 'in/*.csv'", "--with-data"});
  CHECK(view(store, "t")["freshness"] == "fresh");
  const auto idle = parse_json(store.must({"refresh", "t", "-o", "json"}))["jobs"][0];
  CHECK(idle["mode"] == "no_data");
  CHECK(idle["version"] == 1);

  store.write_csv("c", 20, 10);
  store.write_csv("d", 30, 10);
  store.write_csv("a", 100, 11);
  fs::remove(store.sources() / "b.csv");
  const auto stale = view(store, "t");
  CHECK(stale["freshness"] == "stale");
  const auto change = stale["sources"][0]["change"].get<std::string>();
  CHECK(change.find("2 files added") != std::string::npos);
  CHECK(change.find("1 removed") != std::string::npos);
  CHECK(change.find("1 rewritten") != std::string::npos);
  CHECK(store.run({"status", "t", "--exit-code"}).exit_code == 5);
  store.must({"refresh", "t"});
  CHECK(view(store, "t")["freshness"] == "fresh");
  CHECK(store.run({"status", "t", "--exit-code"}).exit_code == 0);
}

TEST_CASE("a file that is touched or rewritten alike makes no new version") {
  StoreFixture store;
  store.write_csv("a", 0, 10);
  store.must({"create", "t", "--query", "SELECT sum(v) AS s FROM 'in/*.csv'", "--with-data"});
  store.write_csv("a", 0, 10);
  CHECK(view(store, "t")["freshness"] == "fresh");
  const auto job = parse_json(store.must({"refresh", "t", "-o", "json"}))["jobs"][0];
  CHECK(job["mode"] == "no_data");
  CHECK(job["version"] == 1);
  CHECK(job["rows_added"] == 0);
  CHECK(view(store, "t")["freshness"] == "fresh");
}

TEST_CASE("types of CSV and JSON are those first seen, whatever comes later") {
  StoreFixture store;
  write(store.sources() / "a.csv", "id,code\n1,abc\n2,def\n");
  write(store.sources() / "a.ndjson", "{\"id\": 1, \"t\": \"x\"}\n");
  store.must({"create", "c", "--query", "SELECT code FROM 'in/*.csv'", "--with-data"});
  store.must({"create", "j", "--query", "SELECT t FROM 'in/*.ndjson'", "--with-data"});
  // Alone, these files would be sniffed as numbers.
  write(store.sources() / "b.csv", "id,code\n3,007\n");
  write(store.sources() / "b.ndjson", "{\"id\": 2, \"t\": \"0042\"}\n");
  store.must({"refresh", "--all"});
  CHECK(store.query("SELECT code FROM c ORDER BY ALL") == "007\nabc\ndef\n");
  CHECK(store.query("SELECT t FROM j ORDER BY ALL") == "0042\nx\n");
  fs::remove(store.sources() / "a.csv");
  store.must({"refresh", "c"});
  CHECK(store.query("SELECT code, typeof(code) FROM c") == "007,VARCHAR\n");
}

TEST_CASE("files of every kind, globs, lists, hive partitions and file names") {
  StoreFixture store;
  store.write_csv("a", 0, 10);
  store.write_csv("c1", 10, 1);
  store.write_csv("c2", 90, 1);
  store.duckdb(":memory:", "COPY (SELECT range AS i, range % 2 AS part FROM range(10)) TO '" +
                               store.sources().string() + "/hive' (FORMAT parquet, PARTITION_BY (part))");
  write(store.sources() / "x.json", "[{\"a\": 1}, {\"a\": 2}]");
  const std::pair<const char*, const char*> cases[] = {
      {"SELECT sum(v)::VARCHAR AS r FROM read_csv(['in/a.csv', 'in/c*.csv'])", "145\n"},
      {"SELECT sum(v)::VARCHAR AS r FROM read_csv('in/a.csv', header = true, types = {'v': 'DOUBLE'})", "45.0\n"},
      {"SELECT string_agg(part || ':' || n, ' ' ORDER BY part) AS r FROM (SELECT part, count(*) AS n FROM "
       "read_parquet('in/hive/*/*.parquet', hive_partitioning = true) GROUP BY part)",
       "0:5 1:5\n"},
      {"SELECT count(DISTINCT parse_filename(filename))::VARCHAR AS r FROM read_csv('in/*.csv', filename = true)",
       "3\n"},
      {"SELECT sum(a)::VARCHAR AS r FROM 'in/x.json'", "3\n"},
      {"SELECT content AS r FROM read_text('in/x.json')", "\"[{\"\"a\"\": 1}, {\"\"a\"\": 2}]\"\n"},
      {"WITH t AS (SELECT v FROM 'in/a.csv' WHERE v > 7) SELECT string_agg(v, '+' ORDER BY v) AS r FROM t", "8+9\n"},
  };
  for (const auto& [sql, expected] : cases) {
    CAPTURE(sql);
    store.must({"create", "t", "--query", sql, "--replace", "--with-data"});
    CHECK(store.query("SELECT r FROM t") == expected);
    store.must({"verify", "t"});
  }
}

TEST_CASE("tables of a DuckDB file, attached") {
  StoreFixture store;
  const auto shop = (store.box().work() / "shop.duckdb").string();
  store.duckdb(shop, "CREATE TABLE orders AS SELECT range AS id, range * 2 AS amount FROM range(10)");
  store.must({"create", "t", "--query", "SELECT sum(amount) AS s FROM shop.orders", "--attach", "shop=shop.duckdb",
              "--with-data"});
  CHECK(store.query("SELECT s FROM t") == "90\n");
  CHECK(view(store, "t")["freshness"] == "fresh");
  store.duckdb(shop, "INSERT INTO orders VALUES (10, 10)");
  CHECK(view(store, "t")["freshness"] == "stale");
  store.must({"refresh", "t"});
  CHECK(store.query("SELECT s FROM t") == "100\n");
  fs::remove(shop);
  const auto outcome = store.run({"refresh", "t"});
  CHECK(outcome.exit_code == 1);
  CHECK(outcome.err.find("shop.duckdb") != std::string::npos);
}

TEST_CASE("tables of another store, attached as the DuckLake it is") {
  StoreFixture upstream;
  upstream.write_csv("a", 0, 10);
  upstream.must({"create", "raw", "--query", "SELECT v, sum(v) AS h FROM 'in/*.csv' GROUP BY v", "--with-data"});
  StoreFixture store;
  store.must({"create", "t", "--query", "SELECT count(*) AS n, sum(v) AS s FROM lake.raw", "--attach",
              "lake=ducklake:" + (upstream.store() / "catalog.sqlite").string(), "--with-data"});
  CHECK(store.query("SELECT n, s FROM t") == "10,45\n");
  CHECK(view(store, "t")["freshness"] == "fresh");
  upstream.must({"create", "unrelated", "--query", "SELECT 1 AS one", "--with-data"});
  CHECK(view(store, "t")["freshness"] == "fresh");
  upstream.write_csv("b", 10, 1);
  upstream.must({"refresh", "raw"});
  CHECK(view(store, "t")["freshness"] == "stale");
  store.must({"refresh", "t"});
  CHECK(store.query("SELECT n, s FROM t") == "11,55\n");
}

TEST_CASE("a definition is one SELECT, and a fault in it is reported when it is created, with DuckDB's position") {
  StoreFixture store;
  store.write_csv("a", 0, 10);
  for (const std::string sql :
       {"COPY (SELECT 1) TO 'x'", "ATTACH 'x.db'", "INSTALL httpfs", "PRAGMA version", "SELECT 1; SELECT 2", "",
        "DELETE FROM t", "SELECT $1", "SELECT * FROM 'https://example.com/x.parquet'", "SELECT * FROM glob('*')",
        "SELECT nothing FROM 'in/a.csv'", "SELECT * FROM 'in/none*.csv'", "SELECT * FROM nowhere", "SELECT FROM",
        "SELECT * FROM t"}) {
    CAPTURE(sql);
    const auto outcome = store.run({"create", "t", "--query", sql});
    INFO(outcome.err);
    CHECK(outcome.exit_code == 2);
    CHECK(outcome.out.empty());
    CHECK(store.run({"show", "t"}).exit_code == 6);
  }
  const auto wrong_column = store.run({"create", "t", "--query", "SELECT k,\n  vv FROM 'in/a.csv'"});
  CHECK(wrong_column.err.find("LINE 2") != std::string::npos);
  CHECK(wrong_column.err.find("^") != std::string::npos);
  CHECK(wrong_column.err.find("vv") != std::string::npos);
}

TEST_CASE("a view whose query depends on the time of its refresh is recomputed every time") {
  StoreFixture store;
  store.must({"create", "t", "--query", "SELECT now() AS at", "--with-data"});
  CHECK(view(store, "t")["freshness"] == "stale");
  const auto job = parse_json(store.must({"refresh", "t", "-o", "json"}))["jobs"][0];
  CHECK(job["mode"] == "full");
  CHECK(job["version"] == 2);
}

TEST_CASE("Parquet files united by name: a file that lacks columns is read, replaced, removed and added") {
  StoreFixture store;
  const auto in = store.sources().string();
  const auto copy = [&](const std::string& select, const std::string& name) {
    fs::create_directories(in);
    store.duckdb(":memory:", "COPY (" + select + ") TO '" + in + "/new' (FORMAT parquet)");
    fs::rename(in + "/new", in + "/" + name);
  };
  const auto refreshed = [&](const char* name) {
    const auto job = parse_json(store.must({"refresh", name, "-o", "json"}))["jobs"][0];
    store.must({"verify", name});
    return job["mode"].get<std::string>();
  };
  const auto rows = [&] { return store.query("SELECT id, k, q FROM t ORDER BY ALL"); };
  copy("SELECT 1 AS id, 'x' AS k", "a.parquet");
  copy("SELECT 2 AS id, 3.5 AS q", "b.parquet");
  store.must({"create", "t", "--query", "SELECT * FROM read_parquet('in/*.parquet', union_by_name = true)",
              "--refresh-mode", "strict", "--with-data"});
  store.must({"create", "g", "--query",
              "SELECT k, sum(q) AS s FROM read_parquet('in/*.parquet', union_by_name = true) GROUP BY k",
              "--refresh-mode", "strict", "--with-data"});
  CHECK(rows() == "1,x,\n2,,3.5\n");
  copy("SELECT 4 AS id, 9.5 AS q", "b.parquet");
  CHECK(refreshed("t") == "incremental");
  CHECK(refreshed("g") == "incremental");
  CHECK(rows() == "1,x,\n4,,9.5\n");
  copy("SELECT 5 AS id, 9.5 AS q", "c.parquet");
  CHECK(refreshed("t") == "incremental");
  CHECK(refreshed("g") == "incremental");
  copy("SELECT 6 AS id", "d.parquet");
  CHECK(refreshed("t") == "incremental");
  fs::remove(in + "/b.parquet");
  CHECK(refreshed("t") == "incremental");
  CHECK(refreshed("g") == "incremental");
  CHECK(rows() == "1,x,\n5,,9.5\n6,,\n");
  fs::remove(in + "/a.parquet");
  CHECK(refreshed("t") == "incremental");
  CHECK(rows() == "5,,9.5\n6,,\n");
}

TEST_CASE("a column that nobody named keeps the name that it has in the definition, whatever stands for its sources") {
  StoreFixture store;
  write(store.sources() / "s.csv", "g,q\n1,1\n2,5\n");
  write(store.sources() / "p.csv", "g,q\n1,3\n");
  store.duckdb(":memory:",
               "COPY (SELECT 1 AS g, 3 AS q) TO '" + (store.sources() / "p.parquet").string() + "' (FORMAT parquet)");
  store.must({"create", "up", "--query", "SELECT g, q FROM 'in/p.csv'", "--with-data"});
  for (const std::string column :
       {"(SELECT max(q) FROM 'in/p.csv')", "(SELECT max(p.q) FROM 'in/p.csv' p WHERE p.g = s.g)",
        "EXISTS(FROM 'in/p.csv')", "EXISTS(SELECT 1 FROM 'in/p.csv' p WHERE p.g = s.g)",
        "g IN (SELECT g FROM 'in/p.csv')", "ARRAY(SELECT q FROM 'in/p.csv')", "(SELECT max(q) FROM 'in/p.parquet')",
        "(SELECT max(q) FROM up)", "(SELECT max(q) FROM read_csv('in/p.csv', header = true)) + 1"}) {
    CAPTURE(column);
    write(store.sources() / "s.csv", "g,q\n1,1\n2,5\n");
    store.must({"create", "t", "--query", "SELECT g, " + column + " FROM 'in/s.csv' s", "--replace", "--with-data"});
    store.must({"verify", "t"});
    const auto name = view(store, "t")["columns"];
    write(store.sources() / "s.csv", "g,q\n1,1\n2,5\n3,6\n");
    store.must({"refresh", "t"});
    store.must({"verify", "t"});
    store.must({"refresh", "t", "--full"});
    CHECK(view(store, "t")["columns"] == name);
    store.must({"query", "SELECT g, " + column + " FROM 'in/s.csv' s"});
  }
  store.must({"create", "t", "--query", "SELECT count(*) FILTER (q > (SELECT min(q) FROM 'in/p.csv')) FROM 'in/s.csv'",
              "--replace", "--with-data"});
  store.must({"verify", "t"});
}

TEST_CASE("an error about rows that were appended names the file they were written to") {
  StoreFixture store;
  const auto file = store.sources() / "s.csv";
  const auto lines = store.sources() / "s.ndjson";
  std::string rows;
  std::string objects;
  for (int i = 0; i < 2000; ++i) {
    rows += std::to_string(i) + ",2024-01-01\n";
    objects += "{\"id\": " + std::to_string(i) + "}\n";
  }
  write(file, "id,d\n" + rows);
  write(lines, objects);
  store.must({"create", "c", "--query", "FROM 'in/s.csv'", "--refresh-mode", "strict", "--with-data"});
  store.must({"create", "j", "--query", "FROM 'in/s.ndjson'", "--refresh-mode", "strict", "--with-data"});
  std::ofstream(lines, std::ios::app) << "{\"id\": 1,\n";
  const auto broken = store.run({"refresh", "j"});
  for (const std::string row : {"2000,never", "20x,2024-01-01", "2000,2024-01-01,1"}) {
    CAPTURE(row);
    write(file, "id,d\n" + rows);
    store.must({"refresh", "c"});
    std::ofstream(file, std::ios::app) << row << "\n";
    const auto failed = store.run({"refresh", "c"});
    CHECK(failed.exit_code == 1);
    CHECK_MESSAGE(failed.err.find(file.string()) != std::string::npos, failed.err);
    CHECK_MESSAGE(failed.err.find("/part") == std::string::npos, failed.err);
    CHECK_MESSAGE(failed.err.find(" Line: 2 ") == std::string::npos, failed.err);
  }
  CHECK(broken.exit_code == 1);
  CHECK_MESSAGE(broken.err.find(lines.string()) != std::string::npos, broken.err);
  CHECK_MESSAGE(broken.err.find("/part") == std::string::npos, broken.err);
}

TEST_CASE("the name of a text file is a column also where it is not asked for, and follows the file") {
  StoreFixture store;
  write(store.sources() / "a.csv", "id\n1\n");
  write(store.sources() / "a.ndjson", "{\"id\": 1}\n");
  store.must({"create", "c", "--query", "SELECT id, parse_filename(filename) AS f FROM 'in/*.csv'", "--refresh-mode",
              "strict", "--with-data"});
  store.must({"create", "j", "--query",
              "SELECT id, parse_filename(src) AS f FROM read_json('in/*.ndjson', filename = 'src')", "--refresh-mode",
              "strict", "--with-data"});
  write(store.sources() / "b.csv", "id\n2\n");
  std::ofstream(store.sources() / "a.csv", std::ios::app) << "3\n";
  std::ofstream(store.sources() / "a.ndjson", std::ios::app) << "{\"id\": 3}\n";
  store.must({"refresh", "--all"});
  fs::rename(store.sources() / "b.csv", store.sources() / "c.csv");
  fs::rename(store.sources() / "a.ndjson", store.sources() / "c.ndjson");
  store.must({"refresh", "--all"});
  CHECK(store.query("SELECT id, f FROM c ORDER BY ALL") == "1,a.csv\n2,c.csv\n3,a.csv\n");
  CHECK(store.query("SELECT id, f FROM j ORDER BY ALL") == "1,c.ndjson\n3,c.ndjson\n");
  store.must({"verify", "--all"});
}

TEST_CASE("the name of a Parquet file is one of its columns where it is named, and no other query sees it") {
  StoreFixture store;
  const auto parquet = [&](const std::string& name, const std::string& sql) {
    store.duckdb(":memory:", "COPY (" + sql + ") TO '" + (store.sources() / name).string() + "' (FORMAT parquet)");
  };
  parquet("a.parquet", "SELECT 1 AS id UNION ALL SELECT 1");
  parquet("b.parquet", "SELECT 1 AS id");
  const std::vector<std::string> queries{
      "SELECT parse_filename(filename) AS f, count(*) AS n FROM 'in/*.parquet' GROUP BY filename",
      "SELECT a.id, parse_filename(a.filename) AS f, parse_filename(b.filename) AS g FROM 'in/*.parquet' AS a"
      " JOIN 'in/*.parquet' AS b USING (id)",
  };
  for (std::size_t i = 0; i < queries.size(); ++i)
    store.must({"create", "t" + std::to_string(i), "--query", queries[i], "--refresh-mode", "strict", "--with-data"});
  // As a column it would be one more by which rows are told apart.
  store.must({"create", "d", "--query",
              "SELECT count(*) AS n, (SELECT count(DISTINCT filename) FROM 'in/*.parquet') AS f FROM"
              " (SELECT DISTINCT * FROM 'in/*.parquet')",
              "--with-data"});
  store.must({"create", "j", "--query",
              "SELECT count(*) AS n, count(a.filename) AS f FROM 'in/a.parquet' AS a NATURAL JOIN 'in/b.parquet' AS b",
              "--with-data"});
  CHECK(store.query("FROM d") == "1,2\n");
  const auto refused = store.run({"create", "n", "--query", "SELECT id, filename FROM (FROM 'in/*.parquet')"});
  CHECK(refused.exit_code == 2);
  CHECK(store.query("FROM j") == "2,2\n");
  parquet("c.parquet", "SELECT 2 AS id UNION ALL SELECT 1");
  fs::rename(store.sources() / "b.parquet", store.sources() / "d.parquet");
  store.must({"refresh", "t0", "t1", "d", "--verify"});
  CHECK(store.query("FROM t0 ORDER BY ALL") == "a.parquet,2\nc.parquet,2\nd.parquet,1\n");
  CHECK(store.query("FROM d") == "2,3\n");
}

TEST_CASE("files that a pattern names are called by it, as in DuckDB") {
  StoreFixture store;
  write(store.sources() / "a.csv", "k,v\n1,2\n3,4\n");
  write(store.box().work() / "other" / "a.csv", "k\n1\n");
  const std::vector<std::string> queries{
      "SELECT k FROM 'in/*.csv' ANTI JOIN 'other/*.csv' USING (k)",
      "SELECT k FROM 'in/*.csv' SEMI JOIN 'other/*.csv' USING (k)",
      "SELECT \"in/*.csv\".v, \"other/*.csv\".k FROM 'in/*.csv' LEFT JOIN 'other/*.csv' ON \"in/*.csv\".k = "
      "\"other/*.csv\".k",
  };
  for (std::size_t i = 0; i < queries.size(); ++i)
    store.must({"create", "t" + std::to_string(i), "--query", queries[i], "--refresh-mode", "strict", "--with-data"});
  write(store.box().work() / "other" / "b.csv", "k\n3\n");
  write(store.sources() / "b.csv", "k,v\n5,6\n");
  store.must({"refresh", "--all", "--verify"});
  CHECK(store.query("FROM t0") == "5\n");
  CHECK(store.query("FROM t1 ORDER BY k") == "1\n3\n");
}
