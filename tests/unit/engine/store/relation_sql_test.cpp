#include "engine/store/relation_sql.hpp"

#include <doctest/doctest.h>

#include "relation_fixture.hpp"

using namespace matview;
using namespace matview::engine;

namespace {

/// A view whose columns have the names that DuckDB gives its own.
struct HidingFixture : RelationFixture {
  HidingFixture()
      : RelationFixture({{"File_Row_Number", "BIGINT", "BIGINT"},
                         {"file_index", "BIGINT", "BIGINT"},
                         {"filename", "VARCHAR", "VARCHAR"},
                         {"a \"b\"", "INTEGER", "INTEGER"}}) {}
};

/// The positions of a delete file with the data file it speaks of.
std::string positions(RelationFixture& fixture, const DataFile& file) {
  return fixture.rows("SELECT file_path = '" + file.path + "' AS own, pos FROM read_parquet('" + file.deletes->path +
                      "')");
}

}  // namespace

TEST_CASE_FIXTURE(RelationFixture, "rows that went are not read, at any version") {
  replace("SELECT range, range * 10 FROM range(5)");
  change("SELECT 100, 1000", "id IN (1, 3)");
  change("SELECT 200, 2000", "id IN (0, 100)");
  CHECK(rows_of(1) == "[(0, 0), (1, 10), (2, 20), (3, 30), (4, 40)]");
  CHECK(rows_of(2) == "[(0, 0), (2, 20), (4, 40), (100, 1000)]");
  CHECK(rows_of(3) == "[(2, 20), (4, 40), (200, 2000)]");
  CHECK(version(3).version.rows == 3);
  REQUIRE(version(3).files.size() == 2);
  CHECK(positions(*this, version(3).files[0]) == "[(true, 0), (true, 1), (true, 3)]");
}

TEST_CASE_FIXTURE(RelationFixture, "a view without files has its columns and no rows") {
  CHECK(rows(rows_sql({}, columns_)).empty());
  CHECK(value_of(database->describe(rows_sql({}, columns_))).at(1).type == "HUGEINT");
  CHECK(located_rows_sql({}, stored_names()).empty());
}

TEST_CASE_FIXTURE(RelationFixture, "each row is located by its file and position, in files with and without deletes") {
  replace("SELECT range, range FROM range(3)");
  change("SELECT range + 10, range FROM range(2)", "id = 0");
  change("SELECT range + 20, range FROM range(3)", "id = 21 OR id = 10");
  const auto files = version().files;
  REQUIRE(files.size() == 3);
  const auto id_of = [&](std::size_t index) { return std::to_string(files[index].data_file_id); };
  CHECK(rows("SELECT id, __matview_file, __matview_pos FROM (" + located() + ")") ==
        "[(1, " + id_of(0) + ", 1), (2, " + id_of(0) + ", 2), (11, " + id_of(1) + ", 1), (20, " + id_of(2) +
            ", 0), (21, " + id_of(2) + ", 1), (22, " + id_of(2) + ", 2)]");
  CHECK(value_of(database->describe(located())).at(1).type == "DECIMAL(38,0)");
}

TEST_CASE_FIXTURE(HidingFixture, "columns may have the names of DuckDB's own") {
  replace("SELECT range + 50, 1 - range, 'x', range FROM range(3)");
  change("SELECT 90, 91, 'y', 92", "\"File_Row_Number\" = 51");
  CHECK(rows_of() == "[(50, 1, x, 0), (52, -1, x, 2), (90, 91, y, 92)]");
  change("", "\"file_index\" = -1");
  CHECK(rows_of() == "[(50, 1, x, 0), (90, 91, y, 92)]");
  CHECK(rows_of(1) == "[(50, 1, x, 0), (51, 0, x, 1), (52, -1, x, 2)]");
  const auto changed = rows_change(version(1).files, version().files, columns_);
  CHECK(rows(changed.added) == "[(90, 91, y, 92)]");
  CHECK(rows(changed.removed) == "[(51, 0, x, 1), (52, -1, x, 2)]");
}

