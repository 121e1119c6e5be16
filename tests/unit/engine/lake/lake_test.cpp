#include "engine/lake/lake.hpp"

#include <SQLiteCpp/SQLiteCpp.h>
#include <doctest/doctest.h>

#include <algorithm>

#include "engine/duckdb/database.hpp"
#include "engine/store/schema.hpp"
#include "support/fake_environment.hpp"
#include "support/temporary_directory.hpp"

using namespace matview;
using namespace matview::engine;

namespace {

template <typename T>
T value_of(Result<T> result) {
  REQUIRE_MESSAGE(result.has_value(), (result ? std::string() : result.error().message));
  return *std::move(result);
}
template <typename T>
Error error_of(Result<T> result) {
  REQUIRE_FALSE(result.has_value());
  return result.error();
}

/// A lake made by hand: rows of the catalog as SQL, Parquet files by DuckDB. Snapshots 1 to 9 exist.
class LakeFixture {
 public:
  LakeFixture() : duckdb_(value_of(Database::open({}))) {
    std::filesystem::create_directories(data() / "main" / "t");
    REQUIRE(create_catalog_file(catalog(), data(), environment_).has_value());
    database_ = std::make_unique<SQLite::Database>(catalog().string(), SQLite::OPEN_READWRITE);
    run("DROP TABLE matview_meta");
    for (int i = 1; i <= 9; ++i)
      run("INSERT INTO ducklake_snapshot VALUES (" + std::to_string(i) + ", '2026-01-01 00:00:00+00', 1, 9, 9)");
    run("INSERT INTO ducklake_table VALUES (1, 'uuid-1', 1, NULL, 0, 't', 't/', 1)");
  }

  std::filesystem::path catalog() const { return directory_.path() / "catalog.sqlite"; }
  std::filesystem::path data() const { return directory_.path() / "data"; }
  void run(const std::string& sql) { database_->exec(sql); }

  void column(int id, const std::string& name, const std::string& type, int begin = 1, const std::string& end = "NULL",
              const std::string& parent = "NULL", const std::string& initial = "NULL") {
    run("INSERT INTO ducklake_column VALUES (" + std::to_string(id) + ", " + std::to_string(begin) + ", " + end +
        ", 1, " + std::to_string(id) + ", '" + name + "', '" + type + "', " + initial + ", 'NULL', 1, " + parent +
        ", 'literal', 'duckdb')");
  }

  /// Writes `query` as a data file of the table, in the catalog from snapshot `begin` on.
  void file(int id, const std::string& query, const std::string& field_ids, int begin = 1,
            const std::string& end = "NULL") {
    const std::string name = "f" + std::to_string(id) + ".parquet";
    write(name, query, field_ids);
    run("INSERT INTO ducklake_data_file(data_file_id, table_id, begin_snapshot, end_snapshot, path, path_is_relative,"
        " file_format, record_count, file_size_bytes) VALUES (" +
        std::to_string(id) + ", 1, " + std::to_string(begin) + ", " + end + ", '" + name + "', 1, 'parquet', 3, 100)");
  }

  void deletes(int file, const std::string& query, int begin, int count, const std::string& format = "parquet") {
    const std::string name = "d" + std::to_string(file) + "-" + std::to_string(begin) + ".parquet";
    write(name, query, "");
    run("INSERT INTO ducklake_delete_file(delete_file_id, table_id, begin_snapshot, data_file_id, path,"
        " path_is_relative, format, delete_count) VALUES (" +
        std::to_string(100 + file) + ", 1, " + std::to_string(begin) + ", " + std::to_string(file) + ", '" + name +
        "', 1, '" + format + "', " + std::to_string(count) + ")");
  }

  LakeTable table(std::optional<std::int64_t> snapshot = std::nullopt) {
    return value_of(value_of(Lake::open(catalog()))->table("main", "t", snapshot));
  }
  Error refusal() { return error_of(value_of(Lake::open(catalog()))->table("main", "t", std::nullopt)); }

