#include <fmt/format.h>

#include "arrow/schema_json.hpp"
#include "arrow/schema_message.hpp"
#include "arrow/schema_text.hpp"
#include "providers/lance/create_spec.hpp"
#include "support/base64.hpp"
#include "support/json.hpp"

namespace matview::providers::lance {

namespace {

std::string_view trim(std::string_view text) {
  const auto begin = text.find_first_not_of(" \t\r\n");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t\r\n") - begin + 1);
}

/// The continuation marker of a message in base64: four bytes FF, whatever follows.
bool is_base64_message(std::string_view text) { return text.starts_with("/////"); }

/// What another writer made is sent as it is.
Result<OutputSchema> from_message(std::string_view bytes) {
  MATVIEW_ASSIGN(auto decoded, arrow::decode_schema(bytes));
  return OutputSchema{support::base64(bytes.substr(decoded.begin, decoded.size)), std::move(decoded.schema)};
}

Result<OutputSchema> read(std::string_view content) {
  if (arrow::is_ipc(content)) return from_message(content);
  const auto text = trim(content);
  if (is_base64_message(text)) {
    const auto bytes = support::from_base64(text);
    if (!bytes) return fail(ErrorCode::usage, "this begins as an Arrow message in base64 and is no base64");
    return from_message(*bytes);
  }
  arrow::Schema schema;
  if (text.starts_with('{')) {
    auto document = support::parse_json(text);
    if (!document) return fail(ErrorCode::usage, fmt::format("the JSON schema: {}", document.error().message));
    MATVIEW_ASSIGN(schema, arrow::read_json_schema(*document));
  } else {
    MATVIEW_ASSIGN(schema, arrow::parse_schema(content));
  }
  auto message = support::base64(arrow::encode_schema(schema));
  return OutputSchema{std::move(message), std::move(schema)};
}

}  // namespace

Result<OutputSchema> read_output_schema(std::string_view content, std::string_view label) {
  auto schema = read(content);
  if (!schema) return fail(std::move(schema).error().with_context(fmt::format("{}: ", label)));
  if (schema->schema.fields.empty())
    return fail(Error(ErrorCode::usage, fmt::format("{}: the schema has no column", label))
                    .with_hint("as --output-schema 'id int64, name utf8 not null'"));
  return schema;
}

}  // namespace matview::providers::lance
