// No value changes by being stored, and the types reported are those of the query.

#include <doctest/doctest.h>

#include "support/store_fixture.hpp"

using namespace matview::test;

namespace {

struct TypeCase {
  const char* type;
  std::vector<const char*> values;  ///< SQL expressions of that type: the extremes, the odd ones
};

const std::vector<TypeCase> k_types = {
    {"BOOLEAN", {"true", "false"}},
    {"TINYINT", {"(-128)::TINYINT", "127::TINYINT"}},
    {"SMALLINT", {"(-32768)::SMALLINT", "32767::SMALLINT"}},
    {"INTEGER", {"(-2147483648)::INTEGER", "2147483647::INTEGER"}},
    {"BIGINT", {"(-9223372036854775808)::BIGINT", "9223372036854775807::BIGINT", "9007199254740993::BIGINT"}},
    {"HUGEINT",
     {"9007199254740993::HUGEINT", "(-99999999999999999999999999999999999999)::HUGEINT",
      "99999999999999999999999999999999999999::HUGEINT"}},
    {"UTINYINT", {"0::UTINYINT", "255::UTINYINT"}},
    {"USMALLINT", {"65535::USMALLINT"}},
    {"UINTEGER", {"4294967295::UINTEGER"}},
    {"UBIGINT", {"18446744073709551615::UBIGINT"}},
    {"UHUGEINT", {"0::UHUGEINT", "340282366920938463463374607431768211455::UHUGEINT"}},
    {"FLOAT",
     {"'nan'::FLOAT", "'inf'::FLOAT", "'-inf'::FLOAT", "(-0.0)::FLOAT", "3.4028235e38::FLOAT", "1e-45::FLOAT"}},
    {"DOUBLE",
     {"'nan'::DOUBLE", "'inf'::DOUBLE", "'-inf'::DOUBLE", "1.7976931348623157e308::DOUBLE", "5e-324::DOUBLE",
      "0.1::DOUBLE"}},
    {"DECIMAL(4,1)", {"999.9::DECIMAL(4,1)", "(-999.9)::DECIMAL(4,1)"}},
    {"DECIMAL(18,3)", {"999999999999999.999::DECIMAL(18,3)"}},
    {"DECIMAL(38,0)", {"99999999999999999999999999999999999999::DECIMAL(38,0)"}},
    {"DECIMAL(38,38)", {"'0.99999999999999999999999999999999999999'::DECIMAL(38,38)"}},
    {"VARCHAR", {"''", "'ü 中 🦆'", "'a' || chr(0) || 'b'", "'NULL'", "repeat('x', 100000)", "' \n\t\"'''"}},
    {"BLOB", {"''::BLOB", "'\\x00\\xFF\\x80'::BLOB"}},
    {"BIT", {"'0'::BIT", "'1010101010101'::BIT"}},
    {"DATE",
     {"DATE '-5877641-06-25'::DATE", "'5881580-07-10'::DATE", "'infinity'::DATE", "'-infinity'::DATE",
      "'0044-03-15 (BC)'::DATE"}},
    {"TIME", {"TIME '00:00:00'", "TIME '23:59:59.999999'", "TIME '24:00:00'"}},
    {"TIME WITH TIME ZONE",
     {"'00:00:00+15:59:59'::TIMETZ", "'23:59:59.999999-15:59:59'::TIMETZ", "'12:00:00+05:30'::TIMETZ"}},
    {"TIMESTAMP",
     {"'290309-12-22 (BC) 00:00:00'::TIMESTAMP", "'294247-01-10 04:00:54.775806'::TIMESTAMP", "'infinity'::TIMESTAMP",
      "'-infinity'::TIMESTAMP"}},
    {"TIMESTAMP_S",
     {"'1677-09-22 00:12:43'::TIMESTAMP_S", "'2262-04-11 23:47:16'::TIMESTAMP_S", "'infinity'::TIMESTAMP_S"}},
    {"TIMESTAMP_MS",
     {"'1970-01-01 00:00:00.001'::TIMESTAMP_MS", "'9999-12-31 23:59:59.999'::TIMESTAMP_MS",
      "'-infinity'::TIMESTAMP_MS"}},
    {"TIMESTAMP_NS",
     {"'1677-09-22 00:00:00.000000001'::TIMESTAMP_NS", "'2262-04-11 23:47:16.854775806'::TIMESTAMP_NS",
      "'infinity'::TIMESTAMP_NS"}},
    {"TIMESTAMP WITH TIME ZONE",
     {"'1992-03-22 01:02:03.123456+00'::TIMESTAMPTZ", "'infinity'::TIMESTAMPTZ", "'-infinity'::TIMESTAMPTZ"}},
    {"INTERVAL",
     {"INTERVAL '14 months -3 days 1 microsecond'", "INTERVAL '-1 microseconds'", "INTERVAL '2147483647 days'",
      "INTERVAL 0 days"}},
    {"UUID", {"'00000000-0000-0000-0000-000000000000'::UUID", "'ffffffff-ffff-ffff-ffff-ffffffffffff'::UUID"}},
    {"ENUM('it''s', 'b,c', '')", {"'it''s'::ENUM('it''s', 'b,c', '')", "''::ENUM('it''s', 'b,c', '')"}},
    {"JSON", {"'{\"a\": [1, null, \"x\"]}'::JSON", "'null'::JSON"}},
    {"INTEGER[]", {"[]::INTEGER[]", "[NULL]::INTEGER[]", "[1, NULL, 3]"}},
    {"HUGEINT[]", {"[9007199254740993::HUGEINT]"}},
    {"INTEGER[3]", {"[1, NULL, 3]::INTEGER[3]"}},
    {"VARCHAR[][]", {"[['a'], [], NULL]::VARCHAR[][]"}},
    {"STRUCT(a INTEGER, \"b c\" VARCHAR[])",
     {"{'a': 1, 'b c': ['x', NULL]}", "{'a': NULL::INTEGER, 'b c': NULL::VARCHAR[]}"}},
    {"STRUCT(i INTERVAL, h HUGEINT[])", {"{'i': INTERVAL '1 month 1 microsecond', 'h': [9007199254740993::HUGEINT]}"}},
    {"MAP(VARCHAR, INTEGER)", {"MAP {'k': 1, '': NULL}", "MAP {}::MAP(VARCHAR, INTEGER)"}},
    {"MAP(INTEGER, STRUCT(x HUGEINT)[])", {"MAP {1: [{'x': 9007199254740993::HUGEINT}]}"}},
};

std::string quoted(const std::string& name) {
  std::string text = "\"";
  for (const char c : name) text += c == '"' ? "\"\"" : std::string(1, c);
  return text + '"';
}

}  // namespace

