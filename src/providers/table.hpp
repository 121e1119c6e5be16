#pragma once

#include "matview/registry.hpp"

namespace matview::providers {

/// The providers of this program, in the order in which help names them.
Registry builtin_providers();

}  // namespace matview::providers