  /// All rows at a snapshot, each as text, in order.
  std::string rows(std::optional<std::int64_t> snapshot = std::nullopt) {
    const LakeTable found = table(snapshot);
    std::string text;
    for (const auto& row : value_of(duckdb_->rows("SELECT t::VARCHAR FROM (" + found.select_sql + ") t ORDER BY 1")))
      text += (text.empty() ? "" : " ") + row.at(0).value_or("NULL");
    return text;
  }

  /// "+row …; -row …": how the rows changed between two snapshots.
  std::string change(std::int64_t from, std::int64_t to) {
    const RowsChange found = value_of(value_of(Lake::open(catalog()))->changes("main", "t", from, to));
    if (!found.lost.empty()) return found.lost;
    std::string text = found.rewritten ? "rewritten" : "";
    for (const auto& [sign, sql] : {std::pair('+', found.added), std::pair('-', found.removed)}) {
      if (sql.empty()) continue;
      for (const auto& row : value_of(duckdb_->rows("SELECT t::VARCHAR FROM (" + sql + ") t ORDER BY 1")))
        text += (text.empty() ? "" : " ") + (sign + row.at(0).value_or("NULL"));
    }
    return text;
  }

 private:
  void write(const std::string& name, const std::string& query, const std::string& field_ids) {
    const auto done =
        duckdb_->execute("COPY (" + query + ") TO '" + (data() / "main" / "t" / name).string() + "' (FORMAT parquet" +
                         (field_ids.empty() ? "" : ", FIELD_IDS " + field_ids) + ")");
    REQUIRE_MESSAGE(done.has_value(), (done ? "" : done.error().message));
  }

  test::TemporaryDirectory directory_;
  test::FakeEnvironment environment_;
  std::unique_ptr<SQLite::Database> database_;
  std::unique_ptr<Database> duckdb_;
};

}  // namespace

TEST_CASE_FIXTURE(LakeFixture, "a table is read at any snapshot") {
  column(1, "i", "int64");
  file(1, "SELECT range AS i FROM range(3)", "{i: 1}", 1, "3");
  file(2, "SELECT range + 10 AS i FROM range(2)", "{i: 1}", 2);
  CHECK(rows() == "{'i': 10} {'i': 11}");
  CHECK(rows(1) == "{'i': 0} {'i': 1} {'i': 2}");
  CHECK(rows(2) == "{'i': 0} {'i': 10} {'i': 11} {'i': 1} {'i': 2}");
  const LakeTable found = table();
  CHECK(found.uuid == "uuid-1");
  CHECK(found.snapshot_id == 9);
  CHECK(found.changed_snapshot == 3);
  CHECK(found.columns.at(0).name == "i");
  CHECK(found.columns.at(0).type == "BIGINT");
  CHECK(found.files == std::vector<std::string>{(data() / "main/t/f2.parquet").string()});
  CHECK(table(2).changed_snapshot == 2);
  CHECK(error_of(value_of(Lake::open(catalog()))->table("main", "t", 12)).code == ErrorCode::not_found);
}

TEST_CASE_FIXTURE(LakeFixture, "the change between two snapshots is the rows of files that came and went") {
  column(1, "i", "int64");
  file(1, "SELECT range AS i FROM range(3)", "{i: 1}", 1, "3");
  file(2, "SELECT range + 10 AS i FROM range(2)", "{i: 1}", 2);
  file(3, "SELECT range + 1 AS i FROM range(3)", "{i: 1}", 3);
  CHECK(change(1, 2) == "+{'i': 10} +{'i': 11}");
  CHECK(change(2, 3) == "rewritten +{'i': 1} +{'i': 2} +{'i': 3} -{'i': 0} -{'i': 1} -{'i': 2}");
  CHECK(change(3, 9).empty());
  CHECK(change(2, 1) == "-{'i': 10} -{'i': 11}");
}

