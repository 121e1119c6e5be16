#include <doctest/doctest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <functional>
#include <thread>

#include "store_fixture.hpp"

using namespace matview;
using namespace matview::engine;

namespace {

struct SharingFixture : StoreFixture {
  pid_t start(const std::function<bool()>& work) {
    const pid_t child = ::fork();
    if (child == 0) ::_exit(work() ? 0 : 1);
    return child;
  }

  /// Runs `work(0)` to `work(count - 1)`, each in a process of its own; all must return true.
  void in_processes(int count, const std::function<bool(int)>& work) {
    std::vector<pid_t> children;
    for (int i = 0; i < count; ++i) children.push_back(start([&] { return work(i); }));
    for (const pid_t child : children) CHECK(status_of(child) == 0);
  }

  static int status_of(pid_t child) {
    int status = 0;
    ::waitpid(child, &status, 0);
    return status;
  }

  /// A refresh that reports failure by its result: doctest's macros must not run in a child.
  static bool refreshes(Store& store, std::int64_t view_id, const std::string& file, ErrorCode* code = nullptr) {
    const auto views = store.views();
    if (!views) return false;
    for (const ViewRecord& view : *views) {
      if (view.view_id != view_id) continue;
      RefreshCommit commit;
      commit.view_id = view_id;
      commit.definition_version = view.definition_version;
      if (view.current) commit.base_version = view.current->version;
      commit.columns = columns();
      const auto fields = store.field_ids(view_id, commit.columns);
      const auto directory = store.data_directory(view_id);
      if (!fields || !directory) return false;
      commit.field_ids = *fields;
      std::ofstream(*directory / file) << file;
      NewDataFile made;
      made.path = file;
      made.rows = 1;
      made.bytes = static_cast<std::int64_t>(file.size());
      made.checksum = support::checksum(file);
      commit.files = {made};
      commit.job.id = file;
      const auto version = store.commit_refresh(commit);
      if (!version && code != nullptr) *code = version.error().code;
      return version.has_value();
    }
    return false;
  }
};

}  // namespace

TEST_CASE_FIXTURE(SharingFixture, "many processes may make a new store at once") {
  for (int round = 0; round < 5; ++round) {
    std::filesystem::remove_all(root());
    in_processes(8, [&](int i) {
      auto store = Store::open(root(), Store::Access::write, environment);
      return store && (*store)->create_view(definition("v" + std::to_string(i))).has_value();
    });
    CHECK(value_of(open()->views()).size() == 8);
  }
}

TEST_CASE_FIXTURE(SharingFixture, "many threads may make a new store at once") {
  std::vector<std::thread> threads;
  std::atomic<int> made = 0;
  for (int i = 0; i < 8; ++i)
    threads.emplace_back([&] {
      if (Store::open(root(), Store::Access::write, environment)) ++made;
    });
  for (std::thread& thread : threads) thread.join();
  CHECK(made == 8);
}

TEST_CASE_FIXTURE(SharingFixture, "eight processes refresh, list and collect without getting in each other's way") {
  constexpr int k_rounds = 10;
  {
    const auto store = open();
    ViewDefinition view = definition("x");
    view.retention.versions = 2;
    for (int i = 0; i < 4; ++i) {
      view.name = "v" + std::to_string(i);
      value_of(store->create_view(view));
      refresh(*store, i + 1);
    }
  }
  in_processes(8, [&](int i) {
    for (int round = 0; round < k_rounds; ++round) {
      // A new connection each time, as each command has.
      auto store = Store::open(root(), i < 5 ? Store::Access::write : Store::Access::read, environment);
      if (!store) return false;
      if (i < 4) {
        const std::string file = "p" + std::to_string(i) + "-" + std::to_string(round) + ".parquet";
        const auto lock = (*store)->lock_view(i + 1);
        // Only the collection of garbage holds another view's lock, and not for long.
        if (!lock && lock.error().code != ErrorCode::locked) return false;
        if (lock && !refreshes(**store, i + 1, file)) return false;
      } else if (i == 4) {
        if (!(*store)->collect_garbage(std::nullopt, {})) return false;
      } else {
        const auto views = (*store)->views();
        if (!views || views->size() != 4) return false;
        const auto pinned = (*store)->pin("v" + std::to_string(i - 5), std::nullopt);
        if (!pinned || pinned->files.size() != 1) return false;
        for (const DataFile& file : pinned->files)
          if (!verify_data_file(file)) return false;
      }
    }
    return true;
  });
  const auto store = open();
  value_of(store->collect_garbage(std::nullopt, {}));
  for (const Check& check : value_of(store->check(true)))
    CHECK_MESSAGE(check.outcome == Check::Outcome::ok, check.message);
  CHECK(files_on_disk().size() == 8);
}

