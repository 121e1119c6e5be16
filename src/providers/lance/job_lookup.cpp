// Finding jobs of a view: before something is asked of it, and after an answer was lost.
#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "providers/lance/describe.hpp"
#include "providers/lance/errors.hpp"
#include "providers/lance/job_requests.hpp"
#include "providers/lance/jobs.hpp"
#include "providers/lance/table_requests.hpp"
#include "providers/remote/fields.hpp"
#include "support/pause.hpp"
#include "support/sha256.hpp"

namespace matview::providers::lance {

namespace {

constexpr int k_pages_before = 3;
constexpr int k_pages_after = 20;
constexpr int k_looks = 3;
/// The server's clock may be wrong by this when its times are held against ours.
constexpr auto k_skew = std::chrono::minutes(5);

/// Servers write the table of a job with the delimiter of their liking, or without its namespace.
bool is_of(const Job& job, const Identifier& table) {
  if (table.path.empty()) return false;
  if (job.view == table.path.back()) return true;
  for (const std::string_view delimiter : {std::string_view(table.delimiter), k_delimiter, std::string_view(".")})
    if (job.view == join_path(table.path, delimiter)) return true;
  return false;
}

bool may_be_ours(const Job& job, const JobRecord& before) {
  const auto seen = remote::texts(before.clue, "jobs");
  if (std::find(seen.begin(), seen.end(), job.id) != seen.end()) return false;
  if (job.submitted_at && before.job.submitted_at) return *job.submitted_at >= *before.job.submitted_at - k_skew;
  // Without a time only the list from before tells the old ones.
  return before.clue.at("jobs").if_array() != nullptr;
}

/// What the view itself tells of a request whose answer was lost.
std::optional<Job> seen_in(const Table& table, const JobRecord& before) {
  if (!table.version) return std::nullopt;
  Job job;
  if (const auto definition = remote::text(before.clue, "definition"); !definition.empty()) {
    // A create: the view is there, and is the one that was asked for. Its first version holds no rows yet.
    if (support::sha256(read_marks(table).definition) != definition) return std::nullopt;
    job.state = *table.version > 1 ? JobState::succeeded : JobState::running;
    job.native.set("created_version", 1);
  } else {
    const auto version = remote::integer(before.clue, "version");
    if (!version || *version == *table.version) return std::nullopt;
    job.state = JobState::succeeded;
  }
  if (job.state == JobState::succeeded) job.version = table.version;
  job.reason = "the answer was lost; the view shows that it was done";
  return job;
}

}  // namespace

Result<std::vector<Job>> jobs_of(const Service& service, const Identifier& table, int max_pages, Control& control) {
  MATVIEW_ASSIGN(const Endpoint endpoint, service.endpoint(control));
  std::vector<Job> jobs;
  std::set<std::string> tokens{""};
  std::set<std::string> ids;
  std::string token;
  for (int pages = 0; pages < max_pages; ++pages) {
    auto page = service.ask(list_jobs(endpoint, token), read_jobs, control);
    if (!page) {
      Error error = std::move(page).error();
      if (error.code == ErrorCode::not_found) error.code = ErrorCode::unsupported;
      return fail(std::move(error));
    }
    for (auto& job : page->jobs)
      if (is_of(job, table) && ids.insert(job.id).second) jobs.push_back(std::move(job));
    token = std::move(page->next);
    if (token.empty() || !tokens.insert(token).second) break;
  }
  std::stable_sort(jobs.begin(), jobs.end(),
                   [](const Job& a, const Job& b) { return a.submitted_at > b.submitted_at; });
  for (auto& job : jobs) {
    job.view = service.name_of(table.path);
    job.profile = service.context.profile;
    job.provider = service.info.name;
  }
  return jobs;
}

Result<Sighting> look_before(const Service& service, const Identifier& view, Control& control) {
  Sighting sighting;
  sighting.clue = body_with_id(view);
  sighting.clue.set("delimiter", view.delimiter);
  MATVIEW_ASSIGN(const Endpoint endpoint, service.endpoint(control));
  auto table = service.ask(describe_table(endpoint, view), read_table, control);
  if (table) {
    const auto marks = read_marks(*table);
    if (marks.is_view) sighting.kind = marks.kind;
    if (table->version) sighting.clue.set("version", *table->version);
    if (marks.source_version) sighting.clue.set("source_version", *marks.source_version);
  } else {
    const auto& error = table.error();
    // Services that have routes for views need not have them for the tables behind.
    const bool known =
        error.message.find(", code ") != std::string::npos && service.settings.dialect == Dialect::tables;
    const bool final = error.code == ErrorCode::unavailable || error.code == ErrorCode::timeout ||
                       error.code == ErrorCode::interrupted || error.code == ErrorCode::terminated ||
                       error.http_status == 401 || (error.code == ErrorCode::not_found && known);
    if (final) return fail(error);
  }
  if (const auto jobs = jobs_of(service, view, k_pages_before, control)) {
    Value ids = Value::array();
    for (const auto& job : *jobs) ids.push(job.id);
    sighting.clue.set("jobs", std::move(ids));
  } else if (jobs.error().code == ErrorCode::interrupted || jobs.error().code == ErrorCode::terminated) {
    return fail(jobs.error());
  }
  return sighting;
}

std::optional<Job> look_after(const Service& service, const JobRecord& before, Control& control) {
  const Identifier view{remote::texts(before.clue, "id"), remote::text(before.clue, "delimiter")};
  const auto endpoint = service.endpoint(control);
  if (!endpoint || view.path.empty()) return std::nullopt;
  for (int look = 0; look < k_looks; ++look) {
    if (look > 0 && !support::pause(service.settings.poll_interval, control)) break;
    if (auto jobs = jobs_of(service, view, k_pages_after, control)) {
      std::erase_if(*jobs, [&](const Job& job) { return !may_be_ours(job, before); });
      // Of several the oldest: a later one is somebody else's.
      if (!jobs->empty()) return jobs->back();
      continue;
    }
    const auto table = service.ask(describe_table(*endpoint, view), read_table, control);
    if (!table) continue;
    if (auto job = seen_in(*table, before)) return job;
  }
  return std::nullopt;
}

}  // namespace matview::providers::lance
