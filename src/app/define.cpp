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

Error unfilled(Workspace& workspace, Error error, std::string_view profile, std::string_view name,
               std::string_view how = "but cannot be filled") {
  const std::string shown = support::strip_control(display_name(profile, name, workspace.profile_in_use()));
  return workspace.attribute(std::move(error), profile)
      .with_context(fmt::format("view '{}' is defined {}: ", shown, how));
}

Result<View> wait_until_filled(Workspace& workspace, std::string_view profile, View view, Provider& provider,
                               const WaitOptions& options, Control& control) {
  Followed followed{view.profile.empty() ? std::string(profile) : view.profile, &provider, *view.last_job};
  if (followed.job.view.empty()) followed.job.view = view.name;
  auto job = follow(workspace, std::move(followed), options, control);
  if (!job) return fail(unfilled(workspace, std::move(job).error(), profile, view.name, "and not filled yet"));
  if (auto error = error_of(*job)) return fail(unfilled(workspace, *std::move(error), profile, view.name));
  if (job->rows_total) view.rows = job->rows_total;
  if (job->version) view.version = job->version;
  if (job->finished_at) view.refreshed_at = job->finished_at;
  if (view.state == ViewState::refreshing) view.state = ViewState::idle;
  view.last_job = *std::move(job);
  return view;
}

}  // namespace

Result<View> create(Workspace& workspace, std::string_view profile, const CreateRequest& request,
                    const FillOptions& fill, Control& control) {
  MATVIEW_TRY(check_new_name(request.name));
  MATVIEW_TRY(workspace.require(profile, Operation::create));
  MATVIEW_ASSIGN(Provider* const provider, workspace.open(profile));
  provider->begin_run();
  auto view = provider->create(request, control);
  // That a view which was there before is at work is no concern of who only wants it to be there.
  const bool filled = request.with_data || !request.if_not_exists;
  if (view && filled && fill.wait && view->last_job && can_wait(*provider))
    return wait_until_filled(workspace, profile, *std::move(view), *provider, fill.waiting, control);
  if (view) return view;
  // The definition may stand although filling it failed; whoever tries again must know.
  if (request.with_data && !defines_nothing(view.error().code) && provider->describe({request.name, false}, control))
    return fail(unfilled(workspace, std::move(view).error(), profile, request.name));
  return fail(in_context(workspace, std::move(view).error(), profile, "create", request.name));
}

Result<Plan> plan_create(Workspace& workspace, std::string_view profile, const CreateRequest& request,
                         Control& control) {
  MATVIEW_TRY(check_new_name(request.name));
  MATVIEW_TRY(workspace.require(profile, Operation::create));
  MATVIEW_ASSIGN(Provider* const provider, workspace.open(profile));
  auto plan = provider->plan_create(request, control);
  if (!plan) return fail(in_context(workspace, std::move(plan).error(), profile, "create", request.name));
  plan->profile = workspace.name_of(profile);
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
  plan->profile = workspace.name_of(profile);
  return plan;
}

}  // namespace matview::app
