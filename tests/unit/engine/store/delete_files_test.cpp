#include <doctest/doctest.h>

#include "store_fixture.hpp"

using namespace matview;
using namespace matview::engine;

namespace {

struct DeleteFixture : StoreFixture {
  DeleteFixture() : store(open()), id(value_of(store->create_view(definition("v"))).view_id) {}

  /// A delete file for the newest version's file number `index`, naming `rows` positions.
  NewDeleteFile deletes(std::size_t index, std::int64_t rows, const std::string& name) {
    const auto file = value_of(store->pin("v", std::nullopt)).files.at(index);
    NewDeleteFile made;
    made.data_file_id = file.data_file_id;
    made.rows = rows;
    if (name.empty()) return made;
    const NewDataFile written = write_file(*store, id, name, "positions of " + name);
    made.path = name;
    made.bytes = written.bytes;
    made.footer_size = 3;
    made.checksum = written.checksum;
    return made;
  }

  RefreshCommit change(std::vector<NewDataFile> files, std::vector<NewDeleteFile> deletes) {
    RefreshCommit commit = next_commit(*store, id, std::move(files));
    commit.replaces = false;
    commit.deletes = std::move(deletes);
    return commit;
  }

  /// Names of the files of a version with the rows that are deleted from each.
  std::string files_of(std::int64_t version) {
    std::string text;
    for (const DataFile& file : value_of(store->pin("v", version)).files) {
      text += (text.empty() ? "" : " ") + std::filesystem::path(file.path).stem().string();
      if (file.deletes) text += "-" + std::to_string(file.deletes->rows);
    }
    return text;
  }

  std::unique_ptr<Store> store;
  std::int64_t id;
};

}  // namespace

TEST_CASE_FIXTURE(DeleteFixture, "rows come and go in one version, and every version keeps its own rows") {
  refresh(*store, id, 10);
  const auto second = value_of(
      store->commit_refresh(change({write_file(*store, id, "n2.parquet", "new", 3)}, {deletes(0, 2, "d1.parquet")})));
  CHECK(second.version == 2);
  CHECK(second.rows == 11);
  const auto third = value_of(store->commit_refresh(change({}, {deletes(0, 5, "d2.parquet")})));
  CHECK(third.rows == 8);
  CHECK(files_of(1) == "f1");
  CHECK(files_of(2) == "f1-2 n2");
  CHECK(files_of(3) == "f1-5 n2");
  const auto files = value_of(store->pin("v", 3)).files;
  std::int64_t bytes = 0;
  for (const DataFile& file : files) bytes += file.bytes + (file.deletes ? file.deletes->bytes : 0);
  CHECK(third.bytes == bytes);
  CHECK(files[0].deletes->path == (root() / "data/main/v-1/d2.parquet").string());
  CHECK(files[0].rows == 10);
}

TEST_CASE_FIXTURE(DeleteFixture, "a new delete file ends the one before it, as the specification has it") {
  refresh(*store, id, 10);
  value_of(store->commit_refresh(change({}, {deletes(0, 2, "d1.parquet")})));
  value_of(store->commit_refresh(change({}, {deletes(0, 5, "d2.parquet")})));
  CHECK(query("SELECT path, delete_count, end_snapshot FROM ducklake_delete_file ORDER BY delete_file_id") ==
        "d1.parquet,2,4 d2.parquet,5,");
  CHECK(query("SELECT path_is_relative, format, footer_size, data_file_id, begin_snapshot FROM ducklake_delete_file"
              " WHERE end_snapshot IS NULL") == "1,parquet,3,0,4");
  CHECK(query("SELECT count(DISTINCT id), count(id) FROM (SELECT data_file_id AS id FROM ducklake_data_file"
              " UNION ALL SELECT delete_file_id FROM ducklake_delete_file)") == "3,3");
  CHECK(query("SELECT changes_made FROM ducklake_snapshot_changes ORDER BY snapshot_id DESC LIMIT 1") ==
        "deleted_from_table:1");
}

TEST_CASE_FIXTURE(DeleteFixture, "a data file without a row left is ended, with its delete file") {
  refresh(*store, id, 10);
  value_of(
      store->commit_refresh(change({write_file(*store, id, "n2.parquet", "new", 3)}, {deletes(0, 2, "d1.parquet")})));
  const auto last = value_of(store->commit_refresh(change({}, {deletes(0, 10, "")})));
  CHECK(last.rows == 3);
  CHECK(files_of(2) == "f1-2 n2");
  CHECK(files_of(3) == "n2");
  CHECK(query("SELECT count(*) FROM ducklake_data_file WHERE end_snapshot IS NULL") == "1");
  CHECK(query("SELECT count(*) FROM ducklake_delete_file WHERE end_snapshot IS NULL") == "0");
}

