#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "matview/control.hpp"
#include "matview/job.hpp"
#include "providers/dune/service.hpp"
#include "providers/dune/view_answers.hpp"

namespace matview::providers::dune {

/// How an execution is doing; `not_found` if the service does not know it. `assumed` is the state that a dry run takes
/// for the answer.
Result<Job> read_run(const Service& service, const std::string& id, Control& control,
                     std::string_view assumed = "QUERY_STATE_COMPLETED");

/// The newest runs of a view until one that filled it, a few at most. One that the service has forgotten is left out.
Result<std::vector<Job>> newest_runs(const Service& service, const StoredView& stored, Control& control);

/// True for a run that filled its view, and for an old one of which that is not told any more.
bool may_have_filled(const Job& job);

/// The job as one of this profile and of that view.
Job ours(const Service& service, Job job, std::string view);

}  // namespace matview::providers::dune
