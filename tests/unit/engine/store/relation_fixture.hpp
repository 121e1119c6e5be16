#pragma once

#include <atomic>
#include <map>

#include "engine/duckdb/database.hpp"
#include "engine/duckdb/types.hpp"
#include "engine/refresh/write_rows.hpp"
#include "engine/store/relation_sql.hpp"
#include "store_fixture.hpp"

namespace matview::engine {

/// A view of real Parquet files whose rows are changed as an incremental refresh changes them.
class RelationFixture : public StoreFixture {
 public:
  explicit RelationFixture(std::vector<StoredColumn> columns = {{"id", "BIGINT", "BIGINT"},
                                                                {"s", "HUGEINT", "DECIMAL(38,0)"}})
      : columns_(std::move(columns)), store(open()) {
    ViewDefinition view = definition("v");
    view.columns = columns_;
    id = value_of(store->create_view(view)).view_id;
    DatabaseOptions options;
    options.preserve_order = false;
    database = value_of(Database::open(options));
  }

  PinnedVersion version(std::optional<std::int64_t> number = std::nullopt) { return value_of(store->pin("v", number)); }

  /// Commits the rows of `query` in place of all others.
  VersionRecord replace(const std::string& query) { return commit(query, "", true); }

  /// Commits the rows of `query` beside those that stay; those of which the condition `gone` is true go.
  VersionRecord change(const std::string& query, const std::string& gone) { return commit(query, gone, false); }

  /// What `sql` selects, each row as text, in order.
  std::string rows(const std::string& sql) {
    std::string text;
    for (const auto& row : value_of(database->rows("SELECT * FROM (" + sql + ") ORDER BY ALL"))) {
      text += text.empty() ? "[(" : ", (";
      for (std::size_t i = 0; i < row.size(); ++i) text += (i > 0 ? ", " : "") + row[i].value_or("NULL");
      text += ")";
    }
    return text.empty() ? "" : text + "]";
  }

  std::string rows_of(std::optional<std::int64_t> number = std::nullopt) {
    return rows(rows_sql(version(number).files, columns_));
  }

  std::vector<std::string> stored_names() const {
    std::vector<std::string> names;
    for (const auto& column : columns_) names.push_back(quote_identifier(column.name));
    return names;
  }

  std::string located() { return located_rows_sql(version().files, stored_names()); }

  Result<std::vector<NewDeleteFile>> deletes(const std::string& positions) {
    uncommitted_.push_back(std::make_unique<UncommittedFiles>(value_of(store->data_directory(id)), environment));
    return write_deletes(*database, positions, version().files, *uncommitted_.back(), control, "v");
  }

  std::vector<StoredColumn> columns_;
  std::unique_ptr<Store> store;
  std::int64_t id = 0;
  std::unique_ptr<Database> database;
  Observer observer;
  std::atomic<int> stop = 0;
  Control control{observer, stop, std::nullopt};

 private:
  VersionRecord commit(const std::string& query, const std::string& gone, bool replaces) {
    RefreshCommit commit = next_commit(*store, id, {});
    commit.replaces = replaces;
    UncommittedFiles files(value_of(store->data_directory(id)), environment);
    if (!query.empty())
      commit.files = {value_of(write_rows(*database, encode_sql(query, columns_), field_ids_sql(commit.field_ids),
                                          files.add(), control, "v"))};
    if (!gone.empty())
      commit.deletes = value_of(write_deletes(*database, "(FROM (" + located() + ") WHERE " + gone + ")",
                                              version().files, files, control, "v"));
    auto made = value_of(store->commit_refresh(commit));
    files.release();
    return made;
  }

  std::vector<std::unique_ptr<UncommittedFiles>> uncommitted_;
};

}  // namespace matview::engine
