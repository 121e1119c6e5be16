#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "engine/store/records.hpp"
#include "matview/time.hpp"

namespace SQLite {
class Database;
}

namespace matview::engine {

/// The oldest version to keep of `versions` (newest first); empty if there is none at all.
std::optional<std::int64_t> oldest_kept(const std::vector<VersionRecord>& versions, const Retention& retention,
                                        Time now);

/// Removes versions before `oldest` from the catalog and schedules the files only they had. A reader that goes back to
/// a snapshot before the oldest version finds no such table rather than wrong rows. Returns how many versions went.
/// Throws SQLite::Exception.
std::int64_t expire_versions(SQLite::Database& database, std::int64_t view_id, std::int64_t oldest, Time now);

}  // namespace matview::engine
