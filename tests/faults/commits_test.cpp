// What a refresh commits beside new rows: state that is replaced, sources that are kept, a version without rows,
// sources recorded anew, a time, a change taken over from another view. Killed at every step of each, once and twice,
// it leaves the old rows or the new ones, and a state from which the next changes come out right.

#include <doctest/doctest.h>

#include <algorithm>
#include <fstream>

#include "kills.hpp"

using namespace matview::test;

namespace {

namespace fs = std::filesystem;

constexpr auto k_all = "SELECT * FROM t ORDER BY ALL";

std::vector<int> range(int first, int count) {
  std::vector<int> values;
  for (int v = first; v < first + count; ++v) values.push_back(v);
  return values;
}

struct Commits : StoreFixture {
  void create(const std::string& name, const std::string& sql) const {
    must({"create", name, "--query", sql, "--retain", "2", "--refresh-mode", "incremental", "--keep-sources", "copy",
          "--with-data"});
  }

  /// Rows of (v) in in/NAME.csv, put in place of the old file.
  void write(const std::string& name, const std::vector<int>& values) const {
    std::ofstream out(sources() / (name + ".new"));
    out << "v\n";
    for (const int v : values) out << v << '\n';
    out.close();
    fs::rename(sources() / (name + ".new"), sources() / (name + ".csv"));
  }

  /// The next change, of many groups, comes out right of what was committed.
  void check_what_follows() const {
    write("probe", {1, 11, 12, 21, 95});
    must({"refresh", "t", "--verify"});
    fs::remove(sources() / "probe.csv");
    check_clean_after_gc();
  }

  Json job() const { return parse_json(must({"history", "t", "--limit", "1", "-o", "json"}))["jobs"][0]; }
};

}  // namespace

TEST_CASE_FIXTURE(Commits, "a replaced file, whose old rows leave rows and two states, is taken over whole or not") {
  write("a", range(0, 250));
  write("b", range(250, 150));
  create("t",
         "SELECT v // 10 AS g, count(*) AS n, max(v) AS high FROM 'in/*.csv' GROUP BY g ORDER BY n DESC, g LIMIT 35");
  const auto before = query(k_all);
  write("a", range(2, 250));
  save();
  must({"refresh", "t"});
  CHECK(job()["rows_removed"] > 0);
  const auto after = query(k_all);
  restore();
  const auto steps = for_each_kill(*this, {"refresh", "t"}, 15, [&] {
    const auto rows = query(k_all);
    CHECK((rows == before || rows == after));
    must({"refresh", "t"});
    CHECK(query(k_all) == after);
    check_what_follows();
  });
  require_among(steps,
                {"refresh.after_start", "keep.after_files", "refresh.before_deletes", "refresh.after_deletes",
                 "refresh.before_write", "refresh.after_write", "refresh.after_sync", "refresh.before_commit",
                 "commit.after_files", "commit.before_transaction", "commit.after_state", "commit.before_retention",
                 "commit.before_commit", "commit.after_commit", "gc.before_unlink", "gc.before_forget"});
}

TEST_CASE_FIXTURE(Commits, "a change that leaves the rows as they are commits its state, and makes no version") {
  write("a", {1, 2, 3, 11, 12, 13, 21});
  create("t", "SELECT v // 10 AS g, count(*) AS n FROM 'in/*.csv' GROUP BY g HAVING count(*) > 2");
  write("b", {22});
  const auto rows = query(k_all);
  const auto version = job()["version"];
  const auto steps = for_each_kill(*this, {"refresh", "t"}, 10, [&] {
    CHECK(query(k_all) == rows);
    must({"refresh", "t"});
    CHECK(query(k_all) == rows);
    CHECK(job()["version"] == version);
    check_what_follows();
  });
  require_among(steps, {"keep.after_files", "refresh.after_write", "commit.after_state", "commit.before_commit"});
}

TEST_CASE_FIXTURE(Commits, "files that were only touched are recorded anew, or looked at once more") {
  write("a", {1, 2, 11});
  create("t", "SELECT v // 10 AS g, count(*) AS n FROM 'in/*.csv' GROUP BY g");
  fs::last_write_time(sources() / "a.csv", fs::last_write_time(sources() / "a.csv") + std::chrono::seconds(5));
  const auto rows = query(k_all);
  const auto steps = for_each_kill(*this, {"refresh", "t"}, 6, [&] {
    CHECK(query(k_all) == rows);
    must({"refresh", "t"});
    CHECK(job()["mode"] == "no_data");
    CHECK(query(k_all) == rows);
    check_what_follows();
  });
  require_among(steps, {"keep.after_files", "refresh.before_commit", "commit.before_commit", "commit.after_commit"});
}

TEST_CASE_FIXTURE(Commits, "a change taken over from another view is taken over once") {
  write("a", {1, 2, 11, 12, 13, 21});
  create("base", "SELECT v // 10 AS g, v FROM 'in/*.csv' WHERE v > 1");
  create("t", "SELECT g, sum(v) AS s, count(*) AS n FROM base GROUP BY g");
  const auto before = query(k_all);
  write("a", {2, 11, 12, 14, 31});
  must({"refresh", "base"});
  save();
  must({"refresh", "t"});
  CHECK(job()["mode"] == "incremental");
  const auto after = query(k_all);
  restore();
  for_each_kill(*this, {"refresh", "t"}, 12, [&] {
    const auto rows = query(k_all);
    CHECK((rows == before || rows == after));
    must({"refresh", "t"});
    CHECK(query(k_all) == after);
    write("probe", {1, 11, 95});
    must({"refresh", "--all", "--verify"});
    fs::remove(sources() / "probe.csv");
    check_clean_after_gc();
  });
}

TEST_CASE_FIXTURE(Commits, "where only the time moved, the new time is committed or the old one is gone on from") {
  write("a", {1, 2, 11, 4000});
  create("t", "SELECT v // 10 AS g, count(*) AS n FROM 'in/*.csv' WHERE v < year(now()) GROUP BY g");
  const auto rows = query(k_all);
  for_each_kill(*this, {"refresh", "t"}, 8, [&] {
    CHECK(query(k_all) == rows);
    must({"refresh", "t"});
    CHECK(job()["mode"] == "incremental");
    CHECK(query(k_all) == rows);
    check_what_follows();
  });
}
