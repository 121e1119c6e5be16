#include "app/metrics.hpp"

#include <algorithm>

namespace matview::app {

namespace {

/// So many jobs of a view are looked through for one that ended well.
constexpr std::int64_t k_jobs = 100;

bool is_refresh(const Job& job) { return job.operation == "refresh" || job.operation == "create"; }

std::vector<Job> past_jobs(Workspace& workspace, const std::string& profile, const std::string& view) {
  std::vector<Job> jobs;
  const auto info = workspace.info(profile);
  if (!info) return jobs;
  if (is_remote(**info)) {
    if (auto records = workspace.job_log().records(profile, view, k_jobs))
      for (auto& record : *records) jobs.push_back(std::move(record.job));
    return jobs;
  }
  auto provider = workspace.open(profile);
  if (!provider || !(*info)->operations.contains(Operation::history)) return jobs;
  std::atomic<int> no_stop{0};
  Observer deaf;
  Control control{deaf, no_stop, std::nullopt};
  if (auto found = (*provider)->history({view, k_jobs}, control)) jobs = *std::move(found);
  return jobs;
}

std::optional<Time> last_success(Workspace& workspace, const std::string& profile, const std::string& view) {
  for (const auto& job : past_jobs(workspace, profile, view))
    if (is_refresh(job) && job.state == JobState::succeeded && job.finished_at) return job.finished_at;
  return std::nullopt;
}

void add_job(output::ViewMetrics& metrics, const Job& job) {
  if (!is_refresh(job) || !is_terminal(job.state) || job.state == JobState::skipped) return;
  // Nothing ran where another process was at work or the window was over.
  const bool refused = job.error && (job.error->code == ErrorCode::conflict || job.error->code == ErrorCode::locked);
  if (refused) return;
  if (job.finished_at && metrics.last_run && *metrics.last_run > *job.finished_at) return;
  const bool good = job.state == JobState::succeeded && !job.error;
  metrics.last_run = job.finished_at;
  metrics.last_run_good = good;
  metrics.last_run_elapsed = job.elapsed;
  if (good && job.finished_at) metrics.last_success = job.finished_at;
  if (!metrics.rows && good) metrics.rows = job.rows_total;
}

}  // namespace

std::vector<output::ViewMetrics> metrics_of(Workspace& workspace, const std::vector<View>& views) {
  std::vector<output::ViewMetrics> result;
  for (const auto& view : views) {
    output::ViewMetrics metrics{view.profile, view.provider, view.name};
    metrics.rows = view.rows;
    metrics.bytes = view.bytes;
    metrics.state = view.state;
    metrics.freshness = view.freshness;
    metrics.suspended = view.suspended;
    metrics.next_refresh = view.next_refresh_at;
    if (view.last_job) add_job(metrics, *view.last_job);
    if (!metrics.last_success && view.last_job) metrics.last_success = last_success(workspace, view.profile, view.name);
    if (!metrics.last_success) metrics.last_success = view.refreshed_at;
    result.push_back(std::move(metrics));
  }
  return result;
}

void add_jobs(std::vector<output::ViewMetrics>& metrics, Workspace& workspace, const std::vector<Job>& jobs) {
  for (const auto& job : jobs) {
    const auto known = std::find_if(metrics.begin(), metrics.end(), [&](const output::ViewMetrics& item) {
      return item.profile == job.profile && item.view == job.view;
    });
    if (known != metrics.end()) {
      add_job(*known, job);
      continue;
    }
    if (job.view.empty()) continue;
    output::ViewMetrics found{job.profile, job.provider, job.view};
    add_job(found, job);
    if (!found.last_success) found.last_success = last_success(workspace, job.profile, job.view);
    metrics.push_back(std::move(found));
  }
}

Selector whole_scope(Selector selector) {
  // Without names the flags alone said that all views are meant.
  selector.all = !selector.terms_given && !selector.all_profiles;
  selector.unsettled.reset();
  selector.stale = selector.failed = selector.due = selector.auto_due = false;
  return selector;
}

}  // namespace matview::app
