// An incremental refresh adds files, delete files and state beside what is there. Killed at every step it passes, it
// leaves the old rows or the new ones, and the next one goes on from there.

#include <doctest/doctest.h>

#include <algorithm>
#include <map>

#include "kills.hpp"

using namespace matview::test;

namespace {

constexpr auto k_definition = "SELECT v // 10 AS g, count(*) AS n, sum(v) AS s FROM 'in/*.csv' GROUP BY g";
constexpr auto k_rows = "SELECT g, n, s FROM groups ORDER BY g";
constexpr auto k_child = "SELECT g, s FROM groups WHERE n > 10";

/// What the views are to hold after files of consecutive numbers were read, each as (first, count).
class Expected {
 public:
  void add(int first, int count) {
    for (int v = first; v < first + count; ++v) {
      auto& [rows, sum] = groups_[v / 10];
      ++rows;
      sum += v;
    }
  }
  std::string groups() const {
    std::string text;
    for (const auto& [group, found] : groups_)
      text += std::to_string(group) + "," + std::to_string(found.first) + "," + std::to_string(found.second) + "\n";
    return text;
  }

 private:
  std::map<int, std::pair<int, long>> groups_;
};

struct IncrementalFixture : StoreFixture {
  IncrementalFixture() {
    add(0, 400);
    must(
        {"create", "groups", "--query", k_definition, "--retain", "2", "--refresh-mode", "incremental", "--with-data"});
    must({"create", "child", "--query", k_child, "--retain", "2", "--refresh-mode", "incremental", "--with-data"});
  }

  void add(int first, int count) {
    write_csv("f" + std::to_string(files_++), first, count);
    expected.add(first, count);
  }

  /// The rows are `before` or `after`, and a refresh from here makes them the latter, in both views.
  void check(const std::string& before, const std::string& after) {
    const auto rows = query(k_rows);
    CHECK((rows == before || rows == after));
    must({"refresh", "groups"});
    CHECK(query(k_rows) == after);
    must({"refresh", "child"});
    for (const auto* view : {"groups", "child"}) must({"verify", view});
    check_clean_after_gc();
  }

  Expected expected;

 private:
  int files_ = 0;
};

}  // namespace

TEST_CASE_FIXTURE(IncrementalFixture,
                  "an incremental refresh, killed anywhere, leaves the old rows or the new, never a mix") {
  const auto before = expected.groups();
  add(395, 10);
  REQUIRE(must({"refresh", "groups", "--dry-run", "-o", "json"}).find("incremental") != std::string::npos);
  for_each_kill(*this, {"refresh", "groups"}, 10, [&] { check(before, expected.groups()); });
}

TEST_CASE_FIXTURE(IncrementalFixture,
                  "a refresh that compacts, killed anywhere, leaves the old rows or the new, never a mix") {
  for (int i = 0; i < 60; ++i) {
    const auto before = expected.groups();
    add(i * 7, 3);
    save();
    const auto steps = steps_of(*this, {"refresh", "groups"});
    if (std::find(steps.begin(), steps.end(), "refresh.before_compaction") == steps.end()) continue;
    restore();
    for_each_kill(*this, {"refresh", "groups"}, 12, [&] { check(before, expected.groups()); });
    return;
  }
  FAIL("no refresh compacted");
}
