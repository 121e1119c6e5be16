#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "engine/store/fields.hpp"
#include "engine/store/records.hpp"
#include "engine/store/snapshots.hpp"
#include "matview/result.hpp"

namespace SQLite {
class Database;
}

namespace matview::engine {

// Files of a table in the catalog. All but the first two throw SQLite::Exception.

/// The directory of a view's files relative to `data/`: "main/orders-7". Names that could trouble a file system give
/// way to the id alone.
std::string table_directory(const std::string& name, std::int64_t table_id);

/// The identity of a file now; `failed` if it is not there.
Result<FileState> state_of(const std::filesystem::path& path);

/// Where the files of a table are, relative to `data/`, with a trailing slash; empty if there is no such table.
std::string data_path_of(SQLite::Database& database, std::int64_t table_id);

/// The files of a view at a snapshot, in their order.
std::vector<DataFile> read_data_files(SQLite::Database& database, std::int64_t table_id, std::int64_t snapshot,
                                      const std::filesystem::path& data_directory);

/// Ends all files of a table with `snapshot`. Returns their rows.
std::int64_t end_data_files(SQLite::Database& database, std::int64_t table_id, std::int64_t snapshot);

/// A new file with its state on disk.
struct MeasuredFile {
  NewDataFile file;
  FileState state;
};

/// Adds files from `snapshot` on, taking their ids from it. `fields` are the table's.
Result<void> add_data_files(SQLite::Database& database, std::int64_t table_id, LakeSnapshot& snapshot,
                            const std::vector<MeasuredFile>& files, const std::vector<FieldId>& fields);

/// Makes the statistics of a table bounds for all of its files in the catalog, whatever version they belong to.
void write_table_stats(SQLite::Database& database, std::int64_t table_id, std::int64_t added_rows);

/// Takes the files of a table that ended at `snapshot` or before (all, if empty) out of the catalog and puts them on
/// the list of files to be deleted. Returns how many.
std::int64_t schedule_ended_files(SQLite::Database& database, std::int64_t table_id,
                                  std::optional<std::int64_t> snapshot, Time now);

}  // namespace matview::engine
