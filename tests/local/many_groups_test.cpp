// Views that keep more than a few groups: those that a change touches are found by their keys, beside gaps in these.

#include <doctest/doctest.h>

#include "maintained_fixture.hpp"

using namespace matview::test;

namespace {

constexpr int k_groups = 25'000;

struct ManyGroupsFixture : MaintainedFixture {
  /// Lines "k,v" for keys from `first` on.
  static std::string rows(long first, int count, int value) {
    std::string text = "k,v\n";
    for (int i = 0; i < count; ++i) text += std::to_string(first + i) + "," + std::to_string(value) + "\n";
    return text;
  }

  void refresh_incrementally() const {
    const auto run = parse_json(must({"refresh", "--all", "--verify", "-o", "json"}));
    for (const auto& job : run["jobs"]) {
      CAPTURE(job["view"].get<std::string>());
      CHECK(job["mode"] == "incremental");
    }
  }
};

}  // namespace

TEST_CASE_FIXTURE(ManyGroupsFixture, "groups far from each other, of several keys, of texts and of NULL are found") {
  write("a/1.csv", rows(0, k_groups, 1));
  write("a/2.csv", rows(-5, 5, 2));
  write("b/1.csv", rows(100, 50, 3));
  const std::string a = " FROM 'in/a/*.csv'";
  const std::vector<std::string> queries{
      "SELECT k, count(*) AS n, sum(v) AS s" + a + " GROUP BY k",
      "SELECT k, min(v) AS low, max(v) AS high" + a + " GROUP BY k",
      "SELECT k % 100000 AS k, v, count(*) AS n" + a + " GROUP BY ALL",
      "SELECT 'key ' || k AS k, sum(v) AS s" + a + " GROUP BY 1",
      "SELECT DISTINCT k" + a,
      "SELECT k, v FROM 'in/b/*.csv' WHERE k IN (SELECT k" + a + " GROUP BY k HAVING sum(v) > 1)",
      "SELECT b.k, a.n FROM 'in/b/*.csv' AS b LEFT JOIN (SELECT k, count(*) AS n" + a + " GROUP BY k) AS a USING (k)",
  };
  for (std::size_t i = 0; i < queries.size(); ++i)
    must({"create", "t" + std::to_string(i), "--query", queries[i], "--with-data", "--refresh-mode", "strict"});
  write("a/3.csv", rows(9'000'000'000, 20, 1));  // far from all others
  write("b/2.csv", rows(9'000'000'010, 1, 4));
  refresh_incrementally();
  write("a/2.csv", rows(-4, 3, 7) + "9000000007,2\n,5\n101,9\n");  // near both ends, between them, and NULL
  refresh_incrementally();
  write("a/2.csv", rows(9'000'000'019, 2, 1) + ",6\n");
  remove("a/3.csv");
  refresh_incrementally();
  write("a/4.csv", rows(-2'000'000'000, 1, 1) + "2000000000,1\n0,1\n24999,1\n");
  write("b/1.csv", rows(120, 3, 3) + "-2000000000,8\n,1\n");
  refresh_incrementally();
}
