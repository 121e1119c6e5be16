#pragma once

#include "matview/provider.hpp"
#include "providers/postgres/catalog.hpp"
#include "providers/postgres/database.hpp"

namespace matview::providers::postgres {

/// How a view would be refreshed, and why so.
struct RefreshMode {
  bool concurrently = false;
  std::string reason;
};

/// By --concurrently. `conflict`, saying why, where it is to be CONCURRENTLY and cannot.
Result<RefreshMode> choose_mode(const StoredView& view, const OptionValues& options);

Result<Job> refresh(const Database& database, const RefreshRequest& request, Control& control);
Result<Plan> plan_refresh(const Database& database, const RefreshRequest& request, Control& control);

/// The same over a connection that is at hand.
Result<Job> refresh(const Database& database, Connection& connection, const StoredView& view,
                    const RefreshRequest& request, Control& control);

}  // namespace matview::providers::postgres
