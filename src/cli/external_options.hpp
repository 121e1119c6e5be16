#pragma once

#include <string>
#include <vector>

#include "cli/world.hpp"
#include "matview/registry.hpp"
#include "matview/result.hpp"

namespace matview::cli {

/// Starts those providers that are programs of their own and that a command line is about, so that their options are
/// known before it can be understood: of the profile in use, of each `PROFILE:` among the words, with --all-profiles of
/// every profile. Does nothing where the configuration cannot be read: whoever needs it will say so.
Result<void> learn_providers(const std::vector<std::string>& words, Registry registry, const World& world);

}  // namespace matview::cli
