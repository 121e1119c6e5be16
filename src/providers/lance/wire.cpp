#include "providers/lance/wire.hpp"

#include "support/json.hpp"

namespace matview::providers::lance {

RetryRule busy_only() { return {{429, 503}, false}; }

HttpRequest post(const Endpoint& endpoint, std::string purpose, std::string_view path,
                 const http::Parameters& parameters, Value body) {
  Value whole = Value::object();
  if (!endpoint.identity.is_null()) whole.set("identity", endpoint.identity);
  if (const auto* members = body.if_object())
    for (const auto& [name, value] : *members) whole.set(name, value);
  HttpRequest request;
  request.purpose = std::move(purpose);
  request.method = "POST";
  request.url = http::join_url(endpoint.url, path, parameters);
  request.headers.set("Content-Type", "application/json").set("Accept", "application/json");
  request.body = support::to_json(whole);
  return request;
}

HttpRequest post_without_body(const Endpoint& endpoint, std::string purpose, std::string_view path,
                              const http::Parameters& parameters) {
  HttpRequest request;
  request.purpose = std::move(purpose);
  request.method = "POST";
  request.url = http::join_url(endpoint.url, path, parameters);
  request.headers.set("Accept", "application/json");
  return request;
}

HttpRequest get(const Endpoint& endpoint, std::string purpose, std::string_view path,
                const http::Parameters& parameters) {
  auto request = post_without_body(endpoint, std::move(purpose), path, parameters);
  request.method = "GET";
  return request;
}

Value body_with_id(const Identifier& id) {
  Value parts = Value::array();
  for (const auto& part : id.path) parts.push(part);
  Value body;
  body.set("id", std::move(parts));
  return body;
}

http::Parameters page_parameters(const Identifier& id, std::string_view token) {
  auto parameters = delimiter_parameter(id);
  if (!token.empty()) parameters.emplace_back("page_token", token);
  return parameters;
}

}  // namespace matview::providers::lance
