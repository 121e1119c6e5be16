#include "providers/dune/runs.hpp"

#include <algorithm>

#include "providers/dune/execution_answers.hpp"
#include "providers/dune/execution_requests.hpp"

namespace matview::providers::dune {

namespace {

constexpr std::size_t k_most_runs = 5;

}  // namespace

Result<Job> read_run(const Service& service, const std::string& id, Control& control, std::string_view assumed) {
  auto job = service.ask(
      execution_status(service.api(), id, assumed),
      [&](const HttpResponse& response) { return read_execution(response, id); }, control);
  if (job) return ours(service, *std::move(job), {});
  return job;
}

bool may_have_filled(const Job& job) {
  return job.state == JobState::succeeded || (job.state == JobState::unknown && is_forgotten(job));
}

Result<std::vector<Job>> newest_runs(const Service& service, const StoredView& stored, Control& control) {
  std::vector<Job> runs;
  for (std::size_t i = 0; i < std::min(stored.execution_ids.size(), k_most_runs); ++i) {
    auto run = read_run(service, stored.execution_ids[i], control);
    if (!run && run.error().code == ErrorCode::not_found) continue;
    if (!run) return fail(std::move(run).error());
    runs.push_back(*std::move(run));
    if (may_have_filled(runs.back())) break;
  }
  return runs;
}

Job ours(const Service& service, Job job, std::string view) {
  job.view = std::move(view);
  job.profile = service.context().profile;
  job.provider = "dune";
  return job;
}

}  // namespace matview::providers::dune
