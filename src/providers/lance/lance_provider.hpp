#pragma once

#include <memory>

#include "matview/provider.hpp"

namespace matview::providers::lance {

/// Materialized views of a Lance namespace over REST: the two calls that the namespace specification has for them, and
/// the tables that they are.
const ProviderInfo& info();
Result<std::unique_ptr<Provider>> open(const ProviderContext& context);

}  // namespace matview::providers::lance
