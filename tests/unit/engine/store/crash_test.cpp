#include <doctest/doctest.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <functional>

#include "engine/store/suspension.hpp"
#include "store_fixture.hpp"

using namespace matview;
using namespace matview::engine;

namespace {

/// The steps that `action` passes, found by running it once in a process of its own.
struct CrashFixture : StoreFixture {
  /// Runs `action` in a child with a setting of MATVIEW_FAILPOINT; true if it was killed there.
  bool killed_in_child(const std::string& failpoint, const std::function<void(Store&)>& action) {
    const pid_t child = ::fork();
    if (child == 0) {
      ::setenv("MATVIEW_FAILPOINT", failpoint.c_str(), 1);
      auto store = Store::open(root(), Store::Access::write, environment);
      if (store) action(**store);
      ::_exit(0);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    return WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;
  }

  /// After whatever happened: the store is sound, nothing is left over once it was collected.
  void check_is_clean(std::size_t files) {
    const auto store = open();
    value_of(store->collect_garbage(std::nullopt, {}));
    for (const Check& check : value_of(store->check(true)))
      CHECK_MESSAGE(check.outcome == Check::Outcome::ok, check.message);
    CHECK(files_on_disk().size() == files);
    CHECK(std::filesystem::is_empty(root() / "locks/pins"));
    CHECK(query("SELECT count(*) FROM ducklake_files_scheduled_for_deletion") == "0");
  }
};

}  // namespace

TEST_CASE_FIXTURE(CrashFixture, "killed while a store is made, it can be made again") {
  for (const char* step : {"open.before_create", "open.before_publish", "open.after_publish"}) {
    CAPTURE(step);
    std::filesystem::remove_all(root());
    CHECK(killed_in_child(std::string(step) + "=kill", [](Store&) {}));
    CHECK(value_of(open(Store::Access::read)->views()).empty());
    value_of(open()->create_view(definition("v")));
    for (const auto& entry : std::filesystem::directory_iterator(root()))
      CHECK(entry.path().filename().string().find(".new") == std::string::npos);
  }
}

TEST_CASE_FIXTURE(CrashFixture, "killed while a view is created, it is there or it is not") {
  open();
  int number = 0;
  for (const auto& [step, there] : std::vector<std::pair<std::string, bool>>{
           {"create.before_transaction", false}, {"create.before_commit", false}, {"create.after_commit", true}}) {
    const std::string name = "v" + std::to_string(++number);
    CAPTURE(step);
    CHECK(killed_in_child(step + "=kill", [&](Store& store) { (void)store.create_view(definition(name)); }));
    CHECK(value_of(open()->find_view(name)).has_value() == there);
  }
  check_is_clean(0);
}

TEST_CASE_FIXTURE(CrashFixture, "killed anywhere in a commit, the old or the new version is there, whole") {
  ViewDefinition one = definition("v");
  one.retention.versions = 1;
  const auto id = value_of(open()->create_view(one)).view_id;
  refresh(*open(), id, 10);
  std::int64_t version = 1;
  for (const auto& [step, committed] : std::vector<std::pair<std::string, bool>>{{"commit.after_files", false},
                                                                                 {"commit.before_transaction", false},
                                                                                 {"commit.before_retention", false},
                                                                                 {"commit.before_commit", false},
                                                                                 {"commit.after_commit", true},
                                                                                 {"gc.before_unlink", true},
                                                                                 {"gc.before_forget", true}}) {
    CAPTURE(step);
    CHECK(killed_in_child(step + "=kill", [&, file = step](Store& store) {
      (void)store.commit_refresh(next_commit(store, id, {write_file(store, id, file + ".parquet", file, 20)}));
    }));
    if (committed) ++version;
    const PinnedVersion pinned = value_of(open()->pin("v", std::nullopt));
    CHECK(pinned.version.version == version);
    CHECK(pinned.files.size() == 1);
    CHECK(value_of(open()->versions(id)).size() == 1);
    // A second kill, now of the one who cleans up.
    killed_in_child("gc.before_unlink=kill", [](Store& store) { (void)store.collect_garbage(std::nullopt, {}); });
    CHECK(value_of(open()->pin("v", std::nullopt)).version.version == version);
  }
  check_is_clean(1);
}

TEST_CASE_FIXTURE(CrashFixture,
                  "killed anywhere in a commit of a change, rows, state and retained files are all old or all new") {
  ViewDefinition one = definition("v");
  one.retention.versions = 1;
  const auto id = value_of(open()->create_view(one)).view_id;
  refresh(*open(), id, 1000);
  const auto deletes_of = [](const std::vector<DataFile>& files) {
    return files.at(0).deletes ? files.at(0).deletes->rows : 0;
  };
  // Takes one more row from the view and from its state, and keeps another source file.
  const auto change = [&](Store& store, const std::string& name) {
    const auto rows = value_of(store.pin("v", std::nullopt)).files;
    const auto state = value_of(store.state(id));
    const auto written = [&](const std::filesystem::path& path) -> NewDataFile {
      std::filesystem::create_directories(path.parent_path());
      std::ofstream(path) << name;
      return {path.filename(), 1000, static_cast<std::int64_t>(name.size()), 4, support::checksum(name), {}};
    };
    const auto deletes = [&](const std::filesystem::path& directory, const std::vector<DataFile>& files) {
      const NewDataFile file = written(directory / (name + "-deletes"));
      return NewDeleteFile{files.at(0).data_file_id, file.path, deletes_of(files) + 1, file.bytes, 4, file.checksum};
    };
    RefreshCommit commit = next_commit(store, id, {});
    commit.replaces = false;
    commit.keeps_state = true;
    commit.deletes = {deletes(value_of(store.data_directory(id)), rows)};
    const auto directory = value_of(store.state_directory(id));
    if (state.empty())
      commit.state[1] = {columns(), true, {written(directory / "state")}, {}};
    else
      commit.state[1] = {columns(), false, {}, {deletes(directory, state.at(1).files)}};
    const std::string kept = "sources/" + std::to_string(id) + "/" + name + "/x";
    written(root() / kept);
    commit.retained = {{{"/x", 1, 2, 3, 4, 5}, kept, false, name}};
    return store.commit_refresh(commit);
  };
  value_of(change(*open(), "first"));
  std::int64_t gone = 1;
  for (const auto& [step, committed] : std::vector<std::pair<std::string, bool>>{{"commit.after_files", false},
                                                                                 {"commit.before_transaction", false},
                                                                                 {"commit.after_state", false},
                                                                                 {"commit.before_retention", false},
                                                                                 {"commit.before_commit", false},
                                                                                 {"commit.after_commit", true},
                                                                                 {"gc.before_unlink", true},
                                                                                 {"gc.before_forget", true}}) {
    CAPTURE(step);
    CHECK(killed_in_child(step + "=kill", [&, name = step](Store& store) { (void)change(store, name); }));
    if (committed) ++gone;
    const auto store = open();
    const PinnedVersion pinned = value_of(store->pin("v", std::nullopt));
    CHECK(pinned.version.rows == 1000 - gone);
    CHECK(deletes_of(pinned.files) == gone);
    const auto state = value_of(store->state(id));
    CHECK(deletes_of(state.at(1).files) == gone - 1);
    for (const DataFile& file : state.at(1).files) must(verify_data_file(file));
    const auto kept = value_of(store->retained(id));
    REQUIRE(kept.size() == 1);
    CHECK(std::filesystem::exists(root() / kept[0].path));
    CHECK((kept[0].checksum == step) == committed);
    killed_in_child("gc.before_unlink=kill", [](Store& own) { (void)own.collect_garbage(std::nullopt, {}); });
    CHECK(value_of(open()->pin("v", std::nullopt)).version.rows == 1000 - gone);
  }
  check_is_clean(2);
  const auto left = [&](const char* below) {
    std::size_t files = 0;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(root() / below))
      files += entry.is_regular_file();
    return files;
  };
  CHECK(left("state") == 2);
  CHECK(left("sources") == 1);
  CHECK(query("SELECT count(*) FROM matview_scheduled_file") == "0");
}

