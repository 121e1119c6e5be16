#include "engine/duckdb/database.hpp"

#include <doctest/doctest.h>
#include <unistd.h>

#include <csignal>
#include <thread>

using namespace matview;
using namespace matview::engine;

namespace {

std::unique_ptr<Database> open_database(DatabaseOptions options = {}) {
  auto database = Database::open(options);
  REQUIRE_MESSAGE(database.has_value(), (database ? "" : database.error().message));
  return *std::move(database);
}

struct Listener : Observer {
  std::atomic<int> reports = 0;
  void progress(const Progress&) override { ++reports; }
};

std::string cell(Database& database, const std::string& sql) {
  auto rows = database.rows(sql);
  REQUIRE_MESSAGE(rows.has_value(), (rows ? "" : rows.error().message));
  REQUIRE(rows->size() == 1);
  return rows->at(0).at(0).value_or("<NULL>");
}

}  // namespace

TEST_CASE("the library is a 1.x with Parquet, JSON and ICU inside") {
  CHECK(duckdb_library_version().starts_with("v1."));
  auto database = open_database({.time_zone = "Europe/Berlin"});
  CHECK(cell(*database, "SELECT TIMESTAMPTZ '2024-07-01 12:00:00+00'") == "2024-07-01 14:00:00+02");
  CHECK(cell(*database, "SELECT '{\"a\":[1,2]}'::JSON->'a'") == "[1,2]");
}

TEST_CASE("a query that fails in the middle of its rows is an error and not an end") {
  auto database = open_database();
  const std::atomic<int> stop = 0;
  Observer observer;
  Control control{observer, stop, std::nullopt};
  const std::string sql =
      "SELECT CASE WHEN i = 900000 THEN CAST('x' || i AS BIGINT) ELSE i END AS v, 1.5 AS d FROM range(1000000) t(i)";
  auto result = database->stream(sql, control);
  REQUIRE(result.has_value());
  TextRows rows;
  Result<bool> more = true;
  while ((more = (*result)->next(rows)) && *more) {
  }
  REQUIRE_FALSE(more.has_value());
  CHECK(more.error().message.starts_with("Conversion Error: Could not convert string 'x900000' to INT64"));
}

TEST_CASE("a stop interrupts a big aggregation") {
  auto database = open_database();
  std::atomic<int> stop = 0;
  Listener observer;
  Control control{observer, stop, std::nullopt};
  std::thread signal([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(300));
    stop = SIGTERM;
  });
  const auto done =
      database->run("SELECT sum(a.range * b.range % 7) FROM range(1000000) a, range(1000000) b", control, "v");
  signal.join();
  REQUIRE_FALSE(done.has_value());
  CHECK(done.error().code == ErrorCode::terminated);
  CHECK(cell(*database, "SELECT 42") == "42");
}

TEST_CASE("COPY tells rows, sizes and the statistics of every leaf") {
  auto database = open_database();
  const std::atomic<int> stop = 0;
  Observer observer;
  Control control{observer, stop, std::nullopt};
  const auto path = std::filesystem::temp_directory_path() / ("matview-copy-" + std::to_string(getpid()) + ".parquet");
  const auto copied = database->copy(
      "COPY (SELECT 1 AS \"a\"\"b\", {'x y': 2.5, 'z': [1, NULL]} AS \"s.t\" UNION ALL SELECT NULL, NULL) TO " +
          quote_literal(path.string()) + " (FORMAT parquet, RETURN_STATS)",
      control, "v");
  REQUIRE(copied.has_value());
  CHECK(copied->rows == 2);
  CHECK(copied->bytes == static_cast<std::int64_t>(std::filesystem::file_size(path)));
  std::filesystem::remove(path);
  REQUIRE(copied->columns.size() == 3);
  CHECK(copied->columns[0].path == std::vector<std::string>{"a\"b"});
  CHECK(copied->columns[0].statistics.at("null_count") == "1");
  CHECK(copied->columns[1].path == std::vector<std::string>{"s.t", "x y"});
  CHECK(copied->columns[1].statistics.at("max") == "2.5");
  CHECK(copied->columns[2].path == std::vector<std::string>{"s.t", "z", "element"});
}
