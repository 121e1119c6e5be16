#pragma once

#include "matview/control.hpp"
#include "matview/result.hpp"
#include "matview/time.hpp"

namespace matview::support {

/// Sleeps. Ends early with `interrupted`, `terminated` or, at the control's deadline, `timeout`.
Result<void> pause(Duration duration, const Control& control);

/// The error of a control that says stop or whose deadline has passed; success otherwise.
Result<void> check_control(const Control& control);

}  // namespace matview::support
