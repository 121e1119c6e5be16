#include <SQLiteCpp/SQLiteCpp.h>
#include <SQLiteCpp/VariadicBind.h>

#include <algorithm>

#include "engine/duckdb/database.hpp"
#include "engine/lake/lake_rows.hpp"

namespace matview::engine {

namespace {

/// The snapshot at which a table got the columns that rows of this schema version have.
std::int64_t first_snapshot(SQLite::Database& database, std::int64_t schema_version) {
  SQLite::Statement query(database,
                          "SELECT min(begin_snapshot) FROM ducklake_schema_versions WHERE schema_version = ?");
  SQLite::bind(query, schema_version);
  return query.executeStep() ? query.getColumn(0).getInt64() : 0;
}

/// The columns of `fields` that the inlined table has, in its order.
Result<std::vector<LakeField>> columns_of(SQLite::Database& database, const std::string& table,
                                          const std::vector<LakeField>& fields) {
  SQLite::Statement query(database, "SELECT name FROM pragma_table_info(?) ORDER BY cid");
  SQLite::bind(query, table);
  std::vector<LakeField> columns;
  for (int index = 0; query.executeStep(); ++index) {
    if (index < 3) continue;  // row_id, begin_snapshot, end_snapshot
    const std::string name = query.getColumn(0).getString();
    const auto found = std::find_if(fields.begin(), fields.end(), [&](const auto& f) { return f.name == name; });
    if (found == fields.end())
      return fail(ErrorCode::unsupported,
                  "rows in the catalog's table '" + table + "' have a column that is not on record: '" + name + "'");
    columns.push_back(*found);
  }
  return columns;
}

Result<LakeInlinedRows> rows_of(SQLite::Database& database, const std::string& table,
                                const std::vector<LakeField>& fields, std::int64_t snapshot) {
  LakeInlinedRows result;
  result.table = table;
  MATVIEW_ASSIGN(result.columns, columns_of(database, table, fields));
  std::string list;
  for (const LakeField& column : result.columns) list += ", " + quote_identifier(column.name);
  result.is_blob.assign(result.columns.size(), false);
  if (list.empty()) return result;
  SQLite::Statement query(database, "SELECT row_id, begin_snapshot" + list + " FROM " + quote_identifier(table) +
                                        " WHERE begin_snapshot <= ?1 AND (end_snapshot IS NULL OR end_snapshot > ?1)"
                                        " ORDER BY row_id");
  SQLite::bind(query, snapshot);
  while (query.executeStep()) {
    std::vector<std::optional<std::string>> row;
    result.ids.emplace_back(query.getColumn(0).getInt64(), query.getColumn(1).getInt64());
    for (int i = 2; i < query.getColumnCount(); ++i) {
      const SQLite::Column cell = query.getColumn(i);
      if (cell.isBlob()) result.is_blob[static_cast<std::size_t>(i) - 2] = true;
      row.push_back(cell.isNull() ? std::nullopt : std::optional(cell.getString()));
    }
    result.rows.push_back(std::move(row));
  }
  return result;
}

}  // namespace

Result<std::vector<LakeInlinedRows>> read_inlined_rows(SQLite::Database& database, std::int64_t table_id,
                                                       std::int64_t snapshot) {
  SQLite::Statement query(database,
                          "SELECT table_name, schema_version FROM ducklake_inlined_data_tables WHERE table_id = ?"
                          " ORDER BY schema_version");
  SQLite::bind(query, table_id);
  std::vector<LakeInlinedRows> all;
  while (query.executeStep()) {
    const std::string table = query.getColumn(0).getString();
    if (!database.tableExists(table)) continue;
    const std::int64_t begin = first_snapshot(database, query.getColumn(1).getInt64());
    if (begin > snapshot) continue;
    MATVIEW_ASSIGN(auto rows, rows_of(database, table, read_lake_columns(database, table_id, begin), snapshot));
    if (!rows.rows.empty()) all.push_back(std::move(rows));
  }
  return all;
}

}  // namespace matview::engine
