#pragma once

#include <vector>

#include "engine/store/paths.hpp"
#include "engine/store/sqlite.hpp"
#include "matview/provider.hpp"
#include "matview/result.hpp"

namespace matview::engine {

/// Store::check.
Result<std::vector<Check>> check_integrity(Catalog& catalog, const StorePaths& paths, bool deep);

}  // namespace matview::engine
