#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/store/records.hpp"
#include "matview/result.hpp"

namespace SQLite {
class Database;
}

namespace matview::engine {

/// One row of ducklake_column.
struct LakeColumn {
  std::int64_t id = 0;
  std::int64_t order = 0;
  std::string name;
  std::string type;  ///< DuckLake's name
  std::optional<std::int64_t> parent;
  bool operator==(const LakeColumn&) const = default;
};

/// The columns of a table at its newest snapshot, in their order. Throws SQLite::Exception.
std::vector<LakeColumn> current_columns(SQLite::Database& database, std::int64_t table_id);

/// The ids that a table's fields get for `columns`: a column of the same name and storage type keeps those it has in
/// `current`, every other one takes new ones from `next_id` on. `unsupported` for types DuckLake has no name for.
Result<std::vector<FieldId>> assign_fields(const std::vector<StoredColumn>& columns,
                                           const std::vector<LakeColumn>& current, std::int64_t next_id);

/// The rows of ducklake_column for `columns` with those ids.
Result<std::vector<LakeColumn>> lake_columns(const std::vector<StoredColumn>& columns,
                                             const std::vector<FieldId>& fields);

/// One more than the highest id among them.
std::int64_t next_field_id(const std::vector<LakeColumn>& columns, std::int64_t next_id);

/// Ends and adds rows of ducklake_column so that `wanted` holds from `snapshot` on. Throws SQLite::Exception.
void write_columns(SQLite::Database& database, std::int64_t table_id, std::int64_t snapshot,
                   const std::vector<LakeColumn>& current, const std::vector<LakeColumn>& wanted);

/// The id of the leaf that statistics speak of; empty for one that is not there.
std::optional<std::int64_t> field_id_of(const std::vector<FieldId>& fields, const std::vector<std::string>& path);

}  // namespace matview::engine
