// Constructs that are kept up to date from what changed: the job record tells by which technique.

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "maintained_fixture.hpp"

using namespace matview::test;

namespace {

const std::string k_a = "'in/a/*.csv'";
const std::string k_b = "'in/b/*.csv'";

const std::string k_reach = "WITH RECURSIVE r(x, y) AS (SELECT k, v FROM " + k_a +
                            " UNION SELECT r.x, e.v FROM r JOIN " + k_a + " AS e ON r.y = e.k) ";

}  // namespace

TEST_CASE_FIXTURE(MaintainedFixture, "a recursion goes on from what comes, and finds again what stays") {
  check({
      // The edges have cycles: 1 to 2 to 3 to 4 to 5 to 2.
      {k_reach + "SELECT * FROM r", "linear, rederive, semi_naive"},
      {k_reach + "SELECT x, count(*) AS n, max(w) AS m FROM r LEFT JOIN (SELECT k, v AS w FROM " + k_b +
           ") AS b ON b.k = r.y GROUP BY x",
       "linear, merge_groups, rederive, semi_naive, touched_groups, touched_keys"},
      {k_reach + "SELECT a.x, b.y FROM r AS a JOIN r AS b ON a.y = b.x", "linear, rederive, semi_naive"},
      {"WITH RECURSIVE r AS (SELECT k FROM " + k_a +
           " UNION SELECT k + 1 FROM r WHERE k < 9 AND k NOT NULL)"
           " SELECT k FROM r",
       "linear, rederive, semi_naive"},
      // Copies are kept apart.
      {"WITH RECURSIVE r(x, y, depth) AS (SELECT k, v, 1 FROM " + k_a +
           " UNION ALL SELECT r.x, e.v, depth + 1 FROM r,"
           " " +
           k_a + " AS e WHERE r.y = e.k AND depth < 4) SELECT * FROM r",
       "linear, semi_naive"},
      // The step reads several tables, and what is made of them.
      {"WITH RECURSIVE pairs AS (SELECT k, max(v) AS v FROM " + k_b + " GROUP BY k), r AS (SELECT k, v AS n FROM " +
           k_a + " UNION ALL SELECT p.k, n + 1 FROM r JOIN " + k_a +
           " AS e ON e.k = r.k JOIN pairs AS p ON p.k = e.v WHERE n < 6) SELECT k, n FROM r",
       "linear, merge_groups, semi_naive, touched_groups"},
      // A UNION that only has the word: no rows of its own.
      {"WITH RECURSIVE r AS (SELECT k FROM " + k_a + " UNION SELECT v FROM " + k_b + ") SELECT k FROM r",
       "counters, linear"},
  });
}

TEST_CASE_FIXTURE(MaintainedFixture, "a recursion that takes its rows together is refused by what takes them") {
  write("a/1.csv", "k,v\n1,2\n");
  const auto step = [&](const std::string& text) {
    return refused("WITH RECURSIVE r(k) AS (SELECT k FROM " + k_a + " UNION " + text + ") SELECT k FROM r");
  };
  CHECK(step("SELECT max(k) + 1 FROM r WHERE k < 5").find("RECURSION: 'r' goes on from its own rows through") !=
        std::string::npos);
  CHECK(step("SELECT a.k + b.k FROM r AS a, r AS b WHERE a.k < 5").find("joins its own rows") != std::string::npos);
  CHECK(step("SELECT e.v FROM " + k_a + " AS e LEFT JOIN r ON r.k = e.k").find("by itself") != std::string::npos);
}

