#include <doctest/doctest.h>

#include "store_fixture.hpp"
#include "support/file.hpp"

using namespace matview;
using namespace matview::engine;

namespace {

const std::vector<StoredColumn> k_columns{{"k", "BIGINT", "BIGINT"}};

struct StateFixture : StoreFixture {
  StateFixture() : store(open()), id(value_of(store->create_view(definition("v"))).view_id) { refresh(*store, id, 10); }

  NewDataFile state_file(const std::string& name, std::int64_t rows = 5) {
    const auto path = value_of(store->state_directory(id)) / name;
    const std::string content = "state " + name;
    std::ofstream(path) << content;
    return {name, rows, static_cast<std::int64_t>(content.size()), 4, support::checksum(content), {}};
  }

  NewDeleteFile state_deletes(std::int64_t file_id, const std::string& name, std::int64_t rows) {
    if (name.empty()) return {file_id, "", rows, 0, 0, ""};
    const NewDataFile file = state_file(name);
    return {file_id, name, rows, file.bytes, 3, file.checksum};
  }

  RefreshCommit change() {
    RefreshCommit commit = next_commit(*store, id, {});
    commit.replaces = false;
    commit.keeps_state = true;
    return commit;
  }

  VersionRecord commit_state(std::map<std::int64_t, RelationChange> state, bool keeps = true) {
    RefreshCommit commit = change();
    commit.state = std::move(state);
    commit.keeps_state = keeps;
    return value_of(store->commit_refresh(commit));
  }

  /// "1: a b-2; 2: c": relations with their files and how many rows each has lost.
  std::string state() {
    std::string text;
    for (const auto& [number, relation] : value_of(store->state(id))) {
      text += (text.empty() ? "" : "; ") + std::to_string(number) + ":";
      for (const DataFile& file : relation.files) {
        text += " " + std::filesystem::path(file.path).stem().string();
        if (file.deletes) text += "-" + std::to_string(file.deletes->rows);
        must(verify_data_file(file));
      }
    }
    return text;
  }

  std::string state_on_disk() {
    std::string text;
    for (const std::string& name : value_of(support::list_directory(root() / "state" / std::to_string(id))))
      text += (text.empty() ? "" : " ") + name;
    return text;
  }

  std::unique_ptr<Store> store;
  std::int64_t id;
};

}  // namespace

TEST_CASE_FIXTURE(StateFixture, "state relations go on with the view and leave no file behind") {
  CHECK(state().empty());
  commit_state({{1, {k_columns, true, {state_file("a")}, {}}}, {2, {k_columns, true, {state_file("c")}, {}}}});
  CHECK(state() == "1: a; 2: c");
  CHECK(value_of(store->state(id)).at(1).columns == k_columns);
  const auto a = value_of(store->state(id)).at(1).files.at(0).data_file_id;
  commit_state({{1, {k_columns, false, {state_file("b")}, {state_deletes(a, "x", 2)}}}});
  CHECK(state() == "1: a-2 b; 2: c");
  commit_state({{1, {k_columns, false, {}, {state_deletes(a, "y", 3)}}}});
  CHECK(state() == "1: a-3 b; 2: c");
  CHECK(state_on_disk() == "a b c y");
  commit_state({{1, {k_columns, false, {}, {state_deletes(a, "", 5)}}}});
  CHECK(state() == "1: b; 2: c");
  CHECK(state_on_disk() == "b c");
  commit_state({{2, {k_columns, true, {state_file("d")}, {}}}});
  CHECK(state() == "1: b; 2: d");
  CHECK(state_on_disk() == "b d");
  commit_state({{2, {k_columns, true, {state_file("e")}, {}}}}, false);
  CHECK(state() == "2: e");
  CHECK(state_on_disk() == "e");
  CHECK(query("SELECT count(*) FROM matview_scheduled_file") == "0");
}

