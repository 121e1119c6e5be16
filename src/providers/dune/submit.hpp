#pragma once

#include <optional>
#include <string>
#include <vector>

#include "matview/control.hpp"
#include "matview/http.hpp"
#include "matview/job.hpp"
#include "matview/request.hpp"
#include "providers/dune/service.hpp"

namespace matview::providers::dune {

/// By what a run whose answer was lost is found again: it is one that the view did not have before.
struct Clue {
  std::string view;               ///< its full name, or the bare one where the account is not known
  std::vector<std::string> seen;  ///< its executions before the request, newest first
};

Value to_value(const Clue& clue);
std::optional<Clue> read_clue(const Value& value);

/// Which of a view's executions the lost request started: the oldest that came after all seen ones. `around` is when
/// the request was sent, if that was long ago: what was made more than 15 minutes from it belongs to somebody else.
std::optional<std::string> started_run(const Clue& clue, const std::vector<std::string>& executions,
                                       std::optional<Time> around);

/// Looks for it at the service, once. None if there is no such run, or no such view.
Result<std::optional<std::string>> find_run(const Service& service, const Clue& clue, std::optional<Time> around,
                                            Control& control);

/// Sends a request that starts a billed run, once, with the job on record before and after. Where the answer is lost
/// the service is asked for a new run a few times over a few seconds; without one the error is `unanswered`.
Result<Job> submit(const Service& service, const std::string& operation, const std::string& view, const Clue& clue,
                   HttpRequest request, const std::string& reason, Control& control);

/// `failed` unless as many credits are left as --max-credits asks for.
Result<void> check_credits(const Service& service, const OptionValues& options, Control& control);

}  // namespace matview::providers::dune