TEST_CASE_FIXTURE(MaintainedFixture, "a recursion is computed anew when what it leaves out changes") {
  write("a/1.csv", "k,v\n1,2\n2,3\n3,4\n");
  write("b/1.csv", "k,v\n4,4\n");
  must({"create", "t", "--query",
        "WITH RECURSIVE r(k) AS (SELECT k FROM " + k_a + " WHERE k = 1 UNION SELECT e.v FROM r JOIN " + k_a +
            " AS e USING (k) ANTI JOIN " + k_b + " AS x ON x.k = e.v) SELECT k FROM r",
        "--with-data", "--refresh-mode", "incremental"});
  const auto refresh = [&] { return parse_json(must({"refresh", "t", "--verify", "-o", "json"}))["jobs"][0]; };
  write("a/2.csv", "k,v\n3,5\n");
  CHECK(refresh()["mode"] == "incremental");
  write("b/2.csv", "k,v\n3,3\n");
  const auto job = refresh();
  CHECK(job["mode"] == "full");
  CHECK(job["native"]["code"] == "RECURSION");
  CHECK(query("SELECT k FROM t ORDER BY k") == "1\n2\n");
}

TEST_CASE_FIXTURE(MaintainedFixture, "what subqueries say of each row is compared with what they said") {
  const auto a = " FROM " + k_a + " AS a";
  const auto b = " FROM " + k_b + " AS b";
  check({
      {"SELECT k, (SELECT max(v)" + b + ") AS m" + a, "linear, merge_groups, scalar, touched_groups"},
      {"SELECT k, v > (SELECT avg(v)" + b + ") AS above" + a + " WHERE v < (SELECT sum(v)" + b + ")",
       "linear, merge_groups, scalar"},
      {"SELECT k, (SELECT count(*)" + b + " WHERE b.k = a.k) AS n" + a, "linear, touched_keys"},
      {"SELECT k, (SELECT count(*)" + b + " WHERE b.k < a.k) AS n" + a, "linear, scalar"},
      {"SELECT k, EXISTS (SELECT 1" + b + " WHERE v > 15) AS any, v IN (SELECT v - 18" + b + ") AS found" + a,
       "linear, scalar"},
      {"SELECT k" + a + " WHERE v NOT IN (SELECT v - 18" + b + ")", "linear, scalar"},
      {"SELECT k" + a + " WHERE v NOT IN (SELECT v - 18" + b + " WHERE v NOT NULL)", "linear, scalar, touched_keys"},
      {"SELECT k" + a + " WHERE EXISTS (SELECT 1" + b + " WHERE b.k > a.k OR EXISTS (SELECT 1 FROM " + k_b +
           " AS c WHERE c.k = b.k AND c.v = a.v))",
       "linear, scalar"},
      {"SELECT k, (SELECT max(c.v)" + b + " LEFT JOIN " + k_b + " AS c ON c.v = b.k WHERE b.k = a.k) AS m" + a,
       "linear, scalar, touched_keys"},
  });
}

TEST_CASE_FIXTURE(MaintainedFixture,
                  "whole rows, columns by pattern, and subqueries in conditions of joins are joined as others") {
  const auto a = " FROM " + k_a + " AS a";
  const auto b = k_b + " AS b";
  check({
      {"SELECT a" + a, "linear"},
      {"SELECT a, b.v" + a + " LEFT JOIN " + b + " ON a.k = b.k", "linear, touched_keys"},
      {"SELECT a.k, b" + a + " LEFT JOIN " + b + " ON a.k = b.k", "linear, touched_keys"},
      {"SELECT DISTINCT a" + a + " JOIN " + b + " ON a.k = b.k", "counters, linear"},
      {"SELECT COLUMNS(*) + 1, 2 * COLUMNS('v') AS twice" + a + " WHERE COLUMNS(*) > 0", "linear"},
      {"SELECT coalesce(*COLUMNS(*)) AS c" + a + " JOIN " + b + " ON a.k = b.k", "linear"},
      {"SELECT a.k, max(COLUMNS(*)) AS \"most \\0\", count(COLUMNS('v')) AS n" + a + " GROUP BY a.k",
       "linear, merge_groups, touched_groups"},
      {"SELECT k, lag(COLUMNS('v')) OVER (PARTITION BY k ORDER BY v) AS was" + a, "linear, touched_partitions"},
      {"SELECT a.k, b.v" + a + " JOIN " + b + " ON a.k = b.k AND b.v < (SELECT sum(v) FROM " + k_a + ")",
       "linear, merge_groups, scalar"},
      {"SELECT a.k, b.v, c.v AS w" + a + " JOIN " + b + " ON a.k = b.k AND a.v IN (SELECT k + 1 FROM " + k_a +
           ") LEFT JOIN " + k_b + " AS c ON c.k = a.v",
       "linear, touched_keys"},
  });
}

