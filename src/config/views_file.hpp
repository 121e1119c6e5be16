#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "config/config.hpp"
#include "matview/provider.hpp"
#include "matview/request.hpp"
#include "matview/result.hpp"

namespace matview::config {

/// One `[views.NAME]` of a views file.
struct DefinedView {
  std::string profile;                  ///< key `profile`; empty: the profile in use
  CreateRequest request;                ///< keys are the names of create's flags, with '_' or '-'
  std::vector<std::string> depends_on;  ///< NAME or PROFILE:NAME: what must be refreshed before, also across backends
  std::string where;                    ///< "matview.toml:12"
};

/// The views that a TOML file defines, by name. Paths in it (`query_file`, …) count from the file's folder.
/// `usage`, naming file, line and key and the nearest known one, for whatever is wrong. What a provider's option takes
/// is checked where `profiles` tell the provider.
Result<std::vector<DefinedView>> read_views_file(const std::filesystem::path& file, const Config& config,
                                                 std::span<const ProviderInfo> providers);

}  // namespace matview::config
