// explain, refresh modes and refresh --verify over a real store.

#include <SQLiteCpp/SQLiteCpp.h>
#include <doctest/doctest.h>

#include <filesystem>

#include "support/store_fixture.hpp"

using namespace matview::test;

namespace {

constexpr const char* k_count = "SELECT k, count(*) AS n FROM 'in/*.csv' GROUP BY k";
constexpr const char* k_pairs = "SELECT a.v FROM 'in/*.csv' AS a JOIN 'in/*.csv' AS b USING (v)";

Json explained(const StoreFixture& store, std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), "explain");
  arguments.insert(arguments.end(), {"-o", "json"});
  const auto document = parse_json(store.must(arguments));
  REQUIRE(document["schema_version"] == 1);
  REQUIRE(document["explanations"].size() == 1);
  return document["explanations"][0];
}

/// Gives a view another query behind its back: its rows are then not those of its query, and nothing else tells so.
void falsify(const StoreFixture& store, const std::string& from, const std::string& to) {
  SQLite::Database catalog((store.store() / "catalog.sqlite").string(), SQLite::OPEN_READWRITE);
  SQLite::Statement update(catalog, "UPDATE matview_view SET definition = replace(definition, ?, ?)");
  update.bind(1, from);
  update.bind(2, to);
  update.exec();
}

}  // namespace

TEST_CASE("explain works before there is a store, and makes none") {
  StoreFixture store;
  store.write_csv("a", 0, 10);
  const auto result = explained(store, {"--query", k_count});
  CHECK(keys(result) == std::vector<std::string>{"view", "refresh_mode", "action", "code", "reason",
                                                 "predicted_incremental_seconds", "predicted_full_seconds", "sources",
                                                 "techniques", "profile"});
  CHECK(result["view"].is_null());
  CHECK(result["refresh_mode"] == "auto");
  CHECK(result["action"] == "full");
  CHECK(result["code"] == "NEVER_FILLED");
  CHECK(result["sources"][0]["name"] == "in/*.csv");
  CHECK(result["sources"][0]["files"] == 1);
  REQUIRE(result["techniques"].size() > 0);
  for (const auto& technique : result["techniques"])
    CHECK(keys(technique) ==
          std::vector<std::string>{"block", "name", "applicable", "chosen", "code", "reason", "sql"});
  CHECK_FALSE(std::filesystem::exists(store.store()));
  CHECK(explained(store, {"--query", k_count, "--refresh-mode", "full"})["refresh_mode"] == "full");
}

TEST_CASE("explain takes a query as create does: from a file, with a directory, refused with the same words") {
  StoreFixture store;
  store.write_csv("a", 0, 10);
  store.box().directory().write("work/q.sql", "SELECT v FROM '*.csv'");
  CHECK(explained(store, {"--query-file", "q.sql", "--base-dir", "in"})["sources"][0]["files"] == 1);
  for (const auto* query : {"SELECT nothing FROM 'in/*.csv'", "SELECT v FROM 'out/*.csv'", "DROP TABLE x", "SELECT"}) {
    CAPTURE(query);
    const auto explain = store.run({"explain", "--query", query});
    const auto create = store.run({"create", "x", "--query", query});
    CHECK(explain.exit_code == 2);
    CHECK(create.exit_code == 2);
    CHECK(explain.err.substr(explain.err.find("query: ") + 7) == create.err.substr(create.err.find("'x': ") + 5));
  }
}

TEST_CASE("explain tells what a refresh would do now, and does not do it") {
  StoreFixture store;
  store.write_csv("a", 0, 10);
  store.must({"create", "t", "--query", k_count, "--refresh-mode", "full"});
  CHECK(explained(store, {"t"})["code"] == "NEVER_FILLED");
  store.must({"refresh", "t"});
  const auto fresh = explained(store, {"t"});
  CHECK(fresh["view"] == "t");
  CHECK(fresh["action"] == "no_data");
  CHECK(fresh["code"] == "NO_DATA");
  CHECK(fresh["predicted_full_seconds"].is_number());
  store.write_csv("b", 10, 5);
  const auto stale = explained(store, {"t"});
  CHECK(stale["action"] == "full");
  CHECK(stale["code"] == "USER_SPECIFIED_FULL");
  CHECK(stale["sources"][0]["change"] == "1 file added (in/*.csv)");
  CHECK(explained(store, {"T"})["view"] == "t");
  CHECK(store.query("SELECT sum(n) FROM t") == "10\n");
  store.must({"create", "t", "--query", "SELECT v FROM 'in/*.csv'", "--replace"});
  CHECK(explained(store, {"t"})["code"] == "DEFINITION_CHANGED");
}

