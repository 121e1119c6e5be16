#pragma once

#include <optional>
#include <string_view>

#include "matview/http.hpp"
#include "matview/time.hpp"

namespace matview::providers::thoughtspot {

/// "Sun, 06 Nov 1994 08:49:37 GMT" (RFC 9110, 5.6.7), the one form of the Date field that is still made.
std::optional<Time> parse_http_date(std::string_view text);

/// How far the server's clock is ahead of `now`, from an answer's Date; a second or two are no difference.
std::optional<Duration> clock_ahead(const HttpResponse& response, Time now);

}  // namespace matview::providers::thoughtspot
