#include "engine/udtf/records.hpp"

#include <doctest/doctest.h>

using namespace matview::engine::udtf;

namespace {

/// The records of `text`, which comes in pieces of `size` bytes, and in brackets what is left over.
std::string cut(Format format, std::string_view text, std::size_t size) {
  Records records(format);
  std::string found;
  for (std::size_t at = 0; at < text.size(); at += size) {
    records.push(text.substr(at, size));
    while (const auto record = records.next()) found += std::string(*record) + "|";
  }
  return found + "(" + std::string(records.rest()) + ")";
}

std::string fields(std::string_view record) {
  const auto read = csv_fields(record);
  if (!read) return "error";
  std::string text;
  for (const auto& field : *read) text += (field ? "[" + *field + "]" : "-");
  return text;
}

}  // namespace

TEST_CASE("lines are cut alike however the bytes come") {
  for (std::size_t size = 1; size < 12; ++size) {
    CHECK(cut(Format::ndjson, "{\"a\":1}\n\r\n  \n{\"b\"\r\nxy", size) == "{\"a\":1}|{\"b\"|(xy)");
    CHECK(cut(Format::ndjson, "\n", size) == "()");
    CHECK(cut(Format::csv, "a,\"x\ny\"\r\n\n\"\"\"\n\",b\n \n\"open\n", size) ==
          "a,\"x\ny\"|\"\"\"\n\",b| |(\"open\n)");
  }
}

TEST_CASE("fields of CSV: nothing is NULL, quotes hold anything") {
  CHECK(fields("a,b") == "[a][b]");
  CHECK(fields("") == "-");
  CHECK(fields(",") == "--");
  CHECK(fields("a,,\"\"") == "[a]-[]");
  CHECK(fields("\"a,\"\"b\n\",c,") == "[a,\"b\n][c]-");
  CHECK(fields("\"a\",\"b\"") == "[a][b]");
  for (const auto* wrong : {"\"a", "\"a\"b", "a\"b", "\"\"\""}) CHECK(fields(wrong) == "error");
}

TEST_CASE("a field is read back as it was written") {
  for (const auto& text :
       {std::optional<std::string>(), std::optional<std::string>(""), std::optional<std::string>("a b"),
        std::optional<std::string>("a,\"b\"\r\n"), std::optional<std::string>(" ")})
    CHECK(csv_fields(csv_field(text) + ",x")->front() == text);
}
