// Values go to a program and come back as they were, in both formats.

#include "program_fixture.hpp"

using namespace matview::test;

namespace {

struct TypeCase {
  const char* type;
  std::vector<const char*> values;
};

const std::vector<TypeCase> k_types = {
    {"BOOLEAN", {"true", "false"}},
    {"TINYINT", {"-128", "127"}},
    {"UBIGINT", {"18446744073709551615"}},
    {"BIGINT", {"-9223372036854775808", "9007199254740993"}},
    {"HUGEINT", {"99999999999999999999999999999999999999", "-9007199254740993"}},
    {"DOUBLE", {"0.1::DOUBLE", "1.7976931348623157e308::DOUBLE", "5e-324::DOUBLE", "'nan'", "'inf'", "'-inf'"}},
    {"FLOAT", {"0.1::FLOAT", "3.4028235e38::FLOAT"}},
    {"DECIMAL(5,2)", {"999.99", "-0.05", "0"}},
    {"DECIMAL(38,10)", {"9999999999999999999999999999.9999999999"}},
    {"VARCHAR", {"''", "'ü 中 🦆'", "'a,b\"c'", "E'line\\nend\\r\\n'", "' '", "'null'", "'a' || chr(0) || 'b'"}},
    {"DATE", {"'2024-02-29'", "'0044-03-15 (BC)'"}},
    {"TIMESTAMP", {"'2024-01-01 10:00:00.123456'"}},
    {"TIMESTAMP WITH TIME ZONE", {"'2024-01-01 10:00:00.5+00'"}},
    {"TIME", {"'23:59:59.999999'"}},
    {"INTERVAL", {"INTERVAL '14 months -3 days 1 microsecond'"}},
    {"UUID", {"'ffffffff-ffff-ffff-ffff-ffffffffffff'"}},
    {"BLOB", {"'\\x00\\xFFa'::BLOB"}},
    {"JSON", {"'{\"a\":[1,2.5,null]}'"}},
    {"ENUM('a', 'b c')", {"'b c'"}},
    {"BIGINT[]", {"[]", "[1, NULL, 9007199254740993]"}},
    {"VARCHAR[][]", {"[['a', ''], NULL, []]"}},
    {"INTEGER[2]", {"[1, 2]"}},
    {"STRUCT(a HUGEINT, \"b c\" VARCHAR)", {"{'a': 9007199254740993, 'b c': NULL}"}},
    {"MAP(VARCHAR, DOUBLE)", {"MAP {'k': 1.5, '': NULL}"}},
};

}  // namespace

TEST_CASE("every type comes back from a program as it went in, in NDJSON and in CSV") {
  ProgramFixture store;
  const auto echo = store.program("echo.sh", "#!/bin/sh\ncat\n");
  for (const std::string format : {"ndjson", "csv"})
    for (const auto& type : k_types) {
      CAPTURE(format);
      CAPTURE(std::string(type.type));
      std::string select = "SELECT 0 AS n, CAST(NULL AS " + std::string(type.type) + ") AS v";
      int n = 0;
      for (const auto* value : type.values)
        select += " UNION ALL SELECT " + std::to_string(++n) + ", CAST(" + value + " AS " + type.type + ")";
      store.must_create("udtf", select, echo, "n INTEGER, v " + std::string(type.type),
                        {"--udtf-format", format, "--replace"});
      const auto differences =
          store.query("SELECT count(*) FROM v FULL JOIN (" + select +
                      ") q USING (n) WHERE v.v IS DISTINCT FROM q.v OR v.v::VARCHAR IS DISTINCT FROM "
                      "q.v::VARCHAR");
      CHECK(differences == "0\n");
      CHECK(store.query("SELECT count(*) FROM v") == std::to_string(n + 1) + "\n");
    }
}

TEST_CASE("names of columns may be anything, also for a program") {
  ProgramFixture store;
  const auto echo = store.program("echo.sh", "#!/bin/sh\ncat\n");
  for (const std::string format : {"ndjson", "csv"}) {
    store.must_create("udtf", R"(SELECT 1 AS "a, ""b""", 'x' AS "ü c", 2 AS line, 3 AS unit)", echo,
                      R"("a, ""b""" INTEGER, "ü c" VARCHAR, line INTEGER, unit INTEGER)",
                      {"--udtf-format", format, "--replace"});
    CHECK(store.query("FROM v") == "1,x,2,3\n");
  }
  const auto chunks = store.python("chunk.py", "for l in sys.stdin: sys.stdout.write(l)\n");
  store.must_create("chunker", "SELECT 1 AS unit, 2 AS child, 3 AS run, 4 AS c0, 5 AS n", chunks,
                    "unit INT, child INT, run INT, c0 INT, n INT", {"--replace"});
  CHECK(store.query("SELECT * EXCLUDE (__source_row_id) FROM v") == "0,1,2,3,4,5\n");
}

TEST_CASE("NOT NULL is checked") {
  ProgramFixture store;
  const auto echo = store.program("echo.sh", "#!/bin/sh\ncat\n");
  const auto outcome = store.create("udtf", "SELECT NULL::INTEGER AS n", echo, "n INTEGER NOT NULL");
  CHECK(outcome.exit_code == 1);
  CHECK(outcome.err.find("column 'n': NULL in a column that is NOT NULL") != std::string::npos);
}

TEST_CASE("a sum that needs 39 digits is kept as it is") {
  ProgramFixture store;
  const auto echo = store.program("echo.sh", "#!/bin/sh\ncat\n");
  store.must_create("udtf", "SELECT 170141183460469231731687303715884105727 AS h", echo, "h HUGEINT");
  CHECK(store.query("FROM v") == "170141183460469231731687303715884105727\n");
  store.must({"verify", "v"});
}

TEST_CASE("rows of a megabyte go through") {
  ProgramFixture store;
  const auto echo = store.program("echo.sh", "#!/bin/sh\ncat\n");
  store.must_create("chunker", "SELECT repeat('xyz ', 300000) || i AS t FROM range(20) t(i)", echo, "t VARCHAR");
  CHECK(store.query("SELECT count(*), min(length(t)), count(DISTINCT t) FROM v") == "20,1200001,20\n");
}
