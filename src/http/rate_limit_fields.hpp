#pragma once

#include <optional>

#include "matview/http.hpp"

namespace matview::http {

/// Longer than this nobody is kept waiting without having asked for it.
constexpr Duration k_longest_hold = std::chrono::minutes(10);

/// How long `RateLimit` fields (IETF draft-ietf-httpapi-ratelimit-headers: "policy";r=REMAINING;t=SECONDS, several
/// with commas between) say that nothing is left; empty if something is.
std::optional<Duration> exhausted_for(const HttpResponse& response);

}  // namespace matview::http
