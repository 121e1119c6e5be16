#pragma once

#include <string>
#include <string_view>

#include "app/wait.hpp"
#include "app/workspace.hpp"

namespace matview::app {

/// Whether to wait for the job that fills a new view at a backend.
struct FillOptions {
  bool wait = true;
  WaitOptions waiting = {};
};

/// Creates the view `request.name` in `profile`. `usage` for a name that is none, `unsupported` where views cannot be
/// created; else what the provider says. A job that fills it at the backend is waited for.
Result<View> create(Workspace& workspace, std::string_view profile, const CreateRequest& request,
                    const FillOptions& fill, Control& control);
Result<Plan> plan_create(Workspace& workspace, std::string_view profile, const CreateRequest& request,
                         Control& control);

/// Removes a view; the nearest name is suggested where there is none of that name.
Result<void> drop(Workspace& workspace, std::string_view profile, const DropRequest& request, Control& control);
Result<Plan> plan_drop(Workspace& workspace, std::string_view profile, const DropRequest& request, Control& control);

}  // namespace matview::app
