#include "providers/thoughtspot/settings.hpp"

#include <fmt/format.h>

#include <charconv>

#include "providers/remote/settings.hpp"
#include "support/text.hpp"

namespace matview::providers::thoughtspot {

namespace {

Result<Login> parse_login(std::string_view text) {
  for (const auto login : {Login::session, Login::trusted, Login::bearer})
    if (text == to_string(login)) return login;
  return fail(Error(ErrorCode::usage, fmt::format("auth: '{}' is no way to log in", support::strip_control(text)))
                  .with_hint("write session (user name and password), trusted (user name and secret key) or bearer "
                             "(a token)"));
}

Result<std::int64_t> parse_org(std::string_view text) {
  std::int64_t org = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), org);
  if (error != std::errc() || end != text.data() + text.size() || org < 0)
    return fail(Error(ErrorCode::usage, fmt::format("org: '{}' is no number of an org", support::strip_control(text)))
                    .with_hint("orgs are told by their number, which ThoughtSpot shows under Admin > Orgs; 0 is the "
                               "primary one"));
  return org;
}

}  // namespace

std::string_view to_string(Login login) {
  switch (login) {
    case Login::session: return "session";
    case Login::trusted: return "trusted";
    case Login::bearer: break;
  }
  return "bearer";
}

Result<Settings> read_settings(const ProviderContext& context) {
  Settings settings;
  MATVIEW_ASSIGN(const auto url, remote::base_url(context));
  if (url.find('?') != std::string::npos)
    return fail(Error(ErrorCode::usage, "url: the address must not have a query").with_hint("as https://example.com"));
  settings.address = address_of(url);
  if (const auto* auth = remote::setting(context, "auth")) {
    MATVIEW_ASSIGN(settings.login, parse_login(*auth));
  }
  if (const auto* org = remote::setting(context, "org")) {
    MATVIEW_ASSIGN(settings.org, parse_org(*org));
  }
  if (const auto* username = remote::setting(context, "username")) settings.username = *username;
  if (const auto* insecure = remote::setting(context, "insecure")) settings.insecure = *insecure == "true";
  return settings;
}

Result<Login> choose_login(const Settings& settings, const Secrets* secrets, const std::string& profile) {
  const auto has = [&](std::string_view key) { return secrets != nullptr && secrets->has(key); };
  auto login = settings.login;
  if (!login && has("token")) login = Login::bearer;
  if (!login && has("secret_key")) login = Login::trusted;
  if (!login && has("password")) login = Login::session;
  if (!login)
    return fail(Error(ErrorCode::auth, fmt::format("profile '{}' has no credentials", profile))
                    .with_hint("set TS_USERNAME and TS_PASSWORD, or TS_USERNAME and TS_SECRET_KEY, or TS_TOKEN; or "
                               "username with password_file or secret_key_file, or token_file, in the profile"));
  if (*login != Login::bearer && settings.username.empty())
    return fail(Error(ErrorCode::auth, fmt::format("profile '{}' has no username", profile))
                    .with_hint("set TS_USERNAME, or username in the profile"));
  if (*login == Login::bearer && settings.org)
    return fail(Error(ErrorCode::usage, "org: a token is good for the org it was issued for and for no other")
                    .with_hint("take org out of the profile, or log in with a password or a secret key"));
  return *login;
}

}  // namespace matview::providers::thoughtspot
