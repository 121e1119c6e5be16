#include <doctest/doctest.h>

#include "providers/remote/fields.hpp"
#include "support/json.hpp"

namespace remote = matview::providers::remote;

namespace {

matview::Value object(std::string_view json) { return matview::support::parse_json(json).value(); }

}  // namespace

TEST_CASE("a member that is missing, null or of another kind is empty") {
  for (const char* json : {R"({})", R"({"x":null})", R"({"x":[]})", R"({"x":{"x":1}})", R"([1])", R"(7)", "null"}) {
    CAPTURE(json);
    const auto value = object(json);
    CHECK(remote::text(value, "x").empty());
    CHECK_FALSE(remote::integer(value, "x"));
    CHECK_FALSE(remote::real(value, "x"));
    CHECK_FALSE(remote::boolean(value, "x"));
    CHECK_FALSE(remote::time(value, "x"));
    CHECK_FALSE(remote::time_from_millis(value, "x"));
    CHECK(remote::texts(value, "x").empty());
  }
}

TEST_CASE("an integer is read from what servers write for one") {
  CHECK(remote::integer(object(R"({"x":5})"), "x") == 5);
  CHECK(remote::integer(object(R"({"x":5.0})"), "x") == 5);
  CHECK(remote::integer(object(R"({"x":"5"})"), "x") == 5);
  CHECK(remote::integer(object(R"({"x":-9223372036854775808})"), "x") == INT64_MIN);
  CHECK_FALSE(remote::integer(object(R"({"x":5.5})"), "x"));
  CHECK_FALSE(remote::integer(object(R"({"x":"5 rows"})"), "x"));
  CHECK_FALSE(remote::integer(object(R"({"x":""})"), "x"));
  CHECK_FALSE(remote::integer(object(R"({"x":1e300})"), "x"));
  CHECK_FALSE(remote::integer(object(R"({"x":18446744073709551616})"), "x"));
}

TEST_CASE("times keep microseconds of any fraction and take any offset") {
  const auto at = [](const char* text) {
    matview::Value value;
    value.set("x", text);
    return remote::time(value, "x");
  };
  const auto expected = remote::time(object(R"({"x":"2026-11-21T10:00:01.123456Z"})"), "x");
  REQUIRE(expected);
  CHECK(at("2026-11-21T10:00:01.123456789Z") == expected);
  CHECK(at("2026-11-21T12:00:01.123456+02:00") == expected);
  CHECK(at("2026-11-21T04:30:01.123456789-05:30") == expected);
  CHECK_FALSE(at("yesterday"));
  CHECK_FALSE(at("2026-02-30T00:00:00Z"));
}

TEST_CASE("milliseconds since 1970 are read as number or text, and absurd ones are no time") {
  using std::chrono::milliseconds;
  CHECK(remote::time_from_millis(object(R"({"x":1630000000500})"), "x") == matview::Time(milliseconds(1630000000500)));
  CHECK(remote::time_from_millis(object(R"({"x":"1630000000500"})"), "x") ==
        matview::Time(milliseconds(1630000000500)));
  CHECK(remote::time_from_millis(object(R"({"x":-1})"), "x") == matview::Time(milliseconds(-1)));
  CHECK_FALSE(remote::time_from_millis(object(R"({"x":9223372036854775807})"), "x"));
  CHECK_FALSE(remote::time_from_millis(object(R"({"x":-9223372036854775808})"), "x"));
}

TEST_CASE("of an array the texts are taken and the rest left out") {
  CHECK(remote::texts(object(R"({"x":["a",null,3,"b",{}]})"), "x") == std::vector<std::string>{"a", "b"});
}
