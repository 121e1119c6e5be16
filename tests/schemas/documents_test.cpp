#include "documents.hpp"

#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "remote/dune_box.hpp"
#include "remote/lance_box.hpp"
#include "remote/thoughtspot_box.hpp"
#include "support/sandbox.hpp"

// Every document of every command, as the real binary prints it, fits its schema.

using namespace matview::test;
using Words = std::vector<std::string>;

namespace {

Words with(Words words, const Words& more) {
  words.insert(words.end(), more.begin(), more.end());
  return words;
}

std::string joined(const Words& words) {
  std::string text;
  for (const auto& word : words) text += (text.empty() ? "" : " ") + word;
  return text;
}

/// A command whose document is looked at in both forms.
struct Case {
  Words words;
  std::string schema;
};

/// Runs each with -o json and with -o jsonl; the exit code may be any that a command with a result has.
template <typename Box>
void collect(Documents& documents, const Box& box, const std::vector<Case>& cases) {
  for (const auto& [words, schema] : cases) {
    const std::string what = "matview " + joined(words);
    const auto json = box.run(with(words, {"-o", "json"}));
    CHECK_MESSAGE((json.exit_code == 0 || json.exit_code == 1 || json.exit_code == 3), (what + ": " + json.err));
    documents.add(what + " -o json", schema, json.out);
    if (!json.err.empty()) documents.add(what + " -o json, stderr", "error", json.err);
    const auto lines = box.run(with(words, {"-o", "jsonl"}));
    documents.add_events(what + " -o jsonl", lines.out);
  }
}

/// A local store: a view that is fresh, one that is stale, one that was never filled, one that fails.
class LocalBox : public Sandbox {
 public:
  LocalBox() {
    directory().write("work/data/a.csv", "day,n\n2026-01-01,1\n2026-01-02,2\n");
    make("daily", "SELECT day, sum(n) AS n FROM 'data/*.csv' GROUP BY day");
    make("total", "SELECT sum(n) AS n FROM daily");
    make("empty", "SELECT 1 AS one");
    make("broken", "SELECT error('no') AS n FROM 'data/*.csv'");
    REQUIRE(run({"refresh", "daily", "total", "--quiet"}).exit_code == 0);
    REQUIRE(run({"refresh", "broken", "--quiet"}).exit_code == 1);
    directory().write("work/data/b.csv", "day,n\n2026-01-02,5\n");
  }
  void make(const std::string& name, const std::string& query) const {
    REQUIRE(run({"create", name, "--query", query, "--quiet"}).exit_code == 0);
  }
};

}  // namespace