TEST_CASE_FIXTURE(MaintainedFixture, "subqueries in FROM that read their neighbours are joined, or computed by keys") {
  const auto a = " FROM " + k_a + " AS a";
  const auto b = " FROM " + k_b + " AS b";
  check({
      {"SELECT a.k, w" + a + ", LATERAL (SELECT v + a.v AS w" + b + " WHERE b.k = a.k) AS l", "linear"},
      {"SELECT a.*, n, m" + a + ", (SELECT count(*) AS n, max(v) AS m" + b + " WHERE b.k = a.k) AS l",
       "linear, touched_keys"},
      {"SELECT a.k, l.v" + a + " LEFT JOIN LATERAL (SELECT v" + b + " WHERE b.k = a.v) AS l ON true",
       "linear, touched_keys"},
      {"SELECT a.k, l.v" + a + ", LATERAL (SELECT v" + b + " WHERE b.k = a.k ORDER BY v DESC LIMIT 1) AS l",
       "linear, touched_keys"},
      {"SELECT l.v, count(*) AS n, sum(a.v) AS s" + a + ", LATERAL (SELECT DISTINCT v" + b +
           " WHERE b.k = a.k) AS l GROUP BY l.v",
       "linear, merge_groups, touched_keys"},
  });
  CHECK(refused("SELECT a.k, l.v" + a + ", LATERAL (SELECT v" + b + " WHERE b.k = a.k LIMIT 1) AS l")
            .find("LIMIT_WITHOUT_ORDER") != std::string::npos);
}

TEST_CASE_FIXTURE(MaintainedFixture, "DISTINCT ON finds the first row of touched keys again") {
  const auto a = " FROM " + k_a + " AS a";
  check({
      {"SELECT DISTINCT ON (k) k, v" + a + " ORDER BY k, v DESC", "linear, touched_partitions"},
      {"SELECT DISTINCT ON (k % 2, v > 3) v AS w, k" + a + " ORDER BY w, k DESC NULLS FIRST",
       "linear, touched_partitions"},
      {"SELECT DISTINCT ON (n) k, count(*) AS n" + a + " GROUP BY k ORDER BY k",
       "linear, merge_groups, touched_partitions"},
      {"SELECT DISTINCT ON (k) k, v" + a + " ORDER BY v, k LIMIT 2", "linear, top_k, touched_partitions"},
  });
  CHECK(refused("SELECT DISTINCT ON (k) k, v" + a).find("LIMIT_WITHOUT_ORDER") != std::string::npos);
}

TEST_CASE_FIXTURE(MaintainedFixture, "outer joins within outer joins are computed for the keys that reach them") {
  const auto a = " FROM " + k_a + " AS a";
  const auto b = k_b + " AS b";
  const auto c = k_b + " AS c";
  check({
      {"SELECT a.k, b.v, c.v AS w" + a + " LEFT JOIN (" + b + " LEFT JOIN " + c + " ON b.v = c.k * 10) ON a.k = b.k",
       "linear, touched_keys"},
      {"SELECT a.k, b.v, c.v AS w" + a + " FULL JOIN " + b + " ON a.k = b.k FULL JOIN " + c + " ON c.k = a.v",
       "touched_keys"},
      {"SELECT k, a.v, b.v AS w, c.v AS x" + a + " FULL JOIN " + b + " USING (k) FULL JOIN " + c + " USING (k)",
       "touched_keys"},
      {"SELECT a.k, c.v" + a + " RIGHT JOIN " + b + " ON a.k = b.k RIGHT JOIN " + c + " ON c.k = b.k",
       "linear, touched_keys"},
      {"SELECT a.k, d.v" + a + " FULL JOIN (" + b + " LEFT JOIN (" + c + " FULL JOIN " + k_a +
           " AS d ON d.k = c.k) ON c.v = b.v) ON a.k = b.k",
       "touched_keys"},
  });
}

