#pragma once

#include <cstdint>

#include "engine/store/records.hpp"

namespace SQLite {
class Database;
}

namespace matview::engine {

// States of sources, kept as ranges of versions. All throw SQLite::Exception.

SourceVector read_sources(SQLite::Database& database, std::int64_t view_id, std::int64_t version);

/// Makes `sources` the states from `version` on, which is the view's newest. Writes only what differs.
void write_sources(SQLite::Database& database, std::int64_t view_id, std::int64_t version, const SourceVector& sources);

/// Forgets what only versions before `oldest` had.
void expire_sources(SQLite::Database& database, std::int64_t view_id, std::int64_t oldest);

void remove_sources(SQLite::Database& database, std::int64_t view_id);

}  // namespace matview::engine
