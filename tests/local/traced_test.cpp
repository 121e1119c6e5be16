// Sources of which nothing is kept: what files that go or change gave to a view is known by their paths.

#include "maintained_fixture.hpp"

using namespace matview::test;

namespace {

namespace fs = std::filesystem;

struct TracedFixture : MaintainedFixture {
  void create(const std::string& sql, std::vector<std::string> more = {}) const {
    more.insert(more.begin(), {"create", "t", "--query", sql, "--with-data", "--refresh-mode", "incremental",
                               "--keep-sources", "off"});
    must(more);
  }

  void write_in_place(const std::string& name, const std::string& text) const {
    std::ofstream(sources() / name) << text;
  }

  /// Refreshes and proves the rows; mode and code, or techniques.
  std::string refresh() const {
    const auto job = parse_json(must({"refresh", "t", "--verify", "-o", "json"}))["jobs"][0];
    auto told = job["mode"].get<std::string>();
    if (told == "full") told += " " + job["native"]["code"].get<std::string>();
    if (told == "incremental")
      for (const auto& technique : job["native"]["techniques"]) told += " " + technique.get<std::string>();
    return told;
  }
};

}  // namespace

TEST_CASE_FIXTURE(TracedFixture, "rows and groups of files that are gone go by their paths") {
  check(
      {
          {"SELECT k, v * 2 AS d FROM 'in/a/*.csv' WHERE v > 1", "linear, traced_rows"},
          {"SELECT * FROM 'in/a/*.csv'", "linear, traced_rows"},
          {"SELECT * EXCLUDE (v) REPLACE (k + 1 AS k) FROM 'in/a/*.csv'", "linear, traced_rows"},
          {"SELECT k, unnest([v, v + 1]) AS u FROM 'in/a/*.csv' AS a", "linear, traced_rows"},
          {"SELECT k, u FROM 'in/a/*.csv' AS a, unnest([a.v, 7]) AS t(u)", "linear, traced_rows"},
          {"SELECT k, v FROM 'in/a/*.csv' UNION ALL SELECT v, k FROM 'in/b/*.csv'", "linear, traced_rows"},
          {"SELECT x, count(*) AS n FROM (SELECT k AS x FROM 'in/a/*.csv' UNION ALL FROM (SELECT k FROM 'in/b/*.csv'))"
           " GROUP BY x",
           "linear, merge_groups, traced_rows"},
          {"SELECT k, count(*) AS n, count(v) AS m, sum(v) AS s, avg(v) AS a, sum(v) FILTER (v > 2) AS f,"
           " count_if(v > 2) AS i FROM 'in/a/*.csv' GROUP BY k",
           "file_partials, linear, merge_groups"},
          {"SELECT k, min(v) AS low, max(v) AS high, bool_and(v > 2) AS every, bool_or(v > 2) AS some"
           " FROM 'in/a/*.csv' GROUP BY k",
           "file_partials, linear, merge_groups, touched_groups"},
          {"SELECT k, sum(v::DOUBLE / 3) AS s, avg(v::FLOAT / 3) AS a, avg(v::DECIMAL(9, 2)) AS d FROM 'in/a/*.csv'"
           " GROUP BY k",
           "file_partials, linear, merge_groups"},
          {"SELECT count(*) AS n, sum(v) AS s, max(k) AS high FROM 'in/a/*.csv'",
           "file_partials, linear, merge_groups, touched_groups"},
          {"SELECT count(*) AS n, avg(v) AS a FROM 'in/a/*.csv' WHERE v > 3", "file_partials, linear, merge_groups"},
          {"SELECT k FROM 'in/a/*.csv' GROUP BY k HAVING sum(v) > 4", "file_partials, linear, merge_groups"},
          {"SELECT k FROM 'in/a/*.csv' GROUP BY k", "file_partials, linear, merge_groups"},
          {"SELECT k, v, count(*) AS n FROM 'in/a/*.csv' GROUP BY ROLLUP (k, v)",
           "file_partials, linear, merge_groups"},
          {"SELECT n, count(*) AS c FROM (SELECT k, count(*) AS n FROM 'in/a/*.csv' GROUP BY k) GROUP BY n",
           "file_partials, linear, merge_groups"},
          {"SELECT k, count(DISTINCT v) AS d, sum(v) AS s FROM 'in/a/*.csv' GROUP BY k",
           "counters, linear, merge_groups, traced_rows"},
          {"SELECT k, stddev(v) AS d FROM 'in/a/*.csv' GROUP BY k",
           "linear, merge_groups, touched_groups, traced_rows"},
          {"SELECT k, median(v) AS m FROM 'in/a/*.csv' GROUP BY k", "linear, touched_groups, traced_rows"},
          {"SELECT DISTINCT k, v FROM 'in/a/*.csv'", "counters, linear, traced_rows"},
          {"SELECT k FROM 'in/a/*.csv' EXCEPT SELECT k FROM 'in/b/*.csv'", "counters, linear, traced_rows"},
          {"SELECT k, v, rank() OVER (PARTITION BY k ORDER BY v) AS r FROM 'in/a/*.csv'",
           "linear, touched_partitions, traced_rows"},
          {"SELECT k, v FROM 'in/a/*.csv' ORDER BY v DESC, k LIMIT 2", "linear, top_k, traced_rows"},
          {"SELECT filename, count(*) AS n FROM read_csv('in/a/*.csv', filename = true) GROUP BY filename",
           "file_partials, linear, merge_groups"},
          {"SELECT name, v FROM read_csv('in/a/*.csv', filename = 'name')", "linear, traced_rows"},
          {"SELECT k, v FROM read_csv('in/a/*.csv', filename = false)", "linear, traced_rows"},
          {"WITH c AS (SELECT k, sum(v) AS s FROM 'in/a/*.csv' GROUP BY k) SELECT x.k, y.s FROM c AS x JOIN c AS y"
           " ON x.k = y.s",
           "file_partials, linear, merge_groups"},
      },
      {"--keep-sources", "off"});
  CHECK_FALSE(fs::exists(store() / "sources"));
}