TEST_CASE_FIXTURE(MaintainedFixture,
                  "an outer join follows what matches, and what begins and ceases to match anything") {
  const auto join = [](const std::string& select, const std::string& kind, const std::string& on) {
    return "SELECT " + select + " FROM " + k_a + " AS a " + kind + " JOIN " + k_b + " AS b " + on;
  };
  check({
      {join("a.k, a.v, b.v AS w", "LEFT", "ON a.k = b.k"), "linear, touched_keys"},
      {join("a.v, b.k, b.v AS w", "RIGHT", "ON b.k = a.k"), "linear, touched_keys"},
      {join("a.*, b.v AS w", "LEFT", "USING (k)"), "linear, touched_keys"},
      // What is demanded of the side alone is part of what matches; what is demanded of both is not told by keys.
      {join("a.k, b.v", "LEFT", "ON a.k = b.k AND b.v > 2"), "linear, touched_keys"},
      {join("a.k, b.v", "LEFT", "ON a.k = b.k AND b.v > 2 AND b.v IS NOT NULL AND abs(b.k) < 4"),
       "linear, touched_keys"},
      {join("a.k, b.v", "LEFT", "ON a.k = b.k AND a.v > b.v"), "linear, touched_keys"},
      {join("a.k, b.v", "LEFT", "ON a.k = b.k AND a.v > 2"), "linear, touched_keys"},
      {join("a.k, b.v", "LEFT", "ON a.k IS NOT DISTINCT FROM b.k"), "linear, touched_keys"},
      // Keys of several columns, of expressions, of other types.
      {join("a.k, b.v", "LEFT", "ON a.k = b.k AND a.v = b.v"), "linear, touched_keys"},
      {join("a.k, b.v", "LEFT", "ON a.k + 1 = b.v % 4"), "linear, touched_keys"},
      {join("a.k, b.v", "LEFT", "ON a.k::DOUBLE = b.k"), "linear, touched_keys"},
      // Rows that match nothing are asked for, are joined further, and are added up.
      {join("a.k", "LEFT", "ON a.k = b.k WHERE b.k IS NULL"), "linear, touched_keys"},
      {join("a.k, count(b.v) AS n, count(*) AS m, sum(b.v) AS s", "LEFT", "ON a.k = b.k AND b.v <> 3 GROUP BY a.k"),
       "linear, merge_groups, touched_keys"},
      {"SELECT a.k, b.v, c.v AS w FROM " + k_a + " AS a LEFT JOIN " + k_b + " AS b USING (k) JOIN " + k_a +
           " AS c ON c.k = a.v",
       "linear, touched_keys"},
      {"SELECT a.k, b.n FROM " + k_a + " AS a LEFT JOIN (SELECT k, count(*) AS n FROM " + k_b +
           " GROUP BY k) AS b ON a.k = b.k AND n > 1",
       "linear, merge_groups, touched_keys"},
  });
}

