#pragma once

#include <functional>

#include "matview/provider.hpp"
#include "providers/dune/service.hpp"

namespace matview::providers::dune {

/// `plan` with what `operation` would send, found by letting it run over a transport that sends nothing. What only
/// answers tell has words in capitals or 0 in its place, which the reason and `native` explain.
Result<Plan> dry_run(const Service& live, Plan plan, const std::function<Result<void>(const Service& dry)>& operation);

}  // namespace matview::providers::dune
