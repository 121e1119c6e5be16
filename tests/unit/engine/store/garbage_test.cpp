#include <doctest/doctest.h>
#include <sys/wait.h>
#include <unistd.h>

#include "store_fixture.hpp"

using namespace matview;
using namespace matview::engine;

namespace {

using Names = std::vector<std::string>;

struct GarbageFixture : StoreFixture {
  GarbageFixture() : store(open()), id(value_of(store->create_view(definition("v"))).view_id) {}

  void retain(std::int64_t versions, std::optional<Duration> age = std::nullopt) {
    ViewDefinition changed = definition("v");
    changed.retention = {versions, age};
    value_of(store->replace_definition(id, changed));
  }
  GcReport gc(bool dry_run = false, std::optional<Duration> grace = std::nullopt) {
    return value_of(store->collect_garbage(std::nullopt, {dry_run, grace}));
  }
  std::vector<std::int64_t> version_numbers() {
    std::vector<std::int64_t> numbers;
    for (const VersionRecord& version : value_of(store->versions(id))) numbers.push_back(version.version);
    return numbers;
  }

  std::unique_ptr<Store> store;
  std::int64_t id;
};

}  // namespace

TEST_CASE_FIXTURE(GarbageFixture, "a refresh lets the oldest versions go with their files") {
  retain(2);
  for (int i = 0; i < 5; ++i) refresh(*store, id);
  CHECK(version_numbers() == std::vector<std::int64_t>{5, 4});
  CHECK(files_on_disk() == Names{"f4.parquet", "f5.parquet"});
  CHECK(query("SELECT count(*) FROM ducklake_data_file") == "2");
  CHECK(query("SELECT count(*) FROM ducklake_file_column_stats") == "4");
  CHECK(query("SELECT count(*) FROM ducklake_files_scheduled_for_deletion") == "0");
  CHECK(error_of(store->pin("v", 3)).code == ErrorCode::not_found);
}

TEST_CASE_FIXTURE(GarbageFixture, "a snapshot before the oldest version has no such table rather than wrong rows") {
  retain(1);
  value_of(store->create_view(definition("other")));
  refresh(*store, id);
  refresh(*store, 2);  // keeps its snapshot alive
  const VersionRecord newest = refresh(*store, id);
  const std::string snapshot = std::to_string(newest.snapshot_id);
  CHECK(query("SELECT begin_snapshot FROM ducklake_table WHERE table_id = 1") == snapshot);
  CHECK(query("SELECT DISTINCT begin_snapshot FROM ducklake_column WHERE table_id = 1") == snapshot);
  CHECK(query("SELECT count(*) FROM ducklake_snapshot WHERE snapshot_id = " + std::to_string(newest.snapshot_id - 1)) ==
        "1");
}

TEST_CASE_FIXTURE(GarbageFixture, "versions superseded too long ago go at the next collection, the current one never") {
  retain(10, std::chrono::hours(1));
  refresh(*store, id);
  advance(std::chrono::hours(100));
  refresh(*store, id);
  CHECK(version_numbers() == std::vector<std::int64_t>{2, 1});
  advance(std::chrono::minutes(59));
  CHECK(gc().versions_removed == 0);
  advance(std::chrono::minutes(2));
  const GcReport planned = gc(true);
  CHECK(planned.versions_removed == 1);
  CHECK(planned.files == Names{"data/main/v-1/f1.parquet"});
  CHECK(version_numbers() == std::vector<std::int64_t>{2, 1});
  CHECK(files_on_disk().size() == 2);
  const GcReport done = gc();
  CHECK(done.versions_removed == planned.versions_removed);
  CHECK(done.files == planned.files);
  CHECK(done.bytes_removed == planned.bytes_removed);
  CHECK(version_numbers() == std::vector<std::int64_t>{2});
  advance(std::chrono::hours(1000));
  CHECK(gc().versions_removed == 0);
}

TEST_CASE_FIXTURE(GarbageFixture, "files of a pinned version stay until its reader is done") {
  retain(1);
  refresh(*store, id);
  auto pinned = std::make_optional(value_of(open(Store::Access::read)->pin("v", std::nullopt)));
  refresh(*store, id);
  const GcReport report = gc();
  CHECK(report.files.empty());
  CHECK(report.kept == Names{"data/main/v-1/f1.parquet: is being read"});
  CHECK(files_on_disk() == Names{"f1.parquet", "f2.parquet"});
  pinned.reset();
  CHECK(gc().files == Names{"data/main/v-1/f1.parquet"});
  CHECK(files_on_disk() == Names{"f2.parquet"});
  CHECK(std::filesystem::is_empty(root() / "locks/pins"));
}

TEST_CASE_FIXTURE(GarbageFixture, "a pin of one version does not keep the files of another") {
  retain(1);
  refresh(*store, id);
  refresh(*store, id);
  const auto pinned = value_of(store->pin("v", 2));
  refresh(*store, id);
  refresh(*store, id);
  CHECK(files_on_disk() == Names{"f2.parquet", "f4.parquet"});
}

