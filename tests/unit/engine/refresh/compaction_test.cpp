#include "engine/refresh/compaction.hpp"

#include <doctest/doctest.h>

#include "../store/relation_fixture.hpp"

using namespace matview;
using namespace matview::engine;

namespace {

DataFile file_of(std::int64_t rows, std::int64_t deleted = 0, std::int64_t row_bytes = 15) {
  DataFile file;
  file.rows = rows;
  file.bytes = rows * row_bytes;
  if (deleted > 0) file.deletes = DeleteFile{"", deleted, deleted * 4, "", {}};
  return file;
}

std::int64_t live(const DataFile& file) { return file.rows - (file.deletes ? file.deletes->rows : 0); }

/// Refreshes that each delete and add rows, compacted whenever that is needed.
struct Simulation {
  std::vector<DataFile> files;
  std::int64_t rewritten = 0;
  std::size_t most_files = 0;

  void refresh(std::int64_t removed, std::int64_t added) {
    if (removed > 0) {
      // From the largest file, where most rows are.
      auto& file =
          *std::max_element(files.begin(), files.end(), [](const auto& l, const auto& r) { return live(l) < live(r); });
      const std::int64_t before = file.rows - live(file);
      file.deletes = DeleteFile{"", before + removed, (before + removed) * 4, "", {}};
    }
    if (added > 0) files.push_back(file_of(added));
    const auto chosen = files_to_compact(files);
    std::int64_t rows = 0;
    std::vector<DataFile> kept;
    for (std::size_t i = 0; i < files.size(); ++i) {
      if (std::find(chosen.begin(), chosen.end(), i) != chosen.end())
        rows += live(files[i]);
      else
        kept.push_back(files[i]);
    }
    if (!chosen.empty()) kept.push_back(file_of(rows));
    files = std::move(kept);
    rewritten += rows;
    most_files = std::max(most_files, files.size());
    CHECK_FALSE(needs_compaction(files));
  }
};

}  // namespace

TEST_CASE("one file without deletes, or none, is never compacted") {
  for (const std::int64_t rows : {0, 1, 1000, 1'000'000'000}) CHECK_FALSE(needs_compaction({file_of(rows)}));
  CHECK_FALSE(needs_compaction({}));
  CHECK(files_to_compact({}).empty());
}

TEST_CASE("a small change of a large view is no reason to write it anew") {
  CHECK_FALSE(needs_compaction({file_of(15'000'000, 30'000), file_of(30'000)}));
  CHECK_FALSE(needs_compaction({file_of(60'000'000, 1), file_of(1), file_of(1)}));
}

TEST_CASE("many deletes and many files are") {
  CHECK(needs_compaction({file_of(10'000'000, 2'000'000)}));
  CHECK(needs_compaction({file_of(10'000'000, 9'000'000)}));
  CHECK(needs_compaction(std::vector<DataFile>(200, file_of(10))));
  CHECK(files_to_compact({file_of(10'000'000), file_of(10'000'000, 9'900'000)}) == std::vector<std::size_t>{1});
}

TEST_CASE("rows that are only added are written anew a few times and no more") {
  Simulation view;
  view.files = {file_of(10'000'000)};
  for (int i = 0; i < 2000; ++i) view.refresh(0, 10'000);
  CHECK(view.rewritten < 3 * 2000 * 10'000);
  Simulation small;
  small.files = {file_of(1000)};
  for (int i = 0; i < 2000; ++i) small.refresh(1, 1);
  CHECK(small.most_files < 20);
}

TEST_CASE("a view that changes all over is written anew once in a while") {
  Simulation view;
  view.files = {file_of(15'000'000)};
  for (int i = 0; i < 100; ++i) view.refresh(30'000, 30'000);
  CHECK(view.rewritten < 5 * std::int64_t{15'000'000});
}

TEST_CASE_FIXTURE(RelationFixture, "compaction changes the files and not the rows, whatever the change was") {
  replace("SELECT range, range FROM range(1000)");
  for (int i = 1; i <= 80; ++i) change("SELECT " + std::to_string(1000 + i) + ", 0", "");
  const auto before = version().files;
  REQUIRE(before.size() == 81);

  RefreshCommit commit = next_commit(*store, id, {});
  UncommittedFiles files(value_of(store->data_directory(id)), environment);
  RelationChange change;
  change.replaces = false;
  change.files = {value_of(write_rows(*database, encode_sql("SELECT 7000, 7", columns_),
                                      field_ids_sql(commit.field_ids), files.add(), control, "v"))};
  change.deletes = value_of(
      write_deletes(*database, "(FROM (" + located() + ") WHERE id IN (5, 1003, 1004))", before, files, control, "v"));
  CHECK(change.deletes.size() == 3);
  CHECK(rows_sql(files_after(before, change, files.directory()), columns_) != rows_sql(before, columns_));
  const auto expected = rows("SELECT * FROM (" + rows_sql(before, columns_) +
                             ") WHERE id NOT IN (5, 1003, 1004) UNION ALL SELECT 7000, 7");
  CHECK(rows(rows_sql(files_after(before, change, files.directory()), columns_)) == expected);

  CHECK(value_of(
      compact(*database, before, change, stored_names(), field_ids_sql(commit.field_ids), files, control, "v")));
  const auto after = files_after(before, change, files.directory());
  CHECK(after.size() < 20);
  CHECK_FALSE(needs_compaction(after));
  CHECK(rows(rows_sql(after, columns_)) == expected);
  CHECK_FALSE(value_of(
      compact(*database, after, change, stored_names(), field_ids_sql(commit.field_ids), files, control, "v")));

  commit.replaces = false;
  commit.files = change.files;
  commit.deletes = change.deletes;
  const auto made = value_of(store->commit_refresh(commit));
  files.release();
  CHECK(made.rows == 1078);
  CHECK(rows_of() == expected);
  CHECK(rows_of(made.version - 1) == rows(rows_sql(before, columns_)));
  const auto told = rows_change(before, version().files, columns_);
  CHECK(told.rewritten);
  CHECK(rows("(" + told.added + ") EXCEPT ALL (" + told.removed + ")") == "[(7000, 7)]");
  CHECK(rows("(" + told.removed + ") EXCEPT ALL (" + told.added + ")") == "[(5, 5), (1003, 0), (1004, 0)]");
  for (const Check& check : value_of(store->check(true)))
    CHECK_MESSAGE(check.outcome == Check::Outcome::ok, check.message);
}
