#include "providers/thoughtspot/tml_requests.hpp"

#include <fmt/format.h>

#include "providers/thoughtspot/catalog.hpp"

namespace matview::providers::thoughtspot {

namespace {

std::string_view policy(const ImportSpec& spec) { return spec.validate_only ? "VALIDATE_ONLY" : "ALL_OR_NONE"; }

std::string purpose(const ImportSpec& spec) {
  return fmt::format("{} '{}'", spec.validate_only ? "validate" : "create", spec.name);
}

Value assumed_import(const ImportSpec& spec) {
  Value response;
  response.set("status", Value::Object{{"status_code", "OK"}});
  response.set("header", Value::Object{{"id_guid", k_unknown_id}, {"name", spec.name}});
  return Value::Object{{"response", std::move(response)}};
}

Value assumed_export() {
  return Value::Object{{"info", Value::Object{{"status", Value::Object{{"status_code", "OK"}}}}}, {"edoc", ""}};
}

}  // namespace

HttpRequest import_request(const Address& address, const ImportSpec& spec) {
  auto request = v1_form(address, "metadata/tml/import",
                         {{"import_objects", json_list({spec.tml})},
                          {"import_policy", std::string(policy(spec))},
                          {"force_create", "false"}},
                         purpose(spec));
  request.headers.set("Accept", "text/plain");
  request.retry = spec.validate_only ? RetryRule::idempotent() : RetryRule::submit();
  request.assumed = assumed_document(Value::Object{{"object", Value::Array{assumed_import(spec)}}});
  return request;
}

HttpRequest import_request_v2(const Address& address, const ImportSpec& spec) {
  auto request = v2_json(
      address, "metadata/tml/import",
      Value::Object{{"metadata_tmls", Value::Array{spec.tml}}, {"import_policy", policy(spec)}, {"create_new", false}},
      purpose(spec));
  request.retry = spec.validate_only ? RetryRule::idempotent() : RetryRule::submit();
  request.assumed = assumed_document(Value::Array{assumed_import(spec)});
  return request;
}

HttpRequest export_request(const Address& address, const Header& view, std::string_view format) {
  auto request = v1_form(
      address, "metadata/tml/export",
      {{"export_ids", json_list({view.id})}, {"formattype", std::string(format)}, {"export_associated", "false"}},
      fmt::format("export '{}'", view.name));
  request.headers.set("Accept", "text/plain");
  request.assumed = assumed_document(Value::Object{{"object", Value::Array{assumed_export()}}});
  return request;
}

HttpRequest export_request_v2(const Address& address, const Header& view, std::string_view format) {
  Value object;
  object.set("identifier", view.id).set("type", "LOGICAL_TABLE");
  auto request = v2_json(address, "metadata/tml/export",
                         Value::Object{{"metadata", Value::Array{std::move(object)}}, {"edoc_format", format}},
                         fmt::format("export '{}'", view.name));
  request.assumed = assumed_document(Value::Array{assumed_export()});
  return request;
}

}  // namespace matview::providers::thoughtspot
