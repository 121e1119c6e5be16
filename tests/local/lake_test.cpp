// The store as any DuckLake reader sees it: the queries of the specification's page "Queries", run through SQLite, and
// the files they name, read by DuckDB with nothing of ours in between.

#include <SQLiteCpp/SQLiteCpp.h>
#include <doctest/doctest.h>

#include "support/store_fixture.hpp"

using namespace matview::test;

namespace {

using Row = std::vector<std::string>;

/// A reader of DuckLake catalogs, made of the specification's queries.
class SpecReader {
 public:
  explicit SpecReader(const StoreFixture& store)
      : store_(store), catalog_((store.store() / "catalog.sqlite").string(), SQLite::OPEN_READWRITE) {}

  std::vector<Row> rows(const std::string& sql) {
    std::vector<Row> found;
    SQLite::Statement statement(catalog_, sql);
    while (statement.executeStep()) {
      auto& row = found.emplace_back();
      for (int i = 0; i < statement.getColumnCount(); ++i)
        row.push_back(statement.getColumn(i).isNull() ? "NULL" : statement.getColumn(i).getString());
    }
    return found;
  }

  std::string value(const std::string& sql) { return rows(sql).at(0).at(0); }

  std::string newest_snapshot() { return value("SELECT max(snapshot_id) FROM ducklake_snapshot"); }

  static std::string valid_at(const std::string& snapshot, const std::string& alias = "") {
    const auto prefix = alias.empty() ? "" : alias + ".";
    return snapshot + " >= " + prefix + "begin_snapshot AND (" + snapshot + " < " + prefix + "end_snapshot OR " +
           prefix + "end_snapshot IS NULL)";
  }

  std::string schema_id(const std::string& snapshot) {
    return value("SELECT schema_id FROM ducklake_schema WHERE schema_name = 'main' AND " + valid_at(snapshot));
  }

  /// Empty if there is no such table at that snapshot.
  std::string table_id(const std::string& name, const std::string& snapshot) {
    const auto found = rows("SELECT table_id FROM ducklake_table WHERE table_name = '" + name +
                            "' AND schema_id = " + schema_id(snapshot) + " AND " + valid_at(snapshot));
    return found.empty() ? "" : found.at(0).at(0);
  }

  std::vector<Row> structure(const std::string& table, const std::string& snapshot) {
    return rows("SELECT column_id, column_name, column_type FROM ducklake_column WHERE table_id = " + table +
                " AND parent_column IS NULL AND " + valid_at(snapshot) + " ORDER BY column_order");
  }

  /// A data file and its delete file, which may be none: absolute paths.
  struct File {
    std::string data;
    std::string deletes;
  };

  std::vector<File> files_with_deletes(const std::string& table, const std::string& snapshot) {
    const auto data_path = value("SELECT value FROM ducklake_metadata WHERE key = 'data_path'");
    const auto schema = value("SELECT path FROM ducklake_schema WHERE schema_id = " + schema_id(snapshot));
    const auto folder = data_path + schema + value("SELECT path FROM ducklake_table WHERE table_id = " + table);
    std::vector<File> files;
    for (const auto& row : rows("SELECT data.path, del.path FROM ducklake_data_file AS data LEFT JOIN (SELECT * FROM "
                                "ducklake_delete_file WHERE " +
                                valid_at(snapshot) + ") AS del USING (data_file_id) WHERE data.table_id = " + table +
                                " AND " + valid_at(snapshot, "data") + " ORDER BY file_order"))
      files.push_back({folder + row.at(0), row.at(1) == "NULL" ? "" : folder + row.at(1)});
    return files;
  }

  /// Absolute paths of the data files.
  std::vector<std::string> files(const std::string& table, const std::string& snapshot) {
    std::vector<std::string> paths;
    for (const auto& file : files_with_deletes(table, snapshot)) paths.push_back(file.data);
    return paths;
  }

  /// The rows at a snapshot: of each file the columns that the table has, less the positions in its delete file,
  /// sorted.
  std::string read(const std::string& name, const std::string& snapshot) {
    const auto table = table_id(name, snapshot);
    std::string columns;
    for (const auto& column : structure(table, snapshot))
      columns += (columns.empty() ? "\"" : ", \"") + column.at(1) + "\"";
    std::string sql;
    for (const auto& file : files_with_deletes(table, snapshot)) {
      sql += (sql.empty() ? "SELECT " : " UNION ALL SELECT ") + columns + " FROM read_parquet('" + file.data +
             "', file_row_number = true)";
      if (!file.deletes.empty())
        sql += " WHERE file_row_number NOT IN (SELECT pos FROM read_parquet('" + file.deletes + "'))";
    }
    return sql.empty() ? "" : store_.duckdb(":memory:", "SELECT * FROM (" + sql + ") ORDER BY ALL");
  }

