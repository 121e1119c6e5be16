#pragma once

#include <memory>

#include "matview/provider.hpp"

namespace matview::providers::postgres {

const ProviderInfo& info();

/// Connects to nothing yet. `usage` for bad settings.
Result<std::unique_ptr<Provider>> open(const ProviderContext& context);

}  // namespace matview::providers::postgres