TEST_CASE_FIXTURE(MaintainedFixture, "a collation is computed in full: texts are equal by it that are not the same") {
  write("a/1.csv", "k,v\nA,1\na,2\nB,3\n");
  CHECK(refused("SELECT k COLLATE NOCASE AS k, count(*) AS n FROM " + k_a + " GROUP BY ALL").find("collation") !=
        std::string::npos);
  // A table's column has one without a word of it in the query.
  const auto table = (sources() / "t.duckdb").string();
  duckdb(table, "CREATE TABLE t(k VARCHAR COLLATE NOCASE, v INTEGER); INSERT INTO t VALUES ('A', 1), ('b', 2)");
  must({"create", "v", "--query", "SELECT k, sum(v) AS s FROM d.t GROUP BY k", "--attach", "d=in/t.duckdb",
        "--with-data", "--refresh-mode", "incremental"});
  duckdb(table, "INSERT INTO t VALUES ('a', 3), ('B', 4); DELETE FROM t WHERE v = 1");
  const auto job = parse_json(must({"refresh", "v", "--verify", "-o", "json"}))["jobs"][0];
  CHECK(job["mode"] == "full");
  CHECK(job["native"]["code_reason"].get<std::string>().find("collation") != std::string::npos);
}

TEST_CASE_FIXTURE(MaintainedFixture, "PIVOT of listed values is an aggregate, UNPIVOT is linear") {
  check({
      {"PIVOT " + k_a + " ON k IN (1, 2, 3) USING sum(v)", "linear, merge_groups"},
      {"SELECT * FROM (PIVOT " + k_a + " ON v IN (2, 3) USING count(*), max(v) AS most GROUP BY k) WHERE k > 0",
       "linear, merge_groups"},
      {"UNPIVOT " + k_a + " ON k, v INTO NAME n VALUE x", "linear"},
      {"SELECT k, sum(x) AS s FROM (SELECT k, v AS p, k + v AS q FROM " + k_a +
           ") UNPIVOT INCLUDE NULLS (x FOR n IN (p, q)) GROUP BY k",
       "linear, merge_groups"},
  });
}

TEST_CASE_FIXTURE(MaintainedFixture, "constants keep their type and their place") {
  const auto a = " FROM " + k_a + " AS a";
  const auto names = "(VALUES (1, 'one'), (2, 'two'), (2, 'deux'), (NULL, 'none')) AS n(k, name)";
  const auto day = std::string("DATE '2024-01-01' + v::INTEGER");
  check({
      // A number with an exponent is a DOUBLE; printed as 10.0 it would be a DECIMAL.
      {"SELECT k, v * 1e1 AS x, v / 1e-300, 1e0" + a + " WHERE v > 1.5e0", "linear"},
      {"SELECT * FROM (SELECT k, v * 1e1, sum(1e0) AS n" + a + " GROUP BY ALL)", "linear, merge_groups"},
      {"SELECT k, sum(1) AS n, count(1) AS m, max('x') AS t" + a + " GROUP BY k",
       "linear, merge_groups, touched_groups"},
      {"SELECT a.v, n.name" + a + " JOIN " + names + " ON n.k = a.k", "linear"},
      {"SELECT a.v, n.name" + a + " LEFT JOIN " + names + " USING (k)", "linear"},
      {"SELECT a.v, n.col1" + a + " LEFT JOIN (VALUES (1, 1e1), (2, 2)) AS n ON n.col0 = a.k", "linear"},
      {"WITH n(k, name) AS (VALUES (1, 'one'), (3, 'three')) SELECT name, count(*) AS c" + a +
           " JOIN n USING (k) GROUP BY name",
       "linear, merge_groups"},
      {"SELECT k" + a + " WHERE (k, v) IN ((1, 2), (3, 4))", "linear"},
      {"SELECT k" + a + " WHERE (k, v) IN (SELECT k, v - 8 FROM " + k_b + ")", "linear, scalar"},
      // What must be constant is no column.
      {"SELECT k, sum(v) OVER (PARTITION BY k ORDER BY " + day +
           " RANGE BETWEEN INTERVAL 2 DAY PRECEDING AND INTERVAL '1 day' FOLLOWING) AS s" + a,
       "linear, touched_partitions"},
      {"SELECT k, quantile_cont(v, [0.25, 0.5]) AS q, histogram(v, [1, 2 + 1]) AS t" + a + " GROUP BY k",
       "linear, touched_groups"},
  });
}

