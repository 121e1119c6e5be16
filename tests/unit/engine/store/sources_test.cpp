#include <doctest/doctest.h>

#include "store_fixture.hpp"

using namespace matview;
using namespace matview::engine;

namespace {

FileState file(const std::string& path, std::int64_t size = 1) { return {path, size, 2, 3, 1ULL << 63, 5}; }

struct SourcesFixture : StoreFixture {
  SourcesFixture() : store(open()), id(value_of(store->create_view(definition("v"))).view_id) {}

  std::int64_t refresh_with(const SourceVector& sources) {
    RefreshCommit commit = next_commit(*store, id, {});
    commit.sources = sources;
    return value_of(store->commit_refresh(commit)).version;
  }
  std::string count(const std::string& table) { return query("SELECT count(*) FROM " + table); }

  std::unique_ptr<Store> store;
  std::int64_t id;
};

}  // namespace

TEST_CASE_FIXTURE(SourcesFixture, "each version knows the sources it was made from") {
  const SourceVector first{{"a", {file("/1"), file("/2")}, std::nullopt, ""}, {"up", {}, 4, "7"}};
  const SourceVector second{{"a", {file("/1"), file("/2", 9), file("/3")}, std::nullopt, ""}, {"up", {}, 5, "7"}};
  const SourceVector third{{"a", {file("/3")}, std::nullopt, ""}};
  refresh_with(first);
  refresh_with(second);
  refresh_with(third);
  CHECK(value_of(store->sources_of(id, 1)) == first);
  CHECK(value_of(store->sources_of(id, 2)) == second);
  CHECK(value_of(store->sources_of(id, 3)) == third);
}

TEST_CASE_FIXTURE(SourcesFixture, "a refresh writes only what changed of its sources") {
  SourceVector sources{{"a", {}, std::nullopt, ""}};
  for (int i = 0; i < 500; ++i) sources[0].files.push_back(file("/" + std::to_string(1000 + i)));
  refresh_with(sources);
  CHECK(count("matview_source_file") == "500");
  sources[0].files.push_back(file("/9999"));
  refresh_with(sources);
  CHECK(count("matview_source_file") == "501");
  CHECK(count("matview_source") == "1");
}

TEST_CASE_FIXTURE(SourcesFixture, "updated states replace those of the current version and of no other") {
  const SourceVector first{{"a", {file("/1"), file("/2")}, std::nullopt, ""}};
  const SourceVector touched{{"a", {file("/1"), file("/2", 7)}, std::nullopt, ""}};
  const SourceVector again{{"a", {file("/1"), file("/2", 8)}, std::nullopt, ""}};
  refresh_with(first);
  refresh_with(first);
  must(store->update_sources(id, 2, touched));
  must(store->update_sources(id, 2, again));
  CHECK(value_of(store->sources_of(id, 1)) == first);
  CHECK(value_of(store->sources_of(id, 2)) == again);
  CHECK(error_of(store->update_sources(id, 1, touched)).code == ErrorCode::conflict);
  must(store->update_sources(id, 2, first));
  CHECK(value_of(store->sources_of(id, 2)) == first);
}

TEST_CASE_FIXTURE(SourcesFixture, "sources of expired versions are forgotten") {
  ViewDefinition two = definition("v");
  two.retention.versions = 2;
  value_of(store->replace_definition(id, two));
  for (int i = 0; i < 6; ++i) refresh_with({{"a", {file("/" + std::to_string(i))}, i, ""}});
  CHECK(count("matview_source_file") == "2");
  CHECK(count("matview_source") == "2");
  CHECK(value_of(store->sources_of(id, 5))[0].files[0].path == "/4");
}

TEST_CASE_FIXTURE(SourcesFixture, "dropping a view forgets its sources") {
  refresh_with({{"a", {file("/1")}, 3, "x"}});
  must(store->drop_view(id));
  CHECK(count("matview_source_file") == "0");
  CHECK(count("matview_source") == "0");
}
