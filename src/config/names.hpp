#pragma once

#include <string>
#include <vector>

namespace matview::config {

/// The environment variables that this program reads, but for MATVIEW_PROFILES_* and the vendors' own.
std::vector<std::string> variable_names();

}  // namespace matview::config
