#include "providers/thoughtspot/session_requests.hpp"

#include <fmt/format.h>

namespace matview::providers::thoughtspot {

namespace {

HttpResponse assumed_cookies() {
  HttpResponse response{204, {}, {}};
  response.headers.add("Set-Cookie",
                       fmt::format("JSESSIONID={}; Path=/; HttpOnly", secret_placeholder("TS_JSESSIONID")));
  response.headers.add("Set-Cookie",
                       fmt::format("clientId={}; Path=/; Secure; HttpOnly", secret_placeholder("TS_CLIENT_ID")));
  return response;
}

}  // namespace

HttpRequest login_request(const Address& address, const std::string& username, const Secret& password) {
  auto request = v1_form(address, "session/login",
                         {{"username", username}, {"password", password.reveal()}, {"rememberme", "false"}}, "log in");
  request.retry = RetryRule::idempotent();
  request.assumed = assumed_cookies();
  return request;
}

HttpRequest token_request(const Address& address, const std::string& username, const Secret& secret_key,
                          std::optional<std::int64_t> org) {
  http::Parameters form{{"secret_key", secret_key.reveal()}, {"username", username}, {"access_level", "FULL"}};
  if (org) form.emplace_back("orgid", std::to_string(*org));
  auto request = v1_form(address, "session/auth/token", form, "get a token for the secret key");
  request.headers.set("Accept", "text/plain");
  request.private_answer = true;
  request.retry = RetryRule::idempotent();
  request.assumed = {200, {{"Content-Type", "text/plain"}}, secret_placeholder("TS_LOGIN_TOKEN")};
  return request;
}

HttpRequest token_login_request(const Address& address, const std::string& username, const Secret& token) {
  auto request =
      v1_form(address, "session/login/token",
              {{"username", username}, {"auth_token", token.reveal()}, {"no_url_redirection", "true"}}, "log in");
  request.retry = RetryRule::idempotent();
  request.assumed = assumed_cookies();
  return request;
}

HttpRequest org_request(const Address& address, std::int64_t org) {
  auto request = v1_form(address, "session/orgs", {{"orgid", std::to_string(org)}}, fmt::format("choose org {}", org));
  request.method = "PUT";
  request.retry = RetryRule::idempotent();
  request.assumed = {204, {}, {}};
  return request;
}

HttpRequest session_info_request(const Address& address) {
  auto request = v1_get(address, "session/info", {}, "ask who is logged in");
  request.private_answer = true;
  return request;
}

HttpRequest logout_request(const Address& address) {
  auto request = v1_form(address, "session/logout", {}, "log out");
  // Nobody waits for it: a session that stays open for once ends by itself.
  request.retry = {};
  request.assumed = {204, {}, {}};
  return request;
}

void add_cookies(HttpRequest& request, const std::vector<Cookie>& cookies) {
  std::string field;
  for (const auto& cookie : cookies) {
    if (!field.empty()) field += "; ";
    field += cookie.name + "=" + cookie.value.reveal();
  }
  request.headers.set("Cookie", std::move(field));
}

void add_bearer(HttpRequest& request, const Secret& token) {
  request.headers.set("Authorization", "Bearer " + token.reveal());
}

}  // namespace matview::providers::thoughtspot
