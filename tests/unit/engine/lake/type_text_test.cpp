#include "engine/lake/type_text.hpp"

#include <doctest/doctest.h>

using namespace matview;
using namespace matview::engine;
using Kind = TypeText::Kind;

namespace {

TypeText parsed(std::string_view text) {
  auto type = parse_type(text);
  REQUIRE_MESSAGE(type.has_value(), std::string(text));
  return *type;
}

}  // namespace

TEST_CASE("scalar types keep their parameters and words") {
  CHECK(parsed("bigint").name == "BIGINT");
  CHECK(parsed("DECIMAL(10, 2)").name == "DECIMAL(10,2)");
  CHECK(parsed("TIMESTAMP  WITH TIME ZONE").name == "TIMESTAMP WITH TIME ZONE");
  CHECK(parsed("DOUBLE PRECISION").name == "DOUBLE PRECISION");
  CHECK(parsed("GEOMETRY('OGC:CRS84')").name == "GEOMETRY('OGC:CRS84')");
}

TEST_CASE("the type of a bare NULL is a scalar and survives") {
  CHECK(parsed("\"NULL\"").name == "NULL");
  CHECK(to_string(parsed("\"NULL\"[]")) == "\"NULL\"[]");
}

TEST_CASE("a suffix nests from the inside out") {
  const TypeText type = parsed("INTEGER[3][]");
  CHECK(type.kind == Kind::list);
  CHECK(type.fields[0].name == "element");
  CHECK(type.fields[0].type.kind == Kind::array);
  CHECK(type.fields[0].type.size == 3);
  CHECK(type.fields[0].type.fields[0].type.name == "INTEGER");
}

TEST_CASE("field names keep quotes, spaces, keywords and Unicode") {
  const TypeText type =
      parsed(R"(STRUCT(a INTEGER, "B c" VARCHAR[], "x""y" DATE, "select" TIME, "Größe" UUID, Ä INT))");
  REQUIRE(type.fields.size() == 6);
  CHECK(type.fields[0].name == "a");
  CHECK(type.fields[1].name == "B c");
  CHECK(type.fields[1].type.kind == Kind::list);
  CHECK(type.fields[2].name == "x\"y");
  CHECK(type.fields[3].name == "select");
  CHECK(type.fields[4].name == "Größe");
  CHECK(type.fields[5].name == "Ä");
}

TEST_CASE("names that look like syntax are still names") {
  const TypeText type = parsed(R"~(STRUCT("a, b" INTEGER, "c)" INTEGER, "[]" INTEGER[], map INTEGER))~");
  REQUIRE(type.fields.size() == 4);
  CHECK(type.fields[0].name == "a, b");
  CHECK(type.fields[1].name == "c)");
  CHECK(type.fields[2].type.kind == Kind::list);
  CHECK(type.fields[3].name == "map");
}

TEST_CASE("fields of an unnamed struct have no names") {
  const TypeText type = parsed("STRUCT(INTEGER, TIMESTAMP WITH TIME ZONE, DECIMAL(3,1)[2], MAP(VARCHAR, INTEGER))");
  REQUIRE(type.fields.size() == 4);
  for (const TypeField& field : type.fields) CHECK(field.name.empty());
  CHECK(type.fields[1].type.name == "TIMESTAMP WITH TIME ZONE");
  CHECK(type.fields[2].type.kind == Kind::array);
  CHECK(type.fields[3].type.kind == Kind::map);
}

TEST_CASE("maps, unions and enumerations are taken apart") {
  const TypeText map = parsed("MAP(VARCHAR, STRUCT(a INTEGER))");
  CHECK(map.kind == Kind::map);
  CHECK(map.fields[0].name == "key");
  CHECK(map.fields[1].type.fields[0].name == "a");
  const TypeText choice = parsed("UNION(num INTEGER, str VARCHAR)");
  CHECK(choice.kind == Kind::union_);
  CHECK(choice.fields[1].name == "str");
  const TypeText enumeration = parsed("ENUM('a', 'b''c', '')");
  CHECK(enumeration.kind == Kind::enumeration);
  CHECK(enumeration.values == std::vector<std::string>{"a", "b'c", ""});
}

TEST_CASE("a type written out reads back as the same type") {
  for (const char* text :
       {"BIGINT", "DECIMAL(38,10)", "INTEGER[][3]", R"(STRUCT("a b" INTEGER, c VARCHAR[], "x""y" TIME WITH TIME ZONE))",
        "MAP(STRUCT(a INTEGER), ENUM('x', 'y''z')[])", "UNION(a INTEGER, b STRUCT(c DATE))",
        "STRUCT(INTEGER, VARCHAR)"}) {
    CAPTURE(text);
    CHECK(parsed(to_string(parsed(text))) == parsed(text));
  }
}

TEST_CASE("what is no type is refused with its place") {
  for (const char* text : {"", "INTEGER[", "INTEGER[x]", "STRUCT(a INTEGER", "MAP(INTEGER)", "ENUM(a)", "INTEGER foo",
                           "DECIMAL(", "\"open", "TIMESTAMP WITH ZONE", "STRUCT(a INTEGER,)"}) {
    CAPTURE(text);
    const auto type = parse_type(text);
    REQUIRE_FALSE(type.has_value());
    CHECK(type.error().code == ErrorCode::usage);
    CHECK(type.error().message.find("at character") != std::string::npos);
  }
  std::string lists = "INTEGER";
  for (int i = 0; i < 5000; ++i) lists += "[]";
  CHECK_FALSE(parse_type(lists).has_value());
  std::string deep;
  for (int i = 0; i < 5000; ++i) deep += "STRUCT(a ";
  CHECK_FALSE(parse_type(deep).has_value());
}
