#include "engine/store/store.hpp"

#include <doctest/doctest.h>

#include "store_fixture.hpp"

using namespace matview;
using namespace matview::engine;

TEST_CASE_FIXTURE(StoreFixture, "reading a store that is not there finds nothing and makes nothing") {
  const auto store = open(Store::Access::read);
  CHECK(value_of(store->views()).empty());
  CHECK_FALSE(value_of(store->find_view("v")).has_value());
  CHECK(value_of(store->jobs(1, 10)).empty());
  CHECK_FALSE(value_of(store->find_job("j")).has_value());
  CHECK(error_of(store->pin("v", std::nullopt)).code == ErrorCode::not_found);
  CHECK_FALSE(std::filesystem::exists(root()));
}

TEST_CASE_FIXTURE(StoreFixture, "a reader that was there first sees the store once it is made") {
  const auto reader = open(Store::Access::read);
  CHECK(value_of(reader->views()).empty());
  value_of(open()->create_view(definition("v")));
  CHECK(value_of(reader->views()).size() == 1);
}

TEST_CASE_FIXTURE(StoreFixture, "a definition comes back as it was given") {
  ViewDefinition given = definition("Größe \"x\".y");
  given.attachments = {"a=/x.duckdb"};
  given.depends_on = {"up"};
  given.tags = {"t1", "t2"};
  given.retention = {3, std::chrono::hours(24)};
  given.columns = {{"h", "HUGEINT", "DECIMAL(38,0)"},
                   {"s \" \t\\t\n,", "STRUCT(\"a\tb\" INTEGER)", "STRUCT(\"a\tb\" INTEGER)"}};
  const ViewRecord created = value_of(open()->create_view(given));
  CHECK(created.view_id == 1);
  CHECK(created.definition_version == 1);
  CHECK(created.created_at == environment.now());
  CHECK_FALSE(created.current.has_value());

  const ViewRecord found = *value_of(open(Store::Access::read)->find_view(given.name));
  CHECK(found.definition.name == given.name);
  CHECK(found.definition.sql == given.sql);
  CHECK(found.definition.base_dir == given.base_dir);
  CHECK(found.definition.attachments == given.attachments);
  CHECK(found.definition.sources == given.sources);
  CHECK(found.definition.columns == given.columns);
  CHECK(found.definition.depends_on == given.depends_on);
  CHECK(found.definition.tags == given.tags);
  CHECK(found.definition.retention.versions == 3);
  CHECK(found.definition.retention.max_age == given.retention.max_age);
}

TEST_CASE_FIXTURE(StoreFixture, "a name can be taken once, whatever its case") {
  const auto store = open();
  value_of(store->create_view(definition("Orders")));
  const Error error = error_of(store->create_view(definition("orders")));
  CHECK(error.code == ErrorCode::conflict);
  CHECK(error.message.find("Orders") != std::string::npos);
  CHECK(value_of(store->find_view("ORDERS"))->definition.name == "Orders");
}

TEST_CASE_FIXTURE(StoreFixture, "views are listed by name") {
  const auto store = open();
  for (const char* name : {"b", "c", "a"}) value_of(store->create_view(definition(name)));
  const auto views = value_of(store->views());
  REQUIRE(views.size() == 3);
  CHECK(views[0].definition.name == "a");
  CHECK(views[2].definition.name == "c");
}

TEST_CASE_FIXTURE(StoreFixture, "what cannot be stored is refused and leaves no trace") {
  const auto store = open();
  ViewDefinition bad = definition("v");
  bad.columns = {{"a", "UNION(a INTEGER)", "UNION(a INTEGER)"}};
  CHECK(error_of(store->create_view(bad)).code == ErrorCode::unsupported);
  bad = definition("v");
  bad.sql = "SELECT '\xff'";
  CHECK(error_of(store->create_view(bad)).code == ErrorCode::usage);
  CHECK(query("SELECT count(*) FROM ducklake_snapshot") == "1");
  CHECK(value_of(store->create_view(definition("v"))).view_id == 1);
}

