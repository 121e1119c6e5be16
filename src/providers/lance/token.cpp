#include "providers/lance/token.hpp"

#include <fmt/format.h>

#include "http/url.hpp"
#include "providers/remote/answer.hpp"
#include "providers/remote/fields.hpp"
#include "support/json.hpp"

namespace matview::providers::lance {

HttpRequest token_request(std::string_view url, std::string_view client_id, const Secret& client_secret) {
  HttpRequest request;
  request.purpose = "log in";
  request.method = "POST";
  request.url = http::join_url(url, "oauth/token");
  request.headers.set("Content-Type", "application/x-www-form-urlencoded").set("Accept", "application/json");
  request.body = http::encode_parameters({{"grant_type", "client_credentials"},
                                          {"client_id", std::string(client_id)},
                                          {"client_secret", client_secret.reveal()}});
  request.retry = RetryRule::read();
  request.assumed.body =
      fmt::format(R"({{"access_token":"{}","token_type":"bearer"}})", secret_placeholder("LANCEDB_TOKEN"));
  return request;
}

Result<Secret> read_token(const HttpResponse& response) {
  if (!remote::is_success(response)) {
    // RFC 6749, 5.2: the error is a word, its description a sentence; a wrong client is 400 or 401.
    const auto body = support::parse_json(response.body);
    std::string said;
    if (body) {
      said = remote::text(*body, "error_description");
      if (said.empty()) said = remote::text(*body, "error");
    }
    Error error = remote::http_error(response, said);
    if (response.status == 400 || response.status == 401) error.code = ErrorCode::auth;
    if (error.hint.empty() && error.code == ErrorCode::auth)
      error.hint = "check client_id and client_secret of the profile";
    return fail(std::move(error).with_context("no token for the client: "));
  }
  auto body = remote::json_body(response);
  if (!body) return fail(std::move(body).error().with_context("no token for the client: "));
  std::string token = remote::text(*body, "access_token");
  if (token.empty()) return fail(ErrorCode::auth, "no token for the client: the answer holds no access_token");
  if (token.find_first_not_of(
          "!\"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`abcdefghijklmnopqrstuvwxyz"
          "{|}~") != std::string::npos)
    return fail(ErrorCode::auth, "no token for the client: the access_token holds what no header can");
  return Secret(std::move(token));
}

}  // namespace matview::providers::lance
