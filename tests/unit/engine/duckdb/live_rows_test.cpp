#include <doctest/doctest.h>

#include "engine/duckdb/database.hpp"
#include "support/temporary_directory.hpp"

using namespace matview;
using namespace matview::engine;

namespace {

struct LiveFixture {
  LiveFixture() : database(open(4)) {
    run("COPY (SELECT range AS i FROM range(300000)) TO '" + path("data") + "' (FORMAT parquet, ROW_GROUP_SIZE 2048)");
  }

  static std::unique_ptr<Database> open(std::int64_t threads) {
    DatabaseOptions options;
    options.threads = threads;
    auto opened = Database::open(options);
    REQUIRE(opened);
    return *std::move(opened);
  }

  std::string path(const std::string& name) const { return (directory.path() / (name + ".parquet")).string(); }

  void run(const std::string& sql) {
    const auto done = database->execute(sql);
    REQUIRE_MESSAGE(done.has_value(), (done ? "" : done.error().message));
  }
  void deletes(const std::string& name, const std::string& positions) {
    run("COPY (SELECT 'x' AS file_path, pos FROM (" + positions + ")) TO '" + path(name) + "' (FORMAT parquet)");
  }
  std::string live(const std::string& name) const {
    return "SELECT i FROM read_parquet('" + path("data") + "') WHERE __matview_live('" + path(name) +
           "', file_row_number)";
  }
  std::string value(const std::string& sql) {
    const auto rows = database->rows(sql);
    REQUIRE_MESSAGE(rows.has_value(), (rows ? "" : rows.error().message));
    return rows->at(0).at(0).value_or("NULL");
  }

  test::TemporaryDirectory directory;
  std::unique_ptr<Database> database;
};

}  // namespace

TEST_CASE_FIXTURE(LiveFixture, "exactly the rows that a delete file names are left out, in any number of threads") {
  deletes("some", "SELECT range * 7 AS pos FROM range(40000)");
  deletes("none", "SELECT 0::BIGINT AS pos WHERE false");
  deletes("one", "SELECT 299999::BIGINT AS pos");
  CHECK(value("SELECT count(*) FROM (" + live("some") + ")") == "260000");
  CHECK(value("SELECT count(*) FROM (" + live("some") + ") WHERE i % 7 = 0 AND i < 280000") == "0");
  CHECK(value("SELECT max(i) FROM (" + live("one") + ")") == "299998");
  CHECK(value("SELECT count(*) FROM (" + live("none") + ")") == "300000");
  // Row groups that a filter skips do not move the positions.
  CHECK(value("SELECT list(i ORDER BY i) FROM (" + live("some") + ") WHERE i BETWEEN 209998 AND 210002") ==
        "[209998, 209999, 210001, 210002]");
  CHECK(value("SELECT count(*) FROM (" + live("some") + ") a JOIN (" + live("one") + ") b USING (i)") == "259999");
}

TEST_CASE_FIXTURE(LiveFixture, "a query in one thread can read a delete file too") {
  database = open(1);
  deletes("some", "SELECT range AS pos FROM range(10)");
  CHECK(value("SELECT count(*) FROM (" + live("some") + ")") == "299990");
}

TEST_CASE_FIXTURE(LiveFixture, "a delete file that cannot be read fails the query, with the reason") {
  const auto missing = database->rows("SELECT count(*) FROM (" + live("missing") + ")");
  REQUIRE_FALSE(missing);
  CHECK(missing.error().message.find("missing.parquet") != std::string::npos);
  deletes("wild", "SELECT -1::BIGINT AS pos");
  const auto wild = database->rows("SELECT count(*) FROM (" + live("wild") + ")");
  REQUIRE_FALSE(wild);
  CHECK(wild.error().message.find("names a position that no row has") != std::string::npos);
}
