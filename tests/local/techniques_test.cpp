// Every technique, for every construct it is for and every kind of change: the record of the job says that it was used,
// and the rows are those of the query. For some of them there is also a view that recomputes its rows every time and
// one that is free to choose: all modes agree.

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <fstream>
#include <map>
#include <set>

#include "support/store_fixture.hpp"

using namespace matview::test;

namespace {

namespace fs = std::filesystem;

struct Construct {
  std::string name;
  std::string query;  ///< A and B stand for the two sources
  std::string by_a;   ///< the technique that takes a change of A
  std::string by_b;   ///< the same of B; empty where it is not read
};

// A has id, k, v and l (a list as text), B has k and w; in both some keys are NULL and some rows are there twice.
const std::vector<Construct> k_constructs{
    {"filter_project", "SELECT id, v * 2 AS d FROM A WHERE v > 10", "linear", ""},
    {"star", "SELECT * EXCLUDE (l) REPLACE (v + 1 AS v) FROM A", "linear", ""},
    {"unnested", "SELECT id, unnest(string_split(l, ';')) AS word FROM A", "linear", ""},
    {"all_of_both", "SELECT k, v FROM A UNION ALL SELECT k, w FROM B", "linear", "linear"},
    {"inner_join", "SELECT a.id, b.w FROM A AS a JOIN B AS b ON a.k = b.k", "linear", "linear"},
    {"by_name", "SELECT id, w FROM A AS a JOIN B AS b USING (k)", "linear", "linear"},
    {"self_join", "SELECT x.id, y.id AS other FROM A AS x JOIN A AS y ON x.k = y.k", "linear", ""},
    {"cte_twice", "WITH c AS (SELECT k, v FROM A WHERE v > 10) SELECT x.v, y.v AS u FROM c AS x JOIN c AS y USING (k)",
     "linear", ""},
    {"sums",
     "SELECT k, count(*) AS n, sum(v) AS s, avg(v) AS a, min(v) AS low, max(v) AS high, bool_and(v > 10) AS every,"
     " count(*) FILTER (v > 20) AS many FROM A GROUP BY k",
     "merge_groups", ""},
    {"totals", "SELECT count(*) AS n, sum(v) AS s FROM A", "merge_groups", ""},
    {"having_some", "SELECT k, sum(v) AS s FROM A GROUP BY ALL HAVING count(*) > 1", "merge_groups", ""},
    {"of_a_join", "SELECT b.w, sum(a.v) AS s FROM A AS a JOIN B AS b ON a.k = b.k GROUP BY 1", "merge_groups",
     "merge_groups"},
    {"of_an_aggregate", "SELECT n, count(*) AS c FROM (SELECT k, count(*) AS n FROM A GROUP BY k) GROUP BY n",
     "merge_groups", ""},
    {"medians", "SELECT k, median(v) AS m, string_agg(l, ',' ORDER BY l) AS t FROM A GROUP BY k", "touched_groups", ""},
    {"rolled_up", "SELECT k, v, count(*) AS n FROM A GROUP BY ROLLUP (k, v)", "merge_groups", ""},
    {"distinct_rows", "SELECT DISTINCT k, v FROM A", "counters", ""},
    {"union_of_both", "SELECT k FROM A UNION SELECT k FROM B", "counters", "counters"},
    {"intersect_of_both", "SELECT k FROM A INTERSECT SELECT k FROM B", "counters", "counters"},
    {"except_of_both", "SELECT k FROM A EXCEPT ALL SELECT k FROM B", "counters", "counters"},
    {"left_join", "SELECT a.id, b.w FROM A AS a LEFT JOIN B AS b ON a.k = b.k", "linear", "touched_keys"},
    {"full_join", "SELECT a.id, b.w FROM A AS a FULL JOIN B AS b ON a.k = b.k", "touched_keys", "touched_keys"},
    {"semi_join", "SELECT a.id FROM A AS a SEMI JOIN B AS b ON a.k = b.k", "linear", "touched_keys"},
    {"anti_join", "SELECT a.id FROM A AS a ANTI JOIN B AS b ON a.k = b.k", "linear", "touched_keys"},
    {"exists_in", "SELECT id FROM A AS a WHERE EXISTS (FROM B AS b WHERE b.k = a.k AND b.w > 5)", "linear",
     "touched_keys"},
    {"in_rows", "SELECT id FROM A WHERE k IN (SELECT k FROM B)", "linear", "touched_keys"},
    {"not_in_rows", "SELECT id FROM A WHERE k NOT IN (SELECT k FROM B WHERE k IS NOT NULL)", "linear", "touched_keys"},
    {"above_average", "SELECT id FROM A WHERE v > (SELECT avg(w) FROM B)", "linear", "scalar"},
    {"above_its_own", "SELECT id FROM A AS a WHERE v > (SELECT avg(w) FROM B AS b WHERE b.k = a.k)", "linear",
     "touched_keys"},
    {"windowed", "SELECT id, row_number() OVER (PARTITION BY k ORDER BY id, v, l) AS r FROM A", "touched_partitions",
     ""},
    {"qualified", "SELECT id, v FROM A QUALIFY row_number() OVER (PARTITION BY k ORDER BY v, id, l) = 1",
     "touched_partitions", ""},
    {"window_of_a_join",
     "SELECT id, sum(w) OVER (PARTITION BY k ORDER BY id, w, v, l) AS s FROM (SELECT a.*, b.w FROM A AS a LEFT JOIN B "
     "AS"
     " b ON a.k = b.k)",
     "touched_partitions", "touched_partitions"},
    {"first_rows", "SELECT id, v FROM A ORDER BY v DESC, id LIMIT 2", "top_k", ""},
};

std::string with_sources(std::string query) {
  for (const auto& [name, files] : std::map<std::string, std::string>{
           {"A",
            "read_csv('a/*.csv', header = true, columns = {'id': 'BIGINT', 'k': 'BIGINT', 'v': 'BIGINT', 'l': "
            "'VARCHAR'})"},
           {"B", "read_csv('b/*.csv', header = true, columns = {'k': 'BIGINT', 'w': 'BIGINT'})"}})
    for (const std::string before : {"FROM ", "JOIN "})
      for (const std::string after : {" ", ")", ""}) {
        const auto word = before + name + after;
        for (auto at = query.find(word); at != std::string::npos; at = query.find(word, at + 1))
          if (!after.empty() || at + word.size() == query.size())
            query.replace(at, word.size(), before + files + after);
      }
  return query;
}

/// What follows the names of the views of a construct: nothing where it is incremental.
std::vector<std::string> modes_of(std::size_t construct) {
  if (construct % 4 == 0) return {"", "_full", "_auto"};
  return {""};
}

struct Techniques : StoreFixture {
  void write(const std::string& file, const std::string& rows) const {
    const auto path = box().work() / file;
    fs::create_directories(path.parent_path());
    std::ofstream(path.string() + ".new") << (file[0] == 'a' ? "id,k,v,l\n" : "k,w\n") << rows;
    fs::rename(path.string() + ".new", path);
  }