 private:
  const StoreFixture& store_;
  SQLite::Database catalog_;
};

std::string tabs(std::string csv) {
  for (auto& c : csv)
    if (c == ',') c = '\t';
  return csv;
}

}  // namespace

TEST_CASE("every version of a view is what the specification's queries find at its snapshot") {
  StoreFixture store;
  store.write_csv("a", 0, 100);
  store.must({"create", "totals", "--query", "SELECT k, count(*) AS n, sum(v) AS s FROM 'in/*.csv' GROUP BY k",
              "--with-data"});
  store.must({"create", "other", "--query", "SELECT max(v) AS m FROM 'in/*.csv'", "--with-data"});
  for (int i = 1; i < 5; ++i) {
    store.write_csv("b" + std::to_string(i), i * 100, 100);
    store.must({"refresh", "--all"});
  }
  SpecReader lake(store);
  for (const std::string view : {"totals", "other"}) {
    const auto show = parse_json(store.must({"show", view, "-o", "json"}))["views"][0];
    REQUIRE(show["versions"].size() == 5);
    for (const auto& version : show["versions"]) {
      const auto number = std::to_string(version["version"].get<int>());
      CAPTURE(view);
      CAPTURE(number);
      const auto snapshot =
          lake.value("SELECT snapshot_id FROM matview_version JOIN matview_view USING (view_id) WHERE name = '" + view +
                     "' AND version = " + number);
      auto ours = store.must({"query", "SELECT * FROM " + view + " ORDER BY ALL", "--version", number, "-o", "csv"});
      CHECK(lake.read(view, snapshot) == tabs(ours.substr(ours.find('\n') + 1)));
      CHECK(lake.value("SELECT count(*) FROM ducklake_snapshot WHERE snapshot_id = " + snapshot) == "1");
    }
  }
}

TEST_CASE("the catalog has what a reader needs") {
  StoreFixture store;
  store.write_csv("a", 0, 100);
  store.must(
      {"create", "t", "--query",
       "SELECT k::INTEGER AS k, sum(v) AS s, avg(v) AS d, {'x': min(v), 'l': [max(v)]} AS p, MAP {'m': count(*)} AS m "
       "FROM 'in/*.csv' GROUP BY k",
       "--with-data"});
  SpecReader lake(store);
  const auto snapshot = lake.newest_snapshot();
  const auto table = lake.table_id("t", snapshot);
  REQUIRE_FALSE(table.empty());

  CHECK(lake.value("SELECT value FROM ducklake_metadata WHERE key = 'version'") == "1.0");
  CHECK(lake.value("SELECT value FROM ducklake_metadata WHERE key = 'encrypted'") == "false");
  CHECK(lake.value("SELECT value FROM ducklake_metadata WHERE key = 'data_path'") == store.store().string() + "/data/");
  CHECK(lake.value("SELECT changes_made FROM ducklake_snapshot_changes WHERE snapshot_id = " + snapshot) ==
        "inserted_into_table:" + table);

  // Types by DuckLake's names, nested ones as parent and children.
  std::string types;
  for (const auto& row : lake.structure(table, snapshot)) types += row.at(1) + ":" + row.at(2) + " ";
  CHECK(types == "k:int32 s:decimal(38,0) d:float64 p:struct m:map ");
  CHECK(
      lake.value("SELECT group_concat(c.column_name || ':' || c.column_type, ' ') FROM (SELECT * FROM ducklake_column "
                 "WHERE parent_column IS NOT NULL AND table_id = " +
                 table + " ORDER BY column_id) c") == "x:int64 l:list element:int64 key:varchar value:int64");

  // The file as it is on disk; its field ids are the column ids.
  const auto path = lake.files(table, snapshot).at(0);
  CHECK(lake.value("SELECT record_count FROM ducklake_data_file WHERE table_id = " + table) == "5");
  CHECK(lake.value("SELECT file_size_bytes FROM ducklake_data_file WHERE table_id = " + table) ==
        std::to_string(std::filesystem::file_size(path)));
  CHECK(store.duckdb(":memory:", "SELECT footer_size FROM parquet_file_metadata('" + path + "')") ==
        lake.value("SELECT footer_size FROM ducklake_data_file WHERE table_id = " + table) + "\n");
  std::string ids;
  for (const auto& row :
       lake.rows("SELECT column_id FROM ducklake_column WHERE table_id = " + table + " ORDER BY column_id"))
    ids += row.at(0) + "\n";
  CHECK(store.duckdb(":memory:", "SELECT field_id FROM parquet_schema('" + path +
                                     "') WHERE field_id IS NOT NULL ORDER BY field_id") == ids);

  // Statistics: of the file, and of the table.
  const auto k = lake.structure(table, snapshot).at(0).at(0);
  const auto stats = lake.rows(
      "SELECT value_count, null_count, min_value, max_value FROM ducklake_file_column_stats WHERE "
      "table_id = " +
      table + " AND column_id = " + k);
  CHECK(stats.at(0) == Row{"5", "0", "0", "4"});
  CHECK(lake.rows("SELECT record_count, next_row_id FROM ducklake_table_stats WHERE table_id = " + table).at(0) ==
        Row{"5", "5"});
  CHECK(lake.rows("SELECT contains_null, min_value, max_value FROM ducklake_table_column_stats WHERE table_id = " +
                  table + " AND column_id = " + k)
            .at(0) == Row{"0", "0", "4"});
  // Pruning by the page's query finds the file for a value that is there and none for one that is not.
  const auto prune = [&](const std::string& scalar) {
    return lake
        .rows("SELECT data_file_id FROM ducklake_file_column_stats WHERE table_id = " + table + " AND column_id = " +
              k + " AND (" + scalar + " >= CAST(min_value AS BIGINT) OR min_value IS NULL) AND (" + scalar +
              " <= CAST(max_value AS BIGINT) OR max_value IS NULL)")
        .size();
  };
  CHECK(prune("3") == 1);
  CHECK(prune("9") == 0);
}

