#include "engine/refresh/apply_change.hpp"

#include <doctest/doctest.h>

#include "../store/relation_fixture.hpp"

using namespace matview;
using namespace matview::engine;

namespace {

class ApplyFixture : public RelationFixture {
 public:
  explicit ApplyFixture(const std::string& first = "id")
      : RelationFixture({{first, "BIGINT", "BIGINT"}, {"s", "HUGEINT", "DECIMAL(38,0)"}}) {}

  /// Applies rows "(id, s, weight), …"; the rows afterwards, or the code of the refusal.
  std::string apply(const std::string& change) {
    value_of(database->rows("CREATE OR REPLACE TEMP TABLE " + std::string(ivm::Maintenance::k_change_table) +
                            " AS SELECT id::BIGINT AS " + quote_identifier(columns_[0].name) +
                            ", s::HUGEINT AS s, w::HUGEINT AS __matview_w FROM (VALUES " + change +
                            ") AS t(id, s, w)"));
    RefreshCommit commit = next_commit(*store, id, {});
    UncommittedFiles files(value_of(store->data_directory(id)), environment);
    const std::string name = "v";
    Writing writing{*database, files, files, control, name};
    auto applied = apply_rows(writing, version(), columns_, commit.field_ids);
    if (!applied) return applied.error().detail;
    commit.replaces = false;
    commit.files = std::move(applied->files);
    commit.deletes = std::move(applied->deletes);
    value_of(store->commit_refresh(commit));
    files.release();
    return rows_of();
  }
};

}  // namespace

TEST_CASE_FIXTURE(ApplyFixture, "rows that go are found by the one column that tells them apart") {
  replace("SELECT range AS id, range * 10 AS s FROM range(12)");
  CHECK(apply("(3, 30, -1), (5, 50, -1), (3, 31, 1)") ==
        "[(0, 0), (1, 10), (2, 20), (3, 31), (4, 40), (6, 60), (7, 70), (8, 80), (9, 90), (10, 100), (11, 110)]");
  // Rows that were changed before are looked up among what is left of their files.
  CHECK(apply("(3, 31, -1), (11, 110, -1)") ==
        "[(0, 0), (1, 10), (2, 20), (4, 40), (6, 60), (7, 70), (8, 80), (9, 90), (10, 100)]");
}

TEST_CASE_FIXTURE(ApplyFixture, "a value that the view has twice tells no row") {
  replace("SELECT 1 AS id, range AS s FROM range(4) UNION ALL SELECT 2, range FROM range(4)");
  CHECK(apply("(1, 3, -1), (2, 0, -1)") == "[(1, 0), (1, 1), (1, 2), (2, 1), (2, 2), (2, 3)]");
  // As many candidates as rows that go, and yet not those.
  replace("SELECT * FROM (VALUES (1, 7), (1, 8), (2, 9), (3, 9), (4, 9), (5, 9), (6, 9), (7, 9), (8, 9))");
  CHECK(apply("(1, 7, -1), (99, 9, -1)") == "STATE_MISMATCH");
}

TEST_CASE_FIXTURE(ApplyFixture, "of rows that are equal as many go as should") {
  replace(
      "SELECT 1 AS id, 5 AS s FROM range(3) UNION ALL SELECT 1, NULL FROM range(3) UNION ALL SELECT range, 6 FROM"
      " range(20)");
  CHECK(apply("(1, 5, -2), (1, NULL, -1)").starts_with("[(0, 6), (1, 5), (1, 6), (1, NULL), (1, NULL), (2, 6)"));
  CHECK(apply("(1, 5, -2)") == "STATE_MISMATCH");
  CHECK(apply("(77, 5, -1)") == "STATE_MISMATCH");
}

TEST_CASE("a column with the name of DuckDB's row number is one like others") {
  ApplyFixture view("rowid");
  view.replace(
      "SELECT 1, 5 FROM range(3) UNION ALL SELECT 1, 6 FROM range(3) UNION ALL SELECT range, 6 FROM range(20)");
  CHECK(view.apply("(1, 5, -1), (1, 6, -2)").starts_with("[(0, 6), (1, 5), (1, 5), (1, 6), (1, 6), (2, 6)"));
}
