#include "cli/waiting.hpp"

#include <fmt/format.h>

#include "cli/inputs.hpp"

namespace matview::cli {

std::vector<OptionRow> waiting_options() {
  return {
      {"wait", '\0', "", ValueKind::none, "wait until the job has ended, which is the default where that can be told"},
      {"no-wait", '\0', "", ValueKind::none, "print the id of the job and return"},
      cancel_on_timeout_option(),
  };
}

OptionRow cancel_on_timeout_option() {
  return {"cancel-on-timeout", '\0', "", ValueKind::none, "at the end of --timeout, cancel the job as well"};
}

Result<void> check_waiting_options(const Arguments& arguments) {
  MATVIEW_TRY(forbid_together(arguments, {"wait", "no-wait"}));
  return forbid_together(arguments, {"no-wait", "cancel-on-timeout"});
}

app::WaitOptions wait_options(const Arguments& arguments) {
  app::WaitOptions options;
  options.cancel_on_timeout = arguments.has("cancel-on-timeout");
  return options;
}

Result<void> check_waiting(Session& session, std::string_view profile) {
  const Arguments& arguments = session.arguments();
  auto& workspace = session.workspace();
  MATVIEW_ASSIGN(const ProviderInfo* const info, workspace.info(profile));
  if (arguments.has("no-wait") && !info->asynchronous) {
    Error error(
        ErrorCode::unsupported,
        fmt::format("the provider '{}' refreshes in this process and cannot do so without waiting", info->name));
    return fail(workspace.attribute(std::move(error), profile).with_hint("leave --no-wait away"));
  }
  if (arguments.has("wait") && info->asynchronous && !info->operations.contains(Operation::wait)) {
    auto error = workspace.require(profile, Operation::wait).error();
    error.message =
        fmt::format("the provider '{}' does not tell when a job has ended: --wait cannot be kept", info->name);
    return fail(std::move(error).with_hint("leave --wait away: the command returns once the job is submitted"));
  }
  if (arguments.has("cancel-on-timeout") && info->asynchronous)
    MATVIEW_TRY(workspace.require(profile, Operation::cancel));
  return {};
}

}  // namespace matview::cli
