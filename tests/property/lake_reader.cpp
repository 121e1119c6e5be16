#include "lake_reader.hpp"

#include <SQLiteCpp/SQLiteCpp.h>
#include <SQLiteCpp/VariadicBind.h>
#include <fmt/format.h>

#include <stdexcept>

#include "engine/duckdb/database.hpp"

namespace matview::property {

namespace {

using engine::quote_identifier;
using engine::quote_literal;

// The queries of the specification's page "Queries", for one table.
constexpr const char* k_files = R"sql(
SELECT data.path, data.path_is_relative, del.path, del.path_is_relative, data.record_count, del.delete_count
FROM ducklake_data_file AS data
JOIN ducklake_table AS t USING (table_id)
LEFT JOIN (SELECT * FROM ducklake_delete_file
           WHERE ?2 >= begin_snapshot AND (?2 < end_snapshot OR end_snapshot IS NULL)) AS del USING (data_file_id)
WHERE t.table_name = ?1 AND t.end_snapshot IS NULL
  AND ?2 >= data.begin_snapshot AND (?2 < data.end_snapshot OR data.end_snapshot IS NULL)
ORDER BY data.file_order)sql";

std::string absolute(const std::filesystem::path& folder, const SQLite::Column& path, const SQLite::Column& relative) {
  return relative.getInt() != 0 ? (folder / path.getString()).string() : path.getString();
}

std::string select_list(const std::vector<Column>& columns) {
  std::string list;
  for (const auto& column : columns)
    list += fmt::format("{}CAST({} AS {})", list.empty() ? "" : ", ", quote_identifier(column.name), column.type);
  return list;
}

}  // namespace

LakeReader::LakeReader(const std::filesystem::path& store)
    : catalog_(std::make_unique<SQLite::Database>((store / "catalog.sqlite").string(), SQLite::OPEN_READONLY)) {}

LakeReader::~LakeReader() = default;

std::map<std::int64_t, std::int64_t> LakeReader::versions(const std::string& view) {
  SQLite::Statement query(*catalog_,
                          "SELECT version, snapshot_id FROM matview_version JOIN matview_view USING (view_id) "
                          "WHERE name = ?");
  SQLite::bind(query, view);
  std::map<std::int64_t, std::int64_t> versions;
  while (query.executeStep()) versions.emplace(query.getColumn(0).getInt64(), query.getColumn(1).getInt64());
  return versions;
}

std::filesystem::path LakeReader::folder(const std::string& view) {
  SQLite::Statement query(*catalog_,
                          "SELECT (SELECT value FROM ducklake_metadata WHERE key = 'data_path') || s.path || t.path "
                          "FROM ducklake_table t JOIN ducklake_schema s USING (schema_id) "
                          "WHERE t.table_name = ? AND t.end_snapshot IS NULL");
  SQLite::bind(query, view);
  if (!query.executeStep()) throw std::runtime_error("the catalog has no table '" + view + "'");
  return query.getColumn(0).getString();
}

LakeReader::Stored LakeReader::stored(const std::string& view, std::int64_t snapshot,
                                      const std::vector<Column>& columns) {
  const auto directory = folder(view);
  SQLite::Statement query(*catalog_, k_files);
  SQLite::bind(query, view, snapshot);
  Stored stored;
  auto& sql = stored.sql;
  const auto relation = [&](const SQLite::Column& path, const SQLite::Column& relative, const char* more) {
    stored.files.push_back(absolute(directory, path, relative));
    return fmt::format("read_parquet([{}], hive_partitioning = false{})", quote_literal(stored.files.back().string()),
                       more);
  };
  const auto list = select_list(columns);
  while (query.executeStep()) {
    sql += fmt::format("{}SELECT {} FROM {}", sql.empty() ? "" : " UNION ALL ", list,
                       relation(query.getColumn(0), query.getColumn(1), ", file_row_number = true"));
    if (!query.getColumn(2).isNull())
      sql += fmt::format(" WHERE file_row_number NOT IN (SELECT pos FROM {})",
                         relation(query.getColumn(2), query.getColumn(3), ""));
    stored.rows += query.getColumn(4).getInt64() - query.getColumn(5).getInt64();
  }
  if (!sql.empty()) return stored;
  for (const auto& column : columns) sql += fmt::format("{}NULL::{}", sql.empty() ? "" : ", ", column.type);
  sql = "SELECT " + sql + " WHERE false";
  return stored;
}

}  // namespace matview::property
