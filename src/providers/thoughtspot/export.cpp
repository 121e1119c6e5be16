#include "providers/thoughtspot/export.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "providers/remote/fields.hpp"
#include "providers/remote/same_json.hpp"
#include "providers/remote/settings.hpp"
#include "providers/thoughtspot/catalog.hpp"
#include "providers/thoughtspot/definition.hpp"
#include "providers/thoughtspot/fault.hpp"
#include "providers/thoughtspot/tml.hpp"
#include "providers/thoughtspot/tml_requests.hpp"
#include "support/json.hpp"
#include "support/text.hpp"

namespace matview::providers::thoughtspot {

namespace {

bool has_only(const Value& object, std::initializer_list<std::string_view> keys) {
  const auto* members = object.if_object();
  return members != nullptr && std::all_of(members->begin(), members->end(), [&](const auto& member) {
           return std::find(keys.begin(), keys.end(), member.first) != keys.end();
         });
}

/// NAME:TYPE of a column that is nothing else; empty for one that is more.
std::string plain_column(const Value& column) {
  const auto name = remote::text(column, "name");
  const Value& properties = column.at("properties");
  const auto type = remote::text(properties, "column_type");
  const bool measure = type == "MEASURE";
  const bool plain =
      has_only(column, {"name", "sql_output_column", "properties"}) && !name.empty() &&
      name.find_first_of(",:") == std::string::npos && remote::text(column, "sql_output_column") == name &&
      (measure || type == "ATTRIBUTE") && has_only(properties, {"column_type", "aggregation"}) &&
      (properties.at("aggregation").is_null() || (measure && remote::text(properties, "aggregation") == "SUM"));
  return plain ? fmt::format("{}:{}", name, measure ? "measure" : "attribute") : std::string();
}

/// Fills in query, connection and columns; false where the view has more than these.
bool read_sql_view(const Value& view, CreateRequest& request) {
  if (!has_only(view, {"name", "connection", "sql_query", "sql_view_columns"})) return false;
  request.query = remote::text(view, "sql_query");
  const Value& connection = view.at("connection");
  auto name = remote::text(connection, "name");
  if (name.empty()) name = remote::text(connection, "fqn");
  if (!name.empty()) request.options["connection"] = {name};
  std::vector<std::string> columns;
  for (const Value& column : remote::elements(view, "sql_view_columns")) {
    auto text = plain_column(column);
    if (text.empty()) return false;
    columns.push_back(std::move(text));
  }
  if (!columns.empty()) request.options["columns"] = {support::join(columns, ",")};
  return !request.query.empty();
}

bool is_json(std::string_view tml) {
  const auto at = tml.find_first_not_of(" \t\r\n\xEF\xBB\xBF");
  return at != std::string_view::npos && tml[at] == '{';
}

/// Each column by itself, whatever lists they were given in.
std::string canonical_columns(const std::vector<std::string>& texts) {
  std::vector<std::string> parts;
  for (const auto& text : texts)
    if (const auto columns = parse_columns(text))
      for (const auto& column : *columns)
        parts.push_back(fmt::format("{}:{}", column.name, column.measure ? "measure" : "attribute"));
  return support::join(parts, ",");
}

}  // namespace

Result<std::string> export_tml(Client& client, const Header& header, std::string_view format, Control& control) {
  MATVIEW_ASSIGN(auto answer, client.send(export_request(client.address(), header, format), control));
  if (is_missing_call(answer)) {
    MATVIEW_ASSIGN(answer, client.send(export_request_v2(client.address(), header, format), control));
  }
  return read_export(answer);
}

Result<CreateRequest> to_request(std::string name, std::string_view tml) {
  MATVIEW_ASSIGN(const auto document, support::parse_json(tml));
  CreateRequest request;
  request.name = std::move(name);
  if (const auto* members = document.if_object(); members != nullptr) {
    CreateRequest plain = request;
    if (read_sql_view(document.at("sql_view"), plain)) return plain;
    Value rest;
    for (const auto& [key, value] : *members)
      if (key != "guid" && key != "obj_id") rest.set(key, value);
    request.options["tml-text"] = {support::to_json(rest, true)};
  }
  return request;
}

Result<CreateRequest> definition(Client& client, const DescribeRequest& request, Control& control) {
  MATVIEW_ASSIGN(const auto header, resolve_view(client, request.name, control));
  MATVIEW_ASSIGN(const auto tml, export_tml(client, header, "JSON", control));
  auto definition = to_request(header.name, tml);
  if (!definition)
    return fail(ErrorCode::unsupported, fmt::format("the server does not export '{}' as JSON: {}",
                                                    support::strip_control(header.name), definition.error().message));
  return definition;
}

Result<CreateRequest> redefined(const CreateRequest& wanted, const CreateRequest& told,
                                const Environment& environment) {
  const bool given_as_tml = wanted.options.contains("tml") || wanted.options.contains("tml-text");
  if (given_as_tml) {
    CreateRequest named = wanted;
    named.name = told.name;
    MATVIEW_ASSIGN(const auto definition, read_definition(named, environment));
    if (!is_json(definition.tml))
      return fail(Error(ErrorCode::unsupported, "its TML is YAML, which cannot be compared with what is there")
                      .with_hint("write it as JSON: 'matview show NAME -o toml' does"));
    MATVIEW_ASSIGN(auto request, to_request(told.name, definition.tml));
    const auto* text = remote::option(request.options, "tml-text");
    const auto* old = remote::option(told.options, "tml-text");
    return text && old && remote::same_json(*text, *old) ? told : request;
  }
  CreateRequest request = told;
  request.kind = wanted.kind;
  request.tags = wanted.tags;
  if (!wanted.query.empty()) request.query = wanted.query;
  // What is told as TML is not told word by word: only a change of the query shows.
  if (told.options.contains("tml-text")) return request;
  for (const auto& [name, values] : wanted.options) {
    if (!told.options.contains(name)) continue;
    request.options[name] = name == "columns" ? std::vector{canonical_columns(values)} : values;
  }
  return request;
}

}  // namespace matview::providers::thoughtspot