TEST_CASE_FIXTURE(GarbageFixture, "an orphan goes with a collection, unless its view is being refreshed") {
  refresh(*store, id);
  write_file(*store, id, "orphan.parquet", "12345");
  {
    const auto lock = value_of(store->lock_view(id));
    const GcReport report = gc();
    CHECK(report.files.empty());
    CHECK(report.kept == Names{"v: is being refreshed"});
  }
  CHECK(gc(true).files == Names{"data/main/v-1/orphan.parquet"});
  CHECK(files_on_disk().size() == 2);
  const GcReport report = gc();
  CHECK(report.files_removed == 1);
  CHECK(report.bytes_removed == 5);
  CHECK(files_on_disk() == Names{"f1.parquet"});
}

TEST_CASE_FIXTURE(GarbageFixture, "the next refresh of a view removes its orphans") {
  write_file(*store, id, "orphan.parquet", "12345");
  refresh(*store, id);
  CHECK(files_on_disk() == Names{"f1.parquet"});
}

TEST_CASE_FIXTURE(GarbageFixture, "what was unused for less than the grace stays") {
  retain(1);
  refresh(*store, id);
  const auto pinned = std::make_optional(value_of(store->pin("v", std::nullopt)));
  refresh(*store, id);
  advance(std::chrono::minutes(10));
  CHECK(gc(true, std::chrono::hours(1)).kept.empty());
  CHECK(gc(true, std::chrono::minutes(5)).kept.size() == 1);
}

TEST_CASE_FIXTURE(GarbageFixture, "a dropped view leaves nothing behind") {
  refresh(*store, id);
  const auto pinned = std::make_optional(value_of(store->pin("v", std::nullopt)));
  must(store->drop_view(id));
  CHECK(files_on_disk() == Names{"f1.parquet"});
  CHECK(gc().kept.size() == 1);
  const_cast<std::optional<PinnedVersion>&>(pinned).reset();
  gc();
  CHECK(std::filesystem::is_empty(root() / "data/main"));
  CHECK_FALSE(std::filesystem::exists(root() / "locks/view-1.lock"));
  CHECK(query("SELECT count(*) FROM matview_job") == "0");
  CHECK(query("SELECT count(*) FROM ducklake_snapshot") == "1");
  CHECK(query("SELECT count(*) FROM ducklake_snapshot_changes") == "1");
}

TEST_CASE_FIXTURE(GarbageFixture, "what another program keeps in the lake is left alone") {
  std::filesystem::create_directories(root() / "data/main/theirs-9");
  std::filesystem::create_directories(root() / "data/main/no_number");
  std::ofstream(root() / "data/main/theirs-9/a.parquet") << "x";
  std::ofstream(root() / "data/main/no_number/b.parquet") << "x";
  SQLite::Database database((root() / "catalog.sqlite").string(), SQLite::OPEN_READWRITE);
  database.exec("INSERT INTO ducklake_table VALUES (9, 'u', 0, NULL, 0, 'theirs', 'theirs-9/', 1)");
  database.exec(
      "INSERT INTO ducklake_files_scheduled_for_deletion VALUES (77, '/etc/passwd', 0, '2000'),"
      " (78, '../../../escape', 1, '2000')");
  const GcReport report = gc();
  CHECK(report.files.empty());
  CHECK(report.kept.size() == 2);
  CHECK(files_on_disk() == Names{"a.parquet", "b.parquet"});
  CHECK(error_of(store->create_view(definition("THEIRS"))).code == ErrorCode::conflict);
}

TEST_CASE_FIXTURE(GarbageFixture, "what a dead process left in tmp and among the pins goes") {
  refresh(*store, id);
  store.reset();
  const pid_t child = ::fork();
  if (child == 0) {
    const auto own = Store::open(root(), Store::Access::write, environment);
    const auto directory = (*own)->temporary_directory();
    std::ofstream(**directory / "spill") << "x";
    const auto pinned = (*own)->pin("v", std::nullopt);
    ::_exit(directory && pinned ? 0 : 1);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  REQUIRE(status == 0);
  CHECK_FALSE(std::filesystem::is_empty(root() / "tmp"));
  CHECK_FALSE(std::filesystem::is_empty(root() / "locks/pins"));
  store = open();
  const auto alive = value_of(store->temporary_directory());
  gc();
  CHECK(std::filesystem::is_empty(root() / "locks/pins"));
  CHECK(std::filesystem::exists(*alive));
  std::size_t left = 0;
  for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator(root() / "tmp")) ++left;
  CHECK(left == 2);  // the directory that is in use, and its lock
}

TEST_CASE_FIXTURE(GarbageFixture, "one view can be collected alone") {
  const auto other = value_of(store->create_view(definition("w"))).view_id;
  write_file(*store, id, "a.parquet", "x");
  write_file(*store, other, "b.parquet", "x");
  CHECK(value_of(store->collect_garbage(other, {})).files == Names{"data/main/w-2/b.parquet"});
  CHECK(files_on_disk() == Names{"a.parquet"});
}