TEST_CASE_FIXTURE(MaintainedFixture,
                  "the case of names makes no difference, and stars can be ordered by their places") {
  const auto a = " FROM " + k_a + " AS a";
  check({
      {"SELECT K, sum(V) AS s" + a + " GROUP BY k", "linear, merge_groups"},
      {"SELECT Abs(A.k) AS x, count(*) AS n" + a + " GROUP BY abs(a.K)", "linear, merge_groups"},
      {"SELECT *" + a + " ORDER BY ALL LIMIT 2", "linear, top_k"},
      {"SELECT v, k" + a + " ORDER BY ALL DESC LIMIT 3", "linear, top_k"},
      {"SELECT *, k + v AS s" + a + " ORDER BY 3 DESC, 1, 2 LIMIT 2 OFFSET 1", "linear, top_k"},
      {"SELECT DISTINCT *" + a + " ORDER BY v, k NULLS FIRST LIMIT 2", "counters, linear, top_k"},
      {"SELECT * FROM (SELECT k" + a + " UNION SELECT k FROM " + k_b + ") ORDER BY ALL LIMIT 2",
       "counters, linear, top_k"},
  });
}

TEST_CASE_FIXTURE(MaintainedFixture, "a star shows the columns of its table, as it changes them") {
  const auto a = " FROM " + k_a + " AS a";
  const auto both = a + " LEFT JOIN " + k_b + " AS b USING (k)";
  check({
      // The key of the other side is NULL where nothing matches, the one that the tables share is not.
      {"SELECT b.*, count(*) OVER (PARTITION BY a.v) AS n" + both, "linear, touched_keys, touched_partitions"},
      {"SELECT b.*" + both + " ORDER BY k NULLS FIRST, v LIMIT 3", "linear, top_k, touched_keys"},
      {"SELECT DISTINCT b.*" + both + " ORDER BY ALL LIMIT 3", "counters, linear, top_k, touched_keys"},
      {"SELECT a.v AS g, max(COLUMNS(b.*))" + both + " GROUP BY a.v",
       "linear, merge_groups, touched_groups, touched_keys"},
      {"SELECT coalesce(COLUMNS(b.*), 0)" + both, "linear, touched_keys"},
      {"SELECT a.*, count(*) OVER (PARTITION BY a.k) AS n" + a + " JOIN " + k_b + " AS b ON a.k = b.k",
       "linear, touched_partitions"},
      {"SELECT * REPLACE (-v AS v)" + a + " ORDER BY v, k LIMIT 2", "linear, top_k"},
      {"SELECT max(COLUMNS(* REPLACE (-v AS v)))" + a, "linear, merge_groups, touched_groups"},
      {"SELECT DISTINCT ON (v) * REPLACE (v % 2 AS v)" + a + " ORDER BY v, k", "linear, touched_partitions"},
      {"SELECT * REPLACE (v * 1e1 AS v)" + a, "linear"},
      {"SELECT a.*, count(*) AS n" + both + " GROUP BY ALL", "linear, merge_groups, touched_keys"},
      {"SELECT k" + a + " UNION ALL SELECT k FROM " + k_b + " ORDER BY 1 LIMIT 2", "linear, top_k"},
      {"SELECT k, count(*) OVER (PARTITION BY (k, v)) AS n" + a, "linear, touched_partitions"},
      {"SELECT k, arg_max(v, (v, k)) AS m, count(DISTINCT (k, v)) AS n" + a + " GROUP BY k", "linear, touched_groups"},
      {"SELECT *" + a + " NATURAL LEFT JOIN (SELECT k, v AS w FROM " + k_b + ") AS b", "linear, touched_keys"},
      {"SELECT k, list_transform(list(v ORDER BY v), lambda k: k + 1) AS l" + a + " GROUP BY k",
       "linear, touched_groups"},
  });
  CHECK(refused("SELECT * RENAME (v AS k, k AS v)" + a + " ORDER BY ALL LIMIT 2").find("told by their names") !=
        std::string::npos);
  CHECK(refused("SELECT a.k" + a + " ASOF JOIN " + k_b + " AS b ON a.k = b.k AND a.v >= b.v").find("ASOF") !=
        std::string::npos);
  must({"create", "renamed", "--query", "SELECT * RENAME (v AS k, k AS v)" + a + " ORDER BY k DESC LIMIT 1",
        "--with-data"});
  CHECK(query("FROM renamed") == "2,3\n");
}

