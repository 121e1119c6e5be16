#include "providers/lance/client.hpp"

#include "http/redactor.hpp"
#include "providers/lance/token.hpp"

namespace matview::providers::lance {

namespace {

/// True for a header whose value is better not shown, by its name.
bool holds_secret(std::string_view name) {
  if (http::is_secret_header(name)) return true;
  std::string lower(name);
  for (char& c : lower)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  for (const char* word : {"key", "token", "secret", "auth", "password", "cookie", "signature"})
    if (lower.find(word) != std::string::npos) return true;
  return false;
}

/// The variable that a shell would have the value of a header in: "x-my-token" is X_MY_TOKEN.
std::string variable_of(std::string_view header) {
  std::string name(header);
  for (char& c : name) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    if ((c < 'A' || c > 'Z') && (c < '0' || c > '9')) c = '_';
  }
  return name;
}

}  // namespace

bool Client::has(std::string_view key) const { return context_.secrets != nullptr && context_.secrets->has(key); }

bool Client::uses_oauth(const Settings& settings) const { return !settings.client_id.empty() && !has("token"); }

bool Client::has_credentials(const Settings& settings) const {
  return has("api_key") || has("token") || uses_oauth(settings);
}

Result<Endpoint> Client::endpoint(const Settings& settings, Control& control) {
  Endpoint endpoint{settings.url, {}};
  if (!settings.identity_in_body) return endpoint;
  // A token of client credentials is for the header alone: it may change from one request to the next.
  for (const auto& [key, member] : {std::pair("api_key", "api_key"), std::pair("token", "auth_token")})
    if (has(key)) {
      MATVIEW_ASSIGN(const Secret secret, context_.secrets->get(key, control));
      endpoint.identity.set(member, secret.reveal());
    }
  return endpoint;
}

Result<Secret> Client::token(const Settings& settings, const std::optional<Secret>& refused, Control& control) {
  // One at a time: a hundred threads with an old token make one new one.
  const std::lock_guard lock(mutex_);
  if (token_ && !(refused && refused->reveal() == token_->reveal())) return *token_;
  token_.reset();
  if (!has("client_secret")) {
    return fail(Error(ErrorCode::auth, "the profile has a client_id and no client_secret")
                    .with_hint("set client_secret_file or client_secret_command of the profile"));
  }
  MATVIEW_ASSIGN(const Secret secret, context_.secrets->get("client_secret", control));
  const auto request = token_request(settings.url, settings.client_id, secret);
  MATVIEW_ASSIGN(const HttpResponse response, context_.transport->send(request, control));
  MATVIEW_ASSIGN(Secret token, read_token(response));
  context_.secrets->protect(token);
  token_ = token;
  return token;
}

Result<std::optional<Secret>> Client::bearer(const Settings& settings, Control& control) {
  if (has("token")) {
    MATVIEW_ASSIGN(Secret secret, context_.secrets->get("token", control));
    return std::optional(std::move(secret));
  }
  if (!uses_oauth(settings)) return std::optional<Secret>();
  MATVIEW_ASSIGN(Secret secret, token(settings, std::nullopt, control));
  return std::optional(std::move(secret));
}

Result<void> Client::add_headers(HttpRequest& request, const Settings& settings, const std::optional<Secret>& bearer,
                                 Control& control) {
  if (has("api_key")) {
    MATVIEW_ASSIGN(const Secret key, context_.secrets->get("api_key", control));
    request.headers.set("x-api-key", key.reveal());
  }
  if (bearer) request.headers.set("Authorization", "Bearer " + bearer->reveal());
  if (!settings.database.empty()) request.headers.set("x-lancedb-database", settings.database);
  if (!settings.user_id.empty()) request.headers.set("x-lancedb-user-id", settings.user_id);
  for (const auto& [name, value] : settings.headers) {
    if (!holds_secret(name)) {
      request.headers.set(name, value);
      continue;
    }
    if (context_.secrets != nullptr) context_.secrets->protect(Secret(std::string(value)));
    request.headers.set(name, dry_run_ ? secret_placeholder(variable_of(name)) : value);
  }
  return {};
}

Result<HttpResponse> Client::send(HttpRequest request, const Settings& settings, Control& control) {
  MATVIEW_ASSIGN(const auto bearer, this->bearer(settings, control));
  MATVIEW_TRY(add_headers(request, settings, bearer, control));
  MATVIEW_ASSIGN(HttpResponse response, context_.transport->send(request, control));
  if (response.status != 401 || !uses_oauth(settings)) return response;
  MATVIEW_ASSIGN(const Secret renewed, token(settings, bearer, control));
  request.headers.set("Authorization", "Bearer " + renewed.reveal());
  return context_.transport->send(request, control);
}

}  // namespace matview::providers::lance
