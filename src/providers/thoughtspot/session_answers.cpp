#include <fmt/format.h>

#include <algorithm>

#include "providers/remote/answer.hpp"
#include "providers/remote/fields.hpp"
#include "providers/thoughtspot/fault.hpp"
#include "providers/thoughtspot/session_requests.hpp"

namespace matview::providers::thoughtspot {

namespace {

bool is_visible(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(),
                                      [](unsigned char c) { return c > 0x20 && c < 0x7f && c != ';' && c != ','; });
}

/// `NAME=VALUE; Path=/; …`; empty for what is no cookie, or takes one away.
std::optional<Cookie> read_cookie(std::string_view field) {
  const auto pair = field.substr(0, field.find(';'));
  const auto equals = pair.find('=');
  if (equals == std::string_view::npos) return std::nullopt;
  const auto name = pair.substr(0, equals);
  auto value = pair.substr(equals + 1);
  while (value.ends_with(' ')) value.remove_suffix(1);
  if (!is_visible(name) || !is_visible(value)) return std::nullopt;
  return Cookie{std::string(name), Secret(std::string(value))};
}

/// A refused login is `auth` whatever status it has, unless the server is in trouble itself.
Error refused(const HttpResponse& response) {
  Error error = read_error(response);
  if (response.status < 500 && response.status != 404 && response.status != 405 && response.status != 429)
    error.code = ErrorCode::auth;
  return error;
}

}  // namespace

Result<std::vector<Cookie>> read_login(const HttpResponse& response) {
  if (response.status >= 300 && response.status < 400) {
    Error error(ErrorCode::auth, fmt::format("the server sends elsewhere to log in (HTTP {})", response.status));
    error.http_status = response.status;
    error.hint = "where single sign-on is enforced, use a secret key (trusted authentication) or a token";
    return fail(std::move(error));
  }
  if (!remote::is_success(response)) return fail(refused(response));
  MATVIEW_TRY(check_no_page(response));
  std::vector<Cookie> cookies;
  for (const auto& field : response.headers.all("Set-Cookie"))
    if (auto cookie = read_cookie(field)) {
      std::erase_if(cookies, [&](const Cookie& earlier) { return earlier.name == cookie->name; });
      cookies.push_back(*std::move(cookie));
    }
  const bool whole =
      std::any_of(cookies.begin(), cookies.end(), [](const Cookie& cookie) { return cookie.name == "JSESSIONID"; });
  if (whole) return cookies;
  Error error(ErrorCode::auth,
              fmt::format("the server gave no session: its answer sets no JSESSIONID (HTTP {})", response.status));
  error.http_status = response.status;
  return fail(std::move(error));
}

Result<Secret> read_token(const HttpResponse& response) {
  if (!remote::is_success(response)) {
    Error error = refused(response);
    // This one says 500 where trusted authentication is off, and in some versions for a wrong key or user.
    if (response.status == 500) {
      error.code = ErrorCode::auth;
      error.retryable = false;
      error.hint = "trusted authentication may be switched off on the server, or the secret key or the user be wrong";
    }
    return fail(std::move(error));
  }
  MATVIEW_TRY(check_no_page(response));
  constexpr std::string_view k_around = " \t\r\n\"";
  const auto begin = response.body.find_first_not_of(k_around);
  const auto end = response.body.find_last_not_of(k_around);
  if (begin != std::string::npos)
    if (auto text = response.body.substr(begin, end - begin + 1); is_visible(text)) return Secret(std::move(text));
  return fail(ErrorCode::auth, fmt::format("the server gave no token for the secret key (HTTP {})", response.status));
}

Result<void> read_org(const HttpResponse& response, std::int64_t org) {
  if (remote::is_success(response)) return check_no_page(response);
  return fail(read_error(response)
                  .with_context(fmt::format("cannot work in org {}: ", org))
                  .with_hint("the user must belong to it; org in the profile is its number"));
}

Result<SessionInfo> read_session_info(const HttpResponse& response) {
  MATVIEW_ASSIGN(const auto document, read_document(response));
  SessionInfo info;
  info.user = remote::text(document, "userName");
  info.time_zone = remote::text(document, "timezone");
  info.privileges = remote::texts(document, "privileges");
  return info;
}

}  // namespace matview::providers::thoughtspot
