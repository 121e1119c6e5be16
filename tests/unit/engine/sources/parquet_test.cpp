#include "fixture.hpp"

using namespace matview;
using namespace matview::engine;
using matview::engine::test::Fixture;

TEST_CASE("a Parquet file that arrives later fits, or is refused by its path") {
  struct Arrival {
    const char* select;
    const char* rows;
    const char* error;
  };
  const std::vector<Arrival> arrivals{
      {"SELECT 2 AS id, 'y' AS name", "1,x|2,y", nullptr},
      {"SELECT 'y' AS name, 2 AS id", "1,x|2,y", nullptr},
      {"SELECT 2 AS id, 0 AS more, 'y' AS name", "1,x|2,y", nullptr},
      {"SELECT 2 AS ID, 'y' AS Name", "1,x|2,y", nullptr},
      {"SELECT 2::BIGINT AS id, 'y' AS name", nullptr, "column 'id' has type BIGINT, not INTEGER"},
      {"SELECT '2' AS id, 'y' AS name", nullptr, "column 'id' has type VARCHAR, not INTEGER"},
      {"SELECT 2.5 AS id, 'y' AS name", nullptr, "column 'id' has type DECIMAL(2,1), not INTEGER"},
      {"SELECT 2 AS id", nullptr, "column 'name' is missing"},
  };
  // The new file sorts before or behind the old one: DuckDB takes the first one's columns for all.
  for (const std::string name : {"a0.parquet", "a2.parquet"}) {
    for (const auto& [select, rows, error] : arrivals) {
      INFO(name << ": " << select);
      Fixture fixture;
      fixture.copy("SELECT 1 AS id, 'x' AS name", "a1.parquet");
      fixture.create("FROM '*.parquet' ORDER BY 1");
      fixture.copy(select, name);
      if (rows) {
        CHECK(fixture.rows() == rows);
      } else {
        const auto failure = fixture.failure();
        CHECK_MESSAGE(
            failure.find("'" + fixture.path(name) + "' no longer fits the view: " + error) != std::string::npos,
            failure);
      }
    }
  }
}

TEST_CASE("a pattern that loses all its files has no rows and keeps its columns") {
  Fixture fixture;
  fixture.copy("SELECT 1 AS id, [1, 2] AS l", "a/x.parquet");
  fixture.create("SELECT count(*), sum(id), any_value(l) FROM 'a/*.parquet'");
  std::filesystem::remove(fixture.path("a/x.parquet"));
  CHECK(fixture.rows() == "0,NULL,NULL");
  fixture.definition.name = "w";
  CHECK(fixture.refusal("FROM 'a/*.parquet'").message == "no file matches 'a/*.parquet'");
}

TEST_CASE("hive partitions keep the types they had") {
  Fixture fixture;
  fixture.copy("SELECT 1 AS v", "h/year=2024/city=rome/a.parquet");
  const auto bound = fixture.bind("SELECT year, city, v FROM 'h/*/*/*.parquet' ORDER BY ALL");
  REQUIRE(bound.has_value());
  CHECK(bound->columns[0].type == "BIGINT");
  fixture.copy("SELECT 2 AS v", "h/year=2025/city=7/a.parquet");
  CHECK(fixture.rows() == "2024,rome,1|2025,7,2");
  fixture.copy("SELECT 3 AS v", "h/year=soon/city=8/a.parquet");
  CHECK(fixture.failure().find("'soon'") != std::string::npos);
  fixture.create("SELECT * FROM read_parquet('h/*/*/*.parquet', hive_partitioning = false) ORDER BY ALL");
  CHECK(fixture.rows() == "1|2|3");
  fixture.create(
      "SELECT DISTINCT year FROM read_parquet('h/*/*/*.parquet', hive_types = {'year': VARCHAR}) ORDER BY ALL");
  CHECK(fixture.rows() == "2024|2025|soon");
}

TEST_CASE("the names of files can be asked for") {
  Fixture fixture;
  fixture.copy("SELECT 1 AS v", "a.parquet");
  fixture.create("SELECT parse_filename(filename), v FROM read_parquet('*.parquet', filename = true)");
  CHECK(fixture.rows() == "a.parquet,1");
  fixture.create("SELECT parse_filename(filename), v FROM '*.parquet'");
  CHECK(fixture.rows() == "a.parquet,1");
}