TEST_CASE("a query whose result changes by itself is explained by its function") {
  StoreFixture store;
  store.write_csv("a", 0, 10);
  store.must({"create", "chance", "--query", "SELECT v, random() AS r FROM 'in/*.csv'", "--with-data"});
  store.must({"create", "clock", "--query", "SELECT v, now() AS t FROM 'in/*.csv'", "--with-data"});
  const auto chance = explained(store, {"chance"});
  CHECK(chance["action"] == "full");
  CHECK(chance["code"] == "VOLATILE_FUNCTION");
  CHECK(chance["reason"].get<std::string>().find("random()") != std::string::npos);
  CHECK(explained(store, {"clock"})["code"] == "TIME_FUNCTION");
}

TEST_CASE("incremental and strict are refused at create for a query that can only be full; nothing is created") {
  StoreFixture store;
  store.write_csv("a", 0, 10);
  for (const auto* mode : {"incremental", "strict"}) {
    const std::vector<std::string> create{"create",         "t", "--query", "SELECT v, random() AS r FROM 'in/*.csv'",
                                          "--refresh-mode", mode};
    for (const bool dry : {false, true}) {
      auto arguments = create;
      if (dry) arguments.push_back("--dry-run");
      const auto outcome = store.run(arguments);
      CHECK(outcome.exit_code == 9);
      CHECK(outcome.err.find("VOLATILE_FUNCTION") != std::string::npos);
      CHECK(outcome.err.find("hint: --refresh-mode auto") != std::string::npos);
    }
    CHECK(store.must({"list", "-o", "name"}).empty());
    const auto result = explained(store, {"--query", create[3], "--refresh-mode", mode});
    CHECK(result["refresh_mode"] == mode);
  }
}

TEST_CASE("the dry run of a refresh tells mode, code, reason, what changed and the SQL") {
  StoreFixture store;
  store.write_csv("a", 0, 10);
  store.must({"create", "t", "--query", k_count, "--refresh-mode", "full", "--with-data"});
  store.write_csv("b", 0, 10);
  const auto plan = parse_json(store.must({"refresh", "t", "--dry-run", "-o", "json"}))["plans"][0];
  CHECK(plan["mode"] == "full");
  CHECK_FALSE(plan["reason"].get<std::string>().empty());
  CHECK(plan["native"]["code"] == "USER_SPECIFIED_FULL");
  CHECK(plan["sources"][0]["change"] == "1 file added (in/*.csv)");
  CHECK(plan["sql"].get<std::string>().find("SELECT") != std::string::npos);
  const auto text = store.must({"refresh", "t", "--dry-run"});
  CHECK(text.starts_with("would refresh 't': full"));
  CHECK(text.find("\nSOURCES\n") != std::string::npos);
}

TEST_CASE("jobs keep their code, what they cost and what was foreseen") {
  StoreFixture store;
  store.write_csv("a", 0, 100);
  store.must({"create", "t", "--query", k_count, "--refresh-mode", "full", "--with-data"});
  store.must({"refresh", "t", "--full"});
  const auto jobs = parse_json(store.must({"history", "t", "-o", "json"}))["jobs"];
  REQUIRE(jobs.size() == 2);
  CHECK(jobs[1]["native"]["code"] == "NEVER_FILLED");
  CHECK(jobs[0]["native"]["code"] == "USER_SPECIFIED_FULL");
  CHECK(jobs[0]["rows_added"] == 0);
  const auto cost = jobs[1]["native"]["cost"];
  CHECK(cost["features"]["source_bytes"].get<std::int64_t>() ==
        static_cast<std::int64_t>(std::filesystem::file_size(store.sources() / "a.csv")));
  CHECK(cost["features"]["stored_rows"] == 5);
  CHECK(cost["actual_seconds"].get<double>() > 0);
  const auto wide = store.must({"history", "t", "-o", "wide"});
  CHECK(wide.find("  CODE ") != std::string::npos);
  CHECK(wide.find("USER_SPECIFIED_FULL") != std::string::npos);
}