  /// Refreshes everything and returns the jobs by their views.
  std::map<std::string, Json> refresh() const {
    std::map<std::string, Json> jobs;
    auto all = command({"refresh", "--all", "-o", "json"});
    all.time_limit = std::chrono::minutes(10);  // so many views take long on a busy machine
    const auto outcome = matview::test::run(all);
    INFO(outcome.err);
    REQUIRE(outcome.exit_code == 0);
    const auto answer = parse_json(outcome.out);
    for (const auto& job : answer["jobs"]) jobs[job["view"]] = job;
    return jobs;
  }

  /// The views whose rows are not those of their query.
  std::string different() const {
    std::string sql;
    for (std::size_t i = 0; i < k_constructs.size(); ++i)
      for (const auto& mode : modes_of(i)) {
        const auto& construct = k_constructs[i];
        const auto sides = "FROM (SELECT *, 1 AS side FROM " + construct.name + mode +
                           " UNION ALL SELECT *, -1 FROM (" + with_sources(construct.query) +
                           ")) SELECT * EXCLUDE (side) GROUP BY ALL HAVING sum(side) <> 0";
        sql += (sql.empty() ? "" : " UNION ALL ") +
               ("SELECT '" + construct.name + mode + "' WHERE EXISTS (" + sides + ")");
      }
    return query(sql);
  }

  /// After a change of the sources in `changed`: what was used, and whether all agree.
  void check(const std::string& what, const std::string& changed) const {
    CAPTURE(what);
    const auto jobs = refresh();
    for (std::size_t i = 0; i < k_constructs.size(); ++i) {
      const auto& construct = k_constructs[i];
      CAPTURE(construct.name);
      const auto& job = jobs.at(construct.name);
      std::set<std::string> expected;
      if (changed.find('a') != std::string::npos) expected.insert(construct.by_a);
      if (changed.find('b') != std::string::npos && !construct.by_b.empty()) expected.insert(construct.by_b);
      CHECK(job["mode"] == (expected.empty() ? "no_data" : "incremental"));
      const auto used = job["native"].value("techniques", Json::array());
      for (const auto& technique : expected) {
        INFO(technique, " is not among ", used.dump());
        CHECK(std::find(used.begin(), used.end(), technique) != used.end());
      }
      if (modes_of(i).size() == 1) continue;
      CHECK(jobs.at(construct.name + "_full")["mode"] == (expected.empty() ? "no_data" : "full"));
    }
    CHECK(different() == "");
  }
};

}  // namespace

TEST_CASE_FIXTURE(Techniques, "each technique is used for what it is for, and every mode gives the same rows") {
  write("a/1.csv", "1,1,10,x;y\n2,1,20,y\n3,2,30,x\n3,2,30,x\n4,,40,z\n5,3,15,\n");
  write("a/2.csv", "6,2,5,x;z\n7,4,25,y\n");
  write("b/1.csv", "1,5\n2,7\n2,7\n,9\n");
  write("b/2.csv", "5,30\n");
  std::ofstream views(box().work() / "views.toml");
  for (std::size_t i = 0; i < k_constructs.size(); ++i)
    for (const auto& mode : modes_of(i))
      views << "[views." << k_constructs[i].name << mode << "]\nquery = \"" << with_sources(k_constructs[i].query)
            << "\"\nrefresh_mode = \"" << (mode.empty() ? "incremental" : mode.substr(1)) << "\"\n";
  views.close();
  must({"apply", "-f", "views.toml", "--yes"});
  refresh();
  REQUIRE(different() == "");

  write("a/3.csv", "8,1,12,y\n9,,41,z\n10,6,60,q\n");
  check("rows of A came", "a");
  write("b/3.csv", "3,8\n1,6\n");
  check("rows of B came", "b");
  write("a/1.csv", "1,1,11,x;y\n2,3,20,y\n3,2,30,x\n4,,40,z\n11,,1,w\n");
  write("b/1.csv", "1,5\n2,7\n7,4\n");
  check("files of both were replaced: rows changed, keys moved, NULLs went", "ab");
  fs::remove(box().work() / "a/2.csv");
  fs::remove(box().work() / "b/2.csv");
  check("files of both went, and whole groups with them", "ab");
  fs::remove(box().work() / "a/1.csv");
  write("a/3.csv", "12,7,1,q\n");
  check("A has one row", "a");
  write("a/1.csv", "1,1,10,x;y\n2,1,20,y\n");
  check("A has more rows again", "a");
}
