#include "arrow/schema_text.hpp"

#include <doctest/doctest.h>

#include "samples.hpp"

using matview::ErrorCode;
using matview::arrow::Field;
using matview::arrow::parse_schema;
using matview::arrow::print_schema;
using matview::arrow::print_type;
using matview::arrow::Schema;
using matview::arrow::TypeId;

namespace {

/// The text as it is printed again.
std::string again(std::string_view text) {
  const auto schema = parse_schema(text);
  return schema ? print_schema(*schema) : schema.error().message;
}

std::string message(std::string_view text) {
  const auto schema = parse_schema(text);
  return schema ? "no error" : schema.error().message;
}

std::string hint(std::string_view text) {
  const auto schema = parse_schema(text);
  return schema ? "no error" : schema.error().hint;
}

}  // namespace

TEST_CASE("what is printed parses to the same schema, for every type") {
  for (const auto sample : matview::test::schema_samples()) {
    CAPTURE(sample);
    const auto schema = parse_schema(sample);
    REQUIRE_MESSAGE(schema, schema.error().message);
    CHECK(print_schema(*schema) == sample);
    CHECK(parse_schema(print_schema(*schema)).value() == *schema);
  }
}

TEST_CASE("the names that other libraries have for types are understood") {
  CHECK(again("a string, b double, c float, d halffloat, e boolean, f large_string, g date") ==
        "a utf8, b float64, c float32, d float16, e bool, f large_utf8, g date32");
  CHECK(again("ID Int64 NOT NULL, Name UTF8") == "ID int64 not null, Name utf8");
  CHECK(again("v: fixed_size_list<item: float>[3], t: timestamp[us, tz=UTC], d: decimal128(10,2), k: "
              "fixed_size_binary[4]") ==
        "v fixed_size_list<float32, 3>, t timestamp[us, UTC], d decimal(10, 2), k fixed_size_binary(4)");
  CHECK(again("a int64 null, b list<item: int32 nullable>, d decimal(5)") == "a int64, b list<int32>, d decimal(5, 0)");
}

TEST_CASE("space, line ends and comments may stand between the parts") {
  CHECK(again("  id\tint64 , # the key\n name   utf8\n") == "id int64, name utf8");
  CHECK(again("# nothing\n").empty());
}

TEST_CASE("a name is quoted with double quotes or backticks") {
  const auto schema = parse_schema("`a b` int8, `c``d` int8, \"e\\\"f\\u00e4\\n\" int8, größe int8").value();
  REQUIRE(schema.fields.size() == 4);
  CHECK(schema.fields[0].name == "a b");
  CHECK(schema.fields[1].name == "c`d");
  CHECK(schema.fields[2].name == "e\"fä\n");
  CHECK(schema.fields[3].name == "größe");
}

TEST_CASE("inner types have the usual names and nullability unless they say otherwise") {
  const auto schema = parse_schema("a list<utf8>, m map<utf8, int32>, r run_end_encoded<int32, utf8>").value();
  const Field& item = schema.fields[0].children.at(0);
  CHECK(item.name == "item");
  CHECK(item.nullable);
  const Field& entries = schema.fields[1].children.at(0);
  CHECK(entries.name == "entries");
  CHECK_FALSE(entries.nullable);
  CHECK(entries.type.id == TypeId::structure);
  CHECK(entries.children.at(0).name == "key");
  CHECK_FALSE(entries.children.at(0).nullable);
  CHECK(entries.children.at(1).nullable);
  CHECK_FALSE(schema.fields[2].children.at(0).nullable);
}

TEST_CASE("an error says where it is, with a caret, and what would be right") {
  const auto schema = parse_schema("id int64, name strin");
  REQUIRE_FALSE(schema);
  CHECK(schema.error().code == ErrorCode::usage);
  CHECK(schema.error().message == "column 16: 'strin' is no type");
  CHECK(schema.error().detail == "id int64, name strin\n               ^");
  CHECK(schema.error().hint == "did you mean 'string'?");
  CHECK(message("id int64,\nname utf8,\n größe x") == "line 3, column 8: 'x' is no type");
  CHECK(hint("id bigint") == "write int64");
  CHECK(hint("id varchar") == "write utf8");
  CHECK(hint("id lsit<utf8>") == "did you mean 'list'?");
}