TEST_CASE_FIXTURE(StateFixture, "a change of state alone makes no version, but its job and sources are on record") {
  RefreshCommit commit = change();
  commit.state = {{1, {k_columns, true, {state_file("a")}, {}}}};
  commit.sources = {{"x.parquet", {{"/base/x.parquet", 9, 8, 7, 6, 5}}, std::nullopt, ""}};
  const auto version = value_of(store->commit_refresh(commit));
  CHECK(version.version == 1);
  CHECK(version.rows == 10);
  CHECK(value_of(store->versions(id)).size() == 1);
  CHECK(value_of(store->sources_of(id, 1)) == commit.sources);
  CHECK(value_of(store->find_job(commit.job.id))->version == 1);
}

TEST_CASE_FIXTURE(StateFixture, "a change that builds on state somebody else has changed is a conflict") {
  commit_state({{1, {k_columns, true, {state_file("a")}, {}}}});
  CHECK(state() == "1: a");
  RefreshCommit late = change();
  late.state = {{1, {k_columns, false, {state_file("late")}, {}}}};
  {
    const auto other = open();
    RefreshCommit first = change();
    first.state = {{1, {k_columns, false, {state_file("b")}, {}}}};
    value_of(other->commit_refresh(first));
  }
  state_file("late");
  CHECK(error_of(store->commit_refresh(late)).code == ErrorCode::conflict);
  CHECK(state() == "1: a b");
}

TEST_CASE_FIXTURE(StateFixture, "state goes with a full refresh that keeps none, with its plan and with its view") {
  commit_state({{1, {k_columns, true, {state_file("a")}, {}}}});
  refresh(*store, id);
  CHECK(state().empty());
  CHECK(state_on_disk().empty());

  commit_state({{1, {k_columns, true, {state_file("b")}, {}}}});
  value_of(store->replace_definition(id, definition("v")));
  CHECK(state() == "1: b");
  ViewDefinition planned = definition("v");
  planned.plan = R"({"blocks": []})";
  value_of(store->replace_definition(id, planned));
  CHECK(value_of(store->plan(id)) == planned.plan);
  CHECK(state().empty());

  commit_state({{1, {k_columns, true, {state_file("c")}, {}}}});
  must(store->drop_view(id));
  value_of(store->collect_garbage(std::nullopt, {}));
  CHECK(value_of(support::list_directory(root() / "state")).empty());
  CHECK(query("SELECT count(*) FROM matview_state_file") == "0");
  CHECK(query("SELECT count(*) FROM matview_state_relation") == "0");
}

TEST_CASE_FIXTURE(StateFixture, "relations that do not go on from what there is are refused") {
  CHECK(error_of([&] {
          RefreshCommit commit = change();
          commit.state = {{3, {k_columns, false, {state_file("a")}, {}}}};
          return store->commit_refresh(commit);
        }())
            .code == ErrorCode::internal);
  CHECK(state().empty());
}

TEST_CASE_FIXTURE(StateFixture, "retained files are those of the newest commit, the others are removed") {
  const auto retained = [&](std::vector<std::string> names) {
    RefreshCommit commit = change();
    for (const std::string& name : names) {
      std::filesystem::create_directories(root() / "sources/1" / name / "day=1");
      std::ofstream(root() / "sources/1" / name / "day=1/x") << name;
      commit.retained.push_back(
          {{"/base/" + name, 1, 2, 3, 4, 5}, "sources/1/" + name + "/day=1/x", name == "b", "sum of " + name});
    }
    value_of(store->commit_refresh(commit));
  };
  const auto kept = [&] { return value_of(support::list_directory(root() / "sources/1")); };
  retained({"a", "b"});
  const auto files = value_of(store->retained(id));
  REQUIRE(files.size() == 2);
  CHECK(files[0].original == FileState{"/base/a", 1, 2, 3, 4, 5});
  CHECK(files[0].path == "sources/1/a/day=1/x");
  CHECK(files[0].checksum == "sum of a");
  CHECK_FALSE(files[0].copied);
  CHECK(files[1].copied);
  retained({"b", "c"});
  CHECK(kept() == std::vector<std::string>{"b", "c"});
  retained({"b"});
  CHECK(kept() == std::vector<std::string>{"b"});
  CHECK(query("SELECT count(*) FROM matview_scheduled_file") == "0");

  std::filesystem::create_directories(root() / "sources/1/orphan");
  std::ofstream(root() / "sources/1/orphan/y") << "y";
  const GcReport report = value_of(store->collect_garbage(std::nullopt, {}));
  CHECK(report.files == std::vector<std::string>{"sources/1/orphan/y"});
  CHECK(kept() == std::vector<std::string>{"b"});
  must(store->drop_view(id));
  value_of(store->collect_garbage(std::nullopt, {}));
  CHECK(value_of(support::list_directory(root() / "sources")).empty());
}

