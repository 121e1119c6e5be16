#pragma once

#include <string_view>

#include "matview/result.hpp"

namespace matview::support {

/// A named step of a write path at which tests make the process fail. MATVIEW_FAILPOINT in the environment holds
/// "NAME=ACTION[,NAME=ACTION…]": ACTION is `kill` (SIGKILL to itself), `enospc` or `eio` (the step fails with that
/// error), `sleep:MS`. MATVIEW_FAILPOINT_TRACE names a file to which each step passed is appended, one name a line, so
/// that a test can learn the steps of a command and then visit them all. Costs one test when neither variable is set.
Result<void> failpoint(std::string_view name);

}  // namespace matview::support
