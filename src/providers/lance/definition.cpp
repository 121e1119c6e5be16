#include "providers/lance/definition.hpp"

#include <optional>

#include "arrow/schema_text.hpp"
#include "providers/lance/create_spec.hpp"
#include "providers/lance/describe.hpp"
#include "providers/remote/same_json.hpp"

namespace matview::providers::lance {

namespace {

/// As text; columns that the engine adds (`__source_row_id`) are not part of what was asked for.
std::string schema_text(arrow::Schema schema) {
  std::erase_if(schema.fields, [](const arrow::Field& field) { return field.name.starts_with("__"); });
  schema.metadata.clear();
  for (auto& field : schema.fields) field.metadata.clear();
  return arrow::print_schema(schema);
}

/// As the server tells its table; empty where a type is none of Arrow's.
std::optional<arrow::Schema> told_schema(const std::vector<Column>& columns) {
  arrow::Schema schema;
  for (const auto& column : columns) {
    constexpr std::string_view k_not_null = " not null";
    const bool nullable = !column.type.ends_with(k_not_null);
    const auto end = nullable ? column.type.size() : column.type.size() - k_not_null.size();
    auto field = arrow::parse_type(column.type.substr(0, end));
    if (!field) return std::nullopt;
    field->name = column.name;
    field->nullable = nullable;
    schema.fields.push_back(*std::move(field));
  }
  return schema.fields.empty() ? std::nullopt : std::optional(std::move(schema));
}

/// Whether a column of both has another type. A server adds columns and is free in what may be null, and a view that
/// is not what was asked for would have to be dropped: only what is certain counts.
bool contradicts(const arrow::Schema& a, const arrow::Schema& b) {
  for (const auto& field : a.fields)
    for (const auto& other : b.fields)
      if (field.name == other.name && arrow::print_type(field) != arrow::print_type(other)) return true;
  return false;
}

}  // namespace

Result<CreateRequest> definition(const Service& service, const DescribeRequest& request, Control& control) {
  MATVIEW_ASSIGN(const View view, describe(service, request, control));
  CreateRequest definition;
  definition.name = view.name;
  definition.kind = view.kind;
  definition.query = view.definition;
  if (auto schema = told_schema(view.columns)) definition.options["output-schema"] = {schema_text(*std::move(schema))};
  return definition;
}

Result<CreateRequest> redefined(const CreateRequest& wanted, const CreateRequest& told,
                                const Environment& environment) {
  CreateRequest request = told;
  request.kind = wanted.kind;
  if (!told.query.empty() && !wanted.query.empty() && wanted.query != told.query &&
      !remote::same_json(wanted.query, told.query))
    request.query = wanted.query;
  const auto schema = told.options.find("output-schema");
  if (schema == told.options.end() || schema->second.empty()) return request;
  const auto told_fields = arrow::parse_schema(schema->second.front());
  // Checked as create does, since what is wrong here would show once the view is dropped.
  CreateRequest made = wanted;
  made.replace = false;
  MATVIEW_ASSIGN(auto spec, read_create(made, environment));
  if (told_fields && contradicts(*told_fields, spec.schema))
    request.options["output-schema"] = {schema_text(std::move(spec.schema))};
  return request;
}

}  // namespace matview::providers::lance
