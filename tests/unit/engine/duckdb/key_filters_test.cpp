#include <doctest/doctest.h>

#include "engine/duckdb/database.hpp"
#include "support/temporary_directory.hpp"

using namespace matview;
using namespace matview::engine;

namespace {

struct KeysFixture {
  KeysFixture() : database(*Database::open({})) {}

  void run(const std::string& sql) {
    const auto done = database->execute(sql);
    REQUIRE_MESSAGE(done.has_value(), (done ? "" : done.error().message));
  }
  std::int64_t number(const std::string& sql) {
    const auto rows = database->rows(sql);
    REQUIRE_MESSAGE(rows.has_value(), (rows ? "" : rows.error().message));
    return std::stoll(rows->at(0).at(0).value_or("-1"));
  }

  std::unique_ptr<Database> database;
};

}  // namespace

TEST_CASE_FIXTURE(KeysFixture, "every key is among the keys, and few others are, whatever type they have") {
  for (const char* key :
       {"i", "i::TINYINT % 100", "i::HUGEINT * 1000000007", "'key ' || i", "DATE '2000-01-01' + i::INTEGER",
        "TIMESTAMP '2000-01-01' + i * INTERVAL 1 SECOND", "(i / 100)::DECIMAL(15, 2)", "i % 2 = 0", "uuid()"}) {
    CAPTURE(key);
    run("CREATE OR REPLACE TEMP TABLE keys AS SELECT DISTINCT " + std::string(key) +
        " AS k FROM range(100) t(i) UNION ALL SELECT NULL");
    REQUIRE(database->remember_keys("keys", "SELECT hash(*COLUMNS(*)) FROM keys"));
    CHECK(number("SELECT count(*) FROM keys WHERE NOT __matview_among('keys', hash(k))") == 0);
  }
  run("CREATE OR REPLACE TEMP TABLE keys AS SELECT i AS a, 'b' || i AS b FROM range(1000) t(i)");
  REQUIRE(database->remember_keys("pairs", "SELECT hash(*COLUMNS(*)) FROM keys"));
  CHECK(number("SELECT count(*) FROM keys WHERE NOT __matview_among('pairs', hash(a, b))") == 0);
  CHECK(number("SELECT count(*) FROM range(100000) t(i) WHERE __matview_among('pairs', hash(i, 'c'))") < 10000);
}

TEST_CASE_FIXTURE(KeysFixture, "keys of one name are replaced, those of another stay, and unknown ones are an error") {
  REQUIRE(database->remember_keys("one", "SELECT hash(i) FROM range(5) t(i)"));
  REQUIRE(database->remember_keys("two", "SELECT hash(i) FROM range(5, 7) t(i)"));
  REQUIRE(database->remember_keys("one", "SELECT hash(i) FROM range(7, 9) t(i)"));
  const auto among = [&](const std::string& name) {
    return number("SELECT count(*) FROM range(9) t(i) WHERE __matview_among('" + name + "', hash(i))");
  };
  CHECK(among("one") >= 2);
  CHECK(among("one") < 9);
  CHECK(among("two") >= 2);
  REQUIRE(database->remember_keys("none", "SELECT hash(i) FROM range(0) t(i)"));
  CHECK(among("none") == 0);
  const auto unknown = database->rows("SELECT __matview_among('three', hash(1))");
  REQUIRE_FALSE(unknown);
  CHECK(unknown.error().message.find("the keys are not known") != std::string::npos);
  CHECK_FALSE(database->remember_keys("one", "SELECT nothing"));
}

TEST_CASE_FIXTURE(KeysFixture, "a scan of files asks it in several threads") {
  test::TemporaryDirectory directory;
  const auto file = "'" + (directory.path() / "rows.parquet").string() + "'";
  run("COPY (SELECT i, i % 1000 AS k FROM range(300000) t(i)) TO " + file + " (FORMAT parquet, ROW_GROUP_SIZE 2048)");
  run("CREATE TEMP TABLE keys AS SELECT i * 10 AS k FROM range(7) t(i)");
  REQUIRE(database->remember_keys("keys", "SELECT hash(k) FROM keys"));
  CHECK(number("SELECT count(*) FROM " + file +
               " AS r SEMI JOIN keys USING (k) WHERE __matview_among('keys', hash(k))") == 2100);
}
