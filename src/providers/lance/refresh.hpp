#pragma once

#include <string>

#include "matview/provider.hpp"
#include "providers/lance/service.hpp"

namespace matview::providers::lance {

/// Starts a refresh. With a job log the view is looked at first, so that the job can be found again if the answer is
/// lost.
Result<Job> refresh(const Service& service, const RefreshRequest& request, Control& control);

/// Hides the secrets of a manifest that goes with a request: from traces and messages when it is sent, from the request
/// itself when it is only shown.
void hide_manifest(const Service& service, const std::string& manifest, HttpRequest& request);

}  // namespace matview::providers::lance