TEST_CASE_FIXTURE(TracedFixture, "Parquet files that are written over are traced, hive partitions too") {
  const auto parquet = [&](const std::string& name, const std::string& sql) {
    const auto path = sources() / name;
    fs::create_directories(path.parent_path());
    duckdb(":memory:", "COPY (" + sql + ") TO '" + path.string() + "' (FORMAT parquet, USE_TMP_FILE false)");
  };
  parquet("d=1/x.parquet", "SELECT range AS v FROM range(200000)");
  parquet("d=2/x.parquet", "SELECT range AS v FROM range(100)");
  for (const std::string sql :
       {"SELECT d, count(*) AS n, sum(v) AS s FROM 'in/*/*.parquet' GROUP BY d",
        "SELECT filename, sum(v) AS s FROM 'in/*/*.parquet' GROUP BY filename",
        "SELECT v, d FROM 'in/*/*.parquet' WHERE v % 1000 = 3",
        "SELECT v FROM read_parquet(['in/d=1/x.parquet', 'in/d=2/x.parquet'], filename = true) WHERE filename LIKE"
        " '%d=2%'"}) {
    CAPTURE(sql);
    create(sql, {"--replace"});
    must({"refresh", "t", "--full"});
    const std::string expected = sql.find("sum") != std::string::npos ? "incremental file_partials linear merge_groups"
                                                                      : "incremental linear traced_rows";
    parquet("d=1/x.parquet", "SELECT range + 7 AS v FROM range(200000)");
    CHECK(refresh() == expected);
    parquet("d=2/x.parquet", "SELECT range AS v FROM range(50)");
    parquet("d=3/x.parquet", "SELECT range AS v FROM range(5)");
    CHECK(refresh() == expected);
    fs::remove_all(sources() / "d=3");
    refresh();
    CHECK(refresh() == "no_data");
    parquet("d=1/x.parquet", "SELECT range AS v FROM range(200000)");
    parquet("d=2/x.parquet", "SELECT range AS v FROM range(100)");
  }
}

TEST_CASE_FIXTURE(TracedFixture, "JSON and whole texts are traced") {
  const std::string lines = "{\"k\": 1, \"v\": 2}\n{\"k\": 2, \"v\": 3}\n";
  for (const std::string sql :
       {"SELECT k, sum(v) AS s FROM 'in/*.json' GROUP BY k", "SELECT v FROM 'in/*.json' WHERE k > 1",
        "SELECT parse_filename(filename) AS f, content FROM read_text('in/*.json')"}) {
    CAPTURE(sql);
    write("a.json", lines);
    write("b.json", lines);
    create(sql, {"--replace"});
    must({"refresh", "t", "--full"});
    write_in_place("a.json", "{\"k\": 2, \"v\": 9}\n");
    CHECK(refresh().starts_with("incremental"));
    remove("b.json");
    CHECK(refresh().starts_with("incremental"));
  }
}

TEST_CASE_FIXTURE(TracedFixture, "rows that were appended go with their file") {
  write("a.csv", "k,v\n1,1\n2,2\n");
  write("b.csv", "k,v\n1,10\n");
  for (const std::string sql :
       {"SELECT k, v FROM 'in/*.csv'", "SELECT k, sum(v) AS s, max(v) AS m FROM 'in/*.csv' GROUP BY k",
        "SELECT filename[-5:] AS f, v FROM read_csv('in/*.csv', filename = true)"}) {
    CAPTURE(sql);
    create(sql, {"--replace"});
    must({"refresh", "t", "--full"});
    std::ofstream(sources() / "a.csv", std::ios::app) << "2,20\n3,3\n";
    CHECK(refresh().starts_with("incremental appended_rows"));
    std::ofstream(sources() / "a.csv", std::ios::app) << "3,30\n";
    write("b.csv", "k,v\n1,11\n");
    CHECK(refresh().starts_with("incremental appended_rows"));
    remove("a.csv");
    CHECK(refresh().starts_with("incremental"));
    write("a.csv", "k,v\n1,1\n2,2\n");
    write("b.csv", "k,v\n1,10\n");
    CHECK(refresh().starts_with("incremental"));
  }
}

