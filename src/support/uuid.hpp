#pragma once

#include <string>

#include "matview/environment.hpp"

namespace matview::support {

/// A new UUID of version 7 (RFC 9562): sorts by time of creation, to the millisecond.
std::string uuid_v7(const Environment& environment);

}  // namespace matview::support
