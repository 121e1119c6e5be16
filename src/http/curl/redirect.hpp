#pragma once

#include <optional>
#include <string>

#include "http/curl/api.hpp"
#include "http/url.hpp"
#include "matview/http.hpp"

namespace matview::http {

/// Where an answer to `request`, sent to `url`, wants it to be sent instead: an absolute address on the same scheme,
/// host and port. Empty if it is no redirect. `unavailable`, naming scheme, host and port, for any other.
Result<std::optional<std::string>> redirect_of(const CurlApi& api, const HttpRequest& request, const std::string& url,
                                               const HttpResponse& response);

}  // namespace matview::http
