#include "engine/refresh/stored_columns.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "engine/duckdb/types.hpp"

namespace matview::engine {

namespace {

/// The first difference between the columns a view was created with and those its query has now.
std::string column_difference(const std::vector<StoredColumn>& created, const std::vector<StoredColumn>& now) {
  for (std::size_t i = 0; i < created.size() && i < now.size(); ++i)
    if (created[i].name != now[i].name || created[i].type != now[i].type)
      return fmt::format("column {} was '{}' {} and is '{}' {}", i + 1, created[i].name, created[i].type, now[i].name,
                         now[i].type);
  return fmt::format("there were {} columns and are {}", created.size(), now.size());
}

}  // namespace

bool same_query_columns(const std::vector<StoredColumn>& left, const std::vector<StoredColumn>& right) {
  return std::equal(left.begin(), left.end(), right.begin(), right.end(),
                    [](const StoredColumn& l, const StoredColumn& r) { return l.name == r.name && l.type == r.type; });
}

std::vector<Column> query_columns(const std::vector<StoredColumn>& stored) {
  std::vector<Column> columns;
  for (const auto& column : stored) columns.push_back({column.name, column.type});
  return columns;
}

Result<void> require_columns(Database& database, const std::string& sql, const std::vector<StoredColumn>& created) {
  MATVIEW_ASSIGN(const auto described, database.describe(sql));
  MATVIEW_ASSIGN(const auto columns, storage_columns(described));
  if (same_query_columns(created, columns)) return {};
  return fail(Error(ErrorCode::failed,
                    "its columns are no longer those it was created with: " + column_difference(created, columns))
                  .with_hint("create it again with --replace to take the new columns"));
}

}  // namespace matview::engine
