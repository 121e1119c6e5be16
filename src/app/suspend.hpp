#pragma once

#include <vector>

#include "app/selection.hpp"

namespace matview::app {

enum class Suspension { suspend, resume };

/// Takes views out of unattended refreshes, or back. The first that fails is the error; those before it are done.
Result<std::vector<View>> change_suspension(Workspace& workspace, const std::vector<Selected>& views, Suspension change,
                                            Control& control);

/// What that would do.
std::vector<Plan> plan_suspension(const std::vector<Selected>& views, Suspension change);

}  // namespace matview::app
