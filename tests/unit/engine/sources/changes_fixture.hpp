#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "engine/refresh/run_sources.hpp"
#include "engine/sources/changes.hpp"
#include "engine/sources/keep.hpp"
#include "engine/sources/matching.hpp"
#include "engine/store/store.hpp"
#include "fixture.hpp"
#include "support/fake_environment.hpp"

namespace matview::engine::test {

/// The value of a Result that must have one.
template <typename T>
T good(Result<T> result) {
  REQUIRE_MESSAGE(result.has_value(), (result ? "" : result.error().message + "\n" + result.error().detail));
  return *std::move(result);
}

/// A definition whose sources change, beside a store whose views it may read.
class ChangesFixture : public Fixture {
 public:
  ChangesFixture() : root(path("store")) {
    std::filesystem::create_directory(root);
    store = good(Store::open(root, Store::Access::write, environment));
    run_sources = std::make_unique<RunSources>(*store);
  }

  /// Defines the query and records its sources as a refresh does.
  void read(const std::string& sql) {
    definition.sql = sql;
    definition.sources = good(bind_definition(database(), definition, run_sources->upstream())).sources;
    recorded = look();
  }

  /// Keeps what is read, as a refresh does, and takes it for read.
  KeptFiles keep(const std::string& mode = "link", std::int64_t copy_limit = 1 << 20) {
    auto kept =
        keep_files(definition, look(), retained, {mode, copy_limit, root, "sources/1/" + std::to_string(++turn)});
    CHECK_FALSE(kept.restless);
    CHECK(confirm_read(kept).empty());
    recorded = kept.sources;
    retained = kept.retained;
    return kept;
  }

  /// What compare_sources says once files with recorded content count as unchanged.
  std::string difference() {
    const auto now = as_recorded(definition, recorded, look(), RetainedFiles(retained, root));
    std::string text;
    for (const auto& change : compare_sources(recorded, now)) text += change.to_string();
    return text;
  }

  std::string kept_path(std::size_t i) const { return (root / retained.at(i).path).string(); }

  SourceVector look() {
    run_sources->reset();
    return good(run_sources->observe(definition));
  }

  SourceChanges changes() {
    auto found = good(reference_changes(database(), definition, recorded, look(), retained, root, *run_sources));
    for (const auto& statement : found.setup) run(statement);
    parts = found.parts;
    return found;
  }

  /// The change of the one reference, of which it is checked that it leads from the old rows to the new ones.
  ReferenceChange change() {
    const auto found = changes();
    REQUIRE(found.references.size() == 1);
    const auto& only = found.references[0];
    REQUIRE_MESSAGE(only.lost == "", only.lost);
    CHECK(shape(good(database().describe(only.old_rows))) == shape(only.columns));
    CHECK(shape(good(database().describe(only.new_rows))) == shape(only.columns));
    std::string all =
        "SELECT *, 1 AS w FROM (" + only.old_rows + ") UNION ALL SELECT *, -1 FROM (" + only.new_rows + ")";
    if (!only.added.empty()) all += " UNION ALL SELECT *, 1 FROM (" + only.added + ")";
    if (!only.removed.empty()) all += " UNION ALL SELECT *, -1 FROM (" + only.removed + ")";
    const auto weights =
        good(database().rows("SELECT * EXCLUDE (w), sum(w) AS w FROM (" + all + ") GROUP BY ALL HAVING sum(w) <> 0"));
    CHECK(weights.empty());
    return only;
  }

  std::string lost() {
    const auto found = changes();
    REQUIRE(found.references.size() == 1);
    const auto& only = found.references[0];
    CHECK(only.old_rows + only.added + only.removed == "");
    CHECK(shape(good(database().describe(only.new_rows))) == shape(only.columns));
    return only.lost;
  }

  /// "id BIGINT, v VARCHAR"
  static std::string shape(const std::vector<Column>& columns) {
    std::string text;
    for (const auto& column : columns) text += (text.empty() ? "" : ", ") + column.name + " " + column.type;
    return text;
  }

  /// Rows of a SELECT in a fixed order; "" for none, whether there is a SELECT or not.
  std::string sorted(const std::string& select) {
    return select.empty() ? "" : joined(database().rows("FROM (" + select + ") ORDER BY ALL"));
  }

  matview::test::FakeEnvironment environment;
  std::filesystem::path root;
  std::unique_ptr<Store> store;
  std::unique_ptr<RunSources> run_sources;
  SourceVector recorded;
  std::vector<RetainedFile> retained;
  std::shared_ptr<std::filesystem::path> parts;  ///< that the newest changes read
  int turn = 0;
};

}  // namespace matview::engine::test
