#pragma once

#include "matview/provider.hpp"
#include "providers/postgres/database.hpp"

namespace matview::providers::postgres {

/// `conflict`, naming them, while other views read it; the server refuses whatever else depends on it.
Result<void> drop(const Database& database, const DropRequest& request, Control& control);
Result<Plan> plan_drop(const Database& database, const DropRequest& request, Control& control);

}  // namespace matview::providers::postgres
