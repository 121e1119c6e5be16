#include "output/requests.hpp"

#include <fmt/format.h>

#include "http/curl_command.hpp"
#include "http/redactor.hpp"
#include "matview/secret.hpp"
#include "support/json.hpp"
#include "support/text.hpp"

namespace matview::output {

namespace {

std::string without_secrets(std::string_view text) {
  return replace_placeholders(text, [](std::string_view) { return std::string("***"); });
}

/// "Bearer ***" tells more than "***" and no more than may be told.
std::string header_value(const std::string& name, const std::string& value) {
  const std::string safe = without_secrets(value);
  return http::is_secret_header(name) && safe == value ? "***" : safe;
}

std::string body_text(const HttpRequest& request) { return without_secrets(http::mask_body(*request.body)); }

Value headers_value(const HttpHeaders& headers) {
  Value document = Value::object();
  for (const auto& [name, value] : headers) {
    const Value shown(header_value(name, value));
    Value before = document.at(name);
    if (before.if_array() == nullptr && !before.is_null()) before = Value::Array{before};
    document.set(name, before.is_null() ? shown : before.push(shown));
  }
  return document;
}

}  // namespace

Value to_value(const HttpRequest& request) {
  Value body;
  if (request.body) {
    body = body_text(request);
    if (auto parsed = support::parse_json(*body.if_string())) body = *std::move(parsed);
  }
  return Value::Object{{"purpose", request.purpose},
                       {"method", request.method},
                       {"url", without_secrets(request.url)},
                       {"headers", headers_value(request.headers)},
                       {"body", std::move(body)}};
}

std::string request_text(const HttpRequest& request) {
  std::string text = fmt::format("{} {}\n", request.method, without_secrets(request.url));
  for (const auto& [name, value] : request.headers) text += fmt::format("{}: {}\n", name, header_value(name, value));
  if (!request.body || request.body->empty()) return text;
  const std::string body = body_text(request);
  const auto parsed = support::parse_json(body);
  return text + "\n" + (parsed ? support::to_json(*parsed, true) : body) + "\n";
}

std::string curl_script(const std::vector<HttpRequest>& requests) {
  std::string script;
  for (const auto& request : requests) {
    if (!script.empty()) script += "\n";
    script += fmt::format("# {}\n{}\n", support::strip_control(request.purpose), http::to_curl_command(request));
  }
  return script;
}

}  // namespace matview::output