TEST_CASE_FIXTURE(RelationFixture, "the change between two versions is what came and what went, either way round") {
  replace("SELECT range, range FROM range(4)");
  change("SELECT range + 10, range FROM range(2)", "id = 0");
  change("SELECT 20, 20", "id IN (1, 10)");
  change("", "id IN (11, 20)");
  const auto difference = [&](std::int64_t from, std::int64_t to) {
    return rows_change(version(from).files, version(to).files, columns_);
  };
  CHECK(rows(difference(1, 2).added) == "[(10, 0), (11, 1)]");
  CHECK(rows(difference(1, 2).removed) == "[(0, 0)]");
  CHECK(rows(difference(1, 3).added) == "[(11, 1), (20, 20)]");
  CHECK(rows(difference(1, 3).removed) == "[(0, 0), (1, 1)]");
  CHECK(rows(difference(2, 3).removed) == "[(1, 1), (10, 0)]");
  CHECK(rows(difference(3, 1).added) == "[(0, 0), (1, 1)]");
  CHECK(rows(difference(3, 1).removed) == "[(11, 1), (20, 20)]");
  CHECK(rows(difference(3, 4).removed) == "[(11, 1), (20, 20)]");
  CHECK(difference(3, 4).added.empty());
  CHECK(difference(2, 2).added.empty());
  CHECK(difference(2, 2).removed.empty());
  CHECK_FALSE(difference(1, 3).rewritten);
  CHECK(value_of(database->describe(difference(1, 3).removed)).at(1).type == "HUGEINT");

  replace("SELECT range, range FROM range(2, 5)");
  CHECK(difference(4, 5).rewritten);
  CHECK(rows(difference(4, 5).added) == "[(2, 2), (3, 3), (4, 4)]");
  CHECK(rows(difference(4, 5).removed) == "[(2, 2), (3, 3)]");
}

TEST_CASE_FIXTURE(RelationFixture, "a change that names a row twice, a row that is gone or no row at all is refused") {
  replace("SELECT range, range FROM range(3)");
  change("SELECT 10, 10", "id = 1");
  const std::string file = std::to_string(version().files[0].data_file_id);
  for (const std::string& positions :
       std::vector<std::string>{file + ", 0), (" + file + ", 0", file + ", 1", file + ", 3", file + ", -1",
                                std::string("77, 0"), file + ", 0), (" + file + ", 1), (" + file + ", 2"}) {
    CAPTURE(positions);
    const auto refused = deletes("(VALUES (" + positions + ")) AS t(__matview_file, __matview_pos)");
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == ErrorCode::internal);
  }
  CHECK(value_of(deletes("(SELECT 1 AS __matview_file, 2 AS __matview_pos WHERE false)")).empty());
}

TEST_CASE_FIXTURE(RelationFixture, "positions are written in order, however many there are and however they come") {
  replace("SELECT range, range FROM range(1000000)");
  const auto file = version().files.at(0);
  const auto written = value_of(deletes("(FROM (" + located() + ") WHERE id % 3 <> 0 ORDER BY hash(id))"));
  REQUIRE(written.size() == 1);
  CHECK(written[0].rows == 666666);
  const auto path = value_of(store->data_directory(id)) / written[0].path;
  CHECK(written[0].bytes == static_cast<std::int64_t>(std::filesystem::file_size(path)));
  CHECK(rows("SELECT count(*), count(*) FILTER (pos % 3 = 0 OR pos <= before) FROM (SELECT pos, lag(pos, 1, -1) OVER"
             " (ORDER BY file_row_number) AS before FROM '" +
             path.string() + "')") == "[(666666, 0)]");
  CHECK(rows("SELECT name, type, field_id FROM parquet_schema('" + path.string() +
             "') WHERE name <> 'duckdb_schema'") == "[(file_path, BYTE_ARRAY, 2147483646), (pos, INT64, 2147483645)]");
}

TEST_CASE_FIXTURE(RelationFixture, "delete files that are not committed are removed") {
  replace("SELECT range, range FROM range(3)");
  const auto before = files_on_disk();
  {
    UncommittedFiles files(value_of(store->data_directory(id)), environment);
    CHECK(value_of(
              write_deletes(*database, "(FROM (" + located() + ") WHERE id = 1)", version().files, files, control, "v"))
              .size() == 1);
    CHECK(files_on_disk().size() == before.size() + 1);
  }
  CHECK(files_on_disk() == before);
}
