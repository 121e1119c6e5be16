#pragma once

#include "matview/provider.hpp"
#include "providers/postgres/database.hpp"
#include "providers/postgres/sql.hpp"

namespace matview::providers::postgres {

/// The view that a request asks for. `usage` or `unsupported` for what can be told to be wrong without a server.
Result<Definition> read_definition(const CreateRequest& request);

Result<View> create(const Database& database, const CreateRequest& request, Control& control);
Result<Plan> plan_create(const Database& database, const CreateRequest& request, Control& control);

}  // namespace matview::providers::postgres
