#include "app/jobs.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "app/names.hpp"
#include "support/text.hpp"

namespace matview::app {

namespace {

/// More jobs of one profile are not looked through for the last one of each view.
constexpr std::int64_t k_records = 2000;

/// A job with as much as is known of it here.
struct Known {
  std::string profile;
  bool recorded = false;
  Job job;
};

Known known_job(Workspace& workspace, const std::string& id, Control& control) {
  Known known;
  known.profile = workspace.profile_in_use();
  known.job.id = id;
  known.job.operation.clear();
  // Two backends may have the same id. A record that cannot be read is no reason not to ask the backend.
  auto found = workspace.job_log(known.profile).find(id);
  if (found && !*found) found = workspace.job_log().find(id);
  if (!found)
    control.observer.warning(fmt::format("what is on record of jobs cannot be read: {}", found.error().message));
  if (!found || !*found) return known;
  known.recorded = true;
  known.job = (*found)->job;
  known.profile = known.job.profile;
  return known;
}

Result<Provider*> open_for(Workspace& workspace, const Known& known, Operation operation) {
  auto able = workspace.require(known.profile, operation);
  if (!able && able.error().code == ErrorCode::not_found)
    return fail(std::move(able).error().with_context(fmt::format("job {}: ", support::strip_control(known.job.id))));
  if (!able) return fail(std::move(able).error());
  return workspace.open(known.profile);
}

Error explained(Workspace& workspace, Error error, const Known& known) {
  if (error.code == ErrorCode::not_found && error.hint.empty() && !known.recorded)
    error.hint =
        fmt::format("it is not on record here and was looked for in profile '{}'; -P names another", known.profile);
  return workspace.attribute(std::move(error), known.profile);
}

/// "job 01HZ of view 'dune:daily' failed: "
std::string context_of(Workspace& workspace, const Job& job, std::string_view what) {
  const std::string view =
      job.view.empty() ? ""
                       : fmt::format(" of view '{}'", display_name(job.profile, job.view, workspace.profile_in_use()));
  return support::strip_control(fmt::format("job {}{} {}: ", job.id, view, what));
}

/// What several jobs come to.
class Outcomes {
 public:
  Outcomes(Workspace& workspace, RunListener& listener) : workspace_(workspace), listener_(listener) {}

  void start(const Known& known, Provider* provider) {
    Selected selected;
    selected.profile = known.profile;
    selected.provider = provider;
    selected.view.name = known.job.view.empty() ? known.job.id : known.job.view;
    listener_.started(selected);
  }

  void ended(Job job) {
    if (auto error = error_of(job)) {
      const std::string context = context_of(workspace_, job, to_string(job.state));
      failed(std::move(job), std::move(*error).with_context(context));
      return;
    }
    accepted(std::move(job));
  }

  void accepted(Job job) {
    ++succeeded_;
    finish(std::move(job));
  }

  void failed(Job job, Error error) {
    job.error = workspace_.attribute(std::move(error), job.profile);
    errors_.push_back(*job.error);
    finish(std::move(job));
  }

  RunResult result(std::size_t total, std::string_view what) && {
    RunResult result;
    result.jobs = std::move(jobs_);
    result.error = combined_error(errors_, total, succeeded_, what);
    for (const auto& error : errors_)
      if (ends_the_command(error)) result.error = error;
    return result;
  }

 private:
  static bool ends_the_command(const Error& error) {
    return error.code == ErrorCode::interrupted || error.code == ErrorCode::terminated;
  }

  void finish(Job job) {
    listener_.finished(job);
    jobs_.push_back(std::move(job));
  }

