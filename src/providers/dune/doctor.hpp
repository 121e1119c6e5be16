#pragma once

#include <vector>

#include "matview/control.hpp"
#include "matview/provider.hpp"
#include "providers/dune/service.hpp"

namespace matview::providers::dune {

/// Address and TLS, key, account, credits and storage, rate limit, clock. Nothing of it is billed.
std::vector<Check> doctor(const Service& service, Control& control);

}  // namespace matview::providers::dune