TEST_CASE_FIXTURE(CrashFixture, "killed while a store is brought up to date, it is of the old layout or of the new") {
  value_of(open()->create_view(definition("v")));
  for (const char* step : {"upgrade.before_transaction", "upgrade.before_commit", "upgrade.after_commit"}) {
    CAPTURE(step);
    make_first_layout();
    CHECK(killed_in_child(std::string(step) + "=kill", [](Store&) {}));
    CHECK(value_of(open(Store::Access::read)->find_view("v")).has_value());
    CHECK(value_of(open()->plan(1)).empty());
    CHECK(query("SELECT value FROM matview_meta WHERE key = 'schema'") == "3");
  }
}

TEST_CASE_FIXTURE(CrashFixture,
                  "killed while the last of too many failures is recorded, all of it is there or nothing") {
  value_of(open()->create_view(definition("v")));
  auto reader = definition("reader");
  reader.depends_on = {"v"};
  value_of(open()->create_view(reader));
  int attempts = 0;
  const auto record = [this](Store& store, int attempt) {
    auto failed = job("attempt-" + std::to_string(attempt), JobState::failed);
    failed.native.set(k_unattended, true);
    (void)store.record_job(1, failed);
  };
  for (const auto& [step, counted] : std::vector<std::pair<std::string, bool>>{
           {"job.before_transaction", false}, {"job.before_commit", false}, {"job.after_commit", true}}) {
    CAPTURE(step);
    value_of(open()->resume(1));
    for (int i = 1; i < k_failures_to_suspend; ++i) record(*open(), ++attempts);
    ++attempts;
    CHECK(killed_in_child(step + "=kill", [&](Store& own) { record(own, attempts); }));
    for (const char* name : {"v", "reader"})
      CHECK(value_of(open()->find_view(name))->schedule.suspended_at.has_value() == counted);
    CHECK(value_of(open()->find_view("v"))->schedule.failures == k_failures_to_suspend - (counted ? 0 : 1));
    CHECK(value_of(open()->find_job("attempt-" + std::to_string(attempts))).has_value() == counted);
  }
}

