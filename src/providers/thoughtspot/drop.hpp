#pragma once

#include "providers/thoughtspot/client.hpp"

namespace matview::providers::thoughtspot {

/// Removes a view that nothing reads, or with --force any. A view that is not there is `not_found` unless `if_exists`.
Result<void> drop(Client& client, const DropRequest& request, Control& control);

}  // namespace matview::providers::thoughtspot
