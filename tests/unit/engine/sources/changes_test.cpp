#include "changes_fixture.hpp"

using namespace matview;
using namespace matview::engine;
using matview::engine::test::ChangesFixture;

TEST_CASE("sources that stayed as they were have no change") {
  ChangesFixture f;
  f.text("a.csv", "id,v\n1,x\n2,y\n");
  f.read("SELECT count(*) FROM 'a.csv' AS t");
  const auto change = f.change();
  CHECK(change.old_rows == change.new_rows);
  CHECK(change.added == "");
  CHECK(change.removed == "");
  CHECK(change.new_bytes == 13);
  CHECK(change.name == "t");
  CHECK(f.shape(change.columns) == "id BIGINT, v VARCHAR");
  CHECK(f.sorted(change.new_rows) == "1,x|2,y");
}

TEST_CASE("files that were added are all that was added") {
  ChangesFixture f;
  for (const std::string format : {"csv", "json", "parquet"}) {
    CAPTURE(format);
    f.copy("SELECT 1 AS id, 'x' AS v", format + "/a." + format, format);
    f.read("SELECT id FROM '" + format + "/*." + format + "'");
    // Alone this one would have other types.
    f.copy(format == "parquet" ? "SELECT 2 AS id, '7' AS v" : "SELECT 2 AS id, 7 AS v", format + "/b." + format,
           format);
    const auto change = f.change();
    CHECK(f.sorted(change.old_rows) == "1,x");
    CHECK(f.sorted(change.added) == "2,7");
    CHECK(change.removed == "");
    CHECK(change.added_bytes > 0);
    CHECK(change.new_bytes > change.added_bytes);
  }
}

TEST_CASE("file names and hive partitions are columns of a change as they are of the whole") {
  ChangesFixture f;
  f.copy("SELECT 1 AS id", "k=1/a.parquet");
  f.read("SELECT * FROM read_parquet('*/*.parquet', hive_partitioning = true, filename = true)");
  f.copy("SELECT 2 AS id", "k=2/b.parquet");
  const auto change = f.change();
  CHECK(f.sorted(change.added) == "2," + f.path("k=2/b.parquet") + ",2");
}

TEST_CASE("a file that fits no longer fails, and is named") {
  ChangesFixture f;
  f.copy("SELECT 1 AS id", "a.parquet");
  f.read("SELECT * FROM '*.parquet'");
  f.copy("SELECT 'x' AS id", "b.parquet");
  const auto failed = reference_changes(f.database(), f.definition, f.recorded, f.look(), {}, f.root, *f.run_sources);
  REQUIRE_FALSE(failed.has_value());
  CHECK(failed.error().message.find("b.parquet") != std::string::npos);
}

TEST_CASE("references stand in the order of the text, what is no source among them") {
  ChangesFixture f;
  f.text("a.csv", "id\n1\n");
  f.text("b.csv", "id\n2\n");
  f.read("SELECT * FROM 'b.csv', range(2), 'a.csv' AS x, read_csv('b.csv')");
  f.text("c.csv", "id\n2\n");
  const auto found = f.changes();
  REQUIRE(found.references.size() == 4);
  CHECK(found.references[0].name == "b");
  CHECK(found.references[1].new_rows + found.references[1].old_rows + found.references[1].lost == "");
  CHECK(found.references[2].name == "x");
  CHECK(f.sorted(found.references[2].new_rows) == "1");
  CHECK(found.references[3].name == "read_csv");
  CHECK(f.sorted(found.references[3].new_rows) == "2");
}

TEST_CASE("the query over new rows is what a refresh reads") {
  ChangesFixture f;
  f.run("ATTACH '" + f.path("s.duckdb") + "' AS w");
  f.run("CREATE TABLE w.o AS SELECT 5 AS id");
  f.run("DETACH w");
  f.definition.attachments = {"shop=" + f.path("s.duckdb")};
  f.read("SELECT o.id FROM shop.o");
  const auto change = f.change();
  CHECK(change.name == "o");
  CHECK(f.sorted(change.new_rows) == "5");
  CHECK(f.shape(change.columns) == "id INTEGER");
}
