#include <doctest/doctest.h>

#include "engine/store/data_files.hpp"
#include "store_fixture.hpp"
#include "support/copy.hpp"

using namespace matview;
using namespace matview::engine;

namespace fs = std::filesystem;

namespace {

/// A view that keeps files of `in/`.
struct RetainedFixture : StoreFixture {
  RetainedFixture() : store(open()), id(value_of(store->create_view(definition("v"))).view_id) { refresh(*store, id); }

  fs::path source(const std::string& name, const std::string& content = "rows") {
    fs::create_directories(directory.path() / "in");
    const auto path = directory.path() / "in" / name;
    if (!fs::exists(path)) std::ofstream(path) << content;
    return path;
  }

  std::string place(std::int64_t view_id, const std::string& batch, const std::string& name) {
    const auto relative = fs::path("sources") / std::to_string(view_id) / batch / "0" / name;
    fs::create_directories((root() / relative).parent_path());
    return relative.string();
  }

  RetainedFile link(const std::string& name, const std::string& batch) {
    const auto path = place(id, batch, name);
    must(support::link_file(source(name), root() / path));
    return {value_of(state_of(source(name))), path, false, ""};
  }

  RetainedFile copy(const std::string& name, const std::string& batch) {
    const auto path = place(id, batch, name);
    must(support::copy_file(source(name), root() / path));
    return {value_of(state_of(source(name))), path, true, "abc"};
  }

  void keep(std::vector<RetainedFile> files, SourceVector sources = {}) {
    RefreshCommit commit = next_commit(*store, id, {});
    commit.replaces = false;
    commit.keeps_state = true;
    commit.retained = std::move(files);
    commit.sources = std::move(sources);
    value_of(store->commit_refresh(commit));
  }

  std::string kept_on_disk() const {
    std::vector<std::string> names;
    if (fs::exists(root() / "sources"))
      for (const auto& entry : fs::recursive_directory_iterator(root() / "sources"))
        if (!entry.is_directory() || fs::is_empty(entry.path()))
          names.push_back(entry.path().lexically_relative(root() / "sources").string());
    std::sort(names.begin(), names.end());
    std::string text;
    for (const auto& name : names) text += (text.empty() ? "" : " ") + name;
    return text;
  }

  std::unique_ptr<Store> store;
  std::int64_t id;
};

}  // namespace

TEST_CASE_FIXTURE(RetainedFixture, "kept files are on record as they were given") {
  keep({link("a", "x"), copy("b", "x")});
  const auto kept = value_of(store->retained(id));
  REQUIRE(kept.size() == 2);
  CHECK(kept[0].original == value_of(state_of(source("a"))));
  CHECK(kept[0].path == "sources/1/x/0/a");
  CHECK_FALSE(kept[0].copied);
  CHECK(kept[1].copied);
  CHECK(kept[1].checksum == "abc");
}

TEST_CASE_FIXTURE(RetainedFixture, "files that are kept no longer go with the commit, and their directories") {
  const auto a = link("a", "x");
  const auto b = link("b", "x");
  const auto c = link("c", "y");
  keep({a, b, c});
  CHECK(kept_on_disk() == "1/x/0/a 1/x/0/b 1/y/0/c");
  keep({b});
  CHECK(kept_on_disk() == "1/x/0/b");
  CHECK(query("SELECT count(*) FROM matview_scheduled_file") == "0");
  CHECK(fs::exists(source("a")));
  must(store->drop_view(id));
  CHECK(kept_on_disk() == "");
  CHECK(query("SELECT count(*) FROM matview_retained") == "0");
}

TEST_CASE_FIXTURE(RetainedFixture, "a link that stays under another original is not removed") {
  auto a = link("a", "x");
  keep({a});
  fs::rename(source("a"), directory.path() / "in" / "z");
  a.original = value_of(state_of(source("z")));
  keep({a});
  CHECK(kept_on_disk() == "1/x/0/a");
  REQUIRE(value_of(store->retained(id)).size() == 1);
  CHECK(value_of(store->retained(id))[0].original.path == source("z").string());
}

TEST_CASE_FIXTURE(RetainedFixture, "what a killed refresh kept goes with gc and with the next refresh") {
  keep({link("a", "x")});
  link("b", "killed");
  CHECK(value_of(store->collect_garbage(std::nullopt, {true, std::nullopt})).files ==
        std::vector<std::string>{"sources/1/killed/0/b"});
  CHECK(kept_on_disk() == "1/killed/0/b 1/x/0/a");
  const auto report = value_of(store->collect_garbage(std::nullopt, {false, std::nullopt}));
  CHECK(report.files_removed == 1);
  CHECK(report.bytes_removed == 0);  // the file itself is still there
  CHECK(report.source_files == 1);
  CHECK(report.source_bytes == 0);
  CHECK(kept_on_disk() == "1/x/0/a");
  link("b", "killed again");
  refresh(*store, id);
  CHECK(kept_on_disk() == "");
  fs::create_directories(root() / "sources" / "77" / "gone" / "0");
  std::ofstream(root() / "sources" / "77" / "gone" / "0" / "f") << "x";
  value_of(store->collect_garbage(std::nullopt, {false, std::nullopt}));
  CHECK(kept_on_disk() == "");
}

