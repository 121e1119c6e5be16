#pragma once

#include <memory>

#include "matview/provider.hpp"

namespace matview::providers::dune {

/// Materialized views of Dune, through its HTTP API: a view is a saved query, run and stored by the service on demand
/// or by a schedule. Every run is billed in credits; what only looks is free.
const ProviderInfo& info();

/// `usage` for settings that can be told to be wrong. Sends nothing.
Result<std::unique_ptr<Provider>> open(const ProviderContext& context);

}  // namespace matview::providers::dune
