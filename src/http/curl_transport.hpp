#pragma once

#include <memory>

#include "matview/http.hpp"

namespace matview::http {

/// The transport on libcurl: keeps connections and TLS sessions for reuse, HTTP/2 where the server offers it, proxies
/// from the environment (HTTPS_PROXY, NO_PROXY, …). Only http and https. A redirect is followed on the same scheme,
/// host and port only and for GET alone, up to five times; another one is `unavailable`, naming the host and never its
/// path, and nothing is sent there. Sends User-Agent and, unless the request has one, X-Request-Id (a UUID).
std::unique_ptr<Transport> open_curl_transport(const TransportOptions& options);

}  // namespace matview::http
