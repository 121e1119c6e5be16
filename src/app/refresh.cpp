#include "app/refresh.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "app/names.hpp"
#include "app/run.hpp"
#include "app/run_end.hpp"
#include "app/run_order.hpp"
#include "support/text.hpp"

namespace matview::app {

namespace {

/// Plans a run view by view, as Run would do it.
class Planner {
 public:
  Planner(Workspace& workspace, const std::vector<Selected>& views, const RefreshOptions& options, Control& control)
      : workspace_(workspace),
        views_(views),
        options_(options),
        control_(control),
        order_(views),
        unusable_(views.size()) {}

  Result<RefreshPlans> plan() {
    for (std::size_t i = 0; i < views_.size(); ++i) {
      if (const auto reason = reason_to_skip(i); !reason.empty()) {
        skip(i, reason);
        continue;
      }
      auto plan = ask(views_[i]);
      if (plan) {
        plan->profile = views_[i].profile;
        result_.plans.push_back(*std::move(plan));
        ++planned_;
      } else if (ends_run(plan.error(), control_)) {
        return fail(std::move(plan).error());
      } else {
        unusable_[i] = "fails";
        errors_.push_back(plan.error());
        result_.failed.emplace_back(key_of(views_[i]), std::move(plan).error());
      }
    }
    result_.error = combined_error(errors_, views_.size(), planned_, "views would fail to refresh");
    return std::move(result_);
  }

 private:
  Result<Plan> ask(const Selected& selected) {
    if (selected.refusal) return fail(in_context(selected, *selected.refusal));
    if (begun_.insert(selected.provider).second) selected.provider->begin_run();
    auto plan = selected.provider->plan_refresh(refresh_request(selected, options_), control_);
    if (plan) return plan;
    return fail(in_context(selected, suggest_view(workspace_.attribute(std::move(plan).error(), selected.profile),
                                                  workspace_, selected.profile, selected.view.name, control_)));
  }

  Error in_context(const Selected& selected, Error error) const {
    return std::move(error).with_context(
        fmt::format("cannot refresh '{}': ", support::strip_control(name_of(selected))));
  }

  std::string name_of(const Selected& selected) const {
    return display_name(selected.profile, selected.view.name, workspace_.profile_in_use());
  }

  std::string reason_to_skip(std::size_t index) const {
    for (const std::size_t source : order_.upstream_of(index))
      if (!unusable_[source].empty())
        return fmt::format("upstream '{}' {}", name_of(views_[source]), unusable_[source]);
    if (options_.fail_fast && !result_.failed.empty()) return "another fails and --fail-fast was given";
    return {};
  }

  void skip(std::size_t index, const std::string& reason) {
    unusable_[index] = "is skipped";
    Plan plan;
    plan.operation = "refresh";
    plan.view = views_[index].view.name;
    plan.profile = views_[index].profile;
    plan.mode = "skipped";
    plan.reason = reason;
    result_.plans.push_back(std::move(plan));
  }

  Workspace& workspace_;
  const std::vector<Selected>& views_;
  const RefreshOptions& options_;
  Control& control_;
  const RunOrder order_;
  std::vector<std::string> unusable_;  ///< by view: why nothing is to build on it
  std::set<Provider*> begun_;
  std::vector<Error> errors_;
  std::size_t planned_ = 0;
  RefreshPlans result_;
};

}  // namespace

std::optional<Error> difference_error(const std::vector<Verification>& verifications, std::string_view profile_in_use) {
  const auto different = std::count_if(verifications.begin(), verifications.end(),
                                       [](const Verification& verification) { return !verification.equal; });
  if (different == 0) return std::nullopt;
  return Error(
      ErrorCode::failed,
      verifications.size() == 1
          ? fmt::format("view '{}' does not hold the rows of its query",
                        support::strip_control(
                            display_name(verifications.front().profile, verifications.front().view, profile_in_use)))
          : fmt::format("{} of {} views do not hold the rows of their query", different, verifications.size()));
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

Result<RefreshPlans> plan_refresh(Workspace& workspace, const std::vector<Selected>& views,
                                  const RefreshOptions& options, Control& control) {
  return Planner(workspace, views, options, control).plan();
}

}  // namespace matview::app
