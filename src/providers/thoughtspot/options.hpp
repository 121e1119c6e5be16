#pragma once

#include "matview/provider.hpp"

namespace matview::providers::thoughtspot {

const ProviderInfo& info();

}  // namespace matview::providers::thoughtspot
