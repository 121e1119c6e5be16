#include "fixture.hpp"

using namespace matview;
using namespace matview::engine;
using matview::engine::test::Fixture;

namespace {

void make_database(Fixture& fixture, const std::string& name, const std::string& statements) {
  fixture.run("ATTACH " + quote_literal(fixture.path(name)) + " AS made");
  fixture.run(statements);
  fixture.run("DETACH made");
}

}  // namespace

TEST_CASE("tables of an attached DuckDB file are read, watched and found by name") {
  Fixture fixture;
  make_database(fixture, "w.duckdb",
                "CREATE TABLE made.Orders AS SELECT 1 AS id, 5 AS amt; CREATE SCHEMA made.s; CREATE TABLE made.s.t AS "
                "SELECT 7 AS x;"
                "CREATE VIEW made.looks AS SELECT 1 AS id");
  fixture.definition.attachments = {"wh=" + fixture.path("w.duckdb")};
  fixture.create("SELECT o.amt, t.x FROM WH.orders o, wh.s.t");
  REQUIRE(fixture.definition.sources.size() == 2);
  CHECK(fixture.definition.sources[0].kind == "duckdb");
  CHECK(fixture.definition.sources[0].name == "wh.orders");
  CHECK(fixture.rows() == "5,7");
  const auto before = observe_sources(fixture.definition, fixture.upstream());
  REQUIRE(before.has_value());
  CHECK(before->at(0).files.size() == 1);
  fixture.run("DETACH wh");
  make_database(fixture, "w.duckdb", "INSERT INTO made.orders VALUES (2, 6)");
  const auto changes = compare_sources(*before, *observe_sources(fixture.definition, fixture.upstream()));
  REQUIRE(changes.size() == 2);
  CHECK(changes[0].to_string() == "1 file rewritten (wh.orders)");
  CHECK(fixture.rows() == "5,7|6,7");

  CHECK(fixture.refusal("FROM wh.ordesr").hint == "did you mean 'Orders'?");
  CHECK(fixture.refusal("FROM wh.looks").message.find("is a view") != std::string::npos);
}

TEST_CASE("an attachment that is missing, no database or badly written is refused by name") {
  Fixture fixture;
  fixture.text("not.duckdb", std::string(5000, 'x'));
  fixture.definition.attachments = {"wh=" + fixture.path("none.duckdb")};
  CHECK(fixture.refusal("FROM wh.t").message.find(fixture.path("none.duckdb") + "' as wh: no such file") !=
        std::string::npos);
  fixture.definition.attachments = {"wh=" + fixture.path("not.duckdb")};
  CHECK(fixture.refusal("FROM wh.t").message.find(fixture.path("not.duckdb")) != std::string::npos);
  for (const std::string bad : {"x", "=x", "x=", "memory=/x", "a=https://h/x.duckdb"}) {
    fixture.definition.attachments = {bad};
    CHECK(fixture.refusal("SELECT 1").code == ErrorCode::usage);
  }
  fixture.definition.attachments = {"a=/x", "A=/y"};
  CHECK(fixture.refusal("SELECT 1").message == "two attachments are called 'A'");
}
