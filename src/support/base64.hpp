#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace matview::support {

/// RFC 4648, section 4, with padding and without line ends.
std::string base64(std::string_view bytes);

/// The bytes of such a text; empty for anything else, padding left away and bits left over included.
std::optional<std::string> from_base64(std::string_view text);

}  // namespace matview::support
