#pragma once

#include <cstdint>
#include <vector>

#include "engine/store/records.hpp"
#include "matview/time.hpp"

namespace SQLite {
class Database;
}

namespace matview::engine {

// Source files that are kept for a view's next refresh. The functions throw SQLite::Exception.

std::vector<RetainedFile> read_retained(SQLite::Database& database, std::int64_t view_id);

/// Those of all views.
std::vector<RetainedFile> read_retained(SQLite::Database& database);

/// Makes `files` all that is retained for a view, and schedules those that are no longer.
void write_retained(SQLite::Database& database, std::int64_t view_id, const std::vector<RetainedFile>& files, Time now);

/// Those touches that concern a file which some version is on record to have read.
std::vector<FileTouch> known_touches(SQLite::Database& database, const std::vector<FileTouch>& touches);

/// Puts the new ctime of touched files where the old one was on record: they are still what was read.
void write_touches(SQLite::Database& database, const std::vector<FileTouch>& touches);

}  // namespace matview::engine
