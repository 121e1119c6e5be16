#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "engine/store/data_files.hpp"
#include "engine/store/state_rows.hpp"
#include "engine/store/store.hpp"
#include "matview/environment.hpp"

namespace SQLite {
class Database;
}

namespace matview::engine {

// What changes views, each inside the write transaction its caller holds. All throw SQLite::Exception.

Result<ViewRecord> insert_view(SQLite::Database& database, const ViewDefinition& definition,
                               const Environment& environment);
Result<ViewRecord> replace_view(SQLite::Database& database, std::int64_t view_id, const ViewDefinition& definition,
                                const Environment& environment);
Result<void> remove_view(SQLite::Database& database, std::int64_t view_id, const Environment& environment);

Result<std::vector<FieldId>> read_field_ids(SQLite::Database& database, std::int64_t view_id,
                                            const std::vector<StoredColumn>& columns);

std::string read_plan(SQLite::Database& database, std::int64_t view_id);
void write_plan(SQLite::Database& database, std::int64_t view_id, const std::string& plan, Time now);

/// The files of a commit with their state on disk.
struct MeasuredCommit {
  MeasuredRelation rows;
  std::map<std::int64_t, MeasuredRelation> state;
  std::optional<std::int64_t> state_base;  ///< the serial number of the state the refresh began with, if it read it
};

Result<VersionRecord> publish_version(SQLite::Database& database, const RefreshCommit& commit,
                                      const MeasuredCommit& measured, const Environment& environment);

}  // namespace matview::engine
