#include <SQLiteCpp/SQLiteCpp.h>
#include <SQLiteCpp/VariadicBind.h>

#include <map>
#include <optional>
#include <string>

#include "engine/store/bounds.hpp"
#include "engine/store/data_files.hpp"

namespace matview::engine {

namespace {

/// One end of the range of a column over several files.
class Bound {
 public:
  /// `keep_less`: true for a minimum.
  explicit Bound(bool keep_less) : keep_less_(keep_less) {}

  void add(const std::string& type, const std::string& value) {
    if (unknown_) return;
    if (!value_) {
      value_ = value;
      return;
    }
    const auto less = bound_less(type, value, *value_);
    if (!less)
      unknown_ = value != *value_;
    else if (*less == keep_less_)
      value_ = value;
  }
  void make_unknown() { unknown_ = true; }
  std::optional<std::string> get() const { return unknown_ ? std::nullopt : value_; }

 private:
  bool keep_less_;
  bool unknown_ = false;
  std::optional<std::string> value_;
};

struct ColumnRange {
  Bound min{true};
  Bound max{false};
  bool contains_null = false;
  std::optional<bool> contains_nan;
  bool nan_unknown = false;
};

void add_file(ColumnRange& range, const std::string& type, const SQLite::Statement& row) {
  const bool counts_known = !row.getColumn(1).isNull() && !row.getColumn(2).isNull();
  const std::int64_t values = row.getColumn(1).getInt64();
  const std::int64_t nulls = row.getColumn(2).getInt64();
  if (!counts_known || nulls > 0) range.contains_null = true;
  const bool has_nan_flag = !row.getColumn(5).isNull();
  if (has_nan_flag) range.contains_nan = range.contains_nan.value_or(false) || row.getColumn(5).getInt() != 0;
  if (counts_known && values == nulls) return;  // no value, no bound
  if (!has_nan_flag && type.starts_with("float")) range.nan_unknown = true;
  for (const auto& [index, bound] : {std::pair(3, &range.min), std::pair(4, &range.max)}) {
    if (row.getColumn(index).isNull())
      bound->make_unknown();
    else
      bound->add(type, row.getColumn(index).getString());
  }
}

/// The types of ended columns too: their files are still read by older versions.
std::map<std::int64_t, std::string> types_of(SQLite::Database& database, std::int64_t table_id) {
  SQLite::Statement query(database, "SELECT column_id, column_type FROM ducklake_column WHERE table_id = ?");
  SQLite::bind(query, table_id);
  std::map<std::int64_t, std::string> types;
  while (query.executeStep()) types[query.getColumn(0).getInt64()] = query.getColumn(1).getString();
  return types;
}

std::map<std::int64_t, ColumnRange> ranges_of(SQLite::Database& database, std::int64_t table_id) {
  auto types = types_of(database, table_id);
  SQLite::Statement query(database,
                          "SELECT column_id, value_count, null_count, min_value, max_value, contains_nan"
                          " FROM ducklake_file_column_stats WHERE table_id = ?");
  SQLite::bind(query, table_id);
  std::map<std::int64_t, ColumnRange> ranges;
  while (query.executeStep()) {
    const std::int64_t column = query.getColumn(0).getInt64();
    add_file(ranges[column], types[column], query);
  }
  return ranges;
}

void bind_text(SQLite::Statement& statement, int index, const std::optional<std::string>& text) {
  if (text)
    statement.bind(index, *text);
  else
    statement.bind(index);
}

}  // namespace

void write_table_stats(SQLite::Database& database, std::int64_t table_id, std::int64_t added_rows) {
  SQLite::Statement update(database,
                           "UPDATE ducklake_table_stats SET next_row_id = next_row_id + ?2,"
                           " record_count = (SELECT coalesce(sum(record_count), 0) FROM ducklake_data_file"
                           "  WHERE table_id = ?1),"
                           " file_size_bytes = (SELECT coalesce(sum(file_size_bytes), 0) FROM ducklake_data_file"
                           "  WHERE table_id = ?1 AND end_snapshot IS NULL) WHERE table_id = ?1");
  SQLite::bind(update, table_id, added_rows);
  if (update.exec() == 0) {
    SQLite::Statement insert(database, "INSERT INTO ducklake_table_stats VALUES (?, 0, 0, 0)");
    SQLite::bind(insert, table_id);
    insert.exec();
    update.reset();
    update.exec();
  }
  SQLite::Statement clear(database, "DELETE FROM ducklake_table_column_stats WHERE table_id = ?");
  SQLite::bind(clear, table_id);
  clear.exec();
  SQLite::Statement add(database, "INSERT INTO ducklake_table_column_stats VALUES (?, ?, ?, ?, ?, ?, NULL)");
  for (const auto& [column, range] : ranges_of(database, table_id)) {
    SQLite::bind(add, table_id, column, range.contains_null ? 1 : 0);
    if (range.contains_nan && !range.nan_unknown)
      add.bind(4, *range.contains_nan ? 1 : 0);
    else
      add.bind(4);
    bind_text(add, 5, range.min.get());
    bind_text(add, 6, range.max.get());
    add.exec();
    add.reset();
  }
}

}  // namespace matview::engine
