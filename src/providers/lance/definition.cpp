#include "providers/lance/definition.hpp"

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

/// Empty where a type is none of Arrow's.
std::string told_schema(const std::vector<Column>& columns) {
  arrow::Schema schema;
  for (const auto& column : columns) {
    constexpr std::string_view k_not_null = " not null";
    const bool nullable = !column.type.ends_with(k_not_null);
    auto field =
        arrow::parse_type(nullable ? column.type : column.type.substr(0, column.type.size() - k_not_null.size()));
    if (!field) return {};
    field->name = column.name;
    field->nullable = nullable;
    schema.fields.push_back(*std::move(field));
  }
  return schema.fields.empty() ? std::string() : schema_text(std::move(schema));
}

}  // namespace

Result<CreateRequest> definition(const Service& service, const DescribeRequest& request, Control& control) {
  MATVIEW_ASSIGN(const View view, describe(service, request, control));
  CreateRequest definition;
  definition.name = view.name;
  definition.kind = view.kind;
  definition.query = view.definition;
  if (auto schema = told_schema(view.columns); !schema.empty())
    definition.options["output-schema"] = {std::move(schema)};
  return definition;
}

Result<CreateRequest> redefined(const CreateRequest& wanted, const CreateRequest& told,
                                const Environment& environment) {
  CreateRequest request = told;
  request.kind = wanted.kind;
  if (!told.query.empty() && !wanted.query.empty() && wanted.query != told.query &&
      !remote::same_json(wanted.query, told.query))
    request.query = wanted.query;
  if (!told.options.contains("output-schema")) return request;
  // Checked as create does; what is wrong with the rest of it shows there.
  CreateRequest made = wanted;
  made.replace = false;
  made.tags.clear();
  MATVIEW_ASSIGN(auto spec, read_create(made, environment));
  request.options["output-schema"] = {schema_text(std::move(spec.schema))};
  return request;
}

}  // namespace matview::providers::lance
