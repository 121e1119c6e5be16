#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "matview/environment.hpp"
#include "matview/result.hpp"

namespace SQLite {
class Database;
}

namespace matview::engine {

/// Version of the matview_* tables. A store with a higher one is refused.
inline constexpr std::int64_t k_store_schema = 3;

/// Makes a complete, empty catalog as `file`, which must not exist: DuckLake's 28 tables, ours, and snapshot 0 with
/// the schema "main". Synced when this returns, without a log beside it.
Result<void> create_catalog_file(const std::filesystem::path& file, const std::filesystem::path& data_directory,
                                 const Environment& environment);

/// Brings the matview_* tables of an older catalog to this version; those of this one it leaves alone. Throws
/// SQLite::Exception.
Result<void> upgrade_schema(SQLite::Database& database, const std::filesystem::path& file);

/// Whether the tables are those of an earlier version. Throws SQLite::Exception.
bool is_older_schema(SQLite::Database& database);

/// Whether the catalog knows of schedules and suspended views. Throws SQLite::Exception.
bool has_schedule_columns(SQLite::Database& database);

/// Whether the catalog has what incremental refreshes keep: plans, state relations, retained sources. One that was
/// never opened for writing since may still be without; then there is none of these. Throws SQLite::Exception.
bool has_incremental_tables(SQLite::Database& database);

/// Refuses catalogs this program does not understand. Throws SQLite::Exception.
Result<void> check_schema(SQLite::Database& database, const std::filesystem::path& file);

/// How DuckLake writes a time: "2026-11-21 02:57:30.281798+00", without trailing zeros.
std::string lake_time(Time time);

}  // namespace matview::engine
