#pragma once

#include <cstdint>
#include <string>

#include "engine/store/records.hpp"
#include "matview/result.hpp"

namespace SQLite {
class Database;
}

namespace matview::engine {

/// The key of Job::native that tells of a refresh nobody asked for by name.
inline constexpr const char* k_unattended = "unattended";

/// A view is suspended when so many unattended refreshes of it have failed in a row.
inline constexpr std::int64_t k_failures_to_suspend = 5;

// How unattended refreshes have gone. All work in the transaction that is open and throw SQLite::Exception.

/// Takes a job into account that is about to be written: a success is noted and ends a row of failures, the failure of
/// an unattended refresh is counted once, and the last one of too many suspends the view with all that reads from it,
/// however indirectly.
Result<void> count_outcome(SQLite::Database& database, std::int64_t view_id, const Job& job);

/// See Store::suspend and Store::resume.
Result<ViewRecord> suspend_view(SQLite::Database& database, std::int64_t view_id, const std::string& reason, Time now);
Result<ViewRecord> resume_view(SQLite::Database& database, std::int64_t view_id);

/// What has succeeded so far was another definition.
void forget_success(SQLite::Database& database, std::int64_t view_id);

}  // namespace matview::engine