TEST_CASE("verify and refresh --verify show rows that do not belong, and end with 1") {
  StoreFixture store;
  store.write_csv("a", 0, 10);
  store.must({"create", "low", "--query", "SELECT v AS x FROM 'in/*.csv'", "--with-data"});
  store.must({"create", "high", "--query", "SELECT sum(x) AS s FROM low", "--with-data"});
  store.must({"refresh", "--all", "--verify"});
  falsify(store, "SELECT v AS x", "SELECT v + 90 * (v = 9)::INT AS x");

  const auto verify = store.run({"verify", "low"});
  CHECK(verify.exit_code == 1);
  CHECK(verify.out ==
        "NAME  VERSION  OUTCOME  ROWS  MISSING  EXTRA\n"
        "low         1  differs    10        1      1\n"
        "\n"
        "missing rows of 'low', for example\n"
        "  x\n"
        "  99\n"
        "\n"
        "extra rows of 'low', for example\n"
        "  x\n"
        "  9\n");
  CHECK(verify.err == "error: view 'low' does not hold the rows of its query\n");

  const auto single = store.run({"refresh", "low", "--verify"});
  CHECK(single.exit_code == 1);
  CHECK(single.out.ends_with(verify.out));
  CHECK(single.err == verify.err);

  const auto all = store.run({"refresh", "--all", "--verify", "-o", "json"});
  CHECK(all.exit_code == 1);
  const auto document = parse_json(all.out);
  CHECK(document["jobs"][0]["state"] == "succeeded");
  CHECK(document["jobs"][1]["state"] == "skipped");
  CHECK(document["jobs"][1]["reason"] == "upstream 'low' does not hold the rows of its query");
  CHECK(document["verifications"][0]["missing_sample"][0]["x"] == "99");
  const auto events = store.run({"refresh", "--all", "--verify", "-o", "jsonl"});
  const auto summary = parse_json_lines(events.out).back();
  CHECK(summary["failed"] == 1);
  CHECK(summary["skipped"] == 1);
  CHECK(summary["exit_code"] == 1);
  const auto quiet = store.run({"refresh", "--all", "--verify", "--quiet"});
  CHECK(quiet.exit_code == 1);
  CHECK(quiet.out.empty());
  CHECK_FALSE(quiet.err.empty());
}

TEST_CASE("explain shows every block of a query with what maintains it, and the SQL") {
  StoreFixture store;
  store.write_csv("a", 0, 10);
  const std::string query =
      "SELECT a.k, count(*) AS n, median(b.v) AS m FROM 'in/*.csv' a LEFT JOIN 'in/a.csv' b ON a.v = b.v GROUP BY a.k";
  const auto result = explained(store, {"--query", query});
  std::map<std::string, std::string> chosen;
  for (const auto& technique : result["techniques"]) {
    if (technique["chosen"] == true) chosen[technique["block"]] = technique["name"];
    if (technique["applicable"] == false) CHECK_FALSE(technique["code"].is_null());
  }
  CHECK(chosen["whole definition"] == "full");
  CHECK(chosen["1: rows of a, b; change of a"] == "linear");
  CHECK(chosen["1: rows of a, b; change of b"] == "touched_keys");
  CHECK(chosen["2: aggregate of block 1"] == "touched_groups");
  const auto text = store.must({"explain", "--query", query, "--sql"});
  CHECK(text.find("\nSQL of 1: rows of a, b; change of a, linear\n  -- change of a = changed_1\n") !=
        std::string::npos);
}

