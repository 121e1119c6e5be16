// What may come out otherwise when it is computed again: sums of floating-point numbers that several threads add up in
// an order of their own, and functions that rows come to in no order. What was shown of it is what goes.

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <random>

#include "maintained_fixture.hpp"

using namespace matview::test;

namespace {

struct Repeatable : MaintainedFixture {
  static constexpr int k_rows = 6000;

  /// Rows of which those with the same h or g have sums that no two orders agree on. So many that threads share them.
  std::string rows(int count) const {
    std::string text = "g,h,x,y\n";
    for (int i = 0; i < count; ++i) {
      const auto x = 50 + 10 * normal_(random_);
      text += fmt::format("{},{},{},{}\n", "abcdefgh"[random_() % 8], random_() % 40, x, 2 * x + 5 * normal_(random_));
    }
    return text;
  }

  void create(const std::vector<std::string>& queries) const {
    for (int i = 0; i < 4; ++i) write(fmt::format("t/{}.csv", i), rows(k_rows));
    for (std::size_t i = 0; i < queries.size(); ++i)
      must({"create", fmt::format("v{}", i), "--query", queries[i], "--with-data", "--refresh-mode", "strict"});
  }

  /// All views are what an independent computation says, without any having been computed in full.
  std::map<std::string, std::string> refresh() const {
    std::map<std::string, std::string> techniques;
    const auto run = parse_json(must({"refresh", "--all", "--verify", "-o", "json"}));
    REQUIRE(!run["jobs"].empty());
    for (const auto& job : run["jobs"]) {
      CAPTURE(job["view"].get<std::string>());
      CHECK(job["mode"] == "incremental");
      techniques[job["view"]] = job["native"]["techniques"].dump();
    }
    return techniques;
  }

  void change_and_refresh() const {
    write("t/new0.csv", rows(100));
    refresh();
    write("t/new1.csv", rows(1));
    write("t/3.csv", rows(k_rows));
    refresh();
    remove("t/new0.csv");
    remove("t/2.csv");
    refresh();
  }

  mutable std::mt19937 random_{7};
  mutable std::normal_distribution<> normal_;
};

const std::string k_t = "'in/t/*.csv'";

}  // namespace

TEST_CASE_FIXTURE(Repeatable, "rows made of sums of floating-point numbers go as they were shown") {
  create({
      "SELECT g, avg(x) + median(y) AS a FROM " + k_t + " GROUP BY g",
      "SELECT avg(x) + median(y) AS a FROM " + k_t,
      "SELECT h, x, avg(x) OVER (PARTITION BY h) AS a FROM " + k_t,
      "SELECT x, avg(x) OVER (PARTITION BY h) AS a FROM " + k_t,
      "SELECT t.h, t.x, (SELECT avg(u.x) FROM " + k_t + " AS u WHERE u.h = t.h) AS a FROM " + k_t +
          " AS t WHERE t.x > 80",
      "SELECT t.h, t.x, u.a FROM " + k_t + " AS t, LATERAL (SELECT sum(x * y) AS a FROM " + k_t +
          " AS u WHERE u.h = t.h) AS u WHERE t.x > 80",
  });
  change_and_refresh();
}

TEST_CASE_FIXTURE(Repeatable, "so do those that others are made of") {
  const auto averages = "(SELECT g, h, avg(x) OVER (PARTITION BY h) AS a FROM " + k_t + ")";
  const auto groups = "(SELECT h, avg(x) + median(y) AS a FROM " + k_t + " GROUP BY h)";
  create({
      "SELECT g, max(a) AS high, min(a) AS low FROM " + averages + " GROUP BY g",
      "SELECT DISTINCT a FROM " + averages,
      "SELECT h, a FROM " + groups + " ORDER BY a DESC LIMIT 3",
      "SELECT max(a) AS high, min(a) AS low FROM " + groups,
      "SELECT count(*) AS n FROM " + groups + " WHERE a > 100",
      "SELECT l.h, r.a FROM " + groups + " AS l LEFT JOIN " + groups + " AS r ON l.h = r.h + 1",
  });
  change_and_refresh();
}

TEST_CASE_FIXTURE(Repeatable, "of rows that a window does not tell apart those go that were shown") {
  create({
      "SELECT count(*) AS n, count(DISTINCT h) AS d FROM (SELECT h, x FROM " + k_t +
          " QUALIFY row_number() OVER (PARTITION BY h ORDER BY g) = 1)",
      "SELECT r, count(*) AS n FROM (SELECT row_number() OVER (PARTITION BY h ORDER BY g) AS r FROM " + k_t +
          ") GROUP BY r",
      "SELECT h, len(l) AS n FROM (SELECT h, list(x) AS l FROM " + k_t + " GROUP BY h)",
  });
  change_and_refresh();
}

TEST_CASE_FIXTURE(Repeatable, "variance and its like are merged, and computed anew where sums do not tell them") {
  create({
      "SELECT g, count(*) AS n, stddev(x) AS s, var_pop(y) AS p, covar_samp(y, x) AS c, corr(x, y) AS r FROM " + k_t +
          " GROUP BY g",
      "SELECT g, stddev_pop(x + 100000) AS s, variance(h) FILTER (x > 50) AS v FROM " + k_t + " GROUP BY g",
  });
  write("t/new.csv", rows(50));
  const auto techniques = refresh();
  CHECK(techniques.at("v0").find("merge_groups") != std::string::npos);
  CHECK(techniques.at("v0").find("touched_groups") == std::string::npos);
  CHECK(techniques.at("v1").find("touched_groups") != std::string::npos);
  change_and_refresh();
}

