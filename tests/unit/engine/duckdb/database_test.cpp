#include "engine/duckdb/database.hpp"

#include <doctest/doctest.h>
#include <unistd.h>

#include <atomic>
#include <csignal>

using namespace matview;
using namespace matview::engine;

namespace {

std::unique_ptr<Database> open_database(DatabaseOptions options = {}) {
  auto database = Database::open(options);
  REQUIRE_MESSAGE(database.has_value(), (database ? "" : database.error().message));
  return *std::move(database);
}

/// Asks to stop as soon as it hears how far the query is.
struct Stopper : Observer {
  explicit Stopper(int signal) : signal(signal) {}
  void progress(const Progress& heard) override {
    CHECK(heard.view == "v");
    stop = signal;
  }
  const int signal;
  std::atomic<int> stop = 0;
};

std::string cell(Database& database, const std::string& sql) {
  auto rows = database.rows(sql);
  REQUIRE_MESSAGE(rows.has_value(), (rows ? "" : rows.error().message));
  REQUIRE(rows->size() == 1);
  return rows->at(0).at(0).value_or("<NULL>");
}

}  // namespace

TEST_CASE("the library is a 1.x with Parquet, JSON and ICU inside") {
  CHECK(duckdb_library_version().value().starts_with("v1."));
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
  INFO(more.error().message);
  CHECK(more.error().message.starts_with("Conversion Error: Could not convert string 'x900000' to INT64"));
}

TEST_CASE("a stop interrupts a big aggregation") {
  auto database = open_database();
  Stopper observer(SIGTERM);
  Control control{observer, observer.stop, std::nullopt};
  const auto done =
      database->run("SELECT sum(a.range * b.range % 7) FROM range(1000000) a, range(1000000) b", control, "v");
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

TEST_CASE("a stop interrupts a COPY, a deadline a stream, and the connection lives on") {
  auto database = open_database();
  Stopper observer(SIGINT);
  Control control{observer, observer.stop, std::nullopt};
  const auto path = std::filesystem::temp_directory_path() / ("matview-stop-" + std::to_string(getpid()) + ".parquet");
  const auto copied = database->copy("COPY (SELECT range AS i, hash(range) AS h FROM range(100000000000)) TO " +
                                         quote_literal(path.string()) + " (FORMAT parquet, RETURN_STATS)",
                                     control, "v");
  std::filesystem::remove(path);
  REQUIRE_FALSE(copied.has_value());
  CHECK(copied.error().code == ErrorCode::interrupted);

  Observer silent;
  const std::atomic<int> never = 0;
  Control until{silent, never, std::nullopt};
  until.deadline = std::chrono::steady_clock::now() + std::chrono::milliseconds(200);
  auto stream = database->stream("SELECT range AS i, 1.5 AS d FROM range(100000000000)", until);
  REQUIRE(stream.has_value());
  TextRows rows;
  Result<bool> more = true;
  while ((more = (*stream)->next(rows)) && *more) {
  }
  REQUIRE_FALSE(more.has_value());
  CHECK(more.error().code == ErrorCode::timeout);
  stream->reset();
  CHECK(cell(*database, "SELECT 42") == "42");
}

TEST_CASE("text is what DuckDB's cast says, whatever the types and names") {
  auto database = open_database();
  const std::atomic<int> stop = 0;
  Observer observer;
  Control control{observer, stop, std::nullopt};
  const auto only = [&](const std::string& sql) {
    auto stream = database->stream(sql, control);
    REQUIRE_MESSAGE(stream.has_value(), (stream ? "" : stream.error().message));
    TextRows rows;
    const auto more = (*stream)->next(rows);
    REQUIRE(more.has_value());
    REQUIRE(rows.size() == 1);
    return std::pair{(*stream)->columns(), rows[0]};
  };
  const auto [columns, row] = only(
      "SELECT 1 AS a, 2 AS a, 3.50 AS \"a\"\"'b\", {'x': [NULL, 'q']}, 'a' || chr(0) || 'b', NULL, '\\xFF'::BLOB; -- "
      "end");
  REQUIRE(columns.size() == 7);
  CHECK(columns[0].name == "a");
  CHECK(columns[1].name == "a");
  CHECK(columns[2].name == "a\"'b");
  CHECK(columns[2].type == "DECIMAL(3,2)");
  CHECK(columns[3].type == "STRUCT(x VARCHAR[])");
  CHECK(row[2] == "3.50");
  CHECK(row[3] == "{'x': [NULL, q]}");
  CHECK(row[4] == std::string("a\0b", 3));
  CHECK_FALSE(row[5].has_value());
  CHECK(row[6] == "\\xFF");
  std::string wide = "SELECT ";
  for (int i = 0; i < 1000; ++i) wide += (i ? ", " : "") + std::to_string(i) + ".5 AS c";
  CHECK(only(wide).second.at(999) == "999.5");
  CHECK(only("FROM (DESCRIBE SELECT 1 AS x)").second.at(0) == "x");
}

TEST_CASE("running out of memory, bad SQL and a full disk are failures with a reason") {
  auto database = open_database({.memory_limit = "40MB"});
  const auto memory =
      database->rows("SELECT count(*) FROM (SELECT DISTINCT hash(range), range::VARCHAR FROM range(5000000))");
  REQUIRE_FALSE(memory.has_value());
  CHECK(memory.error().message.starts_with("Out of Memory Error"));
  CHECK(memory.error().hint.find("--memory-limit") != std::string::npos);
  const auto full = database->execute("COPY (SELECT range FROM range(1000000)) TO '/dev/full' (FORMAT parquet)");
  REQUIRE_FALSE(full.has_value());
  CHECK(full.error().message.find("No space left on device") != std::string::npos);
  const auto parameters = database->rows("SELECT $1");
  REQUIRE_FALSE(parameters.has_value());
  CHECK(parameters.error().code == ErrorCode::usage);
  CHECK_FALSE(database->rows(std::string_view("SELECT 1\0", 9)).has_value());
  CHECK_FALSE(Database::open({.memory_limit = "much"}).has_value());
  CHECK_FALSE(Database::open({.time_zone = "Mars/Base"}).has_value());
}

TEST_CASE("settings are locked and nothing is fetched or loaded") {
  auto database = open_database();
  for (const std::string sql : {"SET threads = 1", "SET autoload_known_extensions = true", "LOAD spatial",
                                "FROM 'https://example.org/x.parquet'", "FROM 's3://bucket/x.parquet'"}) {
    INFO(sql);
    CHECK_FALSE(database->execute(sql).has_value());
  }
}
