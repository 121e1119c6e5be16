#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "engine/store/data_files.hpp"
#include "engine/store/records.hpp"
#include "matview/time.hpp"

namespace SQLite {
class Database;
}

namespace matview::engine {

// What an incremental view keeps for its next refresh: state relations and source files. All of it is of the current
// version alone. The functions throw SQLite::Exception.

/// How one state relation goes on, its files measured.
struct MeasuredRelation {
  std::vector<StoredColumn> columns;
  bool replaces = true;
  std::vector<MeasuredFile> files;
  std::vector<MeasuredDeleteFile> deletes;
};

/// Looks at the files of a change in `directory`; `failed` for one that is not as it was written.
Result<MeasuredRelation> measure(const std::filesystem::path& directory, const RelationChange& change);

/// State relations by number; `directory` is that of the view's state.
std::map<std::int64_t, StateRelation> read_state(SQLite::Database& database, std::int64_t view_id,
                                                 const std::filesystem::path& directory);

/// A number that changes with the state.
std::int64_t read_state_serial(SQLite::Database& database, std::int64_t view_id);

/// Changes the relations in `state` and schedules what that leaves without use. Without `keeps` all others go.
Result<void> write_state(SQLite::Database& database, std::int64_t view_id,
                         const std::map<std::int64_t, MeasuredRelation>& state, bool keeps, Time now);

/// Forgets a view's state and schedules its files.
void remove_state(SQLite::Database& database, std::int64_t view_id, Time now);

/// A private file that is to be deleted.
struct ScheduledPrivateFile {
  std::string path;  ///< relative to the store
  std::int64_t view_id = 0;
};

std::vector<ScheduledPrivateFile> read_scheduled_private(SQLite::Database& database, Time before,
                                                         std::optional<std::int64_t> view_id);
void forget_scheduled_private(SQLite::Database& database, const std::string& path);

}  // namespace matview::engine
