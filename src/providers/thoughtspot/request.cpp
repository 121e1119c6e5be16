#include "providers/thoughtspot/request.hpp"

#include "support/json.hpp"

namespace matview::providers::thoughtspot {

namespace {

HttpRequest request(std::string method, std::string url, std::string purpose) {
  HttpRequest result;
  result.purpose = std::move(purpose);
  result.method = std::move(method);
  result.url = std::move(url);
  // The server refuses calls without it, as a guard against forged ones from a browser; any value will do.
  result.headers = {{"X-Requested-By", "matview"}, {"Accept", "application/json"}};
  return result;
}

}  // namespace

HttpRequest v1_get(const Address& address, std::string_view path, const http::Parameters& query, std::string purpose) {
  return request("GET", http::join_url(address.v1, path, query), std::move(purpose));
}

HttpRequest v1_form(const Address& address, std::string_view path, const http::Parameters& form, std::string purpose) {
  auto result = request("POST", http::join_url(address.v1, path), std::move(purpose));
  result.headers.add("Content-Type", "application/x-www-form-urlencoded");
  result.body = http::encode_parameters(form);
  return result;
}

HttpRequest v2_json(const Address& address, std::string_view path, const Value& body, std::string purpose) {
  auto result = request("POST", http::join_url(address.v2, path), std::move(purpose));
  result.headers.add("Content-Type", "application/json");
  result.body = support::to_json(body);
  return result;
}

std::string json_list(const std::vector<std::string>& texts) {
  auto list = Value::array();
  for (const auto& text : texts) list.push(text);
  return support::to_json(list);
}

HttpResponse assumed_document(const Value& document) {
  return {200, {{"Content-Type", "application/json"}}, support::to_json(document)};
}

}  // namespace matview::providers::thoughtspot
