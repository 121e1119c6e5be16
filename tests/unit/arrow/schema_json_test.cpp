#include "arrow/schema_json.hpp"

#include <doctest/doctest.h>

#include "arrow/schema_text.hpp"
#include "support/json.hpp"

using matview::ErrorCode;

namespace {

std::string text(std::string_view json) {
  const auto schema = matview::arrow::read_json_schema(matview::support::parse_json(json).value());
  return schema ? matview::arrow::print_schema(*schema) : schema.error().message;
}

std::string type(const std::string& json) {
  return text(R"({"fields":[{"name":"f","nullable":true,"type":)" + json + "}]}");
}

}  // namespace

TEST_CASE("a schema in the namespace's JSON form reads as its text") {
  CHECK(text(R"({"fields":[{"name":"id","type":{"type":"int64"},"nullable":false},
                           {"name":"a b","type":{"type":"utf8"},"nullable":true,"metadata":{"k":"v"}}],
                 "metadata":{"x":"y"}})") ==
        R"(id int64 not null, "a b" utf8 metadata {"k": "v"}; metadata {"x": "y"})");
  CHECK(text(R"({"fields":[]})").empty());
}

TEST_CASE("types with inner types and sizes") {
  CHECK(type(R"({"type":"list","fields":[{"name":"item","type":{"type":"utf8"},"nullable":true}]})") == "f list<utf8>");
  CHECK(type(R"({"type":"large_list","fields":[{"name":"el","type":{"type":"int8"},"nullable":false}]})") ==
        "f large_list<el int8 not null>");
  CHECK(type(R"({"type":"fixed_size_list","length":128,
                 "fields":[{"name":"item","type":{"type":"float32"},"nullable":true}]})") ==
        "f fixed_size_list<float32, 128>");
  CHECK(type(R"({"type":"struct","fields":[{"name":"x","type":{"type":"float64"},"nullable":true}]})") ==
        "f struct<x float64>");
  CHECK(type(R"({"type":"map","fields":[{"name":"entries","nullable":false,"type":{"type":"struct","fields":[
                 {"name":"key","type":{"type":"utf8"},"nullable":false},
                 {"name":"value","type":{"type":"int32"},"nullable":true}]}}]})") == "f map<utf8, int32>");
  CHECK(type(R"({"type":"fixed_size_binary","length":16})") == "f fixed_size_binary(16)");
  CHECK(type(R"({"type":"decimal128","length":10002})") == "f decimal(10, 2)");
  CHECK(type(R"({"type":"decimal256","length":9998})") == "f decimal256(10, -2)");
  CHECK(type(R"({"type":"int64","fields":[]})") == "f int64");
}

TEST_CASE("a unit that the form has no place for is the usual one, or stands in the type's name") {
  CHECK(type(R"({"type":"timestamp"})") == "f timestamp[us]");
  CHECK(type(R"({"type":"Timestamp[us, UTC]"})") == "f timestamp[us, UTC]");
  CHECK(type(R"({"type":"duration"})") == "f duration[us]");
  CHECK(type(R"({"type":"time32"})") == "f time32[ms]");
  CHECK(type(R"j({"type":"decimal(10, 2)"})j") == "f decimal(10, 2)");
  CHECK(type(R"("int64")") == "f int64");
}

TEST_CASE("a mistake in the JSON form names its field") {
  CHECK(text("[]") == "the JSON schema: it is no object with an array 'fields'");
  CHECK(text("null") == "the JSON schema: it is no object with an array 'fields'");
  CHECK(text(R"({"fields":[7]})") == "the JSON schema: a field is no object");
  CHECK(text(R"({"fields":[{"type":{"type":"int8"}}]})") == "the JSON schema: a field has no name");
  CHECK(type("null") == "field 'f' of the JSON schema: it has no type");
  CHECK(type(R"({"type":"strin"})") == "field 'f' of the JSON schema: its type 'strin': column 1: 'strin' is no type");
  CHECK(type(R"({"type":"list","fields":[{"name":"item","type":{"type":"x"},"nullable":true}]})")
            .find("field 'f.item'") == 0);
  CHECK(type(R"({"type":"list","fields":[]})").find("no such type") != std::string::npos);
  CHECK(type(R"({"type":"utf8","length":3})") == "field 'f' of the JSON schema: the type 'utf8' has no length");
  CHECK(type(R"({"type":"fixed_size_binary","length":-1})").find("length") != std::string::npos);
  CHECK(type(R"({"type":"fixed_size_binary","length":1e300})").find("length") != std::string::npos);
  CHECK(type(R"({"type":"decimal128","length":99000})").find("no such type") != std::string::npos);
  CHECK(type(R"({"type":"union"})").find("its type 'union'") != std::string::npos);
  CHECK(text(R"({"fields":[{"name":"f","type":{"type":"int8"},"nullable":"yes"}]})").find("nullable") !=
        std::string::npos);
  CHECK(text(R"({"fields":[{"name":"f","type":{"type":"int8"},"metadata":{"a":1}}]})").find("metadata") !=
        std::string::npos);
}

TEST_CASE("JSON that nests without end is refused") {
  std::string json = R"({"type":"int8"})";
  for (int i = 0; i < 100; ++i) json = R"({"type":"list","fields":[{"name":"i","nullable":true,"type":)" + json + "}]}";
  CHECK(type(json).find("more than 64 deep") != std::string::npos);
}
