#pragma once

#include <vector>

#include "matview/provider.hpp"

namespace matview::providers::lance {

std::vector<OptionSpec> options();

}  // namespace matview::providers::lance
