#include "providers/dune/describe.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>

#include "providers/dune/execution_answers.hpp"
#include "providers/dune/freshness.hpp"
#include "providers/dune/locate.hpp"
#include "providers/dune/query_requests.hpp"
#include "providers/dune/runs.hpp"
#include "support/parallel.hpp"
#include "support/text.hpp"
#include "support/time_text.hpp"

namespace matview::providers::dune {

namespace {

constexpr std::size_t k_workers = 32;

void set_time(Value& native, const char* key, std::optional<Time> time) {
  if (time) native.set(key, support::format_rfc3339(*time));
}

void add_query(View& view, const SavedQuery& query) {
  view.definition = query.sql;
  view.tags = query.tags;
  if (!query.name.empty()) view.native.set("query_name", query.name);
  if (!query.owner.empty()) view.native.set("query_owner", query.owner);
  if (query.version) view.native.set("query_version", *query.version);
  if (query.is_archived) view.native.set("query_is_archived", true);
}

/// An error that would befall every other request as well.
bool concerns_all(const Error& error) {
  return error.code != ErrorCode::not_found && error.code != ErrorCode::unavailable && error.code != ErrorCode::failed;
}

void warn_of_schedule(const Service& service, const StoredView& stored, const std::string& name, Control& control) {
  if (auto text = schedule_warning(stored, name, service.now()); !text.empty()) control.observer.warning(text);
}

bool is_stop(const Error& error) {
  return error.code == ErrorCode::interrupted || error.code == ErrorCode::terminated ||
         error.code == ErrorCode::timeout;
}

/// The names of the views that a saved query reads.
Result<std::vector<std::string>> read_views(const Service& service, std::int64_t query, const std::string& full_name,
                                            Control& control) {
  MATVIEW_ASSIGN(const auto names,
                 service.ask(
                     get_lineage(service.api(), query),
                     [&](const HttpResponse& response) { return read_lineage(response, query); }, control));
  std::vector<std::string> shown;
  for (const auto& name : names)
    if (name != full_name) shown.push_back(service.shown(name));
  return shown;
}

Result<View> detailed(const Service& service, const std::string& full_name, bool freshness, Control& control) {
  MATVIEW_ASSIGN(const auto stored, read_again(service, full_name, control));
  View view = to_view(service, stored);
  warn_of_schedule(service, stored, view.name, control);
  if (!freshness) return view;
  MATVIEW_ASSIGN(const auto runs, newest_runs(service, stored, control));
  add_runs(service, view, stored, runs);
  return view;
}

}  // namespace

View to_view(const Service& service, const StoredView& stored) {
  View view;
  view.name = service.shown(stored.full_name);
  view.profile = service.context().profile;
  view.provider = "dune";
  view.bytes = stored.bytes;
  view.refresh_mode = "full";
  view.refresh_reason = "the service runs the whole query every time";
  view.native.set("full_name", stored.full_name);
  if (stored.query_id) view.native.set("query_id", *stored.query_id);
  if (stored.is_private) view.native.set("is_private", *stored.is_private);
  if (!stored.schedule) return view;
  view.schedule = stored.schedule->cron;
  if (!stored.schedule->performance.empty()) view.native.set("performance", stored.schedule->performance);
  set_time(view.native, "next_run", stored.schedule->next_run);
  set_time(view.native, "schedule_ends", stored.schedule->expires_at);
  return view;
}

void add_runs(const Service& service, View& view, const StoredView& stored, const std::vector<Job>& newest_first) {
  for (const auto& job : newest_first) {
    if (!may_have_filled(job)) continue;
    view.refreshed_at = job.finished_at;
    view.rows = job.rows_total;
    break;
  }
  if (!newest_first.empty()) {
    const Job& newest = newest_first.front();
    view.last_job = ours(service, newest, view.name);
    if (is_under_way(newest)) view.state = ViewState::refreshing;
    if (newest.state == JobState::failed) view.state = ViewState::error;
  }
  auto health = health_of(stored, view.refreshed_at, service.now());
  view.freshness = health.freshness;
  view.freshness_reason = std::move(health.reason);
}

Result<View> describe(const Service& service, const StoredView& stored, bool whole, Control& control) {
  View view = to_view(service, stored);
  MATVIEW_ASSIGN(const auto runs, newest_runs(service, stored, control));
  add_runs(service, view, stored, runs);
  warn_of_schedule(service, stored, view.name, control);
  if (!stored.query_id) return view;
  const auto id = *stored.query_id;
  auto query = service.ask(
      get_query(service.api(), id), [&](const HttpResponse& response) { return read_query(response, id); }, control);
  if (query)
    add_query(view, *query);
  else if (query.error().code != ErrorCode::not_found && query.error().code != ErrorCode::auth)
    return fail(std::move(query).error());
  if (!whole) return view;
  // An extra.
  if (auto read = read_views(service, id, stored.full_name, control)) view.depends_on = *std::move(read);
  return view;
}

Result<void> add_dependencies(const Service& service, std::vector<View>& views, Control& control) {
  std::vector<std::optional<Error>> errors(views.size());
  support::parallel_for(views.size(), k_workers, [&](std::size_t i) {
    View& view = views[i];
    const auto* id = view.native.at("query_id").if_integer();
    const auto* name = view.native.at("full_name").if_string();
    if (id == nullptr || name == nullptr) return;
    auto read = read_views(service, *id, *name, control);
    if (read)
      view.depends_on = *std::move(read);
    else
      errors[i] = std::move(read).error();
  });
  for (auto& error : errors)
    if (error && is_stop(*error)) return fail(*std::move(error));
  return {};
}

Result<std::vector<View>> list(const Service& service, const ListRequest& request, Control& control) {
  MATVIEW_ASSIGN(const auto stored, all_views(service, control));
  std::vector<View> views(stored.size());
  for (std::size_t i = 0; i < stored.size(); ++i) views[i] = to_view(service, stored[i]);
  if (request.details || request.freshness) {
    std::vector<std::optional<Error>> errors(stored.size());
    std::atomic<bool> hopeless{false};
    std::atomic<std::size_t> done{0};
    support::parallel_for(stored.size(), k_workers, [&](std::size_t i) {
      if (hopeless) return;
      auto view = detailed(service, stored[i].full_name, request.freshness, control);
      if (view) {
        views[i] = *std::move(view);
      } else {
        errors[i] = std::move(view).error();
        if (concerns_all(*errors[i])) hopeless = true;
      }
      const auto count = ++done;
      control.observer.progress(
          {"", "reading", static_cast<double>(count) / static_cast<double>(stored.size()), std::nullopt});
    });
    for (auto& error : errors)
      if (error && concerns_all(*error)) return fail(*std::move(error));
    std::vector<View> rest;
    for (std::size_t i = 0; i < views.size(); ++i) {
      if (errors[i] && errors[i]->code == ErrorCode::not_found) continue;
      if (errors[i])
        control.observer.warning(
            fmt::format("no details of '{}': {}", support::strip_control(views[i].name), errors[i]->message));
      rest.push_back(std::move(views[i]));
    }
    views = std::move(rest);
  }
  std::sort(views.begin(), views.end(), [](const View& a, const View& b) { return a.name < b.name; });
  return views;
}

Result<std::vector<Job>> history(const Service& service, const HistoryRequest& request, Control& control) {
  MATVIEW_ASSIGN(const auto stored, require_view(service, request.name, control));
  const std::string name = service.shown(stored.full_name);
  const auto wanted = static_cast<std::size_t>(std::max<std::int64_t>(0, request.limit));
  const std::size_t count = std::min(stored.execution_ids.size(), wanted);
  std::vector<Job> jobs(count);
  std::vector<std::optional<Error>> errors(count);
  support::parallel_for(count, k_workers, [&](std::size_t i) {
    const auto& id = stored.execution_ids[i];
    auto job = read_run(service, id, control);
    if (job) {
      jobs[i] = ours(service, *std::move(job), name);
      return;
    }
    if (job.error().code != ErrorCode::not_found) {
      errors[i] = std::move(job).error();
      return;
    }
    jobs[i].id = id;
    jobs[i].submitted_at = time_of(id);
    jobs[i].reason = "the service has forgotten it";
    jobs[i] = ours(service, std::move(jobs[i]), name);
  });
  for (auto& error : errors)
    if (error) return fail(*std::move(error));
  return jobs;
}

}  // namespace matview::providers::dune