TEST_CASE_FIXTURE(StateFixture,
                  "files of state that no commit knows are removed by the next refresh and by a collection") {
  commit_state({{1, {k_columns, true, {state_file("a")}, {}}}});
  state_file("orphan");
  const GcReport report = value_of(store->collect_garbage(std::nullopt, {}));
  CHECK(report.files == std::vector<std::string>{"state/1/orphan"});
  CHECK(state_on_disk() == "a");
  state_file("orphan");
  commit_state({});
  CHECK(state_on_disk() == "a");
}

TEST_CASE_FIXTURE(StateFixture, "damaged files of state are named by a check, those of a locked view are left alone") {
  commit_state({{1, {k_columns, true, {state_file("a")}, {}}}});
  const auto a = value_of(store->state(id)).at(1).files.at(0).data_file_id;
  commit_state({{1, {k_columns, false, {}, {state_deletes(a, "d", 1)}}}});
  const auto failed = [&](bool deep) {
    std::string text;
    for (const Check& check : value_of(store->check(deep)))
      if (check.outcome != Check::Outcome::ok) text += check.name + " " + check.message;
    return text;
  };
  CHECK(failed(true).empty());
  for (const std::string name : {"a", "d"}) {
    const auto path = root() / "state/1" / name;
    std::ofstream(path) << "other " << name;
    CHECK(failed(false).find("state files the file '" + path.string()) == 0);
    std::filesystem::remove(path);
    CHECK(failed(false).find("is missing") != std::string::npos);
    state_file(name);
    CHECK(failed(true).empty());
  }
  state_file("orphan");
  const auto lock = value_of(store->lock_view(id));
  CHECK(value_of(store->collect_garbage(std::nullopt, {})).files.empty());
}

TEST_CASE_FIXTURE(StateFixture, "a store of the first layout is read as it is, and brought up to date by a writer") {
  store.reset();
  make_first_layout();
  store = open(Store::Access::read);
  CHECK(value_of(store->pin("v", std::nullopt)).version.rows == 10);
  CHECK(value_of(store->plan(id)).empty());
  CHECK(value_of(store->state(id)).empty());
  CHECK(value_of(store->retained(id)).empty());
  for (const Check& check : value_of(store->check(true)))
    CHECK_MESSAGE(check.outcome == Check::Outcome::ok, check.message);
  CHECK(query("SELECT value FROM matview_meta WHERE key = 'schema'") == "1");

  ::setenv("MATVIEW_FAILPOINT", "upgrade.before_commit=eio", 1);
  CHECK_FALSE(Store::open(root(), Store::Access::write, environment));
  ::unsetenv("MATVIEW_FAILPOINT");
  CHECK(query("SELECT value FROM matview_meta WHERE key = 'schema'") == "1");

  const auto reader = std::move(store);
  store = open();
  CHECK(query("SELECT value FROM matview_meta WHERE key = 'schema'") == "3");
  commit_state({{1, {k_columns, true, {state_file("a")}, {}}}});
  CHECK(value_of(reader->state(id)).size() == 1);
  CHECK(value_of(open()->plan(id)).empty());
}