TEST_CASE_FIXTURE(LakeFixture,
                  "the change between two snapshots is the rows that were deleted, wherever that is said") {
  column(1, "i", "int64");
  file(1, "SELECT range AS i FROM range(5)", "{i: 1}");
  file(2, "SELECT range + 10 AS i FROM range(3)", "{i: 1}");
  deletes(1, "SELECT 'f' AS file_path, 0::BIGINT AS pos", 3, 1);
  run("UPDATE ducklake_delete_file SET end_snapshot = 6, delete_file_id = 1");
  deletes(1, "SELECT 'f' AS file_path, unnest([0, 3])::BIGINT AS pos", 6, 2);
  run("CREATE TABLE ducklake_inlined_delete_1(file_id BIGINT, row_id BIGINT, begin_snapshot BIGINT);"
      "INSERT INTO ducklake_inlined_delete_1 VALUES (1, 2, 4), (2, 1, 5)");
  CHECK(change(2, 3) == "-{'i': 0}");
  CHECK(change(3, 4) == "-{'i': 2}");
  CHECK(change(4, 5) == "-{'i': 11}");
  CHECK(change(5, 6) == "-{'i': 3}");
  CHECK(change(1, 9) == "-{'i': 0} -{'i': 11} -{'i': 2} -{'i': 3}");
  CHECK(change(6, 3) == "+{'i': 11} +{'i': 2} +{'i': 3}");
  CHECK(change(6, 8).empty());
  const RowsChange same = value_of(value_of(Lake::open(catalog()))->changes("main", "t", 6, 8));
  CHECK(same.removed_bytes == 0);
}

TEST_CASE_FIXTURE(LakeFixture, "files that hold rows or deletes of several snapshots tell the change between them") {
  column(1, "i", "int64");
  file(1, "SELECT range AS i, range + 1 AS _ducklake_internal_snapshot_id FROM range(4)",
       "{i: 1, _ducklake_internal_snapshot_id: 2147483539}");
  run("UPDATE ducklake_data_file SET partial_max = 4");
  deletes(1, "SELECT 'f' AS file_path, range AS pos, range + 3 AS _ducklake_internal_snapshot_id FROM range(2)", 3, 2);
  run("UPDATE ducklake_delete_file SET partial_max = 4");
  CHECK(change(1, 2) == "+{'i': 1}");
  CHECK(change(2, 3) == "+{'i': 2} -{'i': 0}");
  CHECK(change(3, 4) == "+{'i': 3} -{'i': 1}");
  CHECK(change(1, 4) == "+{'i': 2} +{'i': 3} -{'i': 0}");
  CHECK(change(4, 9).empty());
}

TEST_CASE_FIXTURE(LakeFixture, "rows kept in the catalog come, go and are updated like others") {
  column(1, "i", "int64");
  run("INSERT INTO ducklake_schema_versions VALUES (1, 1, 1);"
      "INSERT INTO ducklake_inlined_data_tables VALUES (1, 'ducklake_inlined_data_1_1', 1);"
      "CREATE TABLE ducklake_inlined_data_1_1(row_id BIGINT, begin_snapshot BIGINT, end_snapshot BIGINT, i BIGINT);"
      "INSERT INTO ducklake_inlined_data_1_1 VALUES (0, 2, NULL, 5), (1, 2, 3, 6), (1, 3, NULL, 7)");
  CHECK(change(1, 2) == "+{'i': 5} +{'i': 6}");
  CHECK(change(2, 3) == "rewritten +{'i': 7} -{'i': 6}");
  CHECK(change(1, 9) == "+{'i': 5} +{'i': 7}");
  CHECK(change(3, 9).empty());
}

TEST_CASE_FIXTURE(LakeFixture, "a change that cannot be told says why") {
  column(1, "i", "int32", 1, "4");
  column(1, "i", "int64", 4);
  file(1, "SELECT 7::INTEGER AS i", "{i: 1}");
  CHECK(change(3, 9) == "SOURCE_HISTORY_MISSING the columns of main.t changed");
  CHECK(change(4, 9).empty());
  run("DELETE FROM ducklake_snapshot WHERE snapshot_id = 5");
  CHECK(change(5, 9) == "SOURCE_HISTORY_MISSING snapshot 5 of main.t has expired");
  run("UPDATE ducklake_table SET begin_snapshot = 7");
  CHECK(change(6, 9) == "SOURCE_HISTORY_MISSING snapshot 6 of main.t is no longer there");
  run("UPDATE ducklake_table SET end_snapshot = 8;"
      "INSERT INTO ducklake_table VALUES (2, 'uuid-2', 8, NULL, 0, 't', 't2/', 1)");
  CHECK(change(7, 9) == "SOURCE_HISTORY_MISSING main.t was made anew");
  CHECK(error_of(value_of(Lake::open(catalog()))->changes("main", "none", 1, 9)).code == ErrorCode::not_found);
}