TEST_CASE("every mistake has its message") {
  CHECK(message("id") == "column 3: a type belongs here");
  CHECK(message("id int64,") == "column 10: the name of a column belongs here");
  CHECK(message("7up int64") == "column 1: the name of a column belongs here");
  CHECK(message("id int64 name utf8") == "column 10: ',' and the next column, or the end, belongs here");
  CHECK(message("id int64 not") == "column 13: null, as in 'not null', belongs here");
  CHECK(message("t timestamp") == "column 12: '[' belongs here");
  CHECK(message("t timestamp[h]") == "column 13: a unit belongs here: s, ms, us or ns");
  CHECK(message("t timestamp[us,]") == "column 16: a time zone belongs here, as UTC or Europe/Berlin");
  CHECK(message("t time32[us]").find("s and ms have 32") != std::string::npos);
  CHECK(message("d decimal(39, 2)").find("1 to 38 are possible") != std::string::npos);
  CHECK(message("d decimal(x)") == "column 11: a whole number is missing here");
  CHECK(message("f fixed_size_list<float32>") == "column 27: '[' belongs here");
  CHECK(message("f fixed_size_list<float32, -1>").find("from 0 to 2147483647") != std::string::npos);
  CHECK(message("f fixed_size_list<float32, 99999999999>").find("from 0 to 2147483647") != std::string::npos);
  CHECK(message("m map<utf8>").find("a map that is not made of pairs") != std::string::npos);
  CHECK(message("l list<utf8") == "column 12: '>' belongs here");
  CHECK(message("d dictionary<utf8, utf8>") == "column 14: the type of the index belongs here, as int32");
  CHECK(message("d dictionary<int8, dictionary<int8, utf8>>").find("are dictionaries") != std::string::npos);
  CHECK(message("r run_end_encoded<int8, utf8>").find("int16, int32 or int64") != std::string::npos);
  CHECK(message("u dense_union<200: a int8>").find("from 0 to 127") != std::string::npos);
  CHECK(message("a int8 metadata {k: \"v\"}") == "column 18: a key in double quotes belongs here");
  CHECK(message("a int8; nothing") == "column 9: after ';' comes metadata {\"key\": \"value\"}");
  CHECK(message("\"a int8") == "column 1: this double quote has no end");
  CHECK(message("`a int8") == "column 1: this backtick has no end");
  CHECK(message("\"\\q\" int8").find("no escape") != std::string::npos);
  CHECK(message("\"\\ud800\" int8").find("surrogate") != std::string::npos);
}

TEST_CASE("types that nest without end are refused, also where each level could be read in two ways") {
  std::string text = "a ";
  for (int i = 0; i < 100'000; ++i) text += "list<";
  CHECK(message(text).find("more than 64 deep") != std::string::npos);
  std::string maps = "a ";
  for (int i = 0; i < 30; ++i) maps += "map<struct<k utf8, v ";
  maps += "int8";
  for (int i = 0; i < 30; ++i) maps += ">>";
  CHECK(parse_schema(maps));
}

TEST_CASE("the type of a field alone is what columns are told with") {
  const auto schema = parse_schema("a list<utf8 not null> not null, b dictionary<int32, utf8>").value();
  CHECK(print_type(schema.fields[0]) == "list<utf8 not null>");
  CHECK(print_type(schema.fields[1]) == "dictionary<int32, utf8>");
  CHECK(matview::arrow::parse_type("map<utf8, int32>").value().type.id == TypeId::map);
  CHECK_FALSE(matview::arrow::parse_type("utf8 not null"));
}
