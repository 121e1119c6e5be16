// Deletes as any DuckLake reader sees them: the queries of the specification, run through SQLite, and the files they
// name, read by DuckDB with nothing of ours in between.

#include <doctest/doctest.h>

#include "engine/lake/lake.hpp"
#include "relation_fixture.hpp"

using namespace matview;
using namespace matview::engine;

namespace {

struct ReaderFixture : RelationFixture {
  static std::string valid_at(std::int64_t snapshot, const std::string& alias) {
    const auto at = std::to_string(snapshot);
    return at + " >= " + alias + ".begin_snapshot AND (" + at + " < " + alias + ".end_snapshot OR " + alias +
           ".end_snapshot IS NULL)";
  }

  /// The rows at a snapshot by the specification's query for SELECT.
  std::string read(std::int64_t snapshot) {
    SQLite::Database catalog((root() / "catalog.sqlite").string(), SQLite::OPEN_READONLY);
    SQLite::Statement query(catalog,
                            "SELECT data.path, del.path, del.delete_count FROM ducklake_data_file AS data LEFT JOIN"
                            " (SELECT * FROM ducklake_delete_file d WHERE " +
                                valid_at(snapshot, "d") + ") AS del USING (data_file_id) WHERE data.table_id = " +
                                std::to_string(id) + " AND " + valid_at(snapshot, "data") + " ORDER BY file_order");
    const auto folder = (root() / "data/main" / ("v-" + std::to_string(id))).string() + "/";
    std::string sql;
    while (query.executeStep()) {
      sql += (sql.empty() ? "" : " UNION ALL ") + ("SELECT id, s FROM read_parquet('" + folder) +
             query.getColumn(0).getString() + "', file_row_number = true)";
      if (query.getColumn(1).isNull()) continue;
      const auto deletes = "read_parquet('" + folder + query.getColumn(1).getString() + "')";
      sql += " WHERE file_row_number NOT IN (SELECT pos FROM " + deletes + ")";
      CHECK(rows("SELECT count(*) FROM " + deletes) == "[(" + query.getColumn(2).getString() + ")]");
    }
    return sql.empty() ? "" : rows(sql);
  }

  /// How many rows readers take there to be at a snapshot, and for how many the bounds of the table would be exact.
  std::string counts(std::int64_t snapshot) const {
    const auto sum = [&](const std::string& column, const std::string& table, const std::string& join) {
      return "coalesce((SELECT sum(x." + column + ") FROM " + table + " x " + join +
             " WHERE x.table_id = " + std::to_string(id) + " AND " + valid_at(snapshot, "x") + "), 0)";
    };
    return query("SELECT " + sum("record_count", "ducklake_data_file", "") + " - " +
                 sum("delete_count", "ducklake_delete_file",
                     "JOIN ducklake_data_file f ON f.data_file_id = x.data_file_id AND " + valid_at(snapshot, "f")) +
                 ", record_count FROM ducklake_table_stats WHERE table_id = " + std::to_string(id));
  }
};

}  // namespace

TEST_CASE_FIXTURE(ReaderFixture, "the specification's queries find the rows of every version that is left") {
  ViewDefinition kept = definition("v");
  kept.columns = columns_;
  kept.retention.versions = 4;
  value_of(store->replace_definition(id, kept));
  replace("SELECT range, range FROM range(20)");
  for (int i = 1; i <= 9; ++i) {
    const auto from = std::to_string(i);
    change("SELECT range + 100 * " + from + ", range FROM range(3)",
           "id % 10 = " + from + " OR id = 100 * (" + from + " - 1)");
    for (const auto& record : value_of(store->versions(id))) {
      CAPTURE(record.version);
      CHECK(read(record.snapshot_id) == rows_of(record.version));
      const auto told = counts(record.snapshot_id);
      CHECK(told.substr(0, told.find(',')) == std::to_string(record.rows));
      // No version has as many rows as the bounds are of, which are wider than the rows of any.
      CHECK(told.substr(told.find(',') + 1) != std::to_string(record.rows));
    }
  }
  CHECK(value_of(store->versions(id)).size() == 4);
  CHECK(query("SELECT count(*) FROM (SELECT row_id_start, row_id_start + record_count AS past, lead(row_id_start) OVER"
              " (ORDER BY row_id_start) AS next FROM ducklake_data_file) WHERE past > next") == "0");
}

TEST_CASE_FIXTURE(ReaderFixture, "a matview store is a lake whose changes can be told") {
  replace("SELECT range, range FROM range(5)");
  change("SELECT 10, 10", "id IN (1, 2)");
  change("SELECT 20, 20", "id IN (0, 10)");
  const auto lake = value_of(Lake::open(root() / "catalog.sqlite"));
  const auto snapshot = [&](std::int64_t number) { return version(number).version.snapshot_id; };
  const auto found = value_of(lake->changes("main", "v", snapshot(1), snapshot(3)));
  CHECK(found.lost.empty());
  CHECK(rows(found.added) == "[(20, 20)]");
  CHECK(rows(found.removed) == "[(0, 0), (1, 1), (2, 2)]");
  CHECK(rows(value_of(lake->table("main", "v", snapshot(2))).select_sql) == "[(0, 0), (3, 3), (4, 4), (10, 10)]");
  CHECK(value_of(lake->table("main", "v", snapshot(2))).rows == 4);
}
