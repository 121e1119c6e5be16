#pragma once

#include <optional>

#include "http/curl/exchange.hpp"
#include "http/url.hpp"

namespace matview::http {

/// The error of an exchange that brought no whole answer, in plain words; empty for one that did. It names host and
/// port, and nothing of path or query. `retryable` where the same request could get through at another time.
std::optional<Error> failure_of(const Exchange& exchange, const Url& url, const TransportOptions& options,
                                const Control& control);

}  // namespace matview::http
