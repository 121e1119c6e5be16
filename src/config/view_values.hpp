#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "config/document.hpp"
#include "matview/environment.hpp"
#include "matview/provider.hpp"

namespace matview::config {

/// What the flag `spec` would be given for this value of a views file; empty where it would not be given at all, as a
/// flag without a value that is false. Lists become JSON, or names between commas, where the flag takes these. Paths
/// (placeholders FILE, DIR, ALIAS=PATH, …@FILE) count from `base`. `usage`, without file and key, for what it cannot
/// take.
Result<std::optional<std::vector<std::string>>> option_values(const OptionSpec& spec, const Entry& entry,
                                                              const std::filesystem::path& base,
                                                              const Environment& environment);

/// The text, or the texts of a list. `usage` for anything else.
Result<std::vector<std::string>> text_list(const Entry& entry);

/// `path` counted from `base`, '~/' being the home directory. `usage` where there is none.
Result<std::string> path_from(std::string_view path, const std::filesystem::path& base, const Environment& environment);

}  // namespace matview::config
