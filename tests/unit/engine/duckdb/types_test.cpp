#include "engine/duckdb/types.hpp"

#include <doctest/doctest.h>
#include <unistd.h>

#include <filesystem>

#include "engine/duckdb/database.hpp"
#include "engine/lake/type_text.hpp"

using namespace matview;
using namespace matview::engine;

namespace {

/// A Parquet file that goes with the test.
class ScratchFile {
 public:
  ScratchFile()
      : path_(std::filesystem::temp_directory_path() / ("matview-types-" + std::to_string(getpid()) + ".parquet")) {}
  ~ScratchFile() {
    std::error_code ignored;
    std::filesystem::remove(path_, ignored);
  }
  std::string literal() const { return quote_literal(path_.string()); }

 private:
  std::filesystem::path path_;
};

std::unique_ptr<Database> open_database() {
  auto database = Database::open({});
  REQUIRE(database.has_value());
  return *std::move(database);
}

struct RoundTrip {
  std::vector<StoredColumn> columns;
  std::vector<Column> decoded;
  std::vector<Column> parquet;
  TextRows before;
  TextRows after;
};

Result<RoundTrip> round_trip(Database& database, const std::string& query, HugeintAs hugeint = HugeintAs::decimal) {
  const ScratchFile file;
  RoundTrip trip;
  MATVIEW_ASSIGN(const auto columns, database.describe(query));
  MATVIEW_ASSIGN(trip.columns, storage_columns(columns, hugeint));
  MATVIEW_ASSIGN(trip.before, database.rows(query));
  MATVIEW_TRY(
      database.execute("COPY (" + encode_sql(query, trip.columns) + ") TO " + file.literal() + " (FORMAT parquet)"));
  const auto decode = decode_sql("read_parquet(" + file.literal() + ")", trip.columns);
  MATVIEW_ASSIGN(trip.parquet, database.describe("FROM read_parquet(" + file.literal() + ")"));
  MATVIEW_ASSIGN(trip.decoded, database.describe(decode));
  MATVIEW_ASSIGN(trip.after, database.rows(decode));
  return trip;
}

/// Names of fields may be quoted or not.
bool same_type(const std::string& a, const std::string& b) {
  const auto left = parse_type(a);
  const auto right = parse_type(b);
  return left && right && *left == *right;
}

struct Case {
  const char* type;
  const char* storage;
  std::vector<std::string> values;
};

}  // namespace

