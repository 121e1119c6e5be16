#pragma once

#include <string_view>

#include "matview/http.hpp"
#include "matview/job.hpp"
#include "matview/result.hpp"

namespace matview::providers::dune {

/// An execution as a job; `id` is its id where the answer has none. One that failed is a success here, with its error
/// in it. `not_found` for an id that the service does not know, which it may call an invalid one. Native: `state` in
/// the service's word, `credits`, `queue_position` and what else it tells.
Result<Job> read_execution(const HttpResponse& response, std::string_view id);

/// Whether the service took the request to cancel.
Result<bool> read_cancelled(const HttpResponse& response);

/// True for a run of which the service has forgotten how it ended, since its result was kept only for a while.
bool is_forgotten(const Job& job);

/// True while an execution waits or works.
bool is_under_way(const Job& job);

}  // namespace matview::providers::dune
