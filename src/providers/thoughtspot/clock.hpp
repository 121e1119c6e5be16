#pragma once

#include <optional>

#include "matview/http.hpp"
#include "matview/time.hpp"

namespace matview::providers::thoughtspot {

/// How far the server's clock is ahead of `now`, from an answer's Date; empty where that has none.
std::optional<Duration> clock_ahead(const HttpResponse& response, Time now);

}  // namespace matview::providers::thoughtspot
