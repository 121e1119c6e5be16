#pragma once

#include "matview/control.hpp"
#include "matview/provider.hpp"
#include "providers/dune/service.hpp"

namespace matview::providers::dune {

/// Removes a view with its rows and its schedule; the saved query stays. `conflict` while a run is under way, unless
/// --force.
Result<void> drop(const Service& service, const DropRequest& request, Control& control);

}  // namespace matview::providers::dune
