#include <fmt/format.h>

#include <algorithm>

#include "providers/remote/fields.hpp"
#include "providers/thoughtspot/describe.hpp"
#include "providers/thoughtspot/options.hpp"
#include "support/text.hpp"

namespace matview::providers::thoughtspot {

namespace {

// A GUID is not what the log is kept by.
constexpr std::int64_t k_most_records = 100'000;

}  // namespace

Result<std::vector<Job>> history(const ProviderContext& context, const std::string& name, std::int64_t limit) {
  std::vector<Job> jobs;
  if (context.job_log == nullptr) return jobs;
  const bool by_id = is_guid(name);
  MATVIEW_ASSIGN(const auto records, context.job_log->records(context.profile, by_id ? std::string() : name,
                                                              by_id ? k_most_records : limit));
  for (const auto& record : records) {
    if (static_cast<std::int64_t>(jobs.size()) >= limit) break;
    if (!by_id || remote::text(record.clue, "guid") == name || record.job.view == name) jobs.push_back(record.job);
  }
  return jobs;
}

Result<Job> find_job(const ProviderContext& context, const std::string& id) {
  if (context.job_log != nullptr) {
    MATVIEW_ASSIGN(const auto record, context.job_log->find(id));
    if (record && record->job.profile == context.profile && record->job.provider == info().name) return record->job;
  }
  return fail(Error(ErrorCode::not_found, fmt::format("there is no job '{}' on record", support::strip_control(id)))
                  .with_hint("ThoughtSpot keeps no jobs; 'matview history NAME' tells those submitted from here"));
}

}  // namespace matview::providers::thoughtspot
