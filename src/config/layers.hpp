#pragma once

#include <filesystem>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "config/keys.hpp"

namespace matview::config {

/// Everything the layers say, weakest first, not yet merged. Keys are known to exist; those of profiles are checked
/// only when the profile's provider is known, which another layer may decide.
struct Layers {
  std::vector<Given> general;         ///< default_profile among them
  std::vector<Given> profile_values;  ///< `provider` among them
  std::set<std::string> profiles;     ///< names, those with an empty table included
  std::vector<std::filesystem::path> files;
};

/// Adds what a file says. `usage` with file, line and key for what it may not say.
Result<void> add_file(Layers& layers, const std::filesystem::path& file, Layer layer,
                      const std::vector<Entry>& entries);

/// Adds MATVIEW_PROFILE, MATVIEW_<KEY> and MATVIEW_PROFILES_<NAME>_<KEY>. Variables that are set but empty count as
/// not set. Comes after the files: names map to the profiles they define.
Result<void> add_environment(Layers& layers, const Environment& environment,
                             std::span<const ProviderInfo> known_providers);

/// True for names a profile may have: letters, digits, `_`, `-` and `.`, beginning with a letter or digit.
bool is_profile_name(std::string_view name);

/// The nearest matview.toml from the working directory upward.
std::optional<std::filesystem::path> find_project_file(const std::filesystem::path& directory);

}  // namespace matview::config
