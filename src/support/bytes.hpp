#pragma once

#include <cstdint>
#include <string_view>

#include "matview/result.hpp"

namespace matview::support {

/// "512", "4GB", "1.5GiB": bytes. `usage` for anything else.
Result<std::int64_t> parse_bytes(std::string_view text);

}  // namespace matview::support
