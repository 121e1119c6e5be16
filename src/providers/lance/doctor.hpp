#pragma once

#include <vector>

#include "matview/provider.hpp"
#include "providers/lance/service.hpp"

namespace matview::providers::lance {

/// Address, credentials, permission to list, jobs, clock. Changes nothing.
Result<std::vector<Check>> doctor(const Service& service, Control& control);

}  // namespace matview::providers::lance
