#pragma once

#include <string>
#include <string_view>

namespace matview::support {

/// SHA-256 (FIPS 180-4) in 64 lower-case hexadecimal digits. For checksums that a backend's protocol asks for; small
/// inputs, so that no cryptographic library has to be loaded for it.
std::string sha256(std::string_view bytes);

}  // namespace matview::support
