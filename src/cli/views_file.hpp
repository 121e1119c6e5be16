#pragma once

#include <filesystem>
#include <vector>

#include "cli/command_table.hpp"
#include "cli/session.hpp"
#include "config/views_file.hpp"

namespace matview::cli {

/// --file, --prune.
OptionRow views_file_option();
OptionRow prune_option();

/// The file that --file names, absolute. `usage` where it was not given.
Result<std::filesystem::path> views_file_path(Session& session);

/// What is known of the providers.
std::vector<ProviderInfo> provider_infos(Session& session);

/// The views of a file, for commands that need them all: every error but the last is reported, the last one is the
/// answer's.
Result<std::vector<config::DefinedView>> read_views(Session& session, const std::filesystem::path& file);

}  // namespace matview::cli
