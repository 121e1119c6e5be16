#include "support/toml_text.hpp"

#include <doctest/doctest.h>

using namespace matview::support;

TEST_CASE("keys are bare where TOML lets them") {
  CHECK(toml_key("daily-1_x") == "daily-1_x");
  CHECK(toml_key("a.b") == "\"a.b\"");
  CHECK(toml_key("") == "\"\"");
  CHECK(toml_key("ü") == "\"ü\"");
}

TEST_CASE("strings escape what TOML cannot hold as it is") {
  CHECK(toml_string("a\"b\\c\n\x01") == "\"a\\\"b\\\\c\\u000A\\u0001\"");
  CHECK(toml_string("\xff") == "\"\uFFFD\"");
}

TEST_CASE("text of several lines stays readable") {
  CHECK(toml_text("SELECT 1") == "\"SELECT 1\"");
  CHECK(toml_text("SELECT 1\nFROM t\n") == "\"\"\"\nSELECT 1\nFROM t\n\"\"\"");
  CHECK(toml_text("a\n\\d \"x\"\n") == "'''\na\n\\d \"x\"\n'''");
  CHECK(toml_text("a\n'''\"\\") == "\"\"\"\na\n'''\\\"\\\\\"\"\"");
  CHECK(toml_text("a\r\nb") == "\"\"\"\na\\u000D\nb\"\"\"");
  CHECK(toml_text("'a\"\n'") == "\"\"\"\n'a\\\"\n'\"\"\"");
}
