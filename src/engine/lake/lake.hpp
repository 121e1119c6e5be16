#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/store/relation_sql.hpp"
#include "matview/result.hpp"
#include "matview/view.hpp"

namespace matview::engine {

/// One table of a DuckLake at one snapshot, as SQL that DuckDB can run without the DuckLake extension.
struct LakeTable {
  std::string uuid;
  std::int64_t snapshot_id = 0;  ///< the catalog's newest snapshot
  std::int64_t changed_snapshot =
      0;  ///< the newest snapshot up to it that changed this table: what change detection compares
  std::vector<Column> columns;  ///< DuckDB types
  std::int64_t rows = 0;        ///< as the catalog has it: for an older snapshot of compacted files it may be off
  std::int64_t bytes = 0;
  std::string select_sql;  ///< "SELECT … FROM read_parquet(…) …": data files less delete files plus inlined rows
  std::vector<std::string> files;  ///< absolute paths it reads
};

/// Reads DuckLake catalogs kept in SQLite (format 0.3 to 1.0), a matview store among them, by the queries of the
/// specification's page "Queries". Never writes. Foreign features it cannot honour (encryption, puffin deletion
/// vectors) are `unsupported`, by name, never ignored.
class Lake {
 public:
  static Result<std::unique_ptr<Lake>> open(const std::filesystem::path& catalog);
  virtual ~Lake() = default;

  /// Names of the tables at the newest snapshot as (schema, table).
  virtual Result<std::vector<std::pair<std::string, std::string>>> tables() = 0;

  /// The table at `snapshot` (the newest if empty). `not_found` names near ones.
  virtual Result<LakeTable> table(std::string_view schema, std::string_view name,
                                  std::optional<std::int64_t> snapshot) = 0;

  /// What changed in the rows of a table between two snapshots, exactly. `lost` where that cannot be told: a snapshot
  /// has expired, the table was made anew, its columns were altered.
  virtual Result<RowsChange> changes(std::string_view schema, std::string_view name, std::int64_t from,
                                     std::int64_t to) = 0;
};

/// DuckLake's name of a DuckDB storage type ("int64" for "BIGINT", "decimal(10,2)"), and back.
/// Only for scalar types; `unsupported` for others.
Result<std::string> lake_type_name(std::string_view duckdb_type);
Result<std::string> duckdb_type_name(std::string_view lake_type);

}  // namespace matview::engine