TEST_CASE_FIXTURE(CrashFixture, "killed while a view is suspended or resumed, it is the one or the other") {
  value_of(open()->create_view(definition("v")));
  const auto suspended = [&] { return value_of(open()->find_view("v"))->schedule.suspended_at.has_value(); };
  for (const auto& [step, done] : std::vector<std::pair<std::string, bool>>{
           {"before_transaction", false}, {"before_commit", false}, {"after_commit", true}}) {
    CAPTURE(step);
    CHECK(killed_in_child("suspend." + step + "=kill", [](Store& own) { (void)own.suspend(1, "by alice"); }));
    CHECK(suspended() == done);
    value_of(open()->suspend(1, "by bob"));
    CHECK(killed_in_child("resume." + step + "=kill", [](Store& own) { (void)own.resume(1); }));
    CHECK(suspended() == !done);
    value_of(open()->resume(1));
  }
}

TEST_CASE_FIXTURE(CrashFixture, "killed while a view is dropped, it is there whole or it is gone") {
  for (const auto& [step, gone] : std::vector<std::pair<std::string, bool>>{{"drop.before_transaction", false},
                                                                            {"drop.before_commit", false},
                                                                            {"drop.after_commit", true},
                                                                            {"gc.before_unlink", true}}) {
    CAPTURE(step);
    const auto store = open();
    const auto found = value_of(store->find_view("v"));
    const auto id = found ? found->view_id : value_of(store->create_view(definition("v"))).view_id;
    const auto version = refresh(*store, id).version;
    CHECK(killed_in_child(step + "=kill", [&](Store& own) { (void)own.drop_view(id); }));
    const auto after = value_of(open()->find_view("v"));
    CHECK(after.has_value() != gone);
    if (after) CHECK(value_of(open()->pin("v", std::nullopt)).version.version == version);
  }
  check_is_clean(0);
}

TEST_CASE_FIXTURE(CrashFixture, "a collection that is killed at any step is finished by the next") {
  const auto id = value_of(open()->create_view(definition("v"))).view_id;
  refresh(*open(), id);
  for (const char* step : {"gc.before_catalog", "gc.before_unlink", "gc.before_forget", "gc.before_orphans"}) {
    CAPTURE(step);
    const auto dropped = value_of(open()->create_view(definition("w"))).view_id;
    refresh(*open(), dropped);
    {
      const auto store = open();
      const auto pinned = value_of(store->pin("w", std::nullopt));  // leaves the file on the list
      must(store->drop_view(dropped));
    }
    write_file(*open(), id, "orphan.parquet", "x");
    CHECK(killed_in_child(std::string(step) + "=kill",
                          [](Store& store) { (void)store.collect_garbage(std::nullopt, {}); }));
    CHECK(value_of(open()->pin("v", std::nullopt)).files.size() == 1);
    check_is_clean(1);
  }
}

TEST_CASE_FIXTURE(CrashFixture, "a full disk at any step fails the commit and leaves the old version") {
  const auto store = open();
  const auto id = value_of(store->create_view(definition("v"))).view_id;
  refresh(*store, id, 10);
  for (const char* step :
       {"commit.after_files", "commit.before_transaction", "commit.before_retention", "commit.before_commit"}) {
    CAPTURE(step);
    const RefreshCommit commit = next_commit(*store, id, {write_file(*store, id, "n.parquet", "new", 20)});
    ::setenv("MATVIEW_FAILPOINT", (std::string(step) + "=enospc").c_str(), 1);
    const Error error = error_of(store->commit_refresh(commit));
    ::unsetenv("MATVIEW_FAILPOINT");
    CHECK(error.code == ErrorCode::failed);
    CHECK(error.message.find("no space left on device") != std::string::npos);
    CHECK(value_of(store->pin("v", std::nullopt)).version.version == 1);
  }
  ::setenv("MATVIEW_FAILPOINT", "commit.after_commit=eio", 1);
  CHECK(refresh(*store, id).version == 2);
  ::unsetenv("MATVIEW_FAILPOINT");
}