TEST_CASE_FIXTURE(RetainedFixture, "gc leaves alone what a refresh that is running keeps") {
  link("a", "running");
  const auto lock = value_of(store->lock_view(id));
  const auto other = open();
  CHECK(value_of(other->collect_garbage(std::nullopt, {false, std::nullopt})).files_removed == 0);
  CHECK(kept_on_disk() == "1/running/0/a");
}

TEST_CASE_FIXTURE(RetainedFixture, "a copy takes its size, a link nothing while the file is there") {
  keep({link("a", "x"), copy("b", "x")});
  auto space = space_of(value_of(store->retained(id)), root());
  CHECK(space.files == 2);
  CHECK(space.bytes == 4);
  fs::remove(source("a"));
  CHECK(space_of(value_of(store->retained(id)), root()).bytes == 8);
  bool told = false;
  for (const Check& check : value_of(store->check(false)))
    if (check.name == "kept sources") {
      told = true;
      CHECK(check.message == "2 files of views' sources, which take 8 B");
    }
  CHECK(told);
}

TEST_CASE_FIXTURE(RetainedFixture, "a new or removed link of a file changes for no view what it has read") {
  const auto other = value_of(store->create_view(definition("other"))).view_id;
  refresh(*store, other);
  const auto read = value_of(state_of(source("a")));
  RefreshCommit commit = next_commit(*store, other, {});
  commit.replaces = false;
  commit.sources = {{"in/*", {read}, std::nullopt, ""}};
  value_of(store->commit_refresh(commit));

  const auto kept = link("a", "x");
  const auto linked = value_of(state_of(source("a")));
  REQUIRE(linked.ctime_ns != read.ctime_ns);
  must(store->note_touches({{read, linked.ctime_ns}}));
  CHECK(value_of(store->sources_of(other, 1))[0].files[0] == linked);
  keep({kept}, {{"in/*", {linked}, std::nullopt, ""}});
  keep({});  // removes the link
  const auto unlinked = value_of(state_of(source("a")));
  REQUIRE(unlinked.ctime_ns != linked.ctime_ns);
  CHECK(value_of(store->sources_of(other, 1))[0].files[0] == unlinked);
  // Only that very state of the file is meant.
  auto older = read;
  must(store->note_touches({{older, 5}}));
  CHECK(value_of(store->sources_of(other, 1))[0].files[0] == unlinked);
}

TEST_CASE_FIXTURE(RetainedFixture, "a version that a view downstream goes on from stays, up to ten more") {
  ViewDefinition upstream = definition("v");
  upstream.retention = {2, std::nullopt};
  value_of(store->replace_definition(id, upstream));
  ViewDefinition downstream = definition("child");
  downstream.plan = "{}";
  const auto child = value_of(store->create_view(downstream)).view_id;
  const auto reads = [&](std::int64_t version) {
    RefreshCommit commit = next_commit(*store, child, {});
    commit.sources = {{"v", {}, version, std::to_string(id)}};
    value_of(store->commit_refresh(commit));
  };
  const auto oldest = [&] { return value_of(store->versions(id)).back().version; };
  reads(1);
  for (int i = 0; i < 4; ++i) refresh(*store, id);
  CHECK(oldest() == 1);
  reads(4);
  refresh(*store, id);
  CHECK(oldest() == 4);
  for (int i = 0; i < 5; ++i) refresh(*store, id);
  CHECK(oldest() == 4);
  for (int i = 0; i < 20; ++i) refresh(*store, id);
  CHECK(oldest() == 30);  // one that is further behind counts no longer
  CHECK(value_of(store->versions(id)).size() == 2);
}

TEST_CASE_FIXTURE(RetainedFixture, "a view downstream without a plan keeps no version") {
  ViewDefinition upstream = definition("v");
  upstream.retention = {2, std::nullopt};
  value_of(store->replace_definition(id, upstream));
  const auto child = value_of(store->create_view(definition("child"))).view_id;
  RefreshCommit commit = next_commit(*store, child, {});
  commit.sources = {{"v", {}, 1, std::to_string(id)}};
  value_of(store->commit_refresh(commit));
  for (int i = 0; i < 4; ++i) refresh(*store, id);
  CHECK(value_of(store->versions(id)).back().version == 4);
}
