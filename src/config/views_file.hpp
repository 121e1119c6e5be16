#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "config/config.hpp"
#include "matview/environment.hpp"
#include "matview/provider.hpp"
#include "matview/request.hpp"
#include "matview/result.hpp"

namespace matview::config {

/// One `[views.NAME]` or `[views."PROFILE:NAME"]` of a views file.
struct DefinedView {
  std::string profile;                  ///< never empty: the profile in use where the file names none
  CreateRequest request;                ///< keys are the names of create's flags, with '_' or '-'; paths are absolute
  std::vector<std::string> depends_on;  ///< PROFILE:NAME: what must be refreshed before, also across backends
  std::string where;                    ///< "/home/a/matview.toml:12"
};

/// What a views file says, and everything that is wrong with it.
struct ViewsFile {
  std::vector<DefinedView> views;  ///< in the file's order; those without an error
  std::vector<Error> errors;       ///< `usage`, each naming file, line and key, with the nearest known key as a hint
};

/// Reads the views that a TOML file defines, and reads no further than what needs neither a backend nor its data. Paths
/// in it (`query_file`, `udtf`, …) count from the file's folder, and so do those in a query, where the provider has an
/// option `base-dir`. Other tables and keys are refused unless `config` was read from the same file.
/// `usage` for a file that is not there, cannot be read or is no TOML.
Result<ViewsFile> check_views_file(const std::filesystem::path& file, const Config& config,
                                   std::span<const ProviderInfo> providers, const Environment& environment);

/// The same for who needs them all: the first error is the answer's.
Result<std::vector<DefinedView>> read_views_file(const std::filesystem::path& file, const Config& config,
                                                 std::span<const ProviderInfo> providers,
                                                 const Environment& environment);

}  // namespace matview::config