TEST_CASE("explain and the dry run foretell what the refresh then does") {
  StoreFixture store;
  store.write_csv("a", 0, 1000);
  for (const auto* mode : {"incremental", "strict", "full", "auto"})
    store.must({"create", mode, "--query", k_count, "--refresh-mode", mode, "--with-data"});
  store.write_csv("b", 1000, 10);
  for (const auto* mode : {"incremental", "strict", "full", "auto"}) {
    CAPTURE(mode);
    const auto foretold = explained(store, {mode});
    const auto plan = parse_json(store.must({"refresh", mode, "--dry-run", "-o", "json"}))["plans"][0];
    const auto job = parse_json(store.must({"refresh", mode, "--verify", "-o", "json"}))["jobs"][0];
    CHECK(foretold["action"] == plan["mode"]);
    CHECK(foretold["action"] == job["mode"]);
    if (std::string(mode) == "auto") continue;
    CHECK(job["mode"] == (std::string(mode) == "full" ? "full" : "incremental"));
    if (job["mode"] != "incremental") continue;
    CHECK(foretold["code"].is_null());
    CHECK(plan["sql"].get<std::string>().find("changed_1") != std::string::npos);
    CHECK(foretold["predicted_incremental_seconds"].is_number());
    const auto judged = parse_json(store.must({"show", mode, "-o", "json"}))["views"][0]["native"]["auto"];
    CHECK(judged["decisions"] == 1);
    CHECK(judged["spent_seconds"].get<double>() > 0);
    CHECK(job["native"]["techniques"].size() > 0);
    CHECK(job["native"]["cost"]["features"]["changed_bytes"].get<std::int64_t>() > 0);
  }
}

TEST_CASE("strict fails a refresh that would compute everything, and --full gets it over with") {
  StoreFixture store;
  store.write_csv("a", 0, 10);
  store.must({"create", "s", "--query", k_pairs, "--refresh-mode", "strict", "--keep-sources", "off", "--with-data"});
  store.must(
      {"create", "i", "--query", k_pairs, "--refresh-mode", "incremental", "--keep-sources", "off", "--with-data"});
  store.write_csv("a", 5, 10);
  const auto foretold = explained(store, {"s"});
  CHECK(foretold["action"] == "full");
  CHECK(foretold["code"] == "SOURCE_HISTORY_MISSING");
  CHECK(foretold["reason"].get<std::string>().ends_with("; refresh mode strict fails it"));
  const auto failed = store.run({"refresh", "s"});
  CHECK(failed.exit_code == 1);
  CHECK(failed.err.find("SOURCE_HISTORY_MISSING") != std::string::npos);
  CHECK(failed.err.find("hint: matview refresh 's' --full") != std::string::npos);
  CHECK(store.query("SELECT count(*) FROM s") == "10\n");
  const auto last = parse_json(store.must({"history", "s", "-o", "json"}))["jobs"][0];
  CHECK(last["state"] == "failed");
  CHECK(last["native"]["code"] == "SOURCE_HISTORY_MISSING");
  store.must({"refresh", "s", "--full", "--verify"});
  const auto full = store.must({"refresh", "i", "--verify"});
  CHECK(full.find("SOURCE_HISTORY_MISSING: ") != std::string::npos);
  store.write_csv("b", 5, 10);
  CHECK(parse_json(store.must({"refresh", "s", "--verify", "-o", "json"}))["jobs"][0]["mode"] == "incremental");
}

TEST_CASE("a view whose plan cannot be read is recomputed once and says why") {
  StoreFixture store;
  store.write_csv("a", 0, 10);
  store.must({"create", "t", "--query", k_count, "--refresh-mode", "incremental", "--with-data"});
  SQLite::Database((store.store() / "catalog.sqlite").string(), SQLite::OPEN_READWRITE)
      .exec("UPDATE matview_view SET plan = '{\"blocks\": [{}]}'");
  store.write_csv("b", 10, 10);
  CHECK(explained(store, {"t"})["code"] == "STATE_MISMATCH");
  const auto job = parse_json(store.must({"refresh", "t", "--verify", "-o", "json"}))["jobs"][0];
  CHECK(job["mode"] == "full");
  CHECK(job["native"]["code"] == "STATE_MISMATCH");
  store.write_csv("c", 20, 10);
  CHECK(parse_json(store.must({"refresh", "t", "--verify", "-o", "json"}))["jobs"][0]["mode"] == "incremental");
}
