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
class Statement;
}  // namespace SQLite

namespace matview::engine {

// Files of a table in the catalog. All but the first two throw SQLite::Exception.

/// The directory of a view's files relative to `data/`: "main/orders-7". Names that could trouble a file system give
/// way to the id alone.
std::string table_directory(const std::string& name, std::int64_t table_id);

/// The identity of a file now; `failed` if it is not there.
Result<FileState> state_of(const std::filesystem::path& path);

/// An identity as the catalog has it: size, mtime, ctime, inode and device, from `column` on.
FileState identity_at(const SQLite::Statement& row, int column, std::string path);

/// Where the files of a table are, relative to `data/`, with a trailing slash; empty if there is no such table.
std::string data_path_of(SQLite::Database& database, std::int64_t table_id);

/// The files of a view at a snapshot with their delete files, in their order.
std::vector<DataFile> read_data_files(SQLite::Database& database, std::int64_t table_id, std::int64_t snapshot,
                                      const std::filesystem::path& data_directory);

/// Ends all files of a table with `snapshot`. Returns how many data files there were.
std::int64_t end_data_files(SQLite::Database& database, std::int64_t table_id, std::int64_t snapshot);

/// A new file with its state on disk.
struct MeasuredFile {
  NewDataFile file;
  FileState state;
};
struct MeasuredDeleteFile {
  NewDeleteFile file;
  FileState state;
};

/// Adds files from `snapshot` on, behind those there are, taking their ids from it. `fields` are the table's; columns
/// the table does not have, named "__matview_…", are left out of its statistics.
Result<void> add_data_files(SQLite::Database& database, std::int64_t table_id, LakeSnapshot& snapshot,
                            const std::vector<MeasuredFile>& files, const std::vector<FieldId>& fields);

/// Makes each of `files` its data file's delete file from `snapshot` on. A data file that has no row left is ended
/// instead. `internal` for positions that are fewer than before or more than there are rows.
Result<void> add_delete_files(SQLite::Database& database, std::int64_t table_id, LakeSnapshot& snapshot,
                              const std::vector<MeasuredDeleteFile>& files);

/// Rows of a table now, deleted ones left out, and bytes of its files, delete files included.
struct LiveSize {
  std::int64_t rows = 0;
  std::int64_t bytes = 0;
};
LiveSize live_size(SQLite::Database& database, std::int64_t table_id);

/// Makes the statistics of a table bounds for all of its files in the catalog, whatever version they belong to. Readers
/// take the bounds for exact at a snapshot that has as many rows as the record count says, so that it counts all rows
/// of all of these files.
void write_table_stats(SQLite::Database& database, std::int64_t table_id, std::int64_t added_rows);

/// Takes the files of a table that ended at `snapshot` or before (all, if empty) out of the catalog and puts them on
/// the list of files to be deleted. Returns how many.
std::int64_t schedule_ended_files(SQLite::Database& database, std::int64_t table_id,
                                  std::optional<std::int64_t> snapshot, Time now);

}  // namespace matview::engine