TEST_CASE_FIXTURE(TracedFixture, "files that change names, times and nothing else leave the rows as they are") {
  write("a.csv", "k,v\n1,1\n2,2\n");
  write("b.csv", "k,v\n1,10\n");
  create("SELECT k, v FROM 'in/*.csv'");
  const auto told = must({"explain", "t"});
  CHECK_MESSAGE(told.find("traced_rows  for rows of files that are gone, by their paths") != std::string::npos, told);
  fs::rename(sources() / "a.csv", sources() / "c.csv");
  CHECK(refresh() == "incremental linear traced_rows");
  fs::last_write_time(sources() / "c.csv", fs::file_time_type::clock::now() - std::chrono::hours(1));
  CHECK(refresh() == "no_data");
  fs::rename(sources() / "b.csv", sources() / "a.csv");
  fs::rename(sources() / "c.csv", sources() / "b.csv");
  CHECK(refresh() == "incremental linear traced_rows");
  remove("b.csv");
  CHECK(refresh() == "incremental linear traced_rows");
  CHECK(query("SELECT * FROM t") == "1,10\n");
}

TEST_CASE_FIXTURE(TracedFixture, "what is joined is not traced, and its old rows are gone") {
  write("a.csv", "k,v\n1,1\n2,2\n");
  write("b/n.csv", "k,name\n1,one\n");
  create(
      "SELECT a.k, name, s FROM (SELECT k, sum(v) AS s FROM 'in/*.csv' GROUP BY k) AS a JOIN 'in/b/*.csv' AS b"
      " USING (k)");
  write("a.csv", "k,v\n1,5\n2,2\n");
  CHECK(refresh() == "incremental file_partials linear merge_groups");
  write("b/n.csv", "k,name\n1,ONE\n2,two\n");
  CHECK(refresh() == "full SOURCE_HISTORY_MISSING");
  write("a.csv", "k,v\n2,5\n");
  CHECK(refresh() == "incremental file_partials linear merge_groups");
  // A reference that is read in both ways: here the sum of all rows, there each of them.
  create("SELECT k, v, (SELECT sum(v) FROM 'in/*.csv') AS s FROM 'in/*.csv'", {"--replace"});
  must({"refresh", "t", "--full"});
  write("a.csv", "k,v\n1,5\n2,2\n");
  refresh();
}

TEST_CASE_FIXTURE(TracedFixture, "a view that keeps its sources, and then does not, and then does again") {
  write("a.csv", "k,v\n1,1\n2,2\n");
  write("b.csv", "k,v\n1,10\n");
  const std::string sql = "SELECT k, sum(v) AS s FROM 'in/*.csv' GROUP BY k";
  create(sql);
  for (const std::string keep : {"link", "off", "copy", "off"}) {
    CAPTURE(keep);
    must({"create", "t", "--replace", "--query", sql, "--refresh-mode", "incremental", "--keep-sources", keep});
    refresh();
    fs::rename(sources() / "a.csv", sources() / "c.csv");
    refresh();
    write("b.csv", "k,v\n1,10\n4,4\n");
    CHECK(refresh().starts_with("incremental"));
    fs::rename(sources() / "c.csv", sources() / "a.csv");
    write("b.csv", "k,v\n1,10\n");
    CHECK(refresh().starts_with("incremental"));
  }
}

TEST_CASE_FIXTURE(TracedFixture, "what each file gives to each group is kept while it is small") {
  box().configure("[profiles.local]\nprovider = \"local\"\nkeep_sources_limit = \"20KiB\"\n");
  for (const int groups : {10, 20'000}) {
    CAPTURE(groups);
    fs::remove_all(sources());
    std::string text = "k,v\n";
    for (int i = 0; i < 20'000; ++i) text += std::to_string(i % groups) + "," + std::to_string(i) + "\n";
    write("a.csv", text);
    write("b.csv", "k,v\n1,1\n");
    create("SELECT k, sum(v) AS s FROM 'in/*.csv' GROUP BY k", {"--replace"});
    must({"refresh", "t", "--full"});
    write("b.csv", "k,v\n1,2\n");
    CHECK(refresh() ==
          (groups == 10 ? "incremental file_partials linear merge_groups" : "full SOURCE_HISTORY_MISSING"));
    write("c.csv", "k,v\n2,2\n");
    CHECK(refresh() ==
          (groups == 10 ? "incremental file_partials linear merge_groups" : "incremental linear merge_groups"));
    must({"refresh", "t", "--full"});
    CHECK(refresh() == "no_data");
  }
}

TEST_CASE_FIXTURE(TracedFixture, "files with a column that is called filename are not traced") {
  write("a.csv", "filename,v\n,5\na,1\nb,1\n");
  for (const std::string sql : {"SELECT filename, v FROM 'in/*.csv' WHERE filename = 'a'",
                                "SELECT count(*) AS n FROM 'in/*.csv' WHERE FileName IS NOT NULL"}) {
    CAPTURE(sql);
    create(sql, {"--replace"});
    must({"refresh", "t", "--full", "--verify"});
    CHECK(query("FROM t") == (sql.find("count") == std::string::npos ? "a,1\n" : "2\n"));
  }
}