TEST_CASE("documents about local views fit their schemas") {
  LocalBox box;
  box.directory().write("work/views.toml",
                        "[views.daily]\nquery = \"SELECT day, max(n) AS n FROM 'data/*.csv' GROUP BY day\"\n\n"
                        "[views.fresh]\nquery = \"SELECT 1 AS n\"\n");
  Documents documents;
  const auto job = box.run({"history", "daily", "-o", "csv", "--fields", "id"}).out;
  const std::string id = job.substr(job.find('\n') + 1, 36);
  collect(documents, box,
          {{{"list"}, "views"},
           {{"list", "--fields", "name,rows,freshness"}, "views"},
           {{"list", "--all-profiles"}, "views"},
           {{"status"}, "views"},
           {{"status", "--job", id}, "jobs"},
           {{"show", "daily"}, "views"},
           {{"show", "broken"}, "views"},
           {{"create", "more", "--if-not-exists", "--query", "SELECT 1 AS n"}, "views"},
           {{"create", "filled", "--replace", "--with-data", "--query", "SELECT 1 AS n"}, "views"},
           {{"create", "other", "--query", "SELECT 1 AS n", "--dry-run"}, "plans"},
           {{"refresh", "--all", "--dry-run"}, "plans"},
           {{"drop", "more", "--dry-run"}, "plans"},
           {{"explain", "daily"}, "explanations"},
           {{"explain", "--query", "SELECT median(n) FROM 'data/*.csv'"}, "explanations"},
           {{"refresh", "daily", "total", "--verify"}, "jobs"},
           {{"refresh", "broken", "--force"}, "jobs"},
           {{"refresh", "--stale", "--fields", "id,state"}, "jobs"},
           {{"graph"}, "graph"},
           {{"suspend", "daily"}, "views"},
           {{"resume", "daily"}, "views"},
           {{"suspend", "daily", "--dry-run"}, "plans"},
           {{"diff", "-f", "views.toml"}, "changes"},
           {{"apply", "-f", "views.toml", "--dry-run"}, "plans"},
           {{"apply", "-f", "views.toml"}, "changes"},
           {{"history", "daily"}, "jobs"},
           {{"history", "broken"}, "jobs"},
           {{"verify", "daily", "total"}, "verifications"},
           {{"verify", "daily", "empty"}, "verifications"},
           {{"gc", "--dry-run"}, "gc"},
           {{"gc"}, "gc"},
           {{"profile", "list"}, "profiles"},
           {{"profile", "show"}, "profiles"},
           {{"doctor"}, "checks"},
           {{"version"}, "version"},
           {{"drop", "more", "--yes", "--if-exists"}, "dropped"}});
  box.run({"refresh", "daily", "broken", "--force", "--results", "results.json", "--quiet"});
  documents.add("refresh --results", "results", read_file(box.work() / "results.json"));
  documents.add("validate -o json", "validation", box.run({"validate", "-f", "views.toml", "-o", "json"}).out);
  box.directory().write("work/wrong.toml", "[views.daily]\nqueri = \"SELECT 1\"\n");
  documents.add("validate -o json", "validation", box.run({"validate", "-f", "wrong.toml", "-o", "json"}).out);
  box.run({"diff", "-f", "views.toml", "--prune", "--out", "plan.json", "--quiet"});
  box.run({"refresh", "daily", "broken", "--force", "--quiet", "--log-format", "json", "--log-file", "log"});
  for (const auto& line : parse_json_lines(read_file(box.work() / "log")))
    documents.add("--log-file", "log", line.dump());
  documents.add("diff --out", "saved_plan", read_file(box.work() / "plan.json"));
  documents.add("query -o json", "rows", box.run({"query", "SELECT *, [1] AS l FROM daily", "-o", "json"}).out);
  documents.check();
}

TEST_CASE("a view that does not hold the rows of its query is told in the form of its schema") {
  LocalBox box;
  // A program that answers otherwise every time it runs.
  const auto program = box.directory().write(
      "work/count.sh", "#!/bin/sh\ncat >/dev/null\necho x >>\"" + box.work().string() + "/runs\"\nn=$(wc -l <\"" +
                           box.work().string() + "/runs\")\necho \"{\\\"n\\\":$n}\"\n");
  std::filesystem::permissions(program, std::filesystem::perms::owner_all);
  REQUIRE(box.run({"create", "moody", "--kind", "udtf", "--udtf", program.string(), "--output-schema", "n BIGINT",
                   "--query", "SELECT 1 AS one", "--with-data", "--quiet"})
              .exit_code == 0);
  Documents documents;
  collect(documents, box, {{{"verify", "moody"}, "verifications"}});
  const auto verdict = parse_json(box.run({"verify", "moody", "-o", "json"}).out);
  CHECK(verdict["verifications"][0]["equal"] == false);
  CHECK(verdict["verifications"][0]["missing_sample"].size() == 1);
  documents.check();
}

