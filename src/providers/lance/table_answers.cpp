#include "providers/lance/table_answers.hpp"

#include <algorithm>

#include "arrow/schema_json.hpp"
#include "arrow/schema_text.hpp"
#include "providers/lance/errors.hpp"
#include "providers/remote/fields.hpp"

namespace matview::providers::lance {

namespace {

std::string next_token(const Value& body) {
  auto token = remote::text(body, "page_token");
  // What the specification's own documentation calls it in places.
  if (token.empty()) token = remote::text(body, "next_page_token");
  return token;
}

void add_texts(const Value& members, std::map<std::string, std::string>& texts) {
  if (const auto* object = members.if_object())
    for (const auto& [name, value] : *object)
      if (const auto* text = value.if_string()) texts.insert_or_assign(name, *text);
}

/// As Arrow's text where it can be read, else in the server's own word.
Column column_of(const Value& field) {
  if (const auto read = arrow::read_json_field(field)) {
    const std::string type = arrow::print_type(*read);
    return {read->name, read->nullable ? type : type + " not null"};
  }
  auto type = remote::text(field.at("type"), "type");
  if (type.empty()) type = remote::text(field, "type");
  return {remote::text(field, "name"), type};
}

}  // namespace

Result<Page> read_tables(const HttpResponse& response) {
  MATVIEW_ASSIGN(const Value body, read_json(response));
  return Page{remote::texts(body, "tables"), next_token(body)};
}

Result<Table> read_table(const HttpResponse& response) {
  MATVIEW_ASSIGN(const Value body, read_json(response));
  Table table;
  table.version = remote::integer(body, "version");
  const Value& schema = body.at("schema");
  for (const Value& field : remote::elements(schema, "fields"))
    if (field.if_object() != nullptr) table.columns.push_back(column_of(field));
  add_texts(schema.at("metadata"), table.metadata);
  add_texts(body.at("metadata"), table.metadata);
  table.location = remote::text(body, "location");
  table.location.resize(std::min(table.location.find('?'), table.location.size()));
  table.fragments = remote::integer(body.at("stats"), "num_fragments");
  table.deleted_rows = remote::integer(body.at("stats"), "num_deleted_rows");
  table.only_declared = remote::boolean(body, "is_only_declared");
  return table;
}

Result<std::vector<TableVersion>> read_versions(const HttpResponse& response) {
  MATVIEW_ASSIGN(const Value body, read_json(response));
  std::vector<TableVersion> versions;
  for (const Value& element : remote::elements(body, "versions"))
    if (const auto version = remote::integer(element, "version"))
      versions.push_back({*version, remote::time_from_millis(element, "timestamp_millis")});
  std::sort(versions.begin(), versions.end(),
            [](const TableVersion& a, const TableVersion& b) { return a.version > b.version; });
  return versions;
}

Result<TableStats> read_stats(const HttpResponse& response) {
  MATVIEW_ASSIGN(const Value body, read_json(response));
  return TableStats{remote::integer(body, "num_rows"), remote::integer(body, "total_bytes")};
}

}  // namespace matview::providers::lance
