#include "support/json.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>

using matview::Value;
using matview::support::parse_json;
using matview::support::to_json;

TEST_CASE("every kind of value has its JSON text") {
  CHECK(to_json(Value()) == "null");
  CHECK(to_json(true) == "true");
  CHECK(to_json(std::numeric_limits<std::int64_t>::min()) == "-9223372036854775808");
  CHECK(to_json("a\"b\\c\n\t\x01") == R"("a\"b\\c\n\t\u0001")");
  CHECK(to_json(Value::array()) == "[]");
  CHECK(to_json(Value::object()) == "{}");
  CHECK(to_json(Value::Array{1, "x", nullptr}) == R"([1,"x",null])");
  CHECK(to_json(Value::Object{{"b", 1}, {"a", Value::Array{2}}}) == R"({"b":1,"a":[2]})");
}

TEST_CASE("pretty JSON indents by two and keeps empty containers on their line") {
  CHECK(to_json(Value::Object{{"a", Value::Array{1, Value::object()}}, {"b", Value::array()}}, true) ==
        "{\n  \"a\": [\n    1,\n    {}\n  ],\n  \"b\": []\n}");
}

TEST_CASE("doubles are the shortest text that reads back the same, and stay doubles") {
  CHECK(to_json(0.1) == "0.1");
  CHECK(to_json(2.0) == "2.0");
  CHECK(to_json(-0.0) == "-0.0");
  CHECK(to_json(1e300) == "1e+300");
  CHECK(to_json(0.1 + 0.2) == "0.30000000000000004");
  for (const double number : {5e-324, 1.7976931348623157e308, 0.1 + 0.2, 123456789.123456789, 1.0 / 3}) {
    const auto read = parse_json(to_json(number));
    REQUIRE(read);
    REQUIRE(read->if_double());
    CHECK(*read->if_double() == number);
  }
}

TEST_CASE("what JSON has no number for is a string") {
  CHECK(to_json(std::nan("")) == "\"NaN\"");
  CHECK(to_json(INFINITY) == "\"Infinity\"");
  CHECK(to_json(-INFINITY) == "\"-Infinity\"");
  CHECK(to_json(Value::Number{"1/2"}) == "\"1/2\"");
  CHECK(to_json(Value::Number{"01"}) == "\"01\"");
  CHECK(to_json(Value::Number{"1."}) == "\"1.\"");
}

TEST_CASE("numbers beyond 64 bits keep every digit, both ways") {
  for (const char* text : {"170141183460469231731687303715884105727", "18446744073709551615", "-9223372036854775809",
                           "9223372036854775807", "12345678901234567890.123456789", "1e-400"}) {
    CAPTURE(text);
    CHECK(to_json(Value::Number{text}) == text);
    const auto read = parse_json(text);
    REQUIRE(read);
    CHECK(to_json(*read) == text);
  }
}

TEST_CASE("invalid UTF-8 is replaced, and what would steer a terminal is escaped") {
  CHECK(to_json("a\xff z") == "\"a\uFFFD z\"");
  CHECK(to_json("\x7f\u009b\u202e\u2066") == R"("\u007f\u009b\u202e\u2066")");
  CHECK(to_json("grün 売上 😀") == "\"grün 売上 😀\"");
}

TEST_CASE("a document that is written is read back as it was") {
  const Value document =
      Value::Object{{"text", "ü\n\u202e"}, {"list", Value::Array{1, 2.5, nullptr, true}}, {"empty", Value::object()}};
  CHECK(parse_json(to_json(document)).value() == document);
  CHECK(parse_json(to_json(document, true)).value() == document);
}

TEST_CASE("what is no JSON is refused with its place") {
  CHECK(parse_json("{\"a\":\n  tru}").error().message == "cannot read JSON: it is no JSON at line 2, column 6");
  for (const char* text : {"", "{", "[1,]", "nul", "1 2", "{\"a\":1}x", "\"\xff\"", "1e999", "{\"a\":1,\"a\":2}"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_json(text));
  }
  CHECK(parse_json("{\"a\":1,\"a\":2}").error().message.find("'a' occurs twice") != std::string::npos);
}

TEST_CASE("nesting is bounded, so that no document exhausts the stack") {
  CHECK(parse_json(std::string(500, '[') + std::string(500, ']')));
  CHECK_FALSE(parse_json(std::string(501, '[') + std::string(501, ']')));
  CHECK_FALSE(parse_json(std::string(1'000'000, '[')));
}
