#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "engine/store/records.hpp"
#include "matview/job.hpp"
#include "matview/result.hpp"

namespace SQLite {
class Database;
}

namespace matview::engine {

// Views, versions and jobs as records. All work in the transaction that is open and throw SQLite::Exception.

/// All views by name, with current version and newest job, in one query.
Result<std::vector<ViewRecord>> read_views(SQLite::Database& database);
Result<std::optional<ViewRecord>> read_view(SQLite::Database& database, std::string_view name);
Result<std::optional<ViewRecord>> read_view(SQLite::Database& database, std::int64_t view_id);

/// Newest first.
std::vector<VersionRecord> read_versions(SQLite::Database& database, std::int64_t view_id);
void insert_version(SQLite::Database& database, std::int64_t view_id, const VersionRecord& version);

/// Newest first.
Result<std::vector<Job>> read_jobs(SQLite::Database& database, std::int64_t view_id, std::int64_t limit);
Result<std::optional<Job>> read_job(SQLite::Database& database, std::string_view id);
/// Adds a job or brings it up to date, counts what came of it, and drops the oldest beyond what is kept of a view.
Result<void> write_job(SQLite::Database& database, std::int64_t view_id, const Job& job);

/// The error for a view that has gone while somebody worked on it.
Error view_is_gone(std::int64_t view_id);

}  // namespace matview::engine