// DuckDB 1.5 filters them by the keys of the join's other side first, and others move up: duckdb/duckdb#22924.
TEST_CASE_FIXTURE(MaintainedFixture, "rows below a LIMIT are counted before a join leaves any of them out") {
  std::filesystem::create_directories(sources());
  duckdb(sources() / "none.duckdb", "COPY (SELECT i AS k FROM range(1000000) t(i)) TO '" +
                                        (sources() / "many.parquet").string() + "' (FORMAT parquet)");
  write("few.csv", "k\n5\n999999\n");
  const std::string sql =
      "FROM (SELECT k FROM 'in/many.parquet' ORDER BY k LIMIT 10 OFFSET 3) JOIN 'in/few.csv' USING (k)";
  must({"create", "v", "--query", sql, "--with-data", "--threads", "2", "--refresh-mode", "strict"});
  CHECK(query("FROM v") == "5\n");
  CHECK(query("SELECT count(*) " + sql) == "1\n");
  write("few.csv", "k\n3\n12\n999999\n");
  must({"refresh", "v", "--verify", "--threads", "2"});
  CHECK(query("FROM v ORDER BY k") == "3\n12\n");
  must({"refresh", "v", "--full", "--force", "--verify", "--threads", "2"});
  CHECK(query("FROM v ORDER BY k") == "3\n12\n");
}

// DuckDB 1.5.6 computes the join once, and reads the same columns of it for both: 118 instead of 97.
TEST_CASE_FIXTURE(MaintainedFixture, "arms of a UNION ALL that share a join each have their own columns of it") {
  std::string t = "id,k,v\n";
  for (int i = 0; i < 10; ++i) t += fmt::format("{},{},{}\n", i, i % 7, i % 5);
  write("t.csv", t);
  const auto shared = std::string(
      " FROM 'in/t.csv' a LEFT JOIN (SELECT id % 9 AS k, v + 1 AS w FROM 'in/t.csv') b"
      " ON a.k = b.k AND a.v < b.w JOIN 'in/t.csv' c ON b.k = c.k");
  must({"create", "v", "--query", "SELECT c.id" + shared + " UNION ALL SELECT a.id" + shared, "--with-data",
        "--refresh-mode", "strict"});
  CHECK(query("SELECT count(*), sum(id) FROM v") == "28,97\n");
  write("t.csv", t + "10,3,0\n");
  must({"refresh", "v", "--verify"});
  const auto sum = query("SELECT sum(id) FROM v");
  CHECK(sum == query("SELECT (SELECT sum(c.id)" + shared + ") + (SELECT sum(a.id)" + shared + ")"));
}

