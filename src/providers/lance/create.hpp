#pragma once

#include "matview/provider.hpp"
#include "providers/lance/service.hpp"

namespace matview::providers::lance {

/// Makes a view. Filling it is a job of the server, which is then the view's last.
Result<View> create(const Service& service, const CreateRequest& request, Control& control);

}  // namespace matview::providers::lance
