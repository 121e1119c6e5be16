#pragma once

#include <vector>

#include "matview/provider.hpp"
#include "providers/postgres/connection.hpp"

namespace matview::providers::postgres {

/// What the profile says of the server, as libpq's keywords: of `url` first, then of the keys of their own. `usage` for
/// what can be told to be wrong without a server.
Result<ConnectionParameters> read_settings(const ProviderContext& context);

/// The flags of this provider.
std::vector<OptionSpec> options();

}  // namespace matview::providers::postgres
