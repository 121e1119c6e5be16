#pragma once

#include <vector>

#include "matview/provider.hpp"
#include "providers/lance/service.hpp"

namespace matview::providers::lance {

/// The views of a namespace, by name: its tables are listed and each is described, to tell views from tables. Tables
/// that are gone meanwhile, or that we may not see, are left out.
Result<std::vector<View>> list(const Service& service, const ListRequest& request, Control& control);

}  // namespace matview::providers::lance