TEST_CASE_FIXTURE(LakeFixture, "columns are found by id through renames, new types, additions and drops") {
  column(1, "a", "int32", 1, "4");
  column(1, "b", "int64", 4);
  column(2, "gone", "varchar", 1, "4");
  column(3, "extra", "varchar", 4, "NULL", "NULL", "'it''s'");
  column(4, "gone", "date", 5);
  file(1, "SELECT 7::INTEGER AS a, 'x' AS gone", "{a: 1, gone: 2}", 1);
  file(2, "SELECT 8::BIGINT AS b, 'y' AS extra", "{b: 1, extra: 3}", 4);
  CHECK(rows(1) == "{'a': 7, 'gone': x}");
  CHECK(rows(4) == "{'b': 7, 'extra': 'it\\'s'} {'b': 8, 'extra': y}");
  CHECK(rows(5) == "{'b': 7, 'extra': 'it\\'s', 'gone': NULL} {'b': 8, 'extra': y, 'gone': NULL}");
}

TEST_CASE_FIXTURE(LakeFixture, "names that could collide with DuckDB's own do no harm") {
  column(1, "file_row_number", "int64");
  column(2, "filename \"\"", "varchar");
  file(1, "SELECT range AS file_row_number, 'x' AS f FROM range(3)", "{file_row_number: 1, f: 2}");
  deletes(1, "SELECT 'f' AS file_path, 1::BIGINT AS pos", 2, 1);
  const LakeTable found = table();
  CHECK(found.columns.at(1).name == "filename \"\"");
  CHECK(found.rows == 2);
  CHECK(rows().find("1,") == std::string::npos);
}

TEST_CASE_FIXTURE(LakeFixture, "deleted rows are left out, whether a file or the catalog names them") {
  column(1, "i", "int64");
  file(1, "SELECT range AS i FROM range(3)", "{i: 1}");
  file(2, "SELECT range + 10 AS i FROM range(3)", "{i: 1}");
  deletes(1, "SELECT 'f' AS file_path, 0::BIGINT AS pos", 3, 1);
  run("CREATE TABLE ducklake_inlined_delete_1(file_id BIGINT, row_id BIGINT, begin_snapshot BIGINT);"
      "INSERT INTO ducklake_inlined_delete_1 VALUES (1, 2, 4), (2, 1, 5)");
  CHECK(rows(2) == "{'i': 0} {'i': 10} {'i': 11} {'i': 12} {'i': 1} {'i': 2}");
  CHECK(rows(3) == "{'i': 10} {'i': 11} {'i': 12} {'i': 1} {'i': 2}");
  CHECK(rows(4) == "{'i': 10} {'i': 11} {'i': 12} {'i': 1}");
  CHECK(rows() == "{'i': 10} {'i': 12} {'i': 1}");
  CHECK(table().rows == 3);
  CHECK(table().changed_snapshot == 5);
  CHECK(table().files.size() == 3);
}

TEST_CASE_FIXTURE(LakeFixture, "a delete file may say since when each row is deleted") {
  column(1, "i", "int64");
  file(1, "SELECT range AS i FROM range(3)", "{i: 1}");
  deletes(1, "SELECT 'f' AS file_path, range AS pos, range + 3 AS _ducklake_internal_snapshot_id FROM range(2)", 3, 2);
  CHECK(rows(3) == "{'i': 1} {'i': 2}");
  CHECK(rows(4) == "{'i': 2}");
}

TEST_CASE_FIXTURE(LakeFixture, "a merged file shows the rows of a snapshot and no later ones") {
  column(1, "i", "int64");
  file(1, "SELECT range AS i, range + 1 AS _ducklake_internal_snapshot_id FROM range(3)",
       "{i: 1, _ducklake_internal_snapshot_id: 2147483539}");
  run("UPDATE ducklake_data_file SET partial_max = 3");
  CHECK(rows(1) == "{'i': 0}");
  CHECK(rows(2) == "{'i': 0} {'i': 1}");
  CHECK(rows() == "{'i': 0} {'i': 1} {'i': 2}");
}

