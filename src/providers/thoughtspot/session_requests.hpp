#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "matview/secret.hpp"
#include "providers/thoughtspot/request.hpp"

namespace matview::providers::thoughtspot {

/// A cookie of a session; its value is as good as the password while the session lasts.
struct Cookie {
  std::string name;
  Secret value;
};

/// POST session/login: user name and password for cookies. Software 6.0 and later.
HttpRequest login_request(const Address& address, const std::string& username, const Secret& password);

/// POST session/auth/token: the secret key of trusted authentication for a token, which comes as plain text.
HttpRequest token_request(const Address& address, const std::string& username, const Secret& secret_key,
                          std::optional<std::int64_t> org);

/// POST session/login/token: that token for cookies.
HttpRequest token_login_request(const Address& address, const std::string& username, const Secret& token);

/// PUT session/orgs: the org a session works in.
HttpRequest org_request(const Address& address, std::int64_t org);

/// GET session/info: who one is. Without credentials a probe: 401 says that the address is right.
HttpRequest session_info_request(const Address& address);

HttpRequest logout_request(const Address& address);

void add_cookies(HttpRequest& request, const std::vector<Cookie>& cookies);
void add_bearer(HttpRequest& request, const Secret& token);

// Answers.

/// The cookies that a login set, JSESSIONID among them. `auth` where it was refused or set none.
Result<std::vector<Cookie>> read_login(const HttpResponse& response);

/// The token, without the white space and quotes some versions put around it.
Result<Secret> read_token(const HttpResponse& response);

Result<void> read_org(const HttpResponse& response, std::int64_t org);

/// What is of use of session/info. Its token is left where it is.
struct SessionInfo {
  std::string user;
  std::string time_zone;
  std::vector<std::string> privileges;
};

Result<SessionInfo> read_session_info(const HttpResponse& response);

}  // namespace matview::providers::thoughtspot