TEST_CASE("every type comes back from Parquet as it was, extremes included") {
  const std::vector<Case> cases{
      {"BOOLEAN", "BOOLEAN", {"true", "false"}},
      {"TINYINT", "TINYINT", {"'-128'", "'127'"}},
      {"SMALLINT", "SMALLINT", {"'-32768'", "'32767'"}},
      {"INTEGER", "INTEGER", {"'-2147483648'", "'2147483647'"}},
      {"BIGINT", "BIGINT", {"'-9223372036854775808'", "'9223372036854775807'"}},
      {"UTINYINT", "UTINYINT", {"'255'"}},
      {"USMALLINT", "USMALLINT", {"'65535'"}},
      {"UINTEGER", "UINTEGER", {"'4294967295'"}},
      {"UBIGINT", "UBIGINT", {"'18446744073709551615'"}},
      {"HUGEINT",
       "DECIMAL(38,0)",
       {"'9007199254740993'", "'0'", "'-1'", "'999999999999999999'", "'1000000000000000000'", "'-999999999999999999'",
        "'-1000000000000000000'", "'9223372036854775808'", "'99999999999999999999999999999999999999'",
        "'-99999999999999999999999999999999999999'"}},
      {"UHUGEINT", "VARCHAR", {"'340282366920938463463374607431768211455'", "'0'"}},
      {"FLOAT", "FLOAT", {"'nan'", "'-nan'", "'-0.0'", "'inf'", "'-inf'", "'1e-45'", "'3.4028235e38'"}},
      {"DOUBLE",
       "DOUBLE",
       {"'nan'", "'-nan'", "'-0.0'", "'inf'", "'-inf'", "'5e-324'", "'1.7976931348623157e308'", "'0.1'"}},
      {"DECIMAL(4,1)", "DECIMAL(4,1)", {"'-999.9'", "'999.9'"}},
      {"DECIMAL(9,9)", "DECIMAL(9,9)", {"'-0.999999999'"}},
      {"DECIMAL(18,3)", "DECIMAL(18,3)", {"'-999999999999999.999'"}},
      {"DECIMAL(38,0)", "DECIMAL(38,0)", {"'-99999999999999999999999999999999999999'"}},
      {"DECIMAL(38,38)", "DECIMAL(38,38)", {"'0.99999999999999999999999999999999999999'"}},
      {"VARCHAR", "VARCHAR", {"''", "'a' || chr(0) || 'b'", "'ä€𝄞'", "'it''s \"q\"'", "repeat('x', 100000)"}},
      {"BLOB", "BLOB", {"''", "'\\x00\\xFF\\x27'"}},
      {"BIT", "VARCHAR", {"'1'", "'0'", "'0000000000000001'", "repeat('01', 5000)"}},
      {"BIGNUM", "VARCHAR", {"repeat('9', 3000)", "'-' || repeat('9', 300)", "'0'", "'-1'"}},
      {"UUID",
       "UUID",
       {"'ffffffff-ffff-ffff-ffff-ffffffffffff'", "'00000000-0000-0000-0000-000000000000'",
        "'80000000-0000-0000-0000-000000000001'"}},
      {"JSON", "JSON", {"'{\"a\": [1,  2.50]}'", "'null'", "'\"x\"'"}},
      {"DATE", "DATE", {"'5877642-06-25 (BC)'", "'5881580-07-10'", "'infinity'", "'-infinity'", "'0001-01-01 (BC)'"}},
      {"TIME", "TIME", {"'00:00:00'", "'23:59:59.999999'", "'24:00:00'"}},
      {"TIME_NS", "VARCHAR", {"'00:00:00.000000001'", "'23:59:59.999999999'", "'24:00:00'"}},
      {"TIME WITH TIME ZONE", "VARCHAR", {"'00:00:00+15:59:59'", "'24:00:00-15:59:59'", "'10:11:12.000001-00:00:01'"}},
      {"TIMESTAMP",
       "TIMESTAMP",
       {"'290309-12-22 (BC) 00:00:00'", "'294247-01-10 04:00:54.775806'", "'infinity'", "'-infinity'"}},
      {"TIMESTAMP_S",
       "TIMESTAMP",
       {"'290309-12-22 (BC) 00:00:00'", "'294247-01-10 04:00:54'", "'infinity'", "'-infinity'"}},
      {"TIMESTAMP_MS",
       "TIMESTAMP",
       {"'290309-12-22 (BC) 00:00:00'", "'294247-01-10 04:00:54.775'", "'infinity'", "'-infinity'"}},
      {"TIMESTAMP_NS",
       "TIMESTAMP_NS",
       {"'1677-09-22 00:00:00.000000001'", "'2262-04-11 23:47:16.854775806'", "'infinity'", "'-infinity'"}},
      {"TIMESTAMP WITH TIME ZONE",
       "TIMESTAMP WITH TIME ZONE",
       {"'290309-12-22 (BC) 00:00:00+00'", "'294247-01-10 04:00:54.775806+00'", "'infinity'", "'-infinity'"}},
      {"INTERVAL",
       "VARCHAR",
       {"'1 month 1 day 1 microsecond'", "to_months(-2147483648)", "to_days(2147483647)", "to_hours(720)",
        "to_days(30)", "to_months(13) + to_days(-3) + to_microseconds(1)",
        "to_months(-13) + to_days(3) + to_microseconds(-1)"}},
      {"ENUM('a', 'b''c', '')", "VARCHAR", {"'a'", "'b''c'", "''"}},
      {"INTEGER[]", "INTEGER[]", {"[]", "[NULL]", "[1, NULL, -1]"}},
      {"INTEGER[3]", "INTEGER[]", {"[1, NULL, 3]"}},
      {"HUGEINT[2][]", "DECIMAL(38,0)[][]", {"[[9007199254740993, 1], NULL]", "[]"}},
      {"STRUCT(\"a b\" HUGEINT, q STRUCT(z TIMETZ[]))",
       "STRUCT(\"a b\" DECIMAL(38,0), \"q\" STRUCT(\"z\" VARCHAR[]))",
       {"{'a b': 9007199254740993, 'q': {'z': ['10:00:00+02', NULL]}}", "{'a b': NULL, 'q': NULL}"}},
      {"MAP(ENUM('a', 'b'), INTERVAL)", "MAP(VARCHAR, VARCHAR)", {"MAP {'a': INTERVAL 1 DAY, 'b': NULL}", "MAP {}"}},
      {"MAP(INTEGER[], STRUCT(x VARCHAR))", "MAP(INTEGER[], STRUCT(\"x\" VARCHAR))", {"MAP {[1, 2]: {'x': 'y'}}"}},
  };
  auto database = open_database();
  for (const auto& [type, storage, values] : cases) {
    INFO(type);
    std::string query;
    for (const auto& value : values) query += "SELECT CAST(" + value + " AS " + type + ") AS v UNION ALL ";
    query += std::string("SELECT CAST(NULL AS ") + type + ")";
    const auto trip = round_trip(*database, query);
    REQUIRE_MESSAGE(trip.has_value(), (trip ? "" : trip.error().message));
    CHECK(same_type(trip->columns[0].storage_type, storage));
    CHECK(trip->before == trip->after);
    const auto asked = database->describe(query);
    REQUIRE(asked.has_value());
    CHECK(trip->decoded[0].type == asked->at(0).type);
    const auto stored = storage_columns(trip->parquet);
    REQUIRE(stored.has_value());
    CHECK(same_type(stored->at(0).storage_type, trip->columns[0].storage_type));
  }
}

