#pragma once

#include <filesystem>
#include <string_view>

#include "matview/result.hpp"

namespace matview::support {

/// Writes all of `content` to a descriptor, however many calls that takes. `path` is named in the error.
Result<void> write_all(int descriptor, const std::filesystem::path& path, std::string_view content);

}  // namespace matview::support
