#pragma once

#include "matview/registry.hpp"

namespace matview::providers {

/// The built-in engine as a provider: views are DuckLake tables in a store directory, refreshed by DuckDB on this
/// machine.
const ProviderInfo& local_info();
Result<std::unique_ptr<Provider>> open_local(const ProviderContext& context);

}  // namespace matview::providers
