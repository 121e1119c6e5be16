// Sources that change in every way a file can: what a refresh takes over of it, and what it has to compute anew.

#include <doctest/doctest.h>

#include <fstream>
#include <set>

#include "support/store_fixture.hpp"

using namespace matview::test;

namespace {

namespace fs = std::filesystem;

/// A store whose views are checked by an independent computation after every refresh.
struct KeptFixture : StoreFixture {
  void write(const std::string& name, const std::string& text) const {
    const auto path = sources() / name;
    fs::create_directories(path.parent_path());
    std::ofstream(path) << text;
  }

  /// CSV of seven groups, more than a megabyte of it.
  static std::string lines(int from, int count) {
    std::string text = "g,v\n";
    for (int i = 0; i < count; ++i) text += std::to_string(i % 7) + "," + std::to_string(from + i) + "\n";
    return text;
  }

  /// As every careful writer does: a new file, put in place of the old one.
  void replace(const std::string& name, const std::string& text) const {
    write(name + ".new", text);
    fs::rename(sources() / (name + ".new"), sources() / name);
  }

  void create(const std::string& sql, std::vector<std::string> more = {}) const {
    more.insert(more.begin(), {"create", "t", "--query", sql, "--with-data", "--refresh-mode", "incremental"});
    must(more);
  }

  /// Refreshes and proves the rows; the job's mode, with its code where that is no success of the incremental way.
  std::string refresh(const std::string& view = "t") const {
    const auto job = parse_json(must({"refresh", view, "-o", "json"}))["jobs"][0];
    must({"verify", view});
    auto mode = job["mode"].get<std::string>();
    if (mode == "full") mode += " " + job["native"]["code"].get<std::string>();
    return mode;
  }

  Json show(const std::string& view = "t") const { return parse_json(must({"show", view, "-o", "json"}))["views"][0]; }

  std::size_t kept() const {
    std::size_t files = 0;
    for (const auto& entry : fs::recursive_directory_iterator(store() / "sources"))
      files += entry.is_regular_file() ? 1 : 0;
    return files;
  }
};

const std::string k_join = "SELECT a.g, b.v FROM 'in/*.csv' AS a JOIN 'in/*.csv' AS b USING (g)";
const std::string k_sum = "SELECT g, sum(v) AS s, count(*) AS n FROM 'in/*.csv' GROUP BY g";

}  // namespace

TEST_CASE_FIXTURE(KeptFixture, "files added, removed and replaced are taken over as they changed") {
  for (const std::string keep : {"link", "copy"}) {
    CAPTURE(keep);
    fs::remove_all(sources());
    write("a.csv", "g,v\n1,10\n2,20\n");
    write("b.csv", "g,v\n1,1\n3,3\n");
    create(k_sum, {"--keep-sources", keep, "--replace"});
    write("c.csv", "g,v\n2,5\n4,4\n");
    CHECK(refresh() == "incremental");
    fs::remove(sources() / "b.csv");
    CHECK(refresh() == "incremental");
    replace("a.csv", "g,v\n1,11\n5,50\n");
    CHECK(refresh() == "incremental");
    CHECK(query("SELECT * FROM t ORDER BY ALL") == "1,11,1\n2,5,1\n4,4,1\n5,50,1\n");
    CHECK(refresh() == "no_data");
    CHECK(kept() == 2);
  }
}

TEST_CASE_FIXTURE(KeptFixture, "without kept files a removed one makes a full refresh, which says why") {
  write("a.csv", "g,v\n1,10\n");
  write("b.csv", "g,v\n2,20\n");
  create(k_join, {"--keep-sources", "off"});
  write("c.csv", "g,v\n2,5\n");
  CHECK(refresh() == "incremental");
  fs::remove(sources() / "a.csv");
  CHECK(refresh() == "full SOURCE_HISTORY_MISSING");
  CHECK_FALSE(fs::exists(store() / "sources"));
}

TEST_CASE_FIXTURE(KeptFixture, "a small file that is changed in place tells its old rows") {
  write("a.csv", "g,v\n1,10\n");
  create(k_sum);
  for (const std::string v : {"11", "12", "130"}) {
    write("a.csv", "g,v\n1," + v + "\n2,5\n");
    CHECK(refresh() == "incremental");
    CHECK(query("SELECT s FROM t ORDER BY g") == v + "\n5\n");
  }
  create(k_join, {"--keep-sources", "off", "--replace"});
  must({"refresh", "t", "--full"});
  write("a.csv", "g,v\n1,14\n2,5\n");
  CHECK(refresh() == "full SOURCE_HISTORY_MISSING");
}

