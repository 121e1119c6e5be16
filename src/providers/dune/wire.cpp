#include "providers/dune/wire.hpp"

#include <fmt/format.h>

#include "providers/remote/answer.hpp"
#include "providers/remote/fields.hpp"
#include "support/json.hpp"
#include "support/text.hpp"

namespace matview::providers::dune {

namespace {

/// The text of an error in JSON, whichever of the shapes it has.
std::string said_in(const Value& body) {
  if (const auto* text = body.if_string()) return *text;
  for (const char* key : {"error", "message", "detail", "title"}) {
    const Value& member = body.at(key);
    if (const auto* text = member.if_string(); text != nullptr && !text->empty()) return *text;
    for (const char* inner : {"message", "error", "type"})
      if (auto text = remote::text(member, inner); !text.empty()) return text;
  }
  for (const auto& error : remote::elements(body, "errors"))
    if (auto text = said_in(error); !text.empty()) return text;
  return {};
}

std::string said_by(const HttpResponse& response) {
  if (!remote::is_html(response))
    if (const auto body = support::parse_json(response.body)) {
      const std::string said = said_in(*body);
      return said.substr(0, said.find_first_of("\r\n"));
    }
  return remote::first_line(response.body);
}

const char* hint_for(int status) {
  switch (status) {
    case 401: return "set DUNE_API_KEY, or api_key_file of the profile; 'matview doctor' checks it";
    case 402:
      return "the credits or limits of the billing period are used up: 'matview doctor' tells what is left of them";
    case 403:
      return "the key may lack the scope Read/Write, the plan may lack this (private views, new queries), or the saved "
             "query is archived or of another account";
    case 429: return "the plan's requests a minute are used up: wait, or set max_requests_per_second of the profile";
    default: return "";
  }
}

}  // namespace

HttpRequest get_request(std::string purpose, std::string_view api, std::string_view path,
                        const http::Parameters& parameters) {
  HttpRequest request;
  request.purpose = std::move(purpose);
  request.url = http::join_url(api, path, parameters);
  request.headers = {{"Accept", "application/json"}};
  return request;
}

HttpRequest post_request(std::string purpose, std::string_view api, std::string_view path, const Value& body) {
  HttpRequest request = get_request(std::move(purpose), api, path);
  request.method = "POST";
  if (body.is_null()) return request;
  request.headers.set("Content-Type", "application/json");
  request.body = support::to_json(body);
  return request;
}

HttpResponse assumed(const Value& body) { return {200, {}, support::to_json(body)}; }

Error read_error(const HttpResponse& response) {
  const std::string said = said_by(response);
  Error error = remote::http_error(response, said);
  if (response.status == 401) error.message.insert(0, "the API key was refused: ");
  // The status of this one is not published.
  if (response.status < 500 && said.find("conflicting existing Matview") != std::string::npos) {
    error.code = ErrorCode::conflict;
    error.retryable = false;
    error.hint = "the view is bound to another saved query and cannot be rebound: drop it first, then create it";
  }
  if (error.hint.empty()) error.hint = hint_for(response.status);
  return error;
}

Result<Value> read_body(const HttpResponse& response) {
  if (!remote::is_success(response)) return fail(read_error(response));
  return remote::json_body(response);
}

Error maybe_done(Error error) {
  const int status = error.http_status.value_or(0);
  if (status == 408 || status >= 500) error.unanswered = true;
  if (error.unanswered) error.retryable = false;
  return error;
}

}  // namespace matview::providers::dune
