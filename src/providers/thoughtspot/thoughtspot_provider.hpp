#pragma once

#include <memory>

#include "matview/provider.hpp"
#include "providers/thoughtspot/options.hpp"

namespace matview::providers::thoughtspot {

/// Views of ThoughtSpot. Nothing is sent before an operation needs it.
Result<std::unique_ptr<Provider>> open(const ProviderContext& context);

}  // namespace matview::providers::thoughtspot
