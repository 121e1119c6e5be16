// Schemas as we write and read them, against a library of others: every type that apache-arrow has.

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "arrow/schema_message.hpp"
#include "arrow/schema_text.hpp"
#include "contract/arrow/library.hpp"
#include "support/base64.hpp"

using namespace matview;
using test::Json;

namespace {

// One column each, as the text is printed. The library has no list views and no run-end encoding.
const std::vector<std::string> k_schemas{
    "f null",
    "f bool",
    "f int8",
    "f int16",
    "f int32",
    "f int64",
    "f uint8",
    "f uint16",
    "f uint32",
    "f uint64",
    "f float16",
    "f float32",
    "f float64",
    "f utf8",
    "f large_utf8",
    "f utf8_view",
    "f binary",
    "f large_binary",
    "f binary_view",
    "f date32",
    "f date64",
    "f time32[s]",
    "f time32[ms]",
    "f time64[us]",
    "f time64[ns]",
    "f timestamp[s]",
    "f timestamp[ms]",
    "f timestamp[us]",
    "f timestamp[ns]",
    "f timestamp[us, UTC]",
    "f timestamp[ns, Europe/Berlin]",
    "f duration[s]",
    "f duration[ms]",
    "f duration[us]",
    "f duration[ns]",
    "f interval[year_month]",
    "f interval[day_time]",
    "f interval[month_day_nano]",
    "f decimal(10, 2)",
    "f decimal(38, -3)",
    "f decimal256(76, 0)",
    "f decimal32(9, 1)",
    "f decimal64(18, 18)",
    "f fixed_size_binary(16)",
    "f fixed_size_list<float32, 128>",
    "f list<utf8>",
    "f list<int64 not null>",
    "f large_list<element utf8>",
    "f struct<x float64, y float64 not null>",
    "f struct<>",
    "f map<utf8, int32>",
    "f map<int64, utf8 not null, sorted>",
    "f dense_union<a int32, b utf8>",
    "f sparse_union<5: a int32 not null, 7: b utf8>",
    "f dictionary<int32, utf8>",
    "f dictionary<uint8, large_utf8, ordered, id 7>",
    "f list<struct<a int8, m map<utf8, list<int32>>>>",
    "f int64 not null metadata {\"k\": \"v\", \"ü\": \"\\\"\"}; metadata {\"a\": \"b\"}",
    "\"a b\" int64, \"größe\" utf8, \"\" int8, id int64 not null, name utf8",
};

}  // namespace

TEST_CASE("every type of a schema that we encode is in apache-arrow what was asked for") {
  Json messages = Json::array();
  for (const auto& text : k_schemas)
    messages.push_back(support::base64(arrow::encode_schema(arrow::parse_schema(text).value())));
  const auto read = test::run_library("schema.mjs", "read", messages.dump());
  REQUIRE(read.size() == k_schemas.size());
  for (std::size_t i = 0; i < k_schemas.size(); ++i) CHECK_MESSAGE(read[i] == k_schemas[i], read[i].dump());
}

TEST_CASE("every type that apache-arrow encodes is here what it is there") {
  const auto written = test::run_library("schema.mjs", "write");
  REQUIRE(written.size() > 50);
  for (const auto& pair : written) {
    const auto bytes = support::from_base64(pair[1].get<std::string>());
    REQUIRE(bytes);
    const auto decoded = arrow::decode_schema(*bytes);
    REQUIRE_MESSAGE(decoded, pair[0].dump() << decoded.error().message);
    CHECK(arrow::print_schema(decoded->schema) == pair[0].get<std::string>());
    CHECK(decoded->size == bytes->size());
  }
}
