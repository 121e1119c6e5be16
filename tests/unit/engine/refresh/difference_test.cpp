#include "engine/refresh/difference.hpp"

#include <doctest/doctest.h>

#include <atomic>

using namespace matview;
using namespace matview::engine;

namespace {

struct Fixture {
  Fixture() {
    auto opened = Database::open({});
    REQUIRE(opened);
    database = *std::move(opened);
  }

  Difference exact(const std::string& left, const std::string& right) {
    auto found = exact_difference(*database, left, right, control, "v");
    REQUIRE(found);
    return *found;
  }

  Difference tolerant(const std::string& left, const std::string& right, const std::vector<StoredColumn>& columns) {
    auto found = tolerant_difference(*database, left, right, columns, 5, control, "v");
    REQUIRE(found);
    return *found;
  }

  std::unique_ptr<Database> database;
  Observer observer;
  std::atomic<int> stop = 0;
  Control control{observer, stop, std::nullopt};
};

const std::vector<StoredColumn> k_key_and_sum = {{"k", "INTEGER", "INTEGER"}, {"s", "DOUBLE", "DOUBLE"}};

}  // namespace

TEST_CASE_FIXTURE(Fixture, "rows are compared as multisets: how often counts, order does not") {
  CHECK(exact("VALUES (1), (2), (2)", "VALUES (2), (1), (2)").only_left == 0);
  const auto difference = exact("VALUES (1), (2), (2)", "VALUES (1), (2), (3)");
  CHECK(difference.only_left == 1);
  CHECK(difference.only_right == 1);
}

TEST_CASE_FIXTURE(Fixture, "columns may have any name, also that of a count") {
  CHECK(exact("SELECT 5 AS n", "SELECT 5 AS n").only_left == 0);
  const auto difference = exact("SELECT 0 AS n", "SELECT NULL::INTEGER AS n");
  CHECK(difference.only_left == 1);
  CHECK(difference.only_right == 1);
}

TEST_CASE_FIXTURE(Fixture, "NULL equals NULL, and NaN equals NaN") {
  const auto difference =
      exact("SELECT NULL::INTEGER AS a, 'nan'::DOUBLE AS b", "SELECT NULL::INTEGER AS a, 'nan'::DOUBLE AS b");
  CHECK(difference.only_left == 0);
  CHECK(difference.only_right == 0);
}

TEST_CASE_FIXTURE(Fixture, "floating-point numbers may differ by rounding, and by no more") {
  const auto rounding =
      tolerant("SELECT 1 AS k, 0.1::DOUBLE + 0.2::DOUBLE AS s", "SELECT 1 AS k, 0.3::DOUBLE AS s", k_key_and_sum);
  CHECK(rounding.only_left == 0);
  CHECK(rounding.only_right == 0);
  const auto more = tolerant("SELECT 1 AS k, 1.00001::DOUBLE AS s", "SELECT 1 AS k, 1.0::DOUBLE AS s", k_key_and_sum);
  CHECK(more.only_left == 1);
  CHECK(more.only_right == 1);
  REQUIRE(more.left_sample.size() == 1);
  CHECK(more.left_sample[0][1] == "1.00001");
}

TEST_CASE_FIXTURE(Fixture, "a row with another key is no rounding") {
  const auto difference = tolerant("SELECT 1 AS k, 1.0::DOUBLE AS s", "SELECT 2 AS k, 1.0::DOUBLE AS s", k_key_and_sum);
  CHECK(difference.only_left == 1);
  CHECK(difference.only_right == 1);
}

TEST_CASE_FIXTURE(Fixture, "a row too many among rounded equals is found") {
  const auto difference = tolerant("SELECT 1 AS k, 0.1::DOUBLE + 0.2::DOUBLE AS s UNION ALL SELECT 1, 5.0",
                                   "SELECT 1 AS k, 0.3::DOUBLE AS s", k_key_and_sum);
  CHECK(difference.only_left == 1);
  CHECK(difference.only_right == 0);
}

TEST_CASE("rows are counted whatever their columns are called") {
  Fixture fixture;
  for (const auto* name : {"n", "weight", "l", "r", "sum", "count"}) {
    CAPTURE(name);
    const auto rows = [&](const std::string& list) { return "SELECT * FROM (VALUES " + list + ") t(k, " + name + ")"; };
    const auto equal = fixture.exact(rows("(1, 20), (2, 7)"), rows("(2, 7), (1, 20)"));
    CHECK(equal.only_left == 0);
    CHECK(equal.only_right == 0);
    const auto different = fixture.exact(rows("(1, 0), (2, 0)"), rows("(3, 0)"));
    CHECK(different.only_left == 2);
    CHECK(different.only_right == 1);
    const auto close = fixture.tolerant(
        "SELECT k, s::DOUBLE AS " + std::string(name) + " FROM (VALUES (1, 0.3), (2, 5)) t(k, s)",
        "SELECT k, s::DOUBLE AS " + std::string(name) + " FROM (VALUES (1, 0.1::DOUBLE + 0.2), (2, 6)) t(k, s)",
        {{"k", "INTEGER", "INTEGER"}, {name, "DOUBLE", "DOUBLE"}});
    CHECK(close.only_left == 1);
    CHECK(close.only_right == 1);
  }
}

TEST_CASE_FIXTURE(Fixture, "a side that comes out a little otherwise each time it is computed is computed once") {
  REQUIRE(database->execute("CREATE SEQUENCE computed"));
  const std::string varying =
      "SELECT 1 AS k, 1.0::DOUBLE + CASE WHEN nextval('computed') = 1 THEN 0 ELSE 1e-12 END AS s";
  const auto difference = tolerant(varying, "SELECT 1 AS k, 1.0::DOUBLE AS s", k_key_and_sum);
  CHECK(difference.only_left == 0);
  CHECK(difference.only_right == 0);
}

TEST_CASE_FIXTURE(Fixture, "copies of a row count, and are shown as often") {
  const auto rows = [](const std::string& list) { return "SELECT * FROM (VALUES " + list + ") t(k, s)"; };
  const auto difference = tolerant(rows("(1, 2.0::DOUBLE), (1, 2.0), (2, 3.0)"),
                                   rows("(1, 2.0::DOUBLE), (4, 5.0), (4, 5.0)"), k_key_and_sum);
  CHECK(difference.only_left == 2);
  CHECK(difference.only_right == 2);
  CHECK(difference.right_sample.size() == 2);
}
