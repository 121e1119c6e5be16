#include "changes_fixture.hpp"

using namespace matview;
using namespace matview::engine;
using matview::engine::test::ChangesFixture;

namespace fs = std::filesystem;

namespace {

/// A DuckDB file that others write between the looks of a view.
class DatabaseFixture : public ChangesFixture {
 public:
  DatabaseFixture() {
    write("CREATE TABLE w.o AS SELECT range AS id, 'x' AS v FROM range(3); CREATE TABLE w.other AS SELECT 1 AS a");
    definition.attachments = {"shop=" + path("s.duckdb")};
  }

  void write(const std::string& sql, const std::string& name = "s.duckdb") {
    replace_database();  // which may have it attached
    auto writer = matview::engine::test::good(Database::open({}));
    REQUIRE(writer->execute("ATTACH '" + path(name) + "' AS w").has_value());
    const auto done = writer->execute(sql);
    REQUIRE_MESSAGE(done.has_value(), (done ? "" : done.error().message));
  }
};

}  // namespace

TEST_CASE("a table of a DuckDB file tells what was added and removed") {
  DatabaseFixture f;
  f.read("SELECT * FROM shop.o");
  f.keep();
  REQUIRE(f.retained.size() == 1);
  CHECK(f.retained[0].copied);
  f.write(
      "DELETE FROM w.o WHERE id = 0; UPDATE w.o SET v = 'y' WHERE id = 1; INSERT INTO w.o VALUES (7, 'z'), (7, 'z')");
  const auto change = f.change();
  CHECK(f.sorted(change.old_rows) == "0,x|1,x|2,x");
  CHECK(f.sorted(change.removed) == "0,x|1,x");
  CHECK(f.sorted(change.added) == "1,y|7,z|7,z");
}

TEST_CASE("a table that stayed as it was has no change, whatever happened beside it") {
  DatabaseFixture f;
  f.read("SELECT * FROM shop.o");
  f.keep();
  f.write("INSERT INTO w.other VALUES (2); CHECKPOINT w");
  const auto change = f.change();
  CHECK(f.sorted(change.added) == "");
  CHECK(f.sorted(change.removed) == "");
}

TEST_CASE("a log beside a DuckDB file is part of what it was and of what it is") {
  DatabaseFixture f;
  const std::string keep_log = "PRAGMA disable_checkpoint_on_shutdown; ";
  f.write(keep_log + "INSERT INTO w.o VALUES (5, 'log')");
  REQUIRE(fs::exists(f.path("s.duckdb.wal")));
  f.read("SELECT * FROM shop.o");
  f.keep();
  CHECK(f.retained.size() == 2);
  f.write(keep_log + "DELETE FROM w.o WHERE id = 5; INSERT INTO w.o VALUES (6, 'log')");
  REQUIRE(fs::exists(f.path("s.duckdb.wal")));
  const auto change = f.change();
  CHECK(f.sorted(change.old_rows) == "0,x|1,x|2,x|5,log");
  CHECK(f.sorted(change.removed) == "5,log");
  CHECK(f.sorted(change.added) == "6,log");
  f.keep();
  f.write("CHECKPOINT w");
  REQUIRE_FALSE(fs::exists(f.path("s.duckdb.wal")));
  const auto merged = f.change();
  CHECK(f.sorted(merged.added) + f.sorted(merged.removed) == "");
}

TEST_CASE("a DuckDB file above the limit or not kept has lost its history") {
  DatabaseFixture f;
  f.read("SELECT * FROM shop.o");
  CHECK(f.keep("link", 100).retained.empty());
  f.write("INSERT INTO w.o VALUES (9, 'n')");
  CHECK(f.lost() == "SOURCE_HISTORY_MISSING shop.o was changed, and what it was is not kept");
}

TEST_CASE("a table that had other columns has lost its history") {
  DatabaseFixture f;
  f.write("CREATE TABLE w.p AS SELECT 1 AS a");
  f.read("SELECT * FROM shop.p");
  f.keep();
  f.write("CREATE OR REPLACE TABLE w.p AS SELECT 'x' AS a");
  const auto now = f.look();
  const auto failed =
      reference_changes(f.database(), f.definition, f.recorded, now, f.retained, f.root, *f.run_sources);
  REQUIRE_FALSE(failed.has_value());
  CHECK(failed.error().message == "table 'shop.p' has other columns than when the view was defined");
}

TEST_CASE("rows that were logged while a DuckDB file was read may have been read or not") {
  DatabaseFixture f;
  f.read("SELECT * FROM shop.o");
  auto kept = keep_files(f.definition, f.look(), {}, {"link", 1 << 20, f.root, "sources/1/x"});
  f.write("PRAGMA disable_checkpoint_on_shutdown; INSERT INTO w.o VALUES (5, 'log')");
  REQUIRE(fs::exists(f.path("s.duckdb.wal")));
  CHECK(confirm_read(kept) == std::vector<std::string>{f.path("s.duckdb")});
  CHECK(kept.retained.empty());
}