  Workspace& workspace_;
  RunListener& listener_;
  std::vector<Job> jobs_;
  std::vector<Error> errors_;
  std::size_t succeeded_ = 0;
};

std::vector<std::string> without_repeats(const std::vector<std::string>& ids) {
  std::vector<std::string> result;
  std::set<std::string> seen;
  for (const auto& id : ids)
    if (seen.insert(id).second) result.push_back(id);
  return result;
}

Job as_known(const Known& known, const Provider* provider) {
  Job job = known.job;
  job.profile = known.profile;
  if (provider != nullptr) job.provider = provider->info().name;
  return job;
}

/// By view, of those views that tell of no job themselves.
std::map<std::string, JobRecord> newest_records(Workspace& workspace, std::string_view profile,
                                                const std::vector<View>& views) {
  const auto untold = [](const View& view) { return !view.last_job; };
  if (std::none_of(views.begin(), views.end(), untold)) return {};
  const std::string name = profile.empty() ? workspace.profile_in_use() : std::string(profile);
  const bool one = views.size() == 1;
  auto records = workspace.job_log().records(name, one ? views.front().name : std::string(), one ? 1 : k_records);
  std::map<std::string, JobRecord> newest;
  if (records)
    for (auto& record : *records) newest.try_emplace(record.job.view, std::move(record));
  return newest;
}

/// A refresh that was refused because there was nothing to do, or another was at work, is no fault of the view's.
bool is_fault(const Job& job) {
  const bool refused = job.error && (job.error->code == ErrorCode::conflict || job.error->code == ErrorCode::locked);
  return job.state == JobState::failed && !refused;
}

/// Where names are not unique, the record's clue says which of the backend's objects it was.
bool is_of_namesake(const JobRecord& record, const View& view) {
  const auto* refreshed = record.clue.at("guid").if_string();
  const auto* asked = view.native.at("guid").if_string();
  return refreshed != nullptr && asked != nullptr && *refreshed != *asked;
}

}  // namespace

Result<Job> look_at_job(Workspace& workspace, const std::string& id, Control& control) {
  const Known known = known_job(workspace, id, control);
  MATVIEW_ASSIGN(Provider* const provider, open_for(workspace, known, Operation::job));
  auto job = provider->job(id, control);
  if (!job) return fail(explained(workspace, std::move(job).error(), known));
  const Job seen = completed(*std::move(job), as_known(known, provider));
  if (is_terminal(seen.state)) put_on_record(workspace, seen, control);
  return seen;
}

RunResult wait_for_jobs(Workspace& workspace, const std::vector<std::string>& ids, const WaitOptions& options,
                        RunListener& listener, Control& control) {
  Outcomes outcomes(workspace, listener);
  std::vector<Known> waiting;
  std::vector<Followed> followed;
  const auto wanted = without_repeats(ids);
  for (const auto& id : wanted) {
    Known known = known_job(workspace, id, control);
    const auto info = workspace.info(known.profile);
    const bool asynchronous = info && (*info)->asynchronous;
    auto provider = open_for(workspace, known, asynchronous ? Operation::wait : Operation::job);
    if (!provider) {
      outcomes.failed(as_known(known, nullptr), std::move(provider).error());
      continue;
    }
    outcomes.start(known, *provider);
    Job job = as_known(known, *provider);
    job.id = id;
    followed.push_back({known.profile, *provider, std::move(job), true});
    waiting.push_back(std::move(known));
  }
  Follower follower(workspace, options, control, [&](std::size_t index, Job job, std::optional<Error> error) {
    if (!error) return outcomes.ended(std::move(job));
    outcomes.failed(std::move(job), explained(workspace, *std::move(error), waiting[index]));
  });
  for (std::size_t i = 0; i < followed.size(); ++i) follower.add(std::move(followed[i]), i);
  follower.run();
  return std::move(outcomes).result(wanted.size(), "jobs did not end well");
}

RunResult cancel_jobs(Workspace& workspace, const std::vector<std::string>& ids, RunListener& listener,
                      Control& control) {
  Outcomes outcomes(workspace, listener);
  const auto wanted = without_repeats(ids);
  for (const auto& id : wanted) {
    const Known known = known_job(workspace, id, control);
    auto provider = open_for(workspace, known, Operation::cancel);
    if (!provider) {
      outcomes.failed(as_known(known, nullptr), std::move(provider).error());
      continue;
    }
    outcomes.start(known, *provider);
    Job job = as_known(known, *provider);
    auto cancelled = (*provider)->cancel(id, control);
    if (!cancelled) {
      const std::string context = context_of(workspace, job, "cannot be cancelled");
      outcomes.failed(std::move(job), explained(workspace, std::move(cancelled).error(), known).with_context(context));
      continue;
    }
    job = completed(*std::move(cancelled), job);
    if (is_terminal(job.state)) put_on_record(workspace, job, control);
    // That it is cancelled is what was asked for.
    outcomes.accepted(std::move(job));
  }
  return std::move(outcomes).result(wanted.size(), "jobs could not be cancelled");
}

Result<std::vector<Plan>> plan_cancel(Workspace& workspace, const std::vector<std::string>& ids, Control& control) {
  std::vector<Plan> plans;
  for (const auto& id : without_repeats(ids)) {
    const Known known = known_job(workspace, id, control);
    MATVIEW_ASSIGN(Provider* const provider, open_for(workspace, known, Operation::cancel));
    auto plan = provider->plan_cancel(id, control);
    if (!plan) return fail(explained(workspace, std::move(plan).error(), known));
    if (plan->view.empty()) plan->view = known.job.view;
    plan->profile = known.profile;
    if (plan->native.is_null()) plan->native = Value::object();
    if (plan->native.at("job").is_null()) plan->native.set("job", id);
    plans.push_back(*std::move(plan));
  }
  return plans;
}

Result<std::vector<Job>> recorded_jobs(Workspace& workspace, std::string_view profile, std::string_view view,
                                       std::int64_t limit) {
  MATVIEW_ASSIGN(auto records, workspace.job_log().records(profile, view, limit));
  std::vector<Job> jobs;
  for (auto& record : records) jobs.push_back(std::move(record.job));
  return jobs;
}

void add_last_jobs(Workspace& workspace, std::string_view profile, std::vector<View>& views) {
  const auto info = workspace.info(profile);
  if (!info || !is_remote(**info)) return;
  const auto newest = newest_records(workspace, profile, views);
  for (auto& view : views) {
    const auto found = newest.find(view.name);
    if (!view.last_job && found != newest.end() && !is_of_namesake(found->second, view))
      view.last_job = found->second.job;
    if (view.last_job && view.state == ViewState::idle && is_fault(*view.last_job)) view.state = ViewState::error;
  }
}

}  // namespace matview::app