TEST_CASE_FIXTURE(KeptFixture, "a large file that is changed in place is copied from then on, and known") {
  write("a.csv", lines(0, 200'000));
  create(k_sum);
  CHECK(show()["native"]["kept_sources"]["bytes"] == 0);
  write("a.csv", lines(5, 200'000));
  CHECK(refresh() == "full SOURCE_HISTORY_MISSING");
  const auto size = fs::file_size(sources() / "a.csv");
  CHECK(show()["native"]["kept_sources"]["bytes"] == size);
  CHECK(parse_json(must({"gc", "-o", "json"}))["gc"]["source_bytes"] == size);
  for (const int from : {9, 2}) {
    write("a.csv", lines(from, 200'000));
    CHECK(refresh() == "incremental");
  }
  CHECK(kept() == 1);
}

TEST_CASE_FIXTURE(KeptFixture,
                  "of a file too large to be copied what the view reads is kept once it changed in place") {
  const auto wide = [](int from) {
    std::string text = "g,v,words\n";
    for (int i = 0; i < 100'000; ++i)
      text +=
          std::to_string(i % 7) + "," + std::to_string((from + i) % 50) + ",nobody reads " + std::to_string(i) + "\n";
    return text;
  };
  box().configure("[profiles.local]\nprovider = \"local\"\nkeep_sources_limit = \"400KiB\"\n");
  write("a.csv", wide(0));
  create(k_sum);
  write("a.csv", wide(3));
  CHECK(refresh() == "full SOURCE_HISTORY_MISSING");
  CHECK(show()["native"]["kept_sources"]["bytes"] > 0);
  CHECK(show()["native"]["kept_sources"]["bytes"] < 400 << 10);
  write("b.csv", "g,v,words\n1,1,x\n");
  CHECK(refresh() == "incremental");
  for (const int from : {4, 9}) {
    write("a.csv", wide(from));
    CHECK(refresh() == "incremental");
  }
  CHECK(refresh() == "no_data");
  // Another query reads other columns, of which nothing is kept yet.
  create("SELECT words, g FROM 'in/*.csv' WHERE v = 7", {"--replace"});
  write("a.csv", wide(10));
  CHECK(refresh().starts_with("full"));
  must({"drop", "t", "--yes"});
  check_clean_after_gc();
}

TEST_CASE_FIXTURE(KeptFixture, "of a table in a DuckDB file too large to be copied what the view reads is kept") {
  const auto shop = (box().work() / "shop.duckdb").string();
  box().configure("[profiles.local]\nprovider = \"local\"\nkeep_sources_limit = \"100KiB\"\n");
  duckdb(shop,
         "CREATE TABLE orders AS SELECT range AS id, range % 3 AS g, 'x' || range AS note FROM range(9000); "
         "CREATE TABLE other AS SELECT range AS a FROM range(300000)");
  must({"create", "u", "--query", "SELECT max(a) AS a FROM shop.other", "--attach", "shop=shop.duckdb", "--with-data"});
  create("SELECT g, count(*) AS n, max(id) AS m FROM shop.orders GROUP BY g", {"--attach", "shop=shop.duckdb"});
  duckdb(shop, "DELETE FROM orders WHERE id % 7 = 0");
  CHECK(refresh() == "full SOURCE_HISTORY_MISSING");
  duckdb(shop, "DELETE FROM orders WHERE id % 11 = 0; UPDATE orders SET g = 9 WHERE id = 5");
  CHECK(refresh() == "incremental");
  duckdb(shop, "INSERT INTO orders VALUES (10000, 9, NULL); INSERT INTO other VALUES (1)");
  CHECK(refresh() == "incremental");
  CHECK(query("SELECT n FROM t WHERE g = 9") == "2\n");
}

TEST_CASE_FIXTURE(KeptFixture, "of a log that grows only the new lines are read") {
  for (const std::string keep : {"link", "copy", "off"}) {
    CAPTURE(keep);
    fs::remove_all(sources());
    write("a.csv", lines(0, 200'000));
    create(k_sum, {"--keep-sources", keep, "--replace"});
    must({"refresh", "t", "--full"});
    for (int i = 1; i <= 3; ++i) {
      std::ofstream(sources() / "a.csv", std::ios::app) << "3," << i << "\n99,1\n";
      const auto job = parse_json(must({"refresh", "t", "-o", "json"}))["jobs"][0];
      CHECK(job["mode"] == "incremental");
      const auto used = job["native"]["techniques"].get<std::set<std::string>>();
      CHECK(used.contains("appended_rows"));
      CHECK(used.contains("merge_groups"));
      CHECK(used.contains("file_partials") == (keep == "off"));
      CHECK(job["native"]["cost"]["features"]["changed_bytes"] < fs::file_size(sources() / "a.csv") / 10);
      CHECK(job["rows_total"] == 8);
      must({"verify", "t"});
    }
    CHECK(query("SELECT s FROM t WHERE g = 99") == "3\n");
  }
}

TEST_CASE_FIXTURE(KeptFixture, "new lines of a log are joined, also where what they are joined with changed") {
  write("log.csv", lines(0, 100'000));
  write("names.csv", "g,name\n1,one\n2,two\n");
  create("SELECT n.name, l.v FROM 'in/log.csv' AS l LEFT JOIN 'in/names.csv' AS n ON l.g = n.g WHERE l.v % 1000 = 1");
  std::ofstream(sources() / "log.csv", std::ios::app) << "2,1001\n3,1\n";
  CHECK(refresh() == "incremental");
  std::ofstream(sources() / "log.csv", std::ios::app) << "1,2001\n";
  write("names.csv", "g,name\n1,ONE\n3,three\n");
  CHECK(refresh() == "incremental");
  CHECK(query("SELECT count(*) FROM t WHERE name IS NOT NULL") != "0\n");
}

TEST_CASE_FIXTURE(KeptFixture, "values of DISTINCT aggregates are counted, and none is computed anew") {
  write("a.csv", "g,v,w\n1,10,1.5\n1,10,2.5\n1,20,1.5\n2,5,\n3,,\n");
  create(
      "SELECT g, count(DISTINCT v) AS d, sum(DISTINCT v) AS s, avg(DISTINCT w) AS a, max(DISTINCT v) AS m,"
      " count(DISTINCT v) FILTER (WHERE w > 2) AS f, count(*) AS n FROM 'in/*.csv' GROUP BY g");
  const auto techniques = [&] {
    const auto job = parse_json(must({"refresh", "t", "-o", "json"}))["jobs"][0];
    must({"verify", "t"});
    return job["native"]["techniques"].dump();
  };
  const std::string merged = R"(["counters","linear","merge_groups"])";
  write("b.csv", "g,v,w\n1,10,1.5\n2,5,7\n2,6,7\n4,1,1\n");
  CHECK(techniques() == merged);
  fs::remove(sources() / "b.csv");
  CHECK(techniques().find("counters") != std::string::npos);
  replace("a.csv", "g,v,w\n1,10,2.5\n1,20,1.5\n3,7,3\n");
  CHECK(techniques().find("touched_keys") == std::string::npos);
  CHECK(query("SELECT * FROM t ORDER BY g") == "1,2,30,2.0,20,1,2\n3,1,7,3.0,7,1,1\n");
  must({"create", "one", "--query", "SELECT count(DISTINCT v) AS d FROM 'in/*.csv'", "--with-data", "--refresh-mode",
        "incremental"});
  write("c.csv", "g,v,w\n1,10,2.5\n1,21,1.5\n");
  CHECK(refresh("one") == "incremental");
  CHECK(query("FROM one") == "4\n");
  CHECK(must({"explain", "one"}).find("counters") != std::string::npos);
}

TEST_CASE_FIXTURE(KeptFixture, "files touched, written alike or renamed are no change, and stay known") {
  write("a.csv", "g,v\n1,10\n");
  write("b.csv", "g,v\n2,20\n");
  write("c.csv", "g,v\n3,30\n");
  create(k_sum);
  fs::last_write_time(sources() / "a.csv", fs::file_time_type::clock::now() + std::chrono::hours(1));
  replace("b.csv", "g,v\n2,20\n");
  fs::rename(sources() / "c.csv", sources() / "d.csv");
  CHECK(show()["freshness"] == "fresh");
  CHECK(refresh() == "no_data");
  CHECK(show()["version"] == 1);
  // What was put on record is what the next refresh goes on from.
  fs::remove(sources() / "b.csv");
  fs::remove(sources() / "d.csv");
  CHECK(show()["sources"][0]["change"] == "2 files removed (in/*.csv)");
  CHECK(refresh() == "incremental");
  CHECK(query("SELECT g FROM t") == "1\n");
}

TEST_CASE_FIXTURE(KeptFixture, "kept files show their own names and partitions") {
  const auto rows = [&](int day, int from, int to) {
    const auto directory = sources() / ("day=" + std::to_string(day));
    fs::create_directories(directory);
    duckdb(":memory:", "COPY (SELECT range AS v FROM range(" + std::to_string(from) + ", " + std::to_string(to) +
                           ")) TO '" + (directory / "new").string() + "' (FORMAT parquet)");
    fs::rename(directory / "new", directory / "x.parquet");
  };
  rows(1, 0, 5);
  rows(2, 0, 7);
  create(
      "SELECT day, parse_filename(filename) AS f, sum(v) AS s FROM read_parquet('in/*/*.parquet', "
      "hive_partitioning = true, filename = true) GROUP BY ALL");
  rows(1, 3, 6);
  CHECK(refresh() == "incremental");
  fs::remove_all(sources() / "day=2");
  CHECK(refresh() == "incremental");
  fs::rename(sources() / "day=1", sources() / "day=3");
  CHECK(refresh() == "incremental");
  CHECK(query("SELECT * FROM t ORDER BY ALL") == "3,x.parquet,12\n");
}

TEST_CASE_FIXTURE(KeptFixture, "types of CSV and JSON stay pinned in kept files") {
  write("a.ndjson", "{\"g\": \"x\", \"v\": 1}\n");
  write("b.ndjson", "{\"g\": \"1\", \"v\": 2.5}\n");
  create("SELECT g, sum(v) AS s FROM 'in/*.ndjson' GROUP BY g");
  replace("b.ndjson", "{\"g\": \"007\", \"v\": 2}\n");
  CHECK(refresh() == "incremental");
  CHECK(query("SELECT * FROM t ORDER BY ALL") == "007,2.0\nx,1.0\n");
}

TEST_CASE_FIXTURE(KeptFixture, "a table of a DuckDB file tells how it changed") {
  const auto shop = (box().work() / "shop.duckdb").string();
  duckdb(shop, "CREATE TABLE orders AS SELECT range AS id, range % 3 AS g FROM range(9); CREATE TABLE other(a INT)");
  create("SELECT g, count(*) AS n FROM shop.orders GROUP BY g", {"--attach", "shop=shop.duckdb"});
  duckdb(shop,
         "DELETE FROM orders WHERE g = 0; UPDATE orders SET g = 7 WHERE id = 1; INSERT INTO orders VALUES (9, 2)");
  CHECK(refresh() == "incremental");
  CHECK(query("SELECT * FROM t ORDER BY ALL") == "1,2\n2,4\n7,1\n");
  duckdb(shop, "INSERT INTO other VALUES (1)");
  CHECK(refresh() == "incremental");
  CHECK(show()["version"] == 2);
  CHECK(kept() == 1);
}

TEST_CASE_FIXTURE(KeptFixture, "columns that only a source itself has are computed anew with every refresh") {
  const auto shop = (box().work() / "shop.duckdb").string();
  duckdb(shop, "CREATE TABLE o AS SELECT range AS id FROM range(3)");
  must({"create", "t", "--query", "SELECT rowid AS r, id FROM shop.o", "--attach", "shop=shop.duckdb", "--with-data"});
  duckdb(shop, "INSERT INTO o VALUES (7)");
  CHECK(refresh().starts_with("full"));
  duckdb(":memory:", "COPY (SELECT 1 AS id) TO '" + (box().work() / "p1.parquet").string() + "'");
  must({"create", "u", "--query", "SELECT parse_filename(filename) AS f, file_row_number AS n FROM 'p*.parquet'",
        "--with-data"});
  duckdb(":memory:", "COPY (SELECT 2 AS id) TO '" + (box().work() / "p2.parquet").string() + "'");
  CHECK(refresh("u").starts_with("full"));
  fs::rename(box().work() / "p2.parquet", box().work() / "p3.parquet");
  CHECK(refresh("u").starts_with("full"));
  CHECK(query("SELECT * FROM u ORDER BY ALL") == "p1.parquet,0\np3.parquet,0\n");
}

TEST_CASE_FIXTURE(KeptFixture, "upstream views tell how they changed, after a full refresh of theirs too") {
  write("a.csv", "g,v\n1,10\n2,20\n");
  write("b.csv", "g,v\n3,30\n");
  must({"create", "up", "--query", "SELECT g, v FROM 'in/*.csv'", "--with-data", "--retain", "1"});
  create("SELECT g, sum(v) AS s FROM up GROUP BY g");
  write("c.csv", "g,v\n1,1\n");
  must({"refresh", "up"});
  CHECK(refresh() == "incremental");
  replace("a.csv", "g,v\n1,11\n2,20\n");
  must({"refresh", "up", "--full"});
  CHECK(refresh() == "incremental");
  // Several versions of the upstream view in one step.
  fs::remove(sources() / "b.csv");
  must({"refresh", "up"});
  write("d.csv", "g,v\n4,40\n");
  must({"refresh", "up"});
  CHECK(refresh() == "incremental");
  CHECK(query("SELECT * FROM t ORDER BY ALL") == "1,12\n2,20\n4,40\n");
}

TEST_CASE_FIXTURE(KeptFixture, "tables of a DuckLake tell how they changed") {
  const auto lake = box().home() / "lake";
  auto make = command({"create", "l", "--query", "SELECT g, v FROM 'in/*.csv'", "--with-data"});
  make.environment["MATVIEW_STORE"] = lake.string();
  write("a.csv", "g,v\n1,10\n2,20\n");
  REQUIRE(matview::test::run(make).exit_code == 0);
  create("SELECT g, sum(v) AS s FROM lake.l GROUP BY g",
         {"--attach", "lake=ducklake:" + (lake / "catalog.sqlite").string()});
  auto again = command({"refresh", "l"});
  again.environment["MATVIEW_STORE"] = lake.string();
  replace("a.csv", "g,v\n1,11\n");
  write("b.csv", "g,v\n5,5\n");
  REQUIRE(matview::test::run(again).exit_code == 0);
  CHECK(refresh() == "incremental");
  CHECK(query("SELECT * FROM t ORDER BY ALL") == "1,11\n5,5\n");
}

TEST_CASE_FIXTURE(KeptFixture, "a view beside one that keeps the same files does not find them changed") {
  write("a.csv", "g,v\n1,10\n");
  create(k_sum);
  must({"create", "u", "--query", "SELECT max(v) AS m FROM 'in/*.csv'", "--with-data"});
  CHECK(show()["freshness"] == "fresh");
  must({"drop", "u", "--yes"});
  CHECK(show()["freshness"] == "fresh");
  CHECK(refresh() == "no_data");
}

TEST_CASE_FIXTURE(KeptFixture, "show, gc and doctor tell what kept sources take, and nothing is left of them") {
  write("a.csv", "g,v\n1,10\n");
  create(k_sum, {"--keep-sources", "copy"});
  CHECK(show()["native"]["kept_sources"]["files"] == 1);
  CHECK(show()["native"]["kept_sources"]["bytes"] == 9);
  CHECK(parse_json(must({"gc", "-o", "json"}))["gc"]["source_bytes"] == 9);
  CHECK(must({"doctor"}).find("1 file of views' sources, which take 9 B") != std::string::npos);
  must({"drop", "t", "--yes"});
  CHECK_FALSE(fs::exists(store() / "sources" / "1"));
  check_clean_after_gc();
}

TEST_CASE_FIXTURE(KeptFixture, "a view whose state is torn, swapped or gone is recomputed, and goes on from there") {
  write("a.csv", "g,v\n1,10\n1,20\n2,5\n");
  create(k_sum);
  int round = 0;
  for (const std::string harm : {"torn", "swapped", "gone"}) {
    CAPTURE(harm);
    write("b" + std::to_string(++round) + ".csv", "g,v\n2,7\n3,1\n");
    CHECK(refresh() == "incremental");
    std::vector<fs::path> files;
    for (const auto& entry : fs::recursive_directory_iterator(store() / "state"))
      if (entry.is_regular_file()) files.push_back(entry.path());
    REQUIRE(!files.empty());
    for (const auto& file : files) {
      if (harm == "torn") fs::resize_file(file, fs::file_size(file) / 2);
      if (harm == "gone") fs::remove(file);
      if (harm != "swapped") continue;
      // Another file of the same size, in its place.
      const std::string other(fs::file_size(file), 'x');
      std::ofstream(file.string() + ".new") << other;
      fs::rename(file.string() + ".new", file);
    }
    write("c" + std::to_string(round) + ".csv", "g,v\n4,1\n");
    CHECK(refresh() == "full STATE_MISSING");
    write("d" + std::to_string(round) + ".csv", "g,v\n4,2\n");
    CHECK(refresh() == "incremental");
  }
}

TEST_CASE_FIXTURE(KeptFixture,
                  "a view goes on where one it reads from gets a column, also by a star, and not where it loses one") {
  write("a.csv", "g,v\n1,10\n2,20\n");
  must({"create", "up", "--query", "SELECT g, v FROM 'in/*.csv'", "--with-data"});
  must({"create", "t", "--query", "SELECT g, sum(v) AS s FROM up GROUP BY g", "--refresh-mode", "incremental",
        "--with-data"});
  must({"create", "star", "--query", "FROM up", "--refresh-mode", "incremental", "--with-data"});
  must({"create", "up", "--replace", "--query", "SELECT v, g, v + 1 AS w FROM 'in/*.csv'", "--with-data"});
  CHECK(refresh("t") == "incremental");
  CHECK(refresh("star") == "incremental");
  write("a.csv", "g,v\n1,11\n2,20\n");
  must({"refresh", "up"});
  CHECK(refresh("t") == "incremental");
  CHECK(refresh("star") == "incremental");
  CHECK(query("FROM star ORDER BY g") == "1,11\n2,20\n");
  must({"refresh", "t", "star", "--full", "--verify"});
  must({"create", "up", "--replace", "--query", "SELECT g FROM 'in/*.csv'", "--with-data"});
  const auto failed = run({"refresh", "t"});
  CHECK(failed.exit_code == 1);
  CHECK_MESSAGE(failed.err.find("view 'up' has other columns") != std::string::npos, failed.err);
}

TEST_CASE_FIXTURE(KeptFixture, "a table that gets a column is read on, of a DuckDB file and of a DuckLake") {
  const auto shop = (box().work() / "shop.duckdb").string();
  duckdb(shop, "CREATE TABLE orders AS SELECT range AS id, range % 3 AS g FROM range(9)");
  create("SELECT g, count(*) AS n FROM shop.orders GROUP BY g", {"--attach", "shop=shop.duckdb"});
  duckdb(shop, "ALTER TABLE orders ADD COLUMN note VARCHAR; INSERT INTO orders VALUES (9, 5, 'x')");
  CHECK(refresh() == "full SOURCE_HISTORY_MISSING");
  CHECK(query("SELECT n FROM t WHERE g = 5") == "1\n");

  const StoreFixture upstream;
  upstream.write_csv("a", 0, 10);
  upstream.must({"create", "up", "--query", "SELECT k, v FROM 'in/*.csv'", "--with-data"});
  const auto attach = "lake=ducklake:" + (upstream.store() / "catalog.sqlite").string();
  for (const std::string sql : {"SELECT k, sum(v) AS s FROM lake.up GROUP BY k", "FROM lake.up"}) {
    CAPTURE(sql);
    upstream.must({"create", "up", "--replace", "--query", "SELECT k, v FROM 'in/*.csv'", "--with-data"});
    create(sql, {"--attach", attach, "--replace"});
    upstream.must({"create", "up", "--replace", "--query", "SELECT v, v + 1 AS w, k FROM 'in/*.csv'", "--with-data"});
    CHECK(refresh() == "full SOURCE_HISTORY_MISSING");
    upstream.write_csv("b", 10, 10);
    upstream.must({"refresh", "up"});
    CHECK(refresh() == "incremental");
    fs::remove(upstream.sources() / "b.csv");
    upstream.must({"refresh", "up"});
    CHECK(refresh() == "incremental");
  }
}
