#pragma once

#include <utility>
#include <vector>

#include "app/selection.hpp"

namespace matview::app {

/// What the views file in effect, the nearest matview.toml upward from the working directory, says by `depends_on`: a
/// view, and one that must be refreshed before it, in whatever profile. None where there is no such file or it defines
/// no views. `usage`, naming file and line, for one that cannot be understood.
Result<std::vector<std::pair<ViewKey, ViewKey>>> declared_dependencies(const Workspace& workspace);

}  // namespace matview::app
