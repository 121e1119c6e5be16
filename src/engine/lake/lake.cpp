#include "engine/lake/lake.hpp"

#include <SQLiteCpp/SQLiteCpp.h>
#include <SQLiteCpp/VariadicBind.h>

#include <algorithm>

#include "engine/lake/lake_changes.hpp"
#include "engine/lake/lake_rows.hpp"
#include "engine/lake/lake_sql.hpp"
#include "engine/store/sqlite.hpp"
#include "support/edit_distance.hpp"

namespace matview::engine {

namespace fs = std::filesystem;

namespace {

/// Fields below the columns, where DuckDB finds them by name and not by id: a name that meant another field when a file
/// was written would bring its values back under the wrong name.
Result<void> check_nested_names(SQLite::Database& database, const LakeTableRows& table, const LakeField& parent,
                                const std::string& column) {
  SQLite::Statement renamed(database,
                            "SELECT 1 FROM ducklake_column WHERE table_id = ?1 AND begin_snapshot <= ?2"
                            " AND end_snapshot > ?2 AND ((column_id = ?3 AND column_name <> ?4)"
                            " OR (column_id <> ?3 AND parent_column = ?5 AND column_name = ?4))");
  for (const LakeField& field : parent.children) {
    for (const LakeDataFile& file : table.files) {
      if (file.begin_snapshot >= field.begin_snapshot) continue;
      SQLite::bind(renamed, table.table_id, file.begin_snapshot, field.id, field.name, parent.id);
      const bool differs = renamed.executeStep();
      renamed.reset();
      if (differs)
        return fail(ErrorCode::unsupported, "the field '" + field.name + "' of column '" + column +
                                                "' was renamed or replaced after files were written");
    }
    MATVIEW_TRY(check_nested_names(database, table, field, column));
  }
  return {};
}

LakeTable described(const LakeTableRows& rows, std::int64_t newest) {
  LakeTable table;
  table.uuid = rows.uuid;
  table.snapshot_id = newest;
  table.changed_snapshot = rows.changed_snapshot;
  for (const LakeDataFile& file : rows.files) {
    table.rows += file.rows - static_cast<std::int64_t>(file.inlined_deletes.size());
    table.bytes += file.bytes;
    table.files.push_back(file.path);
    if (!file.deletes) continue;
    table.rows -= file.deletes->count;
    table.files.push_back(file.deletes->path);
  }
  for (const LakeInlinedRows& inlined : rows.inlined) table.rows += static_cast<std::int64_t>(inlined.rows.size());
  return table;
}

class SqliteLake final : public Lake {
 public:
  explicit SqliteLake(std::unique_ptr<Catalog> catalog) : catalog_(std::move(catalog)) {}

  Result<std::vector<std::pair<std::string, std::string>>> tables() override {
    using Names = std::vector<std::pair<std::string, std::string>>;
    return catalog_->read([](SQLite::Database& database) -> Result<Names> {
      return read_lake_tables(database, read_newest_snapshot(database));
    });
  }

  Result<LakeTable> table(std::string_view schema, std::string_view name,
                          std::optional<std::int64_t> snapshot) override {
    return catalog_->read(
        [&](SQLite::Database& database) { return read(database, std::string(schema), std::string(name), snapshot); });
  }

  Result<RowsChange> changes(std::string_view schema, std::string_view name, std::int64_t from,
                             std::int64_t to) override {
    return catalog_->read([&](SQLite::Database& database) {
      return compare(database, std::string(schema), std::string(name), from, to);
    });
  }

 private:
  Result<RowsChange> compare(SQLite::Database& database, const std::string& schema, const std::string& name,
                             std::int64_t from, std::int64_t to) {
    MATVIEW_ASSIGN(const LakeSource source, read_lake_source(database, catalog_->file()));
    MATVIEW_TRY(check_snapshot(database, to));
    MATVIEW_ASSIGN(const auto after, read_lake_table(database, source, schema, name, to));
    if (!after) return fail(no_table(database, schema, name, to));
    const std::string snapshot = "snapshot " + std::to_string(from) + " of " + schema + "." + name;
    if (!check_snapshot(database, from)) return lost(snapshot + " has expired");
    MATVIEW_ASSIGN(const auto before, read_lake_table(database, source, schema, name, from));
    if (!before) return lost(snapshot + " is no longer there");
    if (before->uuid != after->uuid) return lost(schema + "." + name + " was made anew");
    if (!same_fields(before->columns, after->columns))
      return lost("the columns of " + schema + "." + name + " changed");
    for (const auto& rows : {*before, *after})
      for (const LakeField& column : rows.columns) MATVIEW_TRY(check_nested_names(database, rows, column, column.name));
    return lake_rows_change(*before, from, *after, to);
  }

  static RowsChange lost(const std::string& reason) {
    RowsChange change;
    change.lost = "SOURCE_HISTORY_MISSING " + reason;
    return change;
  }

  Result<LakeTable> read(SQLite::Database& database, const std::string& schema, const std::string& name,
                         std::optional<std::int64_t> wanted) {
    MATVIEW_ASSIGN(const LakeSource source, read_lake_source(database, catalog_->file()));
    const std::int64_t newest = read_newest_snapshot(database);
    const std::int64_t snapshot = wanted.value_or(newest);
    MATVIEW_TRY(check_snapshot(database, snapshot));
    MATVIEW_ASSIGN(const auto rows, read_lake_table(database, source, schema, name, snapshot));
    if (!rows) return fail(no_table(database, schema, name, snapshot));
    for (const LakeField& column : rows->columns) MATVIEW_TRY(check_nested_names(database, *rows, column, column.name));
    LakeTable table = described(*rows, wanted ? snapshot : newest);
    for (const LakeField& field : rows->columns) {
      MATVIEW_ASSIGN(std::string type, duckdb_type(field));
      table.columns.push_back({field.name, std::move(type)});
    }
    MATVIEW_ASSIGN(table.select_sql, lake_select(*rows, snapshot));
    return table;
  }

  Result<void> check_snapshot(SQLite::Database& database, std::int64_t snapshot) const {
    SQLite::Statement query(database, "SELECT 1 FROM ducklake_snapshot WHERE snapshot_id = ?");
    SQLite::bind(query, snapshot);
    if (query.executeStep()) return {};
    return fail(ErrorCode::not_found,
                "'" + catalog_->file().string() + "' has no snapshot " + std::to_string(snapshot));
  }

  Error no_table(SQLite::Database& database, const std::string& schema, const std::string& name,
                 std::int64_t snapshot) const {
    std::vector<std::string> names;
    for (const auto& [other_schema, other] : read_lake_tables(database, snapshot))
      names.push_back(other_schema + "." + other);
    const std::string full = schema + "." + name;
    Error error(ErrorCode::not_found, "'" + catalog_->file().string() + "' has no table " + full);
    if (const auto near = support::nearest(full, names)) error.hint = "did you mean " + *near + "?";
    return error;
  }

  std::unique_ptr<Catalog> catalog_;
};

}  // namespace

Result<std::unique_ptr<Lake>> Lake::open(const fs::path& file) {
  MATVIEW_ASSIGN(const auto status, support::status_of(file));
  if (!status) return fail(ErrorCode::failed, "there is no DuckLake catalog '" + file.string() + "'");
  MATVIEW_ASSIGN(auto catalog, Catalog::open(file, Catalog::Access::read));
  MATVIEW_TRY(catalog->read([&](SQLite::Database& database) -> Result<void> {
    MATVIEW_TRY(read_lake_source(database, file));
    return {};
  }));
  return std::make_unique<SqliteLake>(std::move(catalog));
}

}  // namespace matview::engine
