#pragma once

#include "matview/provider.hpp"
#include "providers/postgres/database.hpp"

namespace matview::providers::postgres {

/// Recomputes in the database, in one statement and so in one state of it.
Result<Verification> verify(const Database& database, const VerifyRequest& request, Control& control);

}  // namespace matview::providers::postgres
