#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "matview/provider.hpp"
#include "matview/secret.hpp"
#include "matview/value.hpp"

namespace matview::providers::external {

// The messages that go to a program, and the arguments of requests.

/// Second message: the profile. The only one that holds secrets.
Value open_message(const std::string& profile, const std::map<std::string, std::string>& settings,
                   const std::map<std::string, Secret>& secrets);

/// `run` is the same for requests that are to see the same state of the sources.
Value request_message(std::int64_t id, std::string_view operation, std::int64_t run, bool dry_run, Value arguments,
                      const Control& control);

/// Asks for the end of a request; `reason` is "interrupted", "terminated" or "timeout".
Value cancel_message(std::int64_t id, std::string_view reason);

Value to_arguments(const CreateRequest& request);
/// `key` is our own id of the job, for the program to find it by if its answer is lost.
Value to_arguments(const RefreshRequest& request, const std::string& key);
Value to_arguments(const ListRequest& request);
Value to_arguments(const DescribeRequest& request);
Value to_arguments(const DropRequest& request);
Value to_arguments(const HistoryRequest& request);
Value to_arguments(const QueryRequest& request);
Value to_arguments(const VerifyRequest& request);
Value to_arguments(const ExplainRequest& request);
Value to_arguments(const GcRequest& request);

}  // namespace matview::providers::external
