#include "app/inspect.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <optional>

#include "app/jobs.hpp"
#include "app/run_providers.hpp"
#include "support/parallel.hpp"
#include "support/text.hpp"

namespace matview::app {

namespace {

constexpr std::int64_t k_samples = 5;  ///< of rows that differ

bool is_stop(ErrorCode code) {
  return code == ErrorCode::interrupted || code == ErrorCode::terminated || code == ErrorCode::timeout;
}

Error in_context(Workspace& workspace, Error error, const std::string& profile, std::string_view verb,
                 std::string_view name, Control& control) {
  const std::string shown = support::strip_control(display_name(profile, name, workspace.profile_in_use()));
  return suggest_view(workspace.attribute(std::move(error), profile), workspace, profile, name, control)
      .with_context(fmt::format("cannot {} '{}': ", verb, shown));
}

Result<Verification> verify_one(RunProviders& providers, const Selected& selected, const OptionValues& options,
                                Control& control) {
  if (selected.refusal) return fail(*selected.refusal);
  MATVIEW_ASSIGN(const auto provider, providers.take(selected.profile, *selected.provider));
  auto verification = provider->verify({selected.view.name, k_samples, options}, control);
  if (verification) verification->profile = selected.profile;
  return verification;
}

}  // namespace

Result<View> describe(Workspace& workspace, const Reference& view, bool versions, const OptionValues& options,
                      Control& control) {
  MATVIEW_TRY(workspace.require(view.profile, Operation::describe));
  MATVIEW_ASSIGN(Provider* const provider, workspace.open(view.profile));
  auto found = provider->describe({view.name, versions, options}, control);
  if (!found) return fail(in_context(workspace, std::move(found).error(), view.profile, "show", view.name, control));
  std::vector<View> views{*std::move(found)};
  add_last_jobs(workspace, view.profile, views);
  return std::move(views.front());
}

Result<CreateRequest> definition(Workspace& workspace, const Reference& view, const OptionValues& options,
                                 Control& control) {
  MATVIEW_TRY(workspace.require(view.profile, Operation::definition));
  MATVIEW_ASSIGN(Provider* const provider, workspace.open(view.profile));
  auto told = provider->definition({view.name, false, options}, control);
  if (!told) return fail(in_context(workspace, std::move(told).error(), view.profile, "show", view.name, control));
  return told;
}

Result<std::vector<Job>> history(Workspace& workspace, const Reference& view, std::int64_t limit,
                                 const OptionValues& options, Control& control) {
  MATVIEW_ASSIGN(const ProviderInfo* const info, workspace.info(view.profile));
  if (is_remote(*info) && !info->operations.contains(Operation::history))
    return recorded_jobs(workspace, workspace.name_of(view.profile), view.name, limit);
  MATVIEW_TRY(workspace.require(view.profile, Operation::history));
  MATVIEW_ASSIGN(Provider* const provider, workspace.open(view.profile));
  auto jobs = provider->history({view.name, limit, options}, control);
  if (!jobs)
    return fail(
        in_context(workspace, std::move(jobs).error(), view.profile, "tell the history of", view.name, control));
  return jobs;
}

Result<std::unique_ptr<RowStream>> query(Workspace& workspace, std::string_view profile, const QueryRequest& request,
                                         Control& control) {
  MATVIEW_TRY(workspace.require(profile, Operation::query));
  MATVIEW_ASSIGN(Provider* const provider, workspace.open(profile));
  auto rows = provider->query(request, control);
  if (!rows) return fail(workspace.attribute(std::move(rows).error(), profile).with_context("cannot run the query: "));
  return rows;
}

Result<Explanation> explain(Workspace& workspace, std::string_view profile, const ExplainRequest& request,
                            Control& control) {
  MATVIEW_TRY(workspace.require(profile, Operation::explain));
  MATVIEW_ASSIGN(Provider* const provider, workspace.open(profile));
  provider->begin_run();
  auto explanation = provider->explain(request, control);
  if (explanation) {
    explanation->profile = workspace.name_of(profile);
    return explanation;
  }
  if (request.definition)
    return fail(
        workspace.attribute(std::move(explanation).error(), profile).with_context("cannot explain the query: "));
  return fail(
      in_context(workspace, std::move(explanation).error(), std::string(profile), "explain", request.name, control));
}

VerifyResult verify(Workspace& workspace, const std::vector<Selected>& views, const OptionValues& options,
                    std::size_t jobs, Control& control) {
  const std::size_t threads = std::min(jobs, std::max<std::size_t>(views.size(), 1));
  RunProviders providers(workspace, threads, threads);
  std::vector<std::optional<Result<Verification>>> found(views.size());
  std::vector<Duration> took(views.size());
  std::atomic<bool> stopped{false};
  support::parallel_for(views.size(), threads, [&](std::size_t i) {
    if (stopped) return;
    const auto start = std::chrono::steady_clock::now();
    found[i] = verify_one(providers, views[i], options, control);
    took[i] = std::chrono::duration_cast<Duration>(std::chrono::steady_clock::now() - start);
    if (!*found[i] && is_stop(found[i]->error().code)) stopped = true;
  });
  VerifyResult result;
  bool stop_told = false;
  for (std::size_t i = 0; i < views.size(); ++i) {
    if (!found[i]) continue;
    auto& item =
        result.each.emplace_back(Verified{views[i].profile, provider_name(views[i]), views[i].view.name, took[i]});
    if (*found[i]) {
      item.verification = **found[i];
      result.verifications.push_back(**std::move(found[i]));
      continue;
    }
    Error error = std::move(*found[i]).error();
    const bool stop = is_stop(error.code);
    item.error = in_context(workspace, std::move(error), views[i].profile, "verify", views[i].view.name, control);
    // The others that were stopped with it say nothing new.
    if (stop && stop_told) continue;
    stop_told = stop_told || stop;
    result.errors.push_back(item.error);
  }
  return result;
}

Result<GcReport> collect_garbage(Workspace& workspace, std::string_view profile, const GcRequest& request,
                                 Control& control) {
  MATVIEW_TRY(workspace.require(profile, Operation::gc));
  MATVIEW_ASSIGN(Provider* const provider, workspace.open(profile));
  auto report = provider->gc(request, control);
  if (!report) return fail(workspace.attribute(std::move(report).error(), profile));
  return report;
}

}  // namespace matview::app