TEST_CASE("every type comes back with its extremes, its NULLs and its name") {
  StoreFixture store;
  for (const auto& type : k_types) {
    CAPTURE(type.type);
    std::string select = "SELECT 0 AS n, CAST(NULL AS " + std::string(type.type) + ") AS v";
    int n = 0;
    for (const auto* value : type.values)
      select += " UNION ALL SELECT " + std::to_string(++n) + ", CAST(" + value + " AS " + type.type + ")";
    store.must({"create", "t", "--query", select, "--replace", "--with-data"});
    // Compared inside one query as well: text could hide what it does not print.
    const auto differences =
        store.query("SELECT count(*) FROM t FULL JOIN (" + select +
                    ") q USING (n) WHERE t.v IS DISTINCT FROM q.v OR t.v::VARCHAR IS DISTINCT FROM q.v::VARCHAR");
    CHECK(differences == "0\n");
    CHECK(store.query("SELECT count(*) FROM t") == std::to_string(n + 1) + "\n");
    CHECK(store.query("SELECT DISTINCT typeof(v) FROM t") ==
          store.query("SELECT DISTINCT typeof(v) FROM (" + select + ")"));
    const auto show = parse_json(store.must({"show", "t", "-o", "json"}));
    const auto types =
        parse_json(store.must({"query", "SELECT DISTINCT typeof(v) AS t FROM (" + select + ")", "-o", "json"}));
    CHECK(show["views"][0]["columns"][1]["type"] == types["rows"][0]["t"]);
    store.must({"verify", "t"});
  }
}

