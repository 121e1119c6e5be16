#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "matview/result.hpp"

namespace matview::support {

/// XXH3-128 of a file's content in 32 lower-case hexadecimal digits. Finds damage and mix-ups; no defence against
/// somebody who forges files on purpose.
Result<std::string> file_checksum(const std::filesystem::path& path);

/// The same of a text.
std::string checksum(std::string_view content);

}  // namespace matview::support
