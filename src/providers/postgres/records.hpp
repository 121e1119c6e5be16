#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "matview/provider.hpp"
#include "providers/postgres/database.hpp"

namespace matview::providers::postgres {

// The server keeps no record of refreshes: the job log here does. A record belongs to the view of its oid, so that one
// dropped and made again under the same name begins without a past.

/// By what a job that runs is found again at the server: the backend process that runs it.
struct Clue {
  std::int64_t oid = 0;
  std::string pid;
  std::string backend_start;  ///< as the server writes it: pids come again
};

Value to_value(const Clue& clue);
Clue read_clue(const Value& value);

/// Who this connection is.
Result<Clue> clue_of(Connection& connection, std::int64_t oid, Control& control);

/// The jobs on record of the view, newest first.
Result<std::vector<JobRecord>> records_of(const ProviderContext& context, const std::string& view, std::int64_t oid,
                                          std::int64_t limit);

Result<std::vector<Job>> history(const Database& database, const HistoryRequest& request, Control& control);

/// The record, brought up to date: one whose process still works is running.
Result<Job> job(const Database& database, const std::string& id, Control& control);

/// Asks the server to cancel what the job's process does, if that still runs.
Result<Job> cancel(const Database& database, const std::string& id, Control& control);
Result<Plan> plan_cancel(const Database& database, const std::string& id, Control& control);

}  // namespace matview::providers::postgres
