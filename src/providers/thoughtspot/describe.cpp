#include "providers/thoughtspot/describe.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "providers/remote/fields.hpp"
#include "providers/thoughtspot/catalog.hpp"
#include "providers/thoughtspot/export.hpp"
#include "providers/thoughtspot/fault.hpp"
#include "providers/thoughtspot/view.hpp"
#include "support/parallel.hpp"
#include "support/text.hpp"

namespace matview::providers::thoughtspot {

namespace {

constexpr std::size_t k_at_a_time = 32;
constexpr std::int64_t k_recent_jobs = 10'000;

/// The newest job of each view, by its GUID.
std::map<std::string, Job> last_jobs(const ProviderContext& context, const std::string& view) {
  std::map<std::string, Job> jobs;
  if (context.job_log == nullptr) return jobs;
  const auto records = context.job_log->records(context.profile, view, k_recent_jobs);
  if (!records) return jobs;
  for (const auto& record : *records) jobs.emplace(remote::text(record.clue, "guid"), record.job);
  return jobs;
}

void add_last_job(View& view, const std::map<std::string, Job>& jobs) {
  if (const auto found = jobs.find(remote::text(view.native, "guid")); found != jobs.end())
    view.last_job = found->second;
}

Result<void> read_details_of(Client& client, const Header& header, View& view, Control& control) {
  MATVIEW_ASSIGN(const auto answer, client.send(details_request(client.address(), header), control));
  // Before 7.1.1 there is no such call.
  if (is_missing_call(answer)) return {};
  MATVIEW_ASSIGN(const auto details, read_details(answer, header));
  add_details(view, details);
  return {};
}

/// The first error that more than one view would meet.
std::optional<Error> first_error(const std::vector<Result<void>>& outcomes) {
  for (const auto& outcome : outcomes)
    if (!outcome && outcome.error().code != ErrorCode::not_found) return outcome.error();
  return std::nullopt;
}

}  // namespace

Result<std::vector<View>> list(Client& client, const ListRequest& request, Control& control) {
  MATVIEW_ASSIGN(const auto headers, list_views(client, control));
  const auto jobs = last_jobs(client.context(), {});
  std::vector<View> views;
  for (const auto& header : headers) {
    views.push_back(to_view(header, client.context()));
    add_last_job(views.back(), jobs);
  }
  if (!request.freshness && !request.details) return views;
  const auto materialization = client.materialization(control);
  for (auto& view : views) add_materialization(view, materialization);
  if (!request.details) return views;

  std::vector<Result<void>> outcomes(views.size());
  std::atomic<bool> stopped{false};
  support::parallel_for(views.size(), k_at_a_time, [&](std::size_t i) {
    if (stopped) return;
    outcomes[i] = read_details_of(client, headers[i], views[i], control);
    // One that has gone meanwhile concerns nobody else.
    if (!outcomes[i] && outcomes[i].error().code != ErrorCode::not_found) stopped = true;
  });
  if (auto error = first_error(outcomes)) return fail(*std::move(error));
  return views;
}

Result<View> describe(Client& client, const DescribeRequest& request, Control& control) {
  MATVIEW_ASSIGN(const auto header, resolve_view(client, request.name, control));
  View view = to_view(header, client.context());
  add_last_job(view, last_jobs(client.context(), header.name));
  MATVIEW_TRY(read_details_of(client, header, view, control));
  add_materialization(view, client.materialization(control));
  if (!request.versions) return view;
  auto tml = export_tml(client, header, "YAML", control);
  if (tml && !tml->empty()) view.definition = *std::move(tml);
  if (tml) return view;
  const auto code = tml.error().code;
  if (code == ErrorCode::interrupted || code == ErrorCode::terminated || code == ErrorCode::timeout)
    return fail(std::move(tml).error());
  control.observer.warning(fmt::format("the definition of '{}' cannot be exported: {}",
                                       support::strip_control(header.name), tml.error().message));
  return view;
}

}  // namespace matview::providers::thoughtspot
