#include "app/refresh.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "app/names.hpp"
#include "app/run.hpp"
#include "support/text.hpp"

namespace matview::app {

std::optional<Error> difference_error(const std::vector<Verification>& verifications) {
  const auto different = std::count_if(verifications.begin(), verifications.end(),
                                       [](const Verification& verification) { return !verification.equal; });
  if (different == 0) return std::nullopt;
  return Error(ErrorCode::failed, verifications.size() == 1
                                      ? fmt::format("view '{}' does not hold the rows of its query",
                                                    support::strip_control(verifications.front().view))
                                      : fmt::format("{} of {} views do not hold the rows of their query", different,
                                                    verifications.size()));
}

std::optional<Error> combined_error(const std::vector<Error>& errors, std::size_t total, std::size_t succeeded,
                                    std::string_view what) {
  if (errors.empty()) return std::nullopt;
  if (total == 1) return errors.front();
  const bool same =
      std::all_of(errors.begin(), errors.end(), [&](const Error& error) { return error.code == errors.front().code; });
  const ErrorCode code = succeeded > 0 ? ErrorCode::partial : same ? errors.front().code : ErrorCode::failed;
  return Error(code, fmt::format("{} of {} {}", errors.size(), total, what));
}

RunResult refresh(Workspace& workspace, const std::vector<Selected>& views, const RefreshOptions& options,
                  RunListener& listener, Control& control) {
  return Run(workspace, views, options, listener, control).go();
}

Result<std::vector<Plan>> plan_refresh(Workspace& workspace, const std::vector<Selected>& views,
                                       const RefreshOptions& options, Control& control) {
  std::vector<Plan> plans;
  std::set<Provider*> begun;
  for (const auto& selected : views) {
    if (begun.insert(selected.provider).second) selected.provider->begin_run();
    auto plan = selected.provider->plan_refresh(refresh_request(selected, options), control);
    if (!plan)
      return fail(suggest_view(workspace.attribute(std::move(plan).error(), selected.profile), workspace,
                               selected.profile, selected.view.name, control));
    plans.push_back(*std::move(plan));
  }
  return plans;
}

}  // namespace matview::app
