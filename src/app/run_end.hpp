#pragma once

#include "matview/control.hpp"
#include "matview/error.hpp"

namespace matview::app {

/// Whether the time for the whole of a command is over. Backends have limits of their own, which are none of ours.
bool out_of_time(const Control& control);

/// Whether an error ends a run over several views, and not only its part of it: a signal, or our deadline.
bool ends_run(const Error& error, const Control& control);

}  // namespace matview::app