TEST_CASE_FIXTURE(SharingFixture, "of two commits on the same base one wins, even with the lock broken") {
  const auto id = value_of(open()->create_view(definition("v"))).view_id;
  const auto first = open();
  const auto second = open();
  const RefreshCommit a = next_commit(*first, id, {write_file(*first, id, "a.parquet", "a")});
  RefreshCommit b = next_commit(*second, id, {write_file(*second, id, "b.parquet", "b")});
  b.job.id = "other";
  CHECK(value_of(first->commit_refresh(a)).version == 1);
  write_file(*second, id, "b.parquet", "b");
  CHECK(error_of(second->commit_refresh(b)).code == ErrorCode::conflict);
  CHECK(value_of(open()->pin("v", std::nullopt)).files.size() == 1);
  CHECK_FALSE(value_of(open()->find_job("other")).has_value());
}

TEST_CASE_FIXTURE(SharingFixture, "a view locked by a process that dies is free again") {
  const auto id = value_of(open()->create_view(definition("v"))).view_id;
  const pid_t child = start([&] {
    auto store = Store::open(root(), Store::Access::write, environment);
    const auto lock = (*store)->lock_view(id);
    if (lock) ::kill(::getpid(), SIGKILL);
    return false;
  });
  CHECK(WIFSIGNALED(status_of(child)));
  value_of(open()->lock_view(id));
}

TEST_CASE_FIXTURE(SharingFixture, "a reader keeps its version while others commit") {
  const auto id = value_of(open()->create_view(definition("v"))).view_id;
  refresh(*open(), id, 5);
  const PinnedVersion pinned = value_of(open(Store::Access::read)->pin("v", std::nullopt));
  const auto writer = open();
  for (int i = 0; i < 12; ++i) refresh(*writer, id, 6);
  CHECK(pinned.version.rows == 5);
  must(verify_data_file(pinned.files[0]));
}

TEST_CASE_FIXTURE(SharingFixture, "a store that cannot be written can be read, by another user too") {
  const auto id = value_of(open()->create_view(definition("v"))).view_id;
  refresh(*open(), id, 5);
  ::chmod(directory.path().c_str(), 0755);
  for (const auto& entry : std::filesystem::recursive_directory_iterator(root()))
    ::chmod(entry.path().c_str(), entry.is_directory() ? 0555 : 0444);
  ::chmod(root().c_str(), 0555);
  const auto reads = [&] {
    // Permissions do not bind root, who becomes somebody else.
    if (::geteuid() == 0 && (::setgid(65534) != 0 || ::setuid(65534) != 0)) return false;
    auto store = Store::open(root(), Store::Access::read, environment);
    if (!store) return false;
    const auto views = (*store)->views();
    const auto pinned = (*store)->pin("v", std::nullopt);
    return views && views->size() == 1 && pinned && pinned->version.rows == 5;
  };
  CHECK_FALSE(std::filesystem::exists(root() / "catalog.sqlite-wal"));
  CHECK(status_of(start(reads)) == 0);
  // With a writer at work there is a log beside the catalog.
  ::chmod(root().c_str(), 0755);
  ::chmod((root() / "catalog.sqlite").c_str(), 0644);
  const auto writer = open();
  must(writer->record_job(id, job("j")));
  ::chmod(root().c_str(), 0555);
  CHECK(std::filesystem::exists(root() / "catalog.sqlite-wal"));
  CHECK(status_of(start(reads)) == 0);
  for (const auto& entry : std::filesystem::recursive_directory_iterator(root()))
    if (entry.is_directory()) ::chmod(entry.path().c_str(), 0755);
  ::chmod(root().c_str(), 0755);
}

TEST_CASE_FIXTURE(StoreFixture, "the delete file of a version that is being read stays until the reader is done") {
  const auto store = open();
  ViewDefinition one = definition("v");
  one.retention.versions = 1;
  const auto id = value_of(store->create_view(one)).view_id;
  refresh(*store, id, 10);
  const auto take = [&](std::int64_t rows, const std::string& name) {
    const NewDataFile file = write_file(*store, id, name, "positions of " + name);
    RefreshCommit commit = next_commit(*store, id, {});
    commit.replaces = false;
    commit.deletes = {
        {value_of(store->pin("v", std::nullopt)).files.at(0).data_file_id, name, rows, file.bytes, 4, file.checksum}};
    value_of(store->commit_refresh(commit));
  };
  take(1, "d1");
  {
    const auto reader = open(Store::Access::read);
    const PinnedVersion pinned = value_of(reader->pin("v", std::nullopt));
    take(2, "d2");
    CHECK(std::filesystem::exists(pinned.files.at(0).deletes->path));
    CHECK(value_of(store->collect_garbage(std::nullopt, {})).kept.size() == 1);
    must(verify_data_file(pinned.files.at(0)));
  }
  CHECK(value_of(store->collect_garbage(std::nullopt, {})).files == std::vector<std::string>{"data/main/v-1/d1"});
}
