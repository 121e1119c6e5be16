#pragma once

#include "engine/store/paths.hpp"
#include "matview/environment.hpp"
#include "matview/result.hpp"

namespace matview::engine {

/// Makes the store if it is not there. Any number of processes may do so at once: the catalog appears complete, with
/// one rename, and only one process makes it. Killed anywhere it can be run again.
Result<void> create_store(const StorePaths& paths, const Environment& environment);

}  // namespace matview::engine
