#pragma once

#include <vector>

#include "matview/provider.hpp"
#include "providers/postgres/database.hpp"

namespace matview::providers::postgres {

/// Whether the server can be reached and is of a version that serves, whether the way there is guarded, and what the
/// user may do.
Result<std::vector<Check>> doctor(const Database& database, Control& control);

}  // namespace matview::providers::postgres
