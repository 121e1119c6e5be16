#pragma once

#include "matview/control.hpp"
#include "matview/request.hpp"
#include "providers/lance/service.hpp"

namespace matview::providers::lance {

/// What a server tells of a view that is needed to make it anew: kind, source query, and the schema of its rows. It
/// tells neither its function nor whether it refreshes itself.
Result<CreateRequest> definition(const Service& service, const DescribeRequest& request, Control& control);

/// What `definition` would tell of the view if it were made by `wanted`; see Provider::redefined.
Result<CreateRequest> redefined(const CreateRequest& wanted, const CreateRequest& told, const Environment& environment);

}  // namespace matview::providers::lance
