#include "engine/refresh/explain_plan.hpp"

#include <doctest/doctest.h>

#include <algorithm>

#include "engine/ivm/compile.hpp"
#include "engine/refresh/reasons.hpp"

using namespace matview;
using namespace matview::engine;

namespace {

/// The techniques of a query over the tables o(k, v, d) and l(k, w).
std::vector<Technique> techniques(const std::string& sql) {
  const auto database = Database::open({});
  REQUIRE(database);
  const auto syntax = analyze(**database, sql);
  REQUIRE(syntax);
  std::vector<ivm::Leaf> leaves;
  std::vector<std::string> names;
  for (const auto& reference : syntax->references) {
    names.push_back(reference.name);
    if (reference.name == "o") leaves.push_back({"o", {{"k", "BIGINT"}, {"v", "INTEGER"}, {"d", "DATE"}}});
    if (reference.name == "l") leaves.push_back({"l", {{"k", "BIGINT"}, {"w", "INTEGER"}}});
  }
  const auto plan = ivm::compile(**database, sql, *syntax, leaves);
  REQUIRE_MESSAGE(plan, (plan ? "" : plan.error().message));
  return techniques_of(*plan, names);
}

bool has(const std::vector<Technique>& list, const std::string& block, const std::string& name, bool chosen) {
  return std::any_of(list.begin(), list.end(), [&](const Technique& technique) {
    return technique.block.find(block) != std::string::npos && technique.name == name && technique.chosen == chosen;
  });
}

const std::vector<std::string> k_queries{
    "SELECT k, v + 1 AS x FROM o WHERE v > 3",
    "SELECT o.k, v, w FROM o JOIN l USING (k)",
    "SELECT o.k, v, w FROM o LEFT JOIN l ON o.k = l.k",
    "SELECT o.k, w FROM o FULL JOIN l ON o.k = l.k",
    "SELECT k, sum(v) AS s, count(*) AS n FROM o GROUP BY k",
    "SELECT k, min(v) AS s FROM o GROUP BY k",
    "SELECT k, median(v) AS s FROM o GROUP BY k",
    "SELECT DISTINCT d FROM o",
    "SELECT k FROM o UNION ALL SELECT k FROM l",
    "SELECT k FROM o EXCEPT SELECT k FROM l",
    "SELECT k, row_number() OVER (PARTITION BY k ORDER BY v) AS r FROM o",
    "SELECT k, row_number() OVER (ORDER BY v, k, d) AS r FROM o",
    "SELECT k, v FROM o ORDER BY v, k, d LIMIT 3",
    "SELECT k FROM o WHERE k IN (SELECT k FROM l)",
};

}  // namespace

TEST_CASE("every block has a technique that is chosen, and what is not applicable has a coded reason") {
  for (const auto& query : k_queries) {
    CAPTURE(query);
    const auto list = techniques(query);
    REQUIRE_FALSE(list.empty());
    for (const auto& technique : list) {
      CHECK_FALSE(technique.name.empty());
      CHECK(has(list, technique.block, technique.name, technique.chosen));
      CHECK(std::any_of(list.begin(), list.end(), [&](const Technique& other) {
        return other.block == technique.block && other.chosen && other.applicable;
      }));
      if (technique.applicable) continue;
      CHECK_MESSAGE(is_coded_reason(technique.code), technique.code);
      CHECK_FALSE(technique.reason.empty());
    }
  }
}

TEST_CASE("the SQL of a change names its inputs for people") {
  for (const auto& query : k_queries) {
    CAPTURE(query);
    for (const auto& technique : techniques(query)) {
      CHECK_MESSAGE(technique.sql.find("__matview_in_") == std::string::npos, technique.sql);
      CHECK_MESSAGE(technique.sql.find(ivm::k_keys_token) == std::string::npos, technique.sql);
      if (technique.name == "linear" && technique.chosen) CHECK(technique.sql.find("changed_") != std::string::npos);
    }
  }
  const auto join = techniques(k_queries[1]);
  REQUIRE(join.size() == 1);
  CHECK(join[0].block == "1: join of o, l");
  CHECK(join[0].sql.find("-- change of o = changed_1\n") == 0);
  CHECK(join[0].sql.find("old_2") != std::string::npos);
  CHECK(join[0].sql.find("\n-- change of l = changed_2\n") != std::string::npos);
  CHECK(join[0].sql.find("new_1") != std::string::npos);
}

TEST_CASE("sides of a join whose changes go on differently are told apart") {
  const auto list = techniques(k_queries[2]);
  CHECK(has(list, "1: join of o, l; change of o", "linear", true));
  CHECK(has(list, "1: join of o, l; change of l", "linear", false));
  CHECK(has(list, "1: join of o, l; change of l", "touched_keys", true));
}

TEST_CASE("aggregates that lose a minimum and first rows that run out say what is done then") {
  CHECK(has(techniques(k_queries[4]), "aggregate", "merge_groups", true));
  CHECK_FALSE(has(techniques(k_queries[4]), "aggregate", "touched_groups", false));
  CHECK(has(techniques(k_queries[5]), "aggregate", "touched_groups", false));
  CHECK(has(techniques(k_queries[6]), "aggregate", "touched_groups", true));
  CHECK(has(techniques(k_queries[11]), "window", "full", true));
  CHECK(has(techniques(k_queries[12]), "top-k", "top_k", true));
}