TEST_CASE_FIXTURE(MaintainedFixture, "values that are equal and not the same are shown, and found again as they are") {
  const std::string ts = "TIMESTAMP '2026-01-01' + to_days(v::INTEGER)";
  check({
      {"SELECT k, max(" + ts + ") - min(" + ts + ") AS d, count(*) AS n FROM 'in/a/*.csv' GROUP BY k",
       "linear, merge_groups, touched_groups"},
      {"SELECT k, (max(" + ts + ") - min(" + ts + ")) * 2 AS d FROM 'in/a/*.csv' GROUP BY k HAVING d > INTERVAL 1 DAY",
       "linear, merge_groups, touched_groups"},
      {"SELECT k, v, CASE WHEN v % 2 = 0 THEN INTERVAL 1 MONTH ELSE INTERVAL 30 DAY END AS i FROM 'in/a/*.csv'",
       "linear"},
      {"SELECT k, CASE WHEN sum(v) % 2 = 0 THEN INTERVAL 1 MONTH ELSE INTERVAL 30 DAY END AS i FROM 'in/a/*.csv'"
       " GROUP BY k",
       "linear, merge_groups"},
      {"SELECT k, [to_days(v::INTEGER), INTERVAL 1 MONTH] AS l, {'i': to_hours(v)} AS s FROM 'in/a/*.csv'", "linear"},
      {"SELECT k, ts - lag(ts) OVER (PARTITION BY k ORDER BY ts, v) AS d FROM (SELECT k, v, " + ts +
           " AS ts FROM 'in/a/*.csv')",
       "linear, touched_partitions"},
      {"SELECT a.k, to_days(a.v::INTEGER) AS d, b.v FROM 'in/a/*.csv' AS a LEFT JOIN 'in/b/*.csv' AS b ON a.k = b.k",
       "linear, touched_keys"},
      {"SELECT date_part('day', d) AS d FROM (SELECT max(" + ts + ") - min(" + ts +
           ") AS d FROM 'in/a/*.csv'"
           " GROUP BY k)",
       "linear, merge_groups, touched_groups"},
  });
  // As a key they would still be taken for each other.
  CHECK(refused("SELECT to_days(v::INTEGER) AS d, count(*) FROM 'in/a/*.csv' GROUP BY 1").find("TYPE_EQUALITY") !=
        std::string::npos);
  CHECK(refused("SELECT DISTINCT to_days(v::INTEGER) AS d FROM 'in/a/*.csv'").find("TYPE_EQUALITY") !=
        std::string::npos);
}

TEST_CASE_FIXTURE(MaintainedFixture, "a value that is only equal to the old one is a change") {
  for (const std::string mode : {"full", "strict"}) {
    CAPTURE(mode);
    write("a.csv", "k,m\n1,0\n2,1\n");
    must({"create", mode, "--refresh-mode", mode, "--with-data", "--query",
          "SELECT k, CASE WHEN m = 1 THEN INTERVAL 1 MONTH ELSE INTERVAL 30 DAY END AS i FROM 'in/a.csv'"});
    write("a.csv", "k,m\n1,1\n2,1\n");
    const auto job = parse_json(must({"refresh", mode, "--verify", "-o", "json"}))["jobs"][0];
    CHECK(job["rows_added"] == 1);
    CHECK(job["rows_removed"] == 1);
    CHECK(query("SELECT i::VARCHAR FROM \"" + mode + "\"") == "1 month\n1 month\n");
  }
}

TEST_CASE_FIXTURE(MaintainedFixture, "a value that is only equal to the old one is a change to views over views too") {
  write("a.csv", "k,m\n1,0\n2,1\n");
  const auto create = [&](const std::string& name, const std::string& sql) {
    must({"create", name, "--refresh-mode", "strict", "--with-data", "--query", sql});
  };
  create("up", "SELECT k, CASE WHEN m = 1 THEN INTERVAL 1 MONTH ELSE INTERVAL 30 DAY END AS i FROM 'in/a.csv'");
  create("text", "SELECT k, i::VARCHAR AS t FROM up");
  create("groups", "SELECT i::VARCHAR AS t, count(*) AS n FROM up GROUP BY 1");
  create("times", "SELECT k, TIMESTAMP '2024-01-01' + i AS t, [i] AS l, i FROM up");
  write("a.csv", "k,m\n1,1\n2,1\n");
  must({"refresh", "--all", "--verify"});
  CHECK(query("SELECT t, n FROM groups") == "1 month,2\n");
  write("a.csv", "k,m\n1,0\n2,1\n3,1\n");
  must({"refresh", "--all", "--verify"});
  CHECK(query("SELECT t FROM text ORDER BY k") == "30 days\n1 month\n1 month\n");
}