TEST_CASE_FIXTURE(LakeFixture, "rows kept in the catalog are rows like others") {
  column(1, "i", "int32", 1, "4");
  column(1, "renamed", "int64", 4);
  column(2, "f", "float32", 1, "4");
  column(2, "f", "float64", 4);
  column(3, "b", "blob");
  column(4, "s", "struct");
  column(5, "x", "varchar", 1, "NULL", "4");
  column(6, "d", "date", 4, "NULL", "NULL", "'2020-02-03'");
  run("INSERT INTO ducklake_schema_versions VALUES (1, 1, 1), (4, 2, 1);"
      "INSERT INTO ducklake_inlined_data_tables VALUES (1, 'ducklake_inlined_data_1_1', 1);"
      "CREATE TABLE ducklake_inlined_data_1_1(row_id BIGINT, begin_snapshot BIGINT, end_snapshot BIGINT, i BIGINT,"
      " f VARCHAR, b BLOB, s VARCHAR);"
      "INSERT INTO ducklake_inlined_data_1_1 VALUES (0, 2, NULL, 5, '1.1', x'00ff27', '{''x'': ''it\\''s''}'),"
      " (1, 2, 3, 6, NULL, NULL, NULL), (2, 3, NULL, NULL, 'nan', NULL, NULL)");
  CHECK(table(2).rows == 2);
  CHECK(rows(2) ==
        "{'i': 5, 'f': 1.1, 'b': \\x00\\xFF\\x27, 's': {'x': 'it\\'s'}} "
        "{'i': 6, 'f': NULL, 'b': NULL, 's': NULL}");
  // 1.1 as FLOAT is not 1.1 as DOUBLE, and never becomes it.
  CHECK(rows() ==
        "{'renamed': 5, 'f': 1.100000023841858, 'b': \\x00\\xFF\\x27, 's': {'x': 'it\\'s'}, "
        "'d': 2020-02-03} {'renamed': NULL, 'f': nan, 'b': NULL, 's': NULL, 'd': 2020-02-03}");
  CHECK(table().changed_snapshot == 4);
}

TEST_CASE_FIXTURE(LakeFixture, "files without field ids are read by their mapping") {
  column(1, "i", "int64");
  column(2, "label", "varchar");
  column(3, "missing", "int32", 1, "NULL", "NULL", "'4'");
  file(1, "SELECT 3::INTEGER AS theirs, 'x' AS text, 9 AS other", "");
  run("UPDATE ducklake_data_file SET mapping_id = 5;"
      "INSERT INTO ducklake_column_mapping VALUES (5, 1, 'map_by_name');"
      "INSERT INTO ducklake_name_mapping VALUES (5, 0, 'theirs', 1, NULL, 0), (5, 1, 'text', 2, NULL, 0)");
  CHECK(rows() == "{'i': 3, 'label': x, 'missing': 4}");
}

TEST_CASE_FIXTURE(LakeFixture, "nested types are told whole, and a table without files is empty with its types") {
  column(1, "s", "struct");
  column(2, "a b", "list", 1, "NULL", "1");
  column(3, "element", "decimal(10,2)", 1, "NULL", "2");
  column(4, "m", "map");
  column(5, "key", "varchar", 1, "NULL", "4");
  column(6, "value", "timestamptz", 1, "NULL", "4");
  CHECK(rows().empty());
  const LakeTable found = table();
  CHECK(found.columns.at(0).type == "STRUCT(\"a b\" DECIMAL(10,2)[])");
  CHECK(found.columns.at(1).type == "MAP(VARCHAR, TIMESTAMP WITH TIME ZONE)");
}