TEST_CASE("a HUGEINT beyond 38 digits is kept exactly too, and so are all that follow") {
  StoreFixture store;
  store.write_csv("a", 0, 1);
  store.must({"create", "t", "--query",
              "SELECT CASE WHEN count(*) > 1 THEN 170141183460469231731687303715884105727 ELSE 1::HUGEINT END AS h "
              "FROM 'in/*.csv'",
              "--with-data"});
  CHECK(store.query("SELECT h, typeof(h) FROM t") == "1,HUGEINT\n");
  store.write_csv("b", 0, 1);
  store.must({"refresh", "t"});
  CHECK(store.query("SELECT h, typeof(h) FROM t") == "170141183460469231731687303715884105727,HUGEINT\n");
  const auto old = store.must({"query", "SELECT h, typeof(h) FROM t", "--version", "1", "-o", "csv"});
  CHECK(old == "h,typeof(h)\n1,HUGEINT\n");
  std::filesystem::remove(store.sources() / "b.csv");
  store.must({"refresh", "t"});
  CHECK(store.query("SELECT h, typeof(h) FROM t") == "1,HUGEINT\n");
}

TEST_CASE("a type that cannot be kept is refused at create, by column and type") {
  StoreFixture store;
  const auto outcome = store.run({"create", "t", "--query", "SELECT 1 AS a, union_value(num := 2) AS choice"});
  INFO(outcome.err);
  CHECK(outcome.exit_code == 9);
  CHECK(outcome.err.find("choice") != std::string::npos);
  CHECK(outcome.err.find("UNION") != std::string::npos);
  CHECK(store.run({"show", "t"}).exit_code == 6);
}

TEST_CASE("two columns of one name are refused") {
  StoreFixture store;
  const auto outcome = store.run({"create", "t", "--query", "SELECT 1 AS a, 2 AS A"});
  CHECK(outcome.exit_code == 2);
  CHECK(outcome.err.find("'a'") != std::string::npos);
}

TEST_CASE("an empty result is a version with no rows and the right types") {
  StoreFixture store;
  store.must(
      {"create", "t", "--query", "SELECT 1::HUGEINT AS h, {'x': INTERVAL 1 day} AS s WHERE false", "--with-data"});
  CHECK(store.query("SELECT count(*) FROM t") == "0\n");
  CHECK(store.query("SELECT typeof(h), typeof(s) FROM (SELECT any_value(h) AS h, any_value(s) AS s FROM t)") ==
        "HUGEINT,STRUCT(x INTERVAL)\n");
  store.must({"verify", "t"});
}

TEST_CASE("a thousand columns") {
  StoreFixture store;
  std::string list;
  for (int i = 0; i < 1000; ++i) list += (i ? ", " : "") + std::to_string(i) + " AS c" + std::to_string(i);
  store.must({"create", "wide", "--query", "SELECT " + list, "--with-data"});
  CHECK(store.query("SELECT c0, c500, c999 FROM wide") == "0,500,999\n");
  store.must({"verify", "wide"});
}

TEST_CASE("columns and views with any name") {
  StoreFixture store;
  for (const std::string name :
       {"with space", "quo\"te", "dot.ted", "it's", "grün 中 🦆", "SELECT", "semi;colon", "100%", "x=1"}) {
    CAPTURE(name);
    store.must({"create", name, "--query", "SELECT 7 AS " + quoted(name), "--with-data"});
    CHECK(store.query("SELECT " + quoted(name) + " FROM " + quoted(name)) == "7\n");
    store.must({"create", "child of " + name, "--query", "SELECT * FROM " + quoted(name), "--with-data"});
    CHECK(store.query("SELECT * FROM " + quoted("child of " + name)) == "7\n");
    store.must({"verify", name});
    store.must({"drop", "child of " + name, "--yes"});
    store.must({"drop", name, "--yes"});
  }
  store.check_clean_after_gc();
  CHECK(store.files_on_disk().empty());
}