TEST_CASE_FIXTURE(MaintainedFixture, "variance and its like of few rows, of none, of NULLs and of constants") {
  check({
      {"SELECT k, stddev(v) AS s, stddev_pop(v) AS p, variance(v) AS v1, var_pop(v) AS v2 FROM 'in/a/*.csv' GROUP BY k",
       "linear, merge_groups, touched_groups"},
      {"SELECT covar_samp(k, v) AS c, covar_pop(v, k) AS p, stddev(7 + 0 * v) AS s, corr(k, 0 * k) AS r FROM "
       "'in/a/*.csv'",
       "linear, merge_groups, touched_groups"},
      {"SELECT k, corr(v, k) AS r, stddev(DISTINCT v) AS d FROM 'in/a/*.csv' GROUP BY k",
       "counters, linear, merge_groups, touched_groups"},
      {"SELECT k, corr(DISTINCT v, k) AS r, var_samp(v) AS s FROM 'in/a/*.csv' GROUP BY k", "linear, touched_groups"},
  });
}

TEST_CASE_FIXTURE(MaintainedFixture, "what no order is given to is not taken from a subquery for each row") {
  write("a/1.csv", "k,v\n1,2\n");
  const auto subquery = [&](const std::string& value) {
    return "SELECT a.k, (SELECT " + value + " FROM 'in/a/*.csv' AS b WHERE b.k = a.k) AS l FROM 'in/a/*.csv' AS a";
  };
  CHECK(refused(subquery("list(v)")).find("ORDER_DEPENDENT: list()") != std::string::npos);
  CHECK(refused(subquery("first(v)")).find("ORDER_DEPENDENT: first()") != std::string::npos);
  must({"create", "l", "--query", subquery("list(v ORDER BY v)"), "--refresh-mode", "strict"});
  must({"create", "s", "--query", subquery("sum(v)"), "--refresh-mode", "strict"});
}

TEST_CASE_FIXTURE(MaintainedFixture, "where DuckDB cannot compute the change everything is computed") {
  write("a/1.csv", "v,rowid\n1,2\n2,2\n");
  const std::string sql = "SELECT v FROM 'in/a/*.csv' WHERE v IN (SELECT rowid FROM 'in/a/*.csv')";
  must({"create", "t", "--query", sql, "--with-data", "--refresh-mode", "incremental"});
  must({"create", "s", "--query", sql, "--with-data", "--refresh-mode", "strict"});
  write("a/1.csv", "v,rowid\n1,2\n2,1\n");
  const auto job = parse_json(must({"refresh", "t", "--verify", "-o", "json"}))["jobs"][0];
  CHECK(job["mode"] == "full");
  CHECK(job["native"]["code"] == "CHANGE_FAILED");
  CHECK(query("SELECT v FROM t ORDER BY v") == "1\n2\n");
  const auto strict = run({"refresh", "s"});
  CHECK(strict.exit_code != 0);
  CHECK(strict.err.find("--full may do without it") != std::string::npos);
  CHECK(query("FROM s") == "2\n");
}

TEST_CASE_FIXTURE(MaintainedFixture, "constants are no groups and no numbers of rows but where DuckDB takes them so") {
  check({
      {"SELECT 'total' AS label, count(*) AS n FROM 'in/a/*.csv' GROUP BY ALL", "linear, merge_groups"},
      {"SELECT 1 + 1 AS c, max(v) AS m FROM 'in/a/*.csv' GROUP BY ALL", "linear, merge_groups, touched_groups"},
      {"SELECT 'x' AS l, median(v) AS m FROM 'in/a/*.csv' GROUP BY ALL", "linear, touched_groups"},
      {"SELECT count(*) AS n FROM 'in/a/*.csv' GROUP BY 'x'", "linear, merge_groups"},
      {"SELECT 'x' AS c, count(*) AS n FROM 'in/a/*.csv' GROUP BY c", "linear, merge_groups"},
      {"SELECT NULL AS c, count(*) AS n FROM 'in/a/*.csv' GROUP BY ALL", "linear, merge_groups"},
      {"SELECT count(*) AS n FROM 'in/a/*.csv' GROUP BY NULL", "linear, merge_groups"},
      {"SELECT k, v FROM 'in/a/*.csv' ORDER BY k, v LIMIT ALL", "linear, top_k"},
  });
  for (const std::string limit : {"LIMIT 1.5", "LIMIT 3 OFFSET 0.9", "LIMIT '2'", "LIMIT 1 + 1"})
    CHECK(refused("SELECT v FROM 'in/a/*.csv' ORDER BY v " + limit).find("a LIMIT that is no number") !=
          std::string::npos);
}

TEST_CASE_FIXTURE(MaintainedFixture, "names that matview works with are kept apart") {
  write("a/1.csv", "k,v\n1,2\n");
  const auto outcome = run({"create", "t", "--query", "SELECT k, v AS __MATVIEW_W FROM 'in/a/*.csv'"});
  CHECK(outcome.exit_code == 2);
  CHECK(outcome.err.find("the column '__MATVIEW_W'") != std::string::npos);
  CHECK(refused("SELECT w FROM (SELECT v AS __matview_w, v AS w FROM 'in/a/*.csv')").find("begins with '__matview_'") !=
        std::string::npos);
  write("b/1.csv", "k,__matview_w\n1,5\n");
  CHECK(refused("SELECT k FROM 'in/b/*.csv'").find("begins with '__matview_'") != std::string::npos);
  must({"create", "t", "--query", "SELECT k FROM 'in/b/*.csv'", "--with-data"});
  write("b/1.csv", "k,__matview_w\n2,7\n3,7\n");
  must({"refresh", "t", "--verify"});
}