TEST_CASE_FIXTURE(DeleteFixture,
                  "row ids go on counting, files have an order of their own, records are all that count") {
  refresh(*store, id, 10);
  value_of(
      store->commit_refresh(change({write_file(*store, id, "n2.parquet", "new", 3)}, {deletes(0, 2, "d1.parquet")})));
  value_of(store->commit_refresh(change({write_file(*store, id, "n3.parquet", "newer", 4)}, {})));
  CHECK(query("SELECT file_order, row_id_start, record_count FROM ducklake_data_file ORDER BY data_file_id") ==
        "0,0,10 1,10,3 2,13,4");
  // Readers take the bounds for exact at a snapshot with that many live rows: there is none here.
  CHECK(query("SELECT record_count, next_row_id FROM ducklake_table_stats") == "17,17");
}

TEST_CASE_FIXTURE(DeleteFixture, "delete files that cannot be are refused and change nothing") {
  refresh(*store, id, 10);
  value_of(store->commit_refresh(change({}, {deletes(0, 4, "d1.parquet")})));
  const std::string before = query("SELECT max(snapshot_id) FROM ducklake_snapshot");
  CHECK(error_of(store->commit_refresh(change({}, {deletes(0, 4, "d2.parquet")}))).code == ErrorCode::internal);
  CHECK(error_of(store->commit_refresh(change({}, {deletes(0, 11, "d3.parquet")}))).code == ErrorCode::internal);
  NewDeleteFile other = deletes(0, 5, "d4.parquet");
  other.data_file_id = 77;
  CHECK(error_of(store->commit_refresh(change({}, {other}))).code == ErrorCode::internal);
  NewDeleteFile torn = deletes(0, 5, "d5.parquet");
  torn.bytes += 1;
  CHECK(error_of(store->commit_refresh(change({}, {torn}))).code == ErrorCode::failed);
  CHECK(query("SELECT max(snapshot_id) FROM ducklake_snapshot") == before);
  CHECK(files_of(2) == "f1-4");
}

TEST_CASE_FIXTURE(DeleteFixture, "a full refresh ends delete files too, and expiry takes them from the disk") {
  ViewDefinition one = definition("v");
  one.retention.versions = 1;
  value_of(store->replace_definition(id, one));
  refresh(*store, id, 10);
  value_of(store->commit_refresh(change({}, {deletes(0, 4, "d1.parquet")})));
  value_of(store->commit_refresh(change({}, {deletes(0, 5, "d2.parquet")})));
  CHECK(files_on_disk() == std::vector<std::string>{"d2.parquet", "f1.parquet"});
  refresh(*store, id, 7);
  CHECK(files_on_disk() == std::vector<std::string>{"f2.parquet"});
  CHECK(query("SELECT count(*) FROM ducklake_delete_file") == "0");
  CHECK(query("SELECT count(*) FROM matview_data_file") == "1");
  CHECK(query("SELECT count(*) FROM ducklake_files_scheduled_for_deletion") == "0");
}

TEST_CASE_FIXTURE(DeleteFixture, "a delete file that is missing or was changed is named and never read") {
  refresh(*store, id, 10);
  value_of(store->commit_refresh(change({}, {deletes(0, 4, "d1.parquet")})));
  const auto path = root() / "data/main/v-1/d1.parquet";
  std::ofstream(path) << "positions of d2.parquet";
  CHECK(error_of(store->pin("v", std::nullopt)).message.find("d1.parquet") != std::string::npos);
  CHECK(value_of(store->pin("v", 1)).version.rows == 10);
  std::filesystem::remove(path);
  CHECK(error_of(store->pin("v", std::nullopt)).message.find("missing") != std::string::npos);
}

TEST_CASE_FIXTURE(DeleteFixture, "hidden columns have no statistics in the catalog") {
  NewDataFile file = write_file(*store, id, "a.parquet", "content", 2);
  file.columns.push_back({{"__matview_count"}, 8, 2, 0, "1", "2", std::nullopt});
  file.columns.push_back({{"__matview_sums", "list", "element"}, 8, 2, 0, "1", "2", std::nullopt});
  value_of(store->commit_refresh(next_commit(*store, id, {file})));
  CHECK(query("SELECT column_id, max_value FROM ducklake_file_column_stats ORDER BY 1") == "1,2 2,");
}