TEST_CASE_FIXTURE(StoreFixture, "a refresh makes version 1, 2, 3 and each can be read") {
  const auto store = open();
  const auto id = value_of(store->create_view(definition("v"))).view_id;
  for (std::int64_t i = 1; i <= 3; ++i) {
    advance(std::chrono::seconds(1));
    const VersionRecord version = refresh(*store, id, i * 10);
    CHECK(version.version == i);
    CHECK(version.rows == i * 10);
    CHECK(version.committed_at == environment.now());
  }
  const auto versions = value_of(store->versions(id));
  REQUIRE(versions.size() == 3);
  CHECK(versions[0].version == 3);
  CHECK(versions[0].columns == columns());
  CHECK(versions[0].mode == "full");
  CHECK(value_of(store->pin("v", std::nullopt)).version.version == 3);
  for (std::int64_t i = 1; i <= 3; ++i) {
    const PinnedVersion pinned = value_of(store->pin("v", i));
    REQUIRE(pinned.files.size() == 1);
    CHECK(pinned.files[0].rows == i * 10);
    CHECK(pinned.files[0].path == (root() / "data/main/v-1" / ("f" + std::to_string(i) + ".parquet")).string());
  }
  const Error error = error_of(store->pin("v", 7));
  CHECK(error.code == ErrorCode::not_found);
  CHECK(error.hint == "there is 1 to 3");
}

TEST_CASE_FIXTURE(StoreFixture, "a view that was never filled has no version to read") {
  const auto store = open();
  value_of(store->create_view(definition("v")));
  const Error error = error_of(store->pin("v", std::nullopt));
  CHECK(error.code == ErrorCode::not_found);
  CHECK(error.message.find("no version yet") != std::string::npos);
}

TEST_CASE_FIXTURE(StoreFixture, "the list of views carries the current version and the newest job") {
  const auto store = open();
  const auto id = value_of(store->create_view(definition("v"))).view_id;
  refresh(*store, id, 5);
  must(store->record_job(id, job("later", JobState::failed)));
  const ViewRecord view = value_of(store->views()).at(0);
  REQUIRE(view.current.has_value());
  CHECK(view.current->rows == 5);
  REQUIRE(view.last_job.has_value());
  CHECK(view.last_job->id == "later");
  CHECK(view.last_job->state == JobState::failed);
}

TEST_CASE_FIXTURE(StoreFixture,
                  "a commit on an old base, an old definition or other field ids is a conflict and changes nothing") {
  const auto store = open();
  const auto id = value_of(store->create_view(definition("v"))).view_id;
  const RefreshCommit stale = next_commit(*store, id, {write_file(*store, id, "stale.parquet", "x")});
  refresh(*store, id);
  const std::string before = query("SELECT max(snapshot_id), count(*) FROM ducklake_snapshot");
  write_file(*store, id, "stale.parquet", "x");
  CHECK(error_of(store->commit_refresh(stale)).code == ErrorCode::conflict);

  RefreshCommit replaced = next_commit(*store, id, {write_file(*store, id, "r.parquet", "x")});
  value_of(store->replace_definition(id, definition("v")));
  CHECK(error_of(store->commit_refresh(replaced)).code == ErrorCode::conflict);

  RefreshCommit wrong = next_commit(*store, id, {write_file(*store, id, "w.parquet", "x")});
  wrong.field_ids[0].id = 99;
  CHECK(error_of(store->commit_refresh(wrong)).code == ErrorCode::conflict);
  CHECK(query("SELECT max(snapshot_id), count(*) FROM ducklake_snapshot") == before);
}

TEST_CASE_FIXTURE(StoreFixture, "a commit of a file that is missing or has another size fails") {
  const auto store = open();
  const auto id = value_of(store->create_view(definition("v"))).view_id;
  NewDataFile file = write_file(*store, id, "a.parquet", "12345");
  file.bytes = 6;
  CHECK(error_of(store->commit_refresh(next_commit(*store, id, {file}))).code == ErrorCode::failed);
  file.path = "b.parquet";
  CHECK(error_of(store->commit_refresh(next_commit(*store, id, {file}))).message.find("missing") != std::string::npos);
  CHECK_FALSE(value_of(store->find_view("v"))->current.has_value());
}