TEST_CASE("errors fit their schema, whatever kind they are of") {
  LocalBox box;
  Documents documents;
  const std::vector<std::pair<Words, int>> mistakes{
      {{"lsit"}, 2},
      {{"list", "--nonsense"}, 2},
      {{"show", "nobody"}, 6},
      {{"list", "-P", "nobody"}, 6},
      {{"drop", "daily"}, 2},
      {{"create", "daily", "--query", "SELECT 1"}, 10},
      {{"create", "bad", "--query", "SELECT nothing"}, 2},
      {{"wait", "nobody"}, 6},
      {{"query", "SELECT * FROM nobody"}, 2},
  };
  for (const auto& [words, exit_code] : mistakes)
    for (const std::string format : {"json", "jsonl"}) {
      const auto outcome = box.run(with(words, {"-o", format}));
      CHECK_MESSAGE(outcome.exit_code != 0, joined(words));
      documents.add(joined(words), "error", outcome.err);
      CHECK_MESSAGE(parse_json(outcome.err)["error"]["exit_code"] == outcome.exit_code, joined(words));
    }
  documents.check();
}

TEST_CASE("documents about Dune fit their schemas") {
  DuneBox box;
  box.seed(R"([{"name":"result_daily","executions":[{}]}])");
  const auto job = [&] {
    return box.json({"refresh", "result_daily", "--no-wait"}).at("jobs").at(0).at("id").get<std::string>();
  };
  Documents documents;
  collect(documents, box,
          {{{"list"}, "views"},
           {{"status"}, "views"},
           {{"show", "result_daily"}, "views"},
           {{"refresh", "result_daily"}, "jobs"},
           {{"refresh", "result_daily", "--no-wait"}, "jobs"},
           {{"refresh", "result_daily", "--dry-run"}, "plans"},
           {{"drop", "result_daily", "--dry-run"}, "plans"},
           {{"history"}, "jobs"},
           {{"history", "result_daily"}, "jobs"},
           {{"wait", job()}, "jobs"},
           {{"cancel", job()}, "jobs"},
           {{"cancel", job(), "--dry-run"}, "plans"},
           {{"profile", "show"}, "profiles"},
           {{"doctor"}, "checks"}});
  box.set(R"({"script":["QUERY_STATE_FAILED"]})");
  collect(documents, box, {{{"refresh", "result_daily"}, "jobs"}});
  documents.check();
}

TEST_CASE("documents about Lance and ThoughtSpot fit their schemas") {
  Documents documents;
  LanceBox lance;
  collect(documents, lance, {{{"list"}, "views"}, {{"status"}, "views"}, {{"doctor"}, "checks"}});
  ThoughtSpotBox thoughtspot;
  collect(documents, thoughtspot, {{{"list"}, "views"}, {{"status"}, "views"}, {{"doctor"}, "checks"}});
  documents.check();
}

TEST_CASE("progress on stderr is told as events") {
  LocalBox box;
  Documents documents;
  const auto outcome = box.run({"refresh", "daily", "--force", "--progress", "json"});
  REQUIRE(outcome.exit_code == 0);
  for (const auto& line : parse_json_lines(outcome.err)) documents.add("--progress json", "event", line.dump());
  documents.check();
}

TEST_CASE("what does not fit is found") {
  Documents documents;
  documents.add("a wrong type", "version", R"({"schema_version":1,"name":"matview","version":7})");
  documents.add("a key that is not told of", "version",
                R"({"schema_version":1,"name":"matview","version":"1","surprise":true})");
  documents.add("a key too few", "dropped", R"({"schema_version":1})");
  documents.add("deep inside", "jobs", R"({"schema_version":1,"jobs":[{"state":"asleep"}]})");
  documents.add("a foreign event", "event", R"({"event":"party"})");
  const auto outcome = documents.validate();
  CHECK(outcome.exit_code == 1);
  CHECK(outcome.err == "");
  for (const std::string name :
       {"a wrong type", "a key that is not told of", "a key too few", "deep inside", "a foreign event"})
    CHECK_MESSAGE(outcome.out.find(name + ": ") != std::string::npos, outcome.out);
}
