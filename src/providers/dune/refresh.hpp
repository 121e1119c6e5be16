#pragma once

#include "matview/control.hpp"
#include "matview/provider.hpp"
#include "providers/dune/service.hpp"

namespace matview::providers::dune {

/// Starts a run, or takes up the one under way, as --if-running says. Answers with the job as the service accepted it.
Result<Job> refresh(const Service& service, const RefreshRequest& request, Control& control);

}  // namespace matview::providers::dune