TEST_CASE("HUGEINT of 39 digits fails as DECIMAL, says so, and comes back as text") {
  auto database = open_database();
  const std::string query = "SELECT 170141183460469231731687303715884105727::HUGEINT AS h, [{'x': -1::HUGEINT}] AS l";
  const auto decimal = round_trip(*database, query);
  REQUIRE_FALSE(decimal.has_value());
  CHECK(is_hugeint_overflow(decimal.error()));
  const auto text = round_trip(*database, query, HugeintAs::text);
  REQUIRE(text.has_value());
  CHECK(text->columns[0].storage_type == "VARCHAR");
  CHECK(text->before == text->after);
}

TEST_CASE("an interval that DuckDB prints but cannot read fails when written, not when read") {
  auto database = open_database();
  for (const std::string query : {"SELECT to_microseconds(9223372036854775807) AS v",
                                  "SELECT [{'x': to_microseconds(-9223372036854775807)}] AS v"}) {
    const auto trip = round_trip(*database, query);
    REQUIRE_FALSE(trip.has_value());
    CHECK(trip.error().message.find("column v has an INTERVAL too long to be stored") != std::string::npos);
  }
}

TEST_CASE("types without an exact form are refused by column and type") {
  const std::vector<std::pair<std::string, std::string>> refused{{"VARIANT", "VARIANT"},
                                                                 {"UNION(i INTEGER, s VARCHAR)", "UNION"},
                                                                 {"GEOMETRY", "GEOMETRY"},
                                                                 {"STRUCT(INTEGER, VARCHAR)", "names"},
                                                                 {"VARIANT[]", "VARIANT"}};
  for (const auto& [type, reason] : refused) {
    const auto columns = storage_columns({{"a", "BIGINT"}, {"odd", type}});
    REQUIRE_FALSE(columns.has_value());
    CHECK(columns.error().code == ErrorCode::unsupported);
    CHECK(columns.error().message.find("'odd' of type " + type) != std::string::npos);
    CHECK(columns.error().message.find(reason) != std::string::npos);
    CHECK_FALSE(columns.error().hint.empty());
  }
}

TEST_CASE("columns that share a name but for its case are refused") {
  const auto columns = storage_columns({{"Id", "BIGINT"}, {"x", "BIGINT"}, {"id", "BIGINT"}});
  REQUIRE_FALSE(columns.has_value());
  CHECK(columns.error().code == ErrorCode::usage);
  CHECK(columns.error().message == "the query has two columns 'id' and 'Id'");
}

TEST_CASE("a thousand columns with odd names go both ways") {
  auto database = open_database();
  std::string query = "SELECT ";
  for (int i = 0; i < 1000; ++i)
    query +=
        (i ? ", " : "") + std::to_string(i) + "::HUGEINT AS " + quote_identifier("c \"" + std::to_string(i) + "' é,");
  const auto trip = round_trip(*database, query + " -- trailing comment");
  REQUIRE_MESSAGE(trip.has_value(), (trip ? "" : trip.error().message));
  CHECK(trip->before == trip->after);
  CHECK(trip->decoded[999].name == "c \"999' é,");
}