TEST_CASE("one set of files read in two ways is one source") {
  Fixture fixture;
  fixture.text("a.csv", "v\n1\n");
  fixture.create(
      "SELECT x.v, y.v, length(t.content) FROM 'a.csv' x, read_csv('a.csv', all_varchar = true) y, read_text('a.csv') "
      "t");
  REQUIRE(fixture.definition.sources.size() == 1);
  CHECK(fixture.definition.sources[0].name == "a.csv");
  CHECK(fixture.rows() == "1,1,4");
}

TEST_CASE("a torn Parquet file fails by its name") {
  Fixture fixture;
  fixture.copy("SELECT 1 AS v", "a.parquet");
  fixture.create("FROM '*.parquet'");
  std::filesystem::resize_file(fixture.path("a.parquet"), 50);
  CHECK(fixture.failure().find(fixture.path("a.parquet")) != std::string::npos);
}

TEST_CASE("sources are compared by what changed") {
  const FileState a{"/a", 1, 1, 1, 1, 1};
  FileState rewritten = a;
  rewritten.mtime_ns = 2;
  const FileState b{"/b", 1, 1, 1, 2, 1};
  const FileState c{"/c", 1, 1, 1, 3, 1};
  const auto text = [](SourceState before, SourceState after) {
    const auto changes = compare_sources({std::move(before)}, {std::move(after)});
    return changes.empty() ? std::string("none") : changes[0].to_string();
  };
  CHECK(text({"s", {a, b}, {}, ""}, {"s", {a, b}, {}, ""}) == "none");
  CHECK(text({"s", {a, b}, {}, ""}, {"s", {rewritten, c}, {}, ""}) == "1 file added, 1 removed, 1 rewritten (s)");
  CHECK(text({"s", {}, {}, ""}, {"s", {a, b, c}, {}, ""}) == "3 files added (s)");
  CHECK(text({"daily", {}, 4, "17"}, {"daily", {}, 6, "17"}) == "version 4 -> 6 (daily)");
  CHECK(text({"daily", {}, 4, "17"}, {"daily", {}, 4, "18"}) == "version 0 -> 4 (daily)");
  CHECK(compare_sources({{"daily", {}, 4, "17"}}, {{"daily", {}, 5, "17"}})[0].upstream);
  CHECK_FALSE(compare_sources({{"s", {a}, {}, ""}}, {{"s", {b}, {}, ""}})[0].upstream);
}

TEST_CASE("union_by_name lets files that come later lack columns, and reads a part of the files as the whole") {
  Fixture fixture;
  fixture.copy("SELECT 1 AS id, 'x' AS k", "a.parquet");
  fixture.create("SELECT * FROM read_parquet('*.parquet', union_by_name = true) ORDER BY id");
  fixture.copy("SELECT 2 AS id, 0 AS more", "b.parquet");
  CHECK(fixture.rows() == "1,x|2,NULL");
  fixture.copy("SELECT 3 AS id, 4 AS k", "c.parquet");
  CHECK(fixture.failure().find("'" + fixture.path("c.parquet") +
                               "' no longer fits the view: column 'k' has type "
                               "INTEGER, not VARCHAR") != std::string::npos);
  std::filesystem::remove(fixture.path("c.parquet"));
  std::filesystem::remove(fixture.path("a.parquet"));
  CHECK(fixture.rows() == "2,NULL");
}

TEST_CASE("a part of files that have a column in several types is converted file by file") {
  Fixture fixture;
  fixture.copy("SELECT 1 AS id, 'x' AS v", "a.parquet");
  fixture.copy("SELECT 2 AS id, 2 AS v", "b.parquet");
  fixture.copy("SELECT 3 AS id, 2.75::DOUBLE AS v", "c.parquet");
  fixture.create("SELECT * FROM read_parquet('*.parquet', union_by_name = true) ORDER BY id");
  CHECK(fixture.rows() == "1,x|2,2|3,2.75");
  std::filesystem::remove(fixture.path("a.parquet"));
  CHECK(fixture.rows() == "2,2|3,2.75");
  fixture.create("SELECT * FROM read_parquet('*.parquet') ORDER BY id");
  CHECK(fixture.rows() == "2,2|3,3");
  std::filesystem::remove(fixture.path("b.parquet"));
  CHECK(fixture.rows() == "3,3");
}