TEST_CASE_FIXTURE(LakeFixture, "what cannot be read right is refused by name") {
  column(1, "s", "struct");
  column(2, "old", "int64", 1, "4", "1");
  column(2, "new", "int64", 4, "NULL", "1");
  file(1, "SELECT {'old': 1} AS s", "{s: {__duckdb_field_id: 1, old: 2}}", 1);
  SUBCASE("a nested field renamed after files were written") {
    CHECK(refusal().code == ErrorCode::unsupported);
    CHECK(refusal().message.find("'new' of column 's'") != std::string::npos);
    CHECK(rows(1) == "{'s': {'old': 1}}");
  }
  SUBCASE("deletion vectors") {
    deletes(1, "SELECT 1 AS pos", 2, 1, "puffin");
    CHECK(refusal().message.find("puffin") != std::string::npos);
  }
  SUBCASE("an encrypted file") {
    run("UPDATE ducklake_data_file SET encryption_key = 'k'");
    CHECK(refusal().message.find("encrypted") != std::string::npos);
  }
  SUBCASE("a file on another machine") {
    run("UPDATE ducklake_data_file SET path = 's3://bucket/x.parquet', path_is_relative = 0");
    CHECK(refusal().message.find("s3://bucket") != std::string::npos);
  }
  SUBCASE("an encrypted lake, and one of another format") {
    run("UPDATE ducklake_metadata SET value = 'true' WHERE key = 'encrypted'");
    CHECK(error_of(Lake::open(catalog())).code == ErrorCode::unsupported);
    run("UPDATE ducklake_metadata SET value = '2.0' WHERE key = 'version'");
    CHECK(error_of(Lake::open(catalog())).message.find("format 2.0") != std::string::npos);
  }
}

TEST_CASE_FIXTURE(LakeFixture, "a table that is not there is named with the nearest one") {
  column(1, "i", "int64");
  const auto lake = value_of(Lake::open(catalog()));
  const Error error = error_of(lake->table("main", "tt", std::nullopt));
  CHECK(error.code == ErrorCode::not_found);
  CHECK(error.hint == "did you mean main.t?");
  CHECK(value_of(lake->table("MAIN", "T", std::nullopt)).uuid == "uuid-1");
  CHECK(value_of(lake->tables()) == std::vector<std::pair<std::string, std::string>>{{"main", "t"}});
}

TEST_CASE_FIXTURE(LakeFixture, "a table made anew under its name has another identity") {
  column(1, "i", "int64");
  run("UPDATE ducklake_table SET end_snapshot = 3;"
      "INSERT INTO ducklake_table VALUES (2, 'uuid-2', 5, NULL, 0, 't', 't2/', 1)");
  CHECK(table(2).uuid == "uuid-1");
  CHECK(error_of(value_of(Lake::open(catalog()))->table("main", "t", 4)).code == ErrorCode::not_found);
}

TEST_CASE_FIXTURE(LakeFixture, "a file that is no DuckLake says so") {
  test::TemporaryDirectory other;
  CHECK(error_of(Lake::open(other.path() / "none.sqlite")).message.find("there is no") != std::string::npos);
  other.write("text.sqlite", "this is not a database, whatever its name says, and long enough for a header");
  CHECK(error_of(Lake::open(other.path() / "text.sqlite")).message.find("damaged") != std::string::npos);
  SQLite::Database((other.path() / "empty.sqlite").string(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE)
      .exec("CREATE TABLE x(a)");
  CHECK(error_of(Lake::open(other.path() / "empty.sqlite")).message.find("not a DuckLake") != std::string::npos);
}

TEST_CASE("every DuckLake type name has its DuckDB type and back") {
  for (const char* type : {"BOOLEAN", "TINYINT", "BIGINT", "HUGEINT", "UBIGINT", "FLOAT", "DOUBLE", "DECIMAL(10,2)",
                           "TIME", "TIME WITH TIME ZONE", "DATE", "TIMESTAMP", "TIMESTAMP_NS",
                           "TIMESTAMP WITH TIME ZONE", "INTERVAL", "VARCHAR", "BLOB", "UUID", "JSON"}) {
    CAPTURE(type);
    CHECK(value_of(duckdb_type_name(value_of(lake_type_name(type)))) == type);
  }
  CHECK(error_of(lake_type_name("BIT")).code == ErrorCode::unsupported);
  CHECK(error_of(duckdb_type_name("int7")).code == ErrorCode::unsupported);
}
