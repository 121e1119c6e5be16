#pragma once

#include <string>
#include <string_view>

#include "matview/http.hpp"
#include "matview/result.hpp"
#include "matview/secret.hpp"

namespace matview::providers::lance {

/// OAuth2 client credentials (RFC 6749, 4.4), at the address that the specification names.
HttpRequest token_request(std::string_view url, std::string_view client_id, const Secret& client_secret);

/// The access token. `auth` for one that was refused, with what the server says of it.
Result<Secret> read_token(const HttpResponse& response);

}  // namespace matview::providers::lance
