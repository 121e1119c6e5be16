#pragma once

#include <filesystem>
#include <optional>
#include <string_view>

#include "matview/environment.hpp"

namespace matview::support {

/// HOME, where it is set and absolute. Nothing else is asked: without HOME, as under some crons, there is no home.
std::optional<std::filesystem::path> home_directory(const Environment& environment);

/// The folder `variable` names (XDG_CONFIG_HOME, XDG_DATA_HOME, …) or else `fallback` below the home directory. A value
/// that is not absolute is ignored, as the XDG base directory specification has it. Empty with neither.
std::optional<std::filesystem::path> xdg_directory(const Environment& environment, std::string_view variable,
                                                   std::string_view fallback);

/// `text` as an absolute, normal path: `~/` means the home directory, anything relative counts from `base`.
/// Empty where it begins with `~/` and there is no home.
std::optional<std::filesystem::path> expand_path(std::string_view text, const std::filesystem::path& base,
                                                 const Environment& environment);

}  // namespace matview::support
