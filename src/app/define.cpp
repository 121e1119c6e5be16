#include "app/define.hpp"

#include <fmt/format.h>

#include "app/names.hpp"
#include "app/selection.hpp"
#include "support/text.hpp"

namespace matview::app {

namespace {

Error in_context(Workspace& workspace, Error error, std::string_view profile, std::string_view verb,
                 std::string_view name) {
  const std::string shown = support::strip_control(display_name(profile, name, workspace.profile_in_use()));
  return workspace.attribute(std::move(error), profile).with_context(fmt::format("cannot {} '{}': ", verb, shown));
}

/// Codes with which a definition is refused; a refresh does not end with them.
bool defines_nothing(ErrorCode code) {
  return code == ErrorCode::usage || code == ErrorCode::conflict || code == ErrorCode::unsupported;
}

}  // namespace

Result<View> create(Workspace& workspace, std::string_view profile, const CreateRequest& request, Control& control) {
  MATVIEW_TRY(check_new_name(request.name));
  MATVIEW_TRY(workspace.require(profile, Operation::create));
  MATVIEW_ASSIGN(Provider* const provider, workspace.open(profile));
  provider->begin_run();
  auto view = provider->create(request, control);
  if (view) return view;
  // The definition may stand although filling it failed; whoever tries again must know.
  if (request.with_data && !defines_nothing(view.error().code) && provider->describe({request.name, false}, control)) {
    const std::string shown = display_name(profile, request.name, workspace.profile_in_use());
    return fail(workspace.attribute(std::move(view).error(), profile)
                    .with_context(fmt::format("view '{}' is defined but cannot be filled: ", shown)));
  }
  return fail(in_context(workspace, std::move(view).error(), profile, "create", request.name));
}

Result<Plan> plan_create(Workspace& workspace, std::string_view profile, const CreateRequest& request,
                         Control& control) {
  MATVIEW_TRY(check_new_name(request.name));
  MATVIEW_TRY(workspace.require(profile, Operation::create));
  MATVIEW_ASSIGN(Provider* const provider, workspace.open(profile));
  auto plan = provider->plan_create(request, control);
  if (!plan) return fail(in_context(workspace, std::move(plan).error(), profile, "create", request.name));
  return plan;
}

Result<void> drop(Workspace& workspace, std::string_view profile, const DropRequest& request, Control& control) {
  MATVIEW_TRY(workspace.require(profile, Operation::drop));
  MATVIEW_ASSIGN(Provider* const provider, workspace.open(profile));
  auto done = provider->drop(request, control);
  if (!done)
    return fail(suggest_view(in_context(workspace, std::move(done).error(), profile, "drop", request.name), workspace,
                             profile, request.name, control));
  return {};
}

Result<Plan> plan_drop(Workspace& workspace, std::string_view profile, const DropRequest& request, Control& control) {
  MATVIEW_TRY(workspace.require(profile, Operation::drop));
  MATVIEW_ASSIGN(Provider* const provider, workspace.open(profile));
  auto plan = provider->plan_drop(request, control);
  if (!plan)
    return fail(suggest_view(in_context(workspace, std::move(plan).error(), profile, "drop", request.name), workspace,
                             profile, request.name, control));
  return plan;
}

}  // namespace matview::app
