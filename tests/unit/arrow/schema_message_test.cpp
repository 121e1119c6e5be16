#include "arrow/schema_message.hpp"

#include <doctest/doctest.h>

#include <random>

#include "arrow/schema_text.hpp"
#include "samples.hpp"
#include "support/base64.hpp"

using matview::ErrorCode;
using matview::arrow::decode_schema;
using matview::arrow::encode_schema;
using matview::arrow::parse_schema;
using matview::arrow::print_schema;
using matview::support::from_base64;

namespace {

// Written by npm's apache-arrow 18.1.0.
constexpr std::string_view k_golden_a =
    "/////7gAAAAQAAAAAAAKABAADgAHAAgACgAAAAAAAAEQAAAAAAAEAAgACAAAAAQACAAAAAQAAAACAAAASAAAAAQAAADQ////FAAA"
    "AAAAAAEYAAAAAAAABRgAAAAEAAAAbmFtZQAAAAAAAAAABAAEAAQAAAAQABgABAALABMAFAAAAAwAEAAAABQAAAAAAAABFAAAAAAA"
    "AAIYAAAAAgAAAGlkAAAAAAAACAAMAAgABwAIAAAAAAAAAUAAAAAAAAAA";
constexpr std::string_view k_golden_b =
    "/////ygBAAAQAAAAAAAKABAADgAHAAgACgAAAAAAAAEQAAAAAAAEAAgACAAAAAQACAAAAAQAAAAEAAAAsAAAAGgAAAA0AAAABAAA"
    "AHD///8UAAAAAAAAARgAAAAAAAAFFAAAAAQAAABuYW1lAAAAAAAAAACg////nP///xQAAAAAAAABFAAAAAAAAAIQAAAAAgAAAGlk"
    "AAAAAAAAgP///wAAAAFAAAAAzP///xQAAAAAAAABHAAAAAAAAAYcAAAACAAAAF9faXNfc2V0AAAAAAAAAAAEAAQABAAAABAAGAAE"
    "AAsAEwAUAAAADAAQAAAAFAAAAAAAAAEgAAAAAAAAAiQAAAAPAAAAX19zb3VyY2Vfcm93X2lkAAAAAAAIAAwACAAHAAgAAAAAAAAB"
    "QAAAAA==";

std::string bytes_of(std::string_view text) {
  const auto bytes = from_base64(text);
  return bytes ? *bytes : std::string();
}

std::string message(std::string_view bytes) {
  const auto decoded = decode_schema(bytes);
  return decoded ? "no error" : decoded.error().message;
}

}  // namespace

TEST_CASE("messages that another library wrote decode to their text") {
  const auto a = decode_schema(bytes_of(k_golden_a));
  REQUIRE_MESSAGE(a, a.error().message);
  CHECK(print_schema(a->schema) == "id int64, name utf8");
  CHECK(a->size == 192);
  const auto b = decode_schema(bytes_of(k_golden_b));
  REQUIRE_MESSAGE(b, b.error().message);
  CHECK(b->size == 304);
  CHECK(print_schema(b->schema) == "__source_row_id int64, __is_set bool, id int64, name utf8");
}

TEST_CASE("decoding what was encoded gives the same schema, for every type") {
  for (const auto sample : matview::test::schema_samples()) {
    CAPTURE(sample);
    const auto schema = parse_schema(sample).value();
    const auto bytes = encode_schema(schema);
    CHECK(bytes.size() % 8 == 0);
    const auto decoded = decode_schema(bytes);
    REQUIRE_MESSAGE(decoded, decoded.error().message);
    CHECK(decoded->schema == schema);
    CHECK(decoded->size == bytes.size());
    CHECK(encode_schema(decoded->schema) == bytes);
  }
}

TEST_CASE("the message is told from what follows it, from a file's magic bytes, and from one without a marker") {
  const auto schema = parse_schema("id int64").value();
  const auto message = encode_schema(schema);
  const auto stream = decode_schema(message + std::string("\xff\xff\xff\xff\0\0\0\0", 8) + "more").value();
  CHECK(stream.begin == 0);
  CHECK(stream.size == message.size());
  const auto file = decode_schema(std::string("ARROW1\0\0", 8) + message).value();
  CHECK(file.begin == 8);
  CHECK(file.size == message.size());
  CHECK(file.schema == schema);
  const auto old = decode_schema(message.substr(4)).value();
  CHECK(old.size == message.size() - 4);
  CHECK(old.schema == schema);
  CHECK(matview::arrow::is_ipc(message));
  CHECK(matview::arrow::is_ipc(message.substr(4)));
  CHECK_FALSE(matview::arrow::is_ipc("id int64"));
  CHECK_FALSE(matview::arrow::is_ipc("{\"fields\":[]}"));
}

TEST_CASE("what is no schema message is refused") {
  const auto bytes = encode_schema(parse_schema("id int64, name utf8").value());
  CHECK(message("").find("too short") != std::string::npos);
  CHECK(message("\xff\xff\xff\xff").find("too short") != std::string::npos);
  CHECK(message(std::string("\xff\xff\xff\xff\0\0\0\0", 8)).find("says to have 0 bytes") != std::string::npos);
  CHECK(message(bytes.substr(0, bytes.size() - 1)).find("says to have") != std::string::npos);
  CHECK(message("this is text and nothing else").find("no Arrow schema message") != std::string::npos);
  CHECK(decode_schema(bytes.substr(0, 40)).error().code == ErrorCode::usage);
}

TEST_CASE("no damage to a message makes the decoder read outside of it or accept a type that does not exist") {
  std::mt19937 random(7);
  const auto sample =
      print_schema(parse_schema("u dense_union<5: a int32, 7: b utf8>, d dictionary<int32, list<utf8>>, "
                                "m map<utf8, decimal(10, 2)>, t timestamp[us, UTC] metadata {\"k\": \"v\"}")
                       .value());
  const auto whole = encode_schema(parse_schema(sample).value());
  int accepted = 0;
  for (int round = 0; round < 20'000; ++round) {
    // On the heap and of just that size, so that a sanitizer sees a read beyond it.
    std::vector<char> damaged(whole.begin(), whole.end());
    const auto changes = 1 + random() % 4;
    for (std::uint32_t i = 0; i < changes; ++i)
      damaged[8 + random() % (damaged.size() - 8)] = static_cast<char>(random());
    const auto decoded = decode_schema({damaged.data(), damaged.size()});
    if (!decoded) continue;
    ++accepted;
    CHECK(parse_schema(print_schema(decoded->schema)).value() == decoded->schema);
    CHECK(decode_schema(encode_schema(decoded->schema))->schema == decoded->schema);
  }
  CHECK(accepted > 0);
}

TEST_CASE("a message cut anywhere is refused") {
  const auto whole = encode_schema(parse_schema("a list<struct<x int64, y map<utf8, int32>>>").value());
  for (std::size_t size = 0; size < whole.size(); ++size) {
    const std::vector<char> cut(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size));
    CHECK_FALSE(decode_schema({cut.data(), cut.size()}));
  }
}
