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

/// What the file says, with all that is wrong with it.
Result<config::ViewsFile> read_views_file(Session& session, const std::filesystem::path& file);

/// The views of a file, for commands that need them all: every error but the last is reported, the last one is the
/// answer's.
Result<std::vector<config::DefinedView>> read_views(Session& session, const std::filesystem::path& file);

}  // namespace matview::cli
