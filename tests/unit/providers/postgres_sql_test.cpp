#include <doctest/doctest.h>

#include "providers/postgres/create.hpp"
#include "providers/postgres/names.hpp"
#include "providers/postgres/sql.hpp"

using namespace matview;
using namespace matview::providers::postgres;

TEST_CASE("postgres: names are read in both parts, quoted or not, and are written back the same") {
  CHECK(parse_name("daily").value() == QualifiedName{"", "daily"});
  CHECK(parse_name("Sales.Daily").value() == QualifiedName{"Sales", "Daily"});
  CHECK(parse_name("\"a.b\"").value() == QualifiedName{"", "a.b"});
  CHECK(parse_name("x.\"a\"\"b.c\"").value() == QualifiedName{"x", "a\"b.c"});
  CHECK(parse_name("a\"b").value() == QualifiedName{"", "a\"b"});
  for (const char* wrong : {"", ".", "a.", ".a", "a.b.c", "\"a", "\"a\"b", "\"\""}) {
    CAPTURE(wrong);
    CHECK(parse_name(wrong).error().code == ErrorCode::usage);
  }
  CHECK(parse_name(std::string(63, 'x')).has_value());
  CHECK_FALSE(parse_name(std::string(64, 'x')).has_value());
  for (const QualifiedName& name : {QualifiedName{"public", "a"}, {"public", "a.b"}, {"s.t", "\"q\""}, {"S", "a\"b"}}) {
    const auto shown = shown_name(name, "public");
    CAPTURE(shown);
    auto again = parse_name(shown).value();
    if (again.schema.empty()) again.schema = "public";
    CHECK(again == name);
  }
}

TEST_CASE("postgres: identifiers stand in quotes, whatever they hold") {
  CHECK(quote_identifier("a\"; DROP TABLE x; --") == "\"a\"\"; DROP TABLE x; --\"");
  CHECK(quoted({"s", "v"}) == "\"s\".\"v\"");
  CHECK(refresh_sql({"", "v"}, true) == "REFRESH MATERIALIZED VIEW CONCURRENTLY \"v\"");
  CHECK(refresh_sql({"s", "v"}, false) == "REFRESH MATERIALIZED VIEW \"s\".\"v\"");
  CHECK(drop_sql({"s", "v"}) == "DROP MATERIALIZED VIEW \"s\".\"v\"");
}

TEST_CASE("postgres: a definition with everything") {
  CreateRequest request;
  request.name = "s.v";
  request.query = "SELECT 1 AS a -- last ; \n";
  request.options = {{"tablespace", {"fast"}},
                     {"using", {"heap"}},
                     {"storage", {"fillfactor=70", "toast.x=on"}},
                     {"unique-index", {"a,b"}}};
  const auto definition = read_definition(request).value();
  CHECK(create_sql(definition, true) ==
        "CREATE MATERIALIZED VIEW \"s\".\"v\" USING \"heap\" WITH (fillfactor = 70, toast.x = on) TABLESPACE \"fast\" "
        "AS\nSELECT 1 AS a -- last\nWITH DATA");
  CHECK(unique_index_sql(definition) == "CREATE UNIQUE INDEX ON \"s\".\"v\" (\"a\", \"b\")");
}

TEST_CASE("postgres: what the server does not have is refused before it is asked") {
  CreateRequest request;
  request.name = "v";
  request.query = " ; ";
  CHECK(read_definition(request).error().code == ErrorCode::usage);
  request.query = "SELECT 1";
  request.kind = "udtf";
  CHECK(read_definition(request).error().code == ErrorCode::unsupported);
  request.kind = "query";
  request.tags = {"t"};
  CHECK(read_definition(request).error().code == ErrorCode::unsupported);
  request.tags.clear();
  request.options["unique-index"] = {"a,,b"};
  CHECK(read_definition(request).error().code == ErrorCode::usage);
  for (const char* wrong : {"", "a", "a=", "=1", "a=1)", "a b=1", "a=1;x"})
    CHECK_FALSE(storage_parameter(wrong).has_value());
}

TEST_CASE("postgres: verify compares both ways with all duplicates") {
  const auto sql = verify_sql({"", "v"}, "SELECT 1 AS a", {{"a", false}, {"j", true}}, 5);
  CHECK(sql.find("SELECT \"a\", \"j\"::text AS \"j\" FROM \"v\"") != std::string::npos);
  CHECK(sql.find("computed EXCEPT ALL SELECT * FROM stored") != std::string::npos);
  CHECK(sql.find("stored EXCEPT ALL SELECT * FROM computed") != std::string::npos);
  CHECK(sql.find("LIMIT 5") != std::string::npos);
}