TEST_CASE("a view is a table for DuckLake readers from its creation to its drop") {
  StoreFixture store;
  store.must({"create", "t", "--query", "SELECT 1 AS one"});
  SpecReader lake(store);
  const auto created = lake.newest_snapshot();
  const auto table = lake.table_id("t", created);
  CHECK_FALSE(table.empty());
  CHECK(lake.structure(table, created).size() == 1);
  CHECK(lake.files(table, created).empty());
  store.must({"refresh", "t"});
  CHECK(lake.read("t", lake.newest_snapshot()) == "1\n");
  store.must({"drop", "t", "--yes"});
  CHECK(lake.table_id("t", lake.newest_snapshot()).empty());
}

TEST_CASE("an expired version is gone for DuckLake readers too, and its file with it") {
  StoreFixture store;
  store.write_csv("a", 0, 10);
  store.must({"create", "t", "--query", "SELECT count(*) AS n FROM 'in/*.csv'", "--retain", "2", "--with-data"});
  SpecReader lake(store);
  const auto first = lake.newest_snapshot();
  CHECK_FALSE(lake.table_id("t", first).empty());
  for (int i = 1; i < 4; ++i) {
    store.write_csv("b" + std::to_string(i), 0, 10);
    store.must({"refresh", "t"});
  }
  CHECK(lake.table_id("t", first).empty());
  CHECK(lake.rows("SELECT * FROM ducklake_snapshot WHERE snapshot_id = " + first).empty());
  CHECK(store.files_on_disk().size() == 2);
  CHECK(lake.rows("SELECT * FROM ducklake_files_scheduled_for_deletion").empty());
  const auto gone = store.run({"query", "SELECT * FROM t", "--version", "1"});
  CHECK(gone.exit_code == 6);
  CHECK(gone.err.find("3") != std::string::npos);
}

TEST_CASE("a replaced definition keeps the old columns for the old versions") {
  StoreFixture store;
  store.must({"create", "t", "--query", "SELECT 1 AS a, 'x' AS b", "--with-data"});
  SpecReader lake(store);
  const auto before = lake.newest_snapshot();
  store.must({"create", "t", "--query", "SELECT 2.5 AS c", "--replace", "--with-data"});
  const auto after = lake.newest_snapshot();
  const auto table = lake.table_id("t", after);
  CHECK(lake.structure(table, before).size() == 2);
  CHECK(lake.structure(table, after).size() == 1);
  CHECK(lake.read("t", before) == "1\tx\n");
  CHECK(lake.read("t", after) == "2.5\n");
  CHECK(store.must({"query", "SELECT * FROM t", "--version", "1", "-o", "csv"}) == "a,b\n1,x\n");
}
