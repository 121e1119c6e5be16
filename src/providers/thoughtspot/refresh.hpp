#pragma once

#include "providers/thoughtspot/client.hpp"

namespace matview::providers::thoughtspot {

/// Submits a refresh and answers with the job in state `submitted`: there is no way to follow it.
Result<Job> refresh(Client& client, const RefreshRequest& request, Control& control);

/// `usage` for what no request could be made of.
Result<void> check_refresh(const RefreshRequest& request);

}  // namespace matview::providers::thoughtspot
