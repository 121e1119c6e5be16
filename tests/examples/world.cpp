#include "world.hpp"

#include <cstdlib>
#include <filesystem>
#include <stdexcept>

#include "support/json.hpp"

namespace matview::test {

namespace {

namespace fs = std::filesystem;

/// The id that documents show.
constexpr std::string_view k_shown_job = "01J9ZK5T3N8Q7W4V6X2Y1A0B9C";

constexpr const char* k_files = R"sql(
COPY (SELECT DATE '2026-01-01' + (i // 10)::INT AS day, i AS n FROM range(100) t(i)) TO 'data/a.parquet';
COPY (SELECT i AS doc, 'some words of ' || i AS text FROM range(5) t(i)) TO 'docs/a.parquet';
COPY (SELECT 'page ' || i AS page, 'some words of ' || i AS text FROM range(5) t(i)) TO 'pages/a.parquet';
COPY (SELECT DATE '2026-01-01' + (i // 10)::INT AS day, i + 0.5 AS value FROM range(50) t(i)) TO 'readings/a.csv';
COPY (SELECT DATE '2026-01-01' + (i // 10)::INT AS date, 'JFK' AS origin, i AS delay FROM range(50) t(i)) TO 'flights/a.parquet';
)sql";

constexpr std::string_view k_schema =
    "/////6gAAAAQAAAAAAAKAAwACgAJAAQACgAAABAAAAAAAQQACAAIAAAABAAIAAAABAAAAAIAAABEAAAABAAAANT///8QAAAAFAAAAAAABQEQAAAA"
    "AAAAAAQABAAEAAAABQAAAHRpdGxlAAAAEAAUABAADwAOAAgAAAAEABAAAAAQAAAAGAAAAAAAAgEcAAAAAAAAAAgADAAIAAcACAAAAAAAAAFAAAAA"
    "AgAAAGlkAAA=";

constexpr const char* k_views = R"sh(
matview create daily --query "SELECT day, count(*) AS n FROM 'data/*.parquet' GROUP BY day" --tag nightly
matview create sales_raw --query "SELECT day, n FROM 'data/*.parquet'" --tag sales
matview create sales_eu --query "SELECT day, sum(n) AS n FROM sales_raw GROUP BY day" --tag sales
matview create daily_report --query 'SELECT max(n) AS n FROM sales_eu'
matview create report --query 'SELECT n FROM daily_report'
matview create airports --query "SELECT origin, count(*) AS flights FROM 'flights/*.parquet' GROUP BY origin"
for more in b c d; do
  matview refresh daily
  cp data/a.parquet data/$more.parquet
done
matview refresh --all
)sh";

Json options(const char* text) { return parse_json(text); }

}  // namespace

World::World(bool views)
    : dune_("dune", Json::object()),
      lance_("lance", options(R"({"credentials":{"api_key":"k3y"}})")),
      thoughtspot_("thoughtspot", options(R"({"password":"pa55","secret_key":"s3cret","token":"t0ken"})")) {
  const auto& directory = box_.directory();
  fs::create_directories(directory.path() / "bin");
  fs::create_symlink(matview_binary(), directory.path() / "bin/matview");
  // Graphviz, as far as it is needed: it takes what begins as a graph does.
  const auto dot =
      directory.write("bin/dot", "#!/bin/sh\nread -r first\ncase $first in digraph*) cat ;; *) exit 1 ;; esac\n");
  fs::permissions(dot, fs::perms::owner_all);
  for (const char* folder : {"data", "docs", "pages", "readings", "flights"})
    fs::create_directories(box_.work() / folder);
  directory.write("work/daily.sql", "SELECT day, count(*) AS n FROM 'data/*.parquet' GROUP BY day\n");
  directory.write("work/fees.sql", "SELECT 1 AS fees\n");
  directory.write("work/recent.json", R"({"source_table":"docs"})");
  directory.write("work/docs.json", R"({"source_table":"docs"})");
  directory.write("work/files.sql", k_files);
  // A schema as a message of Arrow's IPC format.
  must("echo " + std::string(k_schema) + " | base64 -d >chunks.arrows");
  directory.write("work/split.json", R"({"name":"split","version":"1"})");
  must("\"$DUCKDB_SHELL\" :memory: <files.sql");
  dune_.command(
      R"({"seed":{"views":[{"name":"result_daily","executions":[{}]},{"name":"result_x","executions":[{}]}]}})");
  lance_.command(R"({"table":{"id":["docs"],"rows":7}})");
  thoughtspot_.command(R"({"view":{"name":"Daily sales","tags":["nightly"]}})");
  if (!views) return;
  must(k_views);
  must(
      "matview list -o toml >matview.toml && cp matview.toml views.toml && matview diff -f matview.toml --out "
      "plan.json");
  const auto submitted = test::run(shell("matview refresh dune:result_daily --no-wait -o name"));
  job_ = submitted.out.substr(0, submitted.out.find('\n'));
}

Command World::shell(const std::string& script) const {
  const char* duckdb = std::getenv("MATVIEW_DUCKDB_SHELL");
  auto command = box_.command({"-c", "set -eo pipefail\n" + script});
  command.program = "/bin/bash";
  command.environment["PATH"] = (box_.directory().path() / "bin").string() + ":/usr/bin:/bin";
  command.environment.insert({{"DUCKDB_SHELL", duckdb != nullptr ? duckdb : ""},
                              {"LC_ALL", "C.UTF-8"},
                              {"MATVIEW_YES", "true"},
                              {"DUNE_API_KEY", "k3y"},
                              {"DUNE_API_BASE_URL", dune_.url()},
                              {"MATVIEW_PROFILES_DUNE_POLL_INTERVAL", "10ms"},
                              {"LANCEDB_API_KEY", "k3y"},
                              {"LANCEDB_URI", lance_.url()},
                              {"TS_URL", thoughtspot_.url()},
                              {"TS_USERNAME", "etl"},
                              {"TS_PASSWORD", "pa55"}});
  return command;
}

void World::must(const std::string& script) const {
  const auto outcome = test::run(shell(script));
  if (outcome.exit_code != 0) throw std::runtime_error(script + ": " + outcome.out + outcome.err);
}

Outcome World::run(const Example& example, const std::map<std::string, std::string>& more) {
  for (const auto& [name, text] : example.files) {
    const auto file = box_.directory().write("work/" + name, text);
    fs::permissions(file, fs::perms::owner_all);
  }
  std::string script = example.script;
  if (const auto at = script.find(k_shown_job); at != std::string::npos && !job_.empty())
    script.replace(at, k_shown_job.size(), job_);
  auto command = shell(script);
  for (const auto& [name, value] : more) command.environment[name] = value;
  return test::run(command);
}

}  // namespace matview::test
