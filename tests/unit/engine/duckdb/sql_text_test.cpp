#include "engine/duckdb/sql_text.hpp"

#include <doctest/doctest.h>

#include "engine/duckdb/database.hpp"

using namespace matview::engine;

TEST_CASE("a terminator goes with what follows it, and nothing else does") {
  CHECK(without_terminator("SELECT 1") == "SELECT 1");
  CHECK(without_terminator("SELECT 1 ; ") == "SELECT 1");
  CHECK(without_terminator("SELECT 1;-- done\n;/* a /* b */ c */") == "SELECT 1");
  CHECK(without_terminator("SELECT ';' -- x") == "SELECT ';'");
  CHECK(without_terminator("SELECT '--' || \"a;\"\"b\"") == "SELECT '--' || \"a;\"\"b\"");
  CHECK(without_terminator("SELECT E'it\\'s;' ;") == "SELECT E'it\\'s;'");
  CHECK(without_terminator("SELECT $a$;--$a$;") == "SELECT $a$;--$a$");
  CHECK(without_terminator("SELECT type'x;';") == "SELECT type'x;'");
  CHECK(without_terminator("-- nothing") == "");
}

TEST_CASE("quoted names and texts come back as they were") {
  CHECK(quote_identifier("a\"b") == "\"a\"\"b\"");
  CHECK(quote_literal("it's") == "'it''s'");
}

TEST_CASE("a token ends where its quotes do, and not at two of them") {
  CHECK(token_end("'it''s/s.csv' x", 0) == 13);
  CHECK(token_end("'''' x", 0) == 4);
  CHECK(token_end("'' x", 0) == 2);
  CHECK(token_end("\"a\"\"b\"", 0) == 6);
  CHECK(token_end("E'it\\'s' x", 0) == 8);
  CHECK(token_end("E'it''s' x", 0) == 8);
  CHECK(token_end("'open''", 0) == 7);
}
