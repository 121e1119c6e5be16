// How a job goes on.
#include <fmt/format.h>

#include <algorithm>

#include "providers/lance/describe.hpp"
#include "providers/lance/errors.hpp"
#include "providers/lance/job_requests.hpp"
#include "providers/lance/jobs.hpp"
#include "providers/lance/table_requests.hpp"
#include "providers/remote/fields.hpp"
#include "providers/remote/submission.hpp"

namespace matview::providers::lance {

namespace {

/// A job may be told of only some time after it was accepted.
constexpr auto k_grace = std::chrono::seconds(30);
constexpr int k_history_pages = 20;

Identifier view_of(const JobRecord& record) {
  return {remote::texts(record.clue, "id"), remote::text(record.clue, "delimiter")};
}

Duration age_of(const Service& service, const Job& job) {
  return job.submitted_at ? service.context.environment.now() - *job.submitted_at : Duration::max();
}

void end(const Service& service, Job& job, JobState state, std::string reason) {
  job.state = state;
  job.reason = std::move(reason);
  job.finished_at = service.context.environment.now();
}

void warn_no_jobs(const Service& service, Control& control) {
  if (service.told_no_jobs.exchange(true)) return;
  control.observer.warning(
      "this server does not tell of the job: whether it is done is told from the version of the view");
}

/// Whether the view shows that the job is done.
Result<Job> watch(const Service& service, const JobRecord& record, Control& control) {
  Job job = record.job;
  const auto view = view_of(record);
  const auto version = remote::integer(record.clue, "version");
  const auto source_version = remote::integer(record.clue, "source_version");
  const auto wanted = remote::integer(record.clue, "src_version");
  const auto created = remote::integer(job.native, "created_version");
  MATVIEW_ASSIGN(const Endpoint endpoint, service.endpoint(control));
  auto table = service.ask(describe_table(endpoint, view), read_table, control);
  const auto age = age_of(service, job);
  if (!table) {
    const Error& error = table.error();
    if (error.code != ErrorCode::not_found) return fail(error);
    if (age < k_grace) return job;
    if (service.settings.dialect == Dialect::views) {
      job.state = JobState::submitted;
      job.reason = "the server tells neither of the job nor of the table behind the view";
      return job;
    }
    end(service, job, JobState::failed, "");
    job.error = Error(ErrorCode::not_found, "the view is not there (any more)");
    return job;
  }
  const auto marks = read_marks(*table);
  const auto before = created ? created : version;
  const bool new_version = before && table->version && *table->version != *before;
  const bool new_source = source_version && marks.source_version && *marks.source_version != *source_version;
  if (new_version || new_source) {
    job.version = table->version;
    end(service, job, JobState::succeeded, "the view has a new version");
    return job;
  }
  if (age >= k_grace && marks.source_version && (!wanted || *wanted == *marks.source_version) && !created) {
    // A refresh of a source that has not changed makes no version.
    const auto source_id = source_of(view, marks);
    const auto source = source_id ? service.ask(describe_table(endpoint, *source_id), read_table, control)
                                  : Result<Table>(fail(ErrorCode::not_found, ""));
    if (source && source->version == marks.source_version) {
      job.version = table->version;
      job.mode = "no_data";
      end(service, job, JobState::succeeded, "the source has not changed");
      return job;
    }
  }
  const bool blind = !before || !table->version;
  if (blind || age >= service.settings.watch_limit) {
    job.state = JobState::submitted;
    job.reason = blind ? "the server tells neither of the job nor of versions"
                       : "the view has no new version, and the server does not tell of the job";
    return job;
  }
  job.state = JobState::running;
  job.reason.clear();
  return job;
}

/// The server's word on the job over what is on record of it.
Job merged(Job known, const Job& told) {
  known.id = told.id;
  known.state = told.state;
  known.error = told.error;
  if (const auto* members = told.native.if_object())
    for (const auto& [name, value] : *members) known.native.set(name, value);
  if (!known.submitted_at) known.submitted_at = told.submitted_at;
  return known;
}

/// The version that a job made and its rows, where the server tells them.
void add_version(const Service& service, const Identifier& view, Job& job, Control& control) {
  const auto endpoint = service.endpoint(control);
  if (!endpoint || view.path.empty()) return;
  if (const auto stats = service.ask(table_stats(*endpoint, view), read_stats, control)) job.rows_total = stats->rows;
  if (const auto table = service.ask(describe_table(*endpoint, view), read_table, control))
    job.version = table->version;
}

Result<Job> follow_unrecorded(const Service& service, const std::string& id, Control& control) {
  MATVIEW_ASSIGN(const Endpoint endpoint, service.endpoint(control));
  const auto request = describe_job(endpoint, id);
  MATVIEW_ASSIGN(const HttpResponse response, service.send(request, control));
  if (is_unsupported(response))
    return fail(Service::told(Error(ErrorCode::unsupported, "this server does not tell of jobs")
                                  .with_hint("'matview status NAME' tells the version of the view"),
                              request));
  auto job = read_job(response, id);
  if (!job) {
    Error error = std::move(job).error();
    if (error.code == ErrorCode::not_found)
      error.message = fmt::format("there is no job '{}' on record, nor does the server know it", id);
    return fail(Service::told(std::move(error), request));
  }
  job->profile = service.context.profile;
  job->provider = service.info.name;
  return job;
}

/// What the server says of a job that is on record with the server's id; the view is watched where it says nothing.
Result<Job> ask_for(const Service& service, const JobRecord& record, Control& control) {
  MATVIEW_ASSIGN(const Endpoint endpoint, service.endpoint(control));
  const auto request = describe_job(endpoint, record.job.id);
  MATVIEW_ASSIGN(const HttpResponse response, service.send(request, control));
  const bool unknown = response.status == 404;
  if (unknown || is_unsupported(response)) {
    const bool early = unknown && age_of(service, record.job) < k_grace;
    if (!early) warn_no_jobs(service, control);
    MATVIEW_ASSIGN(Job job, watch(service, record, control));
    if (early && !is_terminal(job.state)) job.state = JobState::pending;
    return job;
  }
  auto told = read_job(response, record.job.id);
  if (!told) return fail(Service::told(std::move(told).error(), request));
  Job job = merged(record.job, *told);
  if (is_terminal(job.state) && !job.finished_at) job.finished_at = service.context.environment.now();
  if (job.state == JobState::succeeded) add_version(service, view_of(record), job, control);
  return job;
}

}  // namespace

std::optional<JobRecord> record_of(const Service& service, const std::string& id) {
  if (service.context.job_log == nullptr) return std::nullopt;
  auto record = service.context.job_log->find(id);
  if (!record || !*record || (*record)->job.provider != service.info.name) return std::nullopt;
  return *std::move(*record);
}

bool has_ended(const Job& job) {
  return is_terminal(job.state) && job.state != JobState::unknown && job.state != JobState::submitted;
}

Result<Job> follow(const Service& service, const std::string& id, Control& control) {
  auto record = record_of(service, id);
  if (!record) return follow_unrecorded(service, id, control);
  if (has_ended(record->job)) return record->job;

  Job job = record->job;
  if (job.id == record->key && job.state == JobState::unknown) {
    // The answer was lost, and nothing was to be seen of the job then.
    const auto found = look_after(service, *record, control);
    if (!found) return job;
    job = merged(job, *found);
    if (found->id.empty()) job.id = record->key;
    job.error.reset();
    job.version = found->version;
    if (is_terminal(job.state)) job.finished_at = service.context.environment.now();
  } else if (job.id == record->key) {
    warn_no_jobs(service, control);
    MATVIEW_ASSIGN(job, watch(service, *record, control));
  } else {
    MATVIEW_ASSIGN(job, ask_for(service, *record, control));
  }
  if (is_terminal(job.state) && job.finished_at && job.submitted_at) job.elapsed = *job.finished_at - *job.submitted_at;
  const bool changed = job.state != record->job.state || job.id != record->job.id;
  if (changed) remote::update_record(service.context, *record, job, control);
  return job;
}

Result<Job> cancel(const Service& service, const std::string& id, Control& control) {
  MATVIEW_ASSIGN(const Job job, follow(service, id, control));
  if (has_ended(job)) return job;
  const auto record = record_of(service, id);
  if (record && job.id == record->key)
    return fail(Error(ErrorCode::unsupported, "the server gave the job no id, so that it cannot be stopped"));
  MATVIEW_ASSIGN(const Endpoint endpoint, service.endpoint(control));
  const auto request = cancel_job(endpoint, job.id);
  MATVIEW_ASSIGN(const HttpResponse response, service.send(request, control));
  if (response.status == 404 || is_unsupported(response))
    return fail(Service::told(
        Error(ErrorCode::unsupported,
              response.status == 404 ? fmt::format("the server does not know the job '{}', or cannot stop jobs", job.id)
                                     : "this server cannot stop jobs"),
        request));
  if (auto read = read_nothing(response); !read) return fail(Service::told(std::move(read).error(), request));
  return follow(service, id, control);
}

Result<std::vector<Job>> history(const Service& service, const HistoryRequest& request, Control& control) {
  MATVIEW_ASSIGN(const Identifier view, identifier_of(request.name, service.settings.naming));
  std::vector<Job> jobs;
  if (service.context.job_log != nullptr) {
    MATVIEW_ASSIGN(const auto records,
                   service.context.job_log->records(service.context.profile, request.name, request.limit));
    for (const auto& record : records) jobs.push_back(record.job);
  }
  auto told = jobs_of(service, view, k_history_pages, control);
  if (!told && told.error().code != ErrorCode::unsupported) return fail(std::move(told).error());
  if (!told && jobs.empty()) {
    // An empty history is one only of a view that is there.
    MATVIEW_ASSIGN(const Endpoint endpoint, service.endpoint(control));
    MATVIEW_TRY(service.ask(describe_table(endpoint, view), read_table, control));
  }
  if (told)
    for (auto& job : *told) {
      const auto known = std::find_if(jobs.begin(), jobs.end(), [&](const Job& one) { return one.id == job.id; });
      if (known == jobs.end())
        jobs.push_back(std::move(job));
      else if (!is_terminal(known->state) || known->state == JobState::unknown)
        *known = merged(*known, job);
    }
  std::stable_sort(jobs.begin(), jobs.end(),
                   [](const Job& a, const Job& b) { return a.submitted_at > b.submitted_at; });
  if (static_cast<std::int64_t>(jobs.size()) > request.limit)
    jobs.resize(static_cast<std::size_t>(std::max<std::int64_t>(0, request.limit)));
  return jobs;
}

}  // namespace matview::providers::lance
