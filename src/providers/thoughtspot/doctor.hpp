#pragma once

#include "providers/thoughtspot/client.hpp"

namespace matview::providers::thoughtspot {

/// Address, TLS, clock, credentials, privilege, version, and how the server materializes. An error only where the user
/// said stop: what cannot be reached is a check that failed.
Result<std::vector<Check>> doctor(Client& client, Control& control);

}  // namespace matview::providers::thoughtspot
