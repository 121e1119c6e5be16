#pragma once

#include <cstdint>

#include "engine/store/records.hpp"
#include "matview/time.hpp"

namespace SQLite {
class Database;
}

namespace matview::engine {

/// Removes the versions beyond a view's retention from the catalog and schedules the files only they had. Up to ten
/// more stay while a view downstream was last computed from them and has a plan to go on from there. A reader that goes
/// back to a snapshot before the oldest version left finds no such table rather than wrong rows. Returns how many
/// versions went. Throws SQLite::Exception.
std::int64_t apply_retention(SQLite::Database& database, std::int64_t view_id, const Retention& retention, Time now);

}  // namespace matview::engine
