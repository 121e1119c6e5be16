#include "arrow/schema_json.hpp"
#include "arrow/schema_message.hpp"
#include "arrow/schema_text.hpp"
#include "fuzz/fuzz.hpp"
#include "support/json.hpp"

namespace arrow = matview::arrow;

namespace {

void check(const arrow::Schema& schema) {
  const auto decoded = arrow::decode_schema(arrow::encode_schema(schema));
  MATVIEW_FUZZ_CHECK(decoded);
  MATVIEW_FUZZ_CHECK(decoded->schema == schema);
  const auto parsed = arrow::parse_schema(arrow::print_schema(schema));
  MATVIEW_FUZZ_CHECK(parsed);
  MATVIEW_FUZZ_CHECK(*parsed == schema);
}

}  // namespace

// A schema in each form in which one is read; whatever is read is written and read again as the same.
MATVIEW_FUZZ_TARGET(input) {
  if (const auto schema = arrow::parse_schema(input)) check(*schema);
  if (const auto message = arrow::decode_schema(input)) {
    MATVIEW_FUZZ_CHECK(message->begin + message->size <= input.size());
    check(message->schema);
  }
  if (const auto document = matview::support::parse_json(input))
    if (const auto schema = arrow::read_json_schema(*document)) check(*schema);
}