TEST_CASE_FIXTURE(StoreFixture, "a dropped view is gone, its id never comes back, its job stays") {
  const auto store = open();
  const auto id = value_of(store->create_view(definition("v"))).view_id;
  refresh(*store, id);
  const RefreshCommit late = next_commit(*store, id, {write_file(*store, id, "late.parquet", "x")});
  must(store->drop_view(id));
  CHECK_FALSE(value_of(store->find_view("v")).has_value());
  CHECK(error_of(store->drop_view(id)).code == ErrorCode::conflict);
  CHECK(error_of(store->commit_refresh(late)).code == ErrorCode::conflict);
  CHECK(error_of(store->lock_view(id)).code == ErrorCode::not_found);
  CHECK(value_of(store->find_job("job-1-1")).has_value());
  CHECK(value_of(store->create_view(definition("v"))).view_id == 2);
  CHECK(query("SELECT count(*) FROM ducklake_data_file") == "0");
}

TEST_CASE_FIXTURE(StoreFixture, "replacing a definition raises its version and keeps the rows") {
  const auto store = open();
  const auto id = value_of(store->create_view(definition("v"))).view_id;
  refresh(*store, id, 7);
  ViewDefinition other = definition("v");
  other.sql = "SELECT 2";
  other.columns = {{"z", "DATE", "DATE"}};
  const ViewRecord replaced = value_of(store->replace_definition(id, other));
  CHECK(replaced.definition_version == 2);
  CHECK(replaced.definition.sql == "SELECT 2");
  CHECK(replaced.definition.columns[0].name == "z");
  CHECK(replaced.current->columns == columns());
  CHECK(value_of(store->pin("v", std::nullopt)).version.rows == 7);
}

TEST_CASE_FIXTURE(StoreFixture, "jobs come newest first and are brought up to date in place") {
  const auto store = open();
  const auto id = value_of(store->create_view(definition("v"))).view_id;
  Job failed = job("a", JobState::running);
  must(store->record_job(id, failed));
  must(store->record_job(id, job("b")));
  failed.state = JobState::failed;
  failed.finished_at = environment.now();
  failed.elapsed = std::chrono::milliseconds(1500);
  failed.rows_total = 3;
  failed.error = Error(ErrorCode::timeout, "too slow \xff").with_hint("wait").with_retryable();
  failed.native.set("n", Value::Number{"170141183460469231731687303715884105728"});
  failed.native.set("list", Value(Value::Array{1, 2.5, "x", nullptr, true}));
  must(store->record_job(id, failed));
  const auto jobs = value_of(store->jobs(id, 10));
  REQUIRE(jobs.size() == 2);
  CHECK(jobs[0].id == "b");
  CHECK(jobs[1].state == JobState::failed);
  CHECK(jobs[1].finished_at == environment.now());
  CHECK(jobs[1].elapsed == failed.elapsed);
  CHECK(jobs[1].rows_total == 3);
  CHECK_FALSE(jobs[1].rows_added.has_value());
  REQUIRE(jobs[1].error.has_value());
  CHECK(jobs[1].error->code == ErrorCode::timeout);
  CHECK(jobs[1].error->hint == "wait");
  CHECK(jobs[1].error->retryable);
  CHECK(jobs[1].native == failed.native);
  CHECK(value_of(store->jobs(id, 1)).size() == 1);
}

TEST_CASE_FIXTURE(StoreFixture, "a locked view names its holder, and is free when the holder is done") {
  const auto store = open();
  const auto id = value_of(store->create_view(definition("v"))).view_id;
  auto lock = value_of(store->lock_view(id));
  const Error error = error_of(open()->lock_view(id));
  CHECK(error.code == ErrorCode::locked);
  CHECK(error.message ==
        "view 'v' is being refreshed by process " + std::to_string(::getpid()) + " since 2024-10-04T00:00:00Z");
  lock.reset();
  value_of(open()->lock_view(id));
}

TEST_CASE_FIXTURE(StoreFixture, "a temporary directory goes with its handle") {
  const auto store = open();
  auto handle = value_of(store->temporary_directory());
  const std::filesystem::path path = *handle;
  CHECK(std::filesystem::is_directory(path));
  std::ofstream(path / "spill") << "x";
  handle.reset();
  CHECK(std::filesystem::is_empty(root() / "tmp"));
}
