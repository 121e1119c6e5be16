#pragma once

#include <string>
#include <vector>

#include "matview/provider.hpp"
#include "providers/lance/job_answers.hpp"
#include "providers/lance/service.hpp"

namespace matview::providers::lance {

/// The jobs of a table that the server tells of, newest first. `unsupported` where it does not tell of jobs.
Result<std::vector<Job>> jobs_of(const Service& service, const Identifier& table, int max_pages, Control& control);

/// What is known of a view before something is asked of it, by which an answer that was lost is found again: `id`,
/// `version`, `source_version`, `jobs`; of a create `definition`, the SHA-256 of its query. What the server does not
/// tell is left out.
struct Sighting {
  std::string kind;  ///< empty if unknown
  Value clue;
};

/// An error only where what comes next cannot work either: the view or the server is not there, or we are nobody.
Result<Sighting> look_before(const Service& service, const Identifier& view, Control& control);

/// Looks a few times for what became of a request whose answer was lost. Empty if nothing is to be seen.
std::optional<Job> look_after(const Service& service, const JobRecord& before, Control& control);

/// How a job is doing, by the server's id or the key of its record. Where the server does not tell of jobs, the view is
/// watched in its place.
Result<Job> follow(const Service& service, const std::string& id, Control& control);

Result<Job> cancel(const Service& service, const std::string& id, Control& control);

/// The job of `id` as it is on record here; empty if it is not.
std::optional<JobRecord> record_of(const Service& service, const std::string& id);

/// True for a job that nothing more is to be done about.
bool has_ended(const Job& job);

/// What is on record here and what the server tells, newest first.
Result<std::vector<Job>> history(const Service& service, const HistoryRequest& request, Control& control);

}  // namespace matview::providers::lance
