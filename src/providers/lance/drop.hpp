#pragma once

#include "matview/provider.hpp"
#include "providers/lance/service.hpp"

namespace matview::providers::lance {

/// Removes a view, which is the table that it is. A table that is not known to be a view is only removed with
/// --any-table: it may be the only copy of its rows.
Result<void> drop(const Service& service, const DropRequest& request, Control& control);

}  // namespace matview::providers::lance
