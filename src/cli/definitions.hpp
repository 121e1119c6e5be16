#pragma once

#include <string>
#include <utility>
#include <vector>

#include "cli/session.hpp"

namespace matview::cli {

/// Prints definitions as TOML; each with its profile, empty: the one in use. Answers the exit code.
Result<int> print_definitions(Session& session, const std::vector<std::pair<std::string, CreateRequest>>& definitions);

/// The same of views that were listed. One whose definition is not told is left out, and why is reported and added to
/// `errors`.
Result<void> print_definitions_of(Session& session, const std::vector<View>& views, std::vector<Error>& errors);

}  // namespace matview::cli
