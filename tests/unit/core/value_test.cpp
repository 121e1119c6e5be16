#include "matview/value.hpp"

#include <doctest/doctest.h>

using matview::Value;

TEST_CASE("an object keeps the order of its keys and replaces a key that is set again") {
  Value v;
  v.set("b", 1).set("a", 2).set("b", 3);
  REQUIRE(v.if_object());
  CHECK(v.if_object()->size() == 2);
  CHECK(v.if_object()->front().first == "b");
  CHECK(*v.at("b").if_integer() == 3);
}

TEST_CASE("a missing member is null, also of a value that is no object") {
  CHECK(Value::object().at("x").is_null());
  CHECK(Value("text").at("x").is_null());
}
