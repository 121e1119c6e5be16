#include "engine/udtf/output_value.hpp"

#include <doctest/doctest.h>

#include "support/json.hpp"

using namespace matview;
using namespace matview::engine::udtf;

namespace {

OutputValue column(const std::string& type, bool nullable = true) {
  auto value = OutputValue::of({"c", type, nullable});
  REQUIRE(value);
  return *std::move(value);
}

/// The text of a cell for a JSON value; "NULL", or "!" and what is wrong.
std::string read(const std::string& type, const std::string& json) {
  const auto cell = column(type).read(support::parse_json(json).value());
  if (!cell) return "!" + cell.error().message;
  return cell->value_or("NULL");
}

std::string field(const std::string& type, std::string_view text) {
  const auto cell = column(type).read_field(text);
  return cell ? cell->value_or("NULL") : "!" + cell.error().message;
}

}  // namespace

TEST_CASE("integers are in range, or wrong") {
  CHECK(read("TINYINT", "-128") == "-128");
  CHECK(read("TINYINT", "128") == "!128 is no TINYINT");
  CHECK(read("UTINYINT", "-1") == "!-1 is no UTINYINT");
  CHECK(read("UTINYINT", "-0") == "0");
  CHECK(read("UBIGINT", "18446744073709551615") == "18446744073709551615");
  CHECK(read("UBIGINT", "18446744073709551616").starts_with("!"));
  CHECK(read("BIGINT", "9223372036854775808").starts_with("!"));
  CHECK(read("HUGEINT", "-170141183460469231731687303715884105728") == "-170141183460469231731687303715884105728");
  CHECK(read("HUGEINT", "\"170141183460469231731687303715884105727\"") == "170141183460469231731687303715884105727");
  CHECK(read("HUGEINT", "170141183460469231731687303715884105728").starts_with("!"));
  CHECK(read("BIGINT", "\"1\"") == "!\"1\" is no BIGINT");
  CHECK(read("BIGINT", "1.5").starts_with("!"));
  CHECK(read("BIGINT", "1e3").starts_with("!"));
}

TEST_CASE("a DECIMAL that would have to be rounded is wrong") {
  CHECK(read("DECIMAL(4,2)", "12.5") == "12.5");
  CHECK(read("DECIMAL(4,2)", "12.50") == "12.5");
  CHECK(read("DECIMAL(4,2)", "12.345").starts_with("!"));
  CHECK(read("DECIMAL(4,2)", "100").starts_with("!"));
  CHECK(read("DECIMAL(4,2)", "1e1") == "10");
  CHECK(read("DECIMAL(4,2)", "1e-3").starts_with("!"));
  CHECK(read("DECIMAL(38,37)", "\"-1.2345678901234567890123456789012345678\"") ==
        "-1.2345678901234567890123456789012345678");
  CHECK(read("DECIMAL(4,2)", "\"1.2.3\"").starts_with("!"));
  CHECK(read("DECIMAL(4,2)", "\"\"").starts_with("!"));
}

TEST_CASE("floats, booleans, text") {
  CHECK(read("DOUBLE", "\"NaN\"") == "NaN");
  CHECK(read("DOUBLE", "\"nan\"").starts_with("!"));
  CHECK(field("DOUBLE", "-inf") == "-Infinity");
  CHECK(field("DOUBLE", "1e3") == "1000.0");
  CHECK(field("DOUBLE", "x").starts_with("!"));
  CHECK(read("FLOAT", "1e39").starts_with("!"));
  CHECK(read("BOOLEAN", "true") == "true");
  CHECK(read("BOOLEAN", "1").starts_with("!"));
  CHECK(field("BOOLEAN", "True").starts_with("!"));
  CHECK(read("VARCHAR", "5").starts_with("!"));
  CHECK(field("VARCHAR", "5") == "5");
  CHECK(read("JSON", "{\"a\": [1]}") == "{\"a\":[1]}");
}

TEST_CASE("lists, structs and maps are checked to their leaves, whose numbers become text") {
  CHECK(read("BIGINT[]", "[1, null]") == "[\"1\",null]");
  CHECK(read("TINYINT[][]", "[[300]]").starts_with("!300"));
  CHECK(read("BIGINT[]", "{}").starts_with("!"));
  CHECK(read("BIGINT[2]", "[1]").starts_with("!"));
  CHECK(read("STRUCT(a INTEGER, b VARCHAR)", "{\"b\": \"x\", \"a\": 1}") == "{\"a\":\"1\",\"b\":\"x\"}");
  CHECK(read("STRUCT(a INTEGER)", "{\"a\": 1, \"b\": 2}").starts_with("!"));
  CHECK(read("STRUCT(a INTEGER, b VARCHAR)", "{\"a\": 1}").starts_with("!"));
  CHECK(read("MAP(VARCHAR, BIGINT)", "{\"k\": 1}") == "{\"k\":\"1\"}");
  CHECK(field("BIGINT[]", "[1]") == "[\"1\"]");
  CHECK(field("BIGINT[]", "1,2").starts_with("!"));
}

TEST_CASE("types whose values cannot be checked are refused") {
  for (const auto* type : {"DATE[]", "STRUCT(a TIMESTAMP)", "MAP(INTEGER, VARCHAR)", "UNION(a INTEGER)"})
    CHECK_FALSE(OutputValue::of({"c", type, true}));
  CHECK(column("DATE").is_cast_checked());
  CHECK_FALSE(column("BIGINT").is_cast_checked());
}

TEST_CASE("null is refused where it must not be") {
  CHECK(column("BIGINT").read(Value())->has_value() == false);
  CHECK_FALSE(column("BIGINT", false).read(Value()));
  CHECK_FALSE(column("BIGINT", false).read_field(std::nullopt));
}
