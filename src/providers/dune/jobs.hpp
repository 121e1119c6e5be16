#pragma once

#include <string>

#include "matview/control.hpp"
#include "matview/provider.hpp"
#include "providers/dune/service.hpp"

namespace matview::providers::dune {

/// How a job is doing, by the execution's id or the key of its record. A job whose answer was lost is looked for.
Result<Job> job(const Service& service, const std::string& id, Control& control);

/// The execution of a job as far as that is on record; an id of no record is that of an execution. Asks nobody.
/// `not_found` for a job whose execution is not known.
Result<std::string> recorded_execution(const Service& service, const std::string& id);

/// Asks for a job's end, which bills what ran until then. One that has ended is left as it is.
Result<Job> cancel(const Service& service, const std::string& id, Control& control);

}  // namespace matview::providers::dune
