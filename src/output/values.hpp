#pragma once

#include <string>
#include <vector>

#include "matview/provider.hpp"
#include "matview/value.hpp"

namespace matview::output {

// The documents of -o json, key by key as the contract of the command line names them. What is unknown is null.

Value to_value(const Error& error);
Value to_value(const Job& job);
Value to_value(const Source& source);
Value to_value(const Column& column);
Value to_value(const Version& version);
Value to_value(const View& view);
Value to_value(const Verification& verification);
Value to_value(const Technique& technique);
Value to_value(const Explanation& explanation);
Value to_value(const GcReport& report);
Value to_value(const Plan& plan);
Value to_value(const Check& check);

/// Seconds as a decimal number of at most six places and never with an exponent: scripts read it with all kinds of
/// tools.
Value seconds_value(Duration duration);

/// The view with what only `show` tells: freshness_reason, downstream, columns, versions.
Value to_detailed_value(const View& view);

/// Key names in order, for --fields.
const std::vector<std::string>& view_fields();
const std::vector<std::string>& job_fields();

/// `usage` for a field that is not among `known`, with the nearest one and the whole list. To be asked before anything
/// is done, so that a mistyped field changes nothing.
Result<void> check_fields(const std::vector<std::string>& fields, const std::vector<std::string>& known);

}  // namespace matview::output
