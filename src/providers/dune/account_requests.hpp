#pragma once

#include <string_view>

#include "matview/http.hpp"

namespace matview::providers::dune {

/// Whom the key belongs to. Not below /v1, and newer than the rest: it may not be there.
HttpRequest whoami(std::string_view api);

/// Credits and storage of the billing periods. Free of charge.
HttpRequest usage(std::string_view api);

}  // namespace matview::providers::dune
