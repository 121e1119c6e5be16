// Every request that is sent to a Lance namespace keeps to its contract.

#include "contract/driver.hpp"

using namespace matview::test;

namespace {

const std::map<std::string, std::string> k_environment = {
    {"MATVIEW_PROFILES_P_PROVIDER", "lance"}, {"MATVIEW_PROFILES_P_URL", "{url}"}, {"LANCEDB_API_KEY", "k3y"}};

const char* k_query = R"({"base":{"columns":["id"]},"source_table":"docs"})";

/// What the Python client makes of a function.
const char* k_envelope =
    R"({"name":"split","version":"1","input_columns":["body"],"manifest":{"name":"m","checksum":"c0ffee"}})";

Json with_key() { return {{"credentials", {{"api_key", "k3y"}}}, {"page_size", 2}}; }

}  // namespace

TEST_CASE("every request to a Lance namespace keeps to the contract") {
  Driver lance("lance.yaml", "lance", with_key());
  lance.environment = k_environment;
  lance.fake.command(R"({"table":{"id":["docs"],"rows":7}})");
  lance.box.directory().write("work/split.json", k_envelope);

  lance.must({"create", "daily", "--query", k_query, "--output-schema", "id int64, name utf8 not null"});
  lance.must({"create", "daily_2", "--query", k_query, "--output-schema", "id int64", "--with-data", "--auto-refresh"});
  lance.must({"create", "media$a b%c", "--query", k_query, "--output-schema", "id int64", "--no-data"});
  lance.must({"create", "dot.v$x", "--delimiter", ".", "--query", k_query, "--output-schema", "id int64"});
  lance.must({"create", "chunks", "--kind", "chunker", "--query", k_query, "--output-schema", "text utf8", "--udtf",
              "split.json", "--udtf-num-cpus", "0.5", "--udtf-memory", "1GiB", "--udtf-batch"});
  lance.must({"create", "table", "--kind", "udtf", "--query", k_query, "--output-schema", "text utf8", "--udtf",
              "split.json", "--udtf-partition-by", "id", "--udtf-num-gpus", "1", "--udtf-error-handling",
              R"({"fault_isolation":"skip_rows"})", "--udtf-manifest", R"({"name":"other"})"});
  lance.must({"refresh", "daily"});
  lance.must({"refresh",
              "chunks",
              "--src-version",
              "1",
              "--max-rows-per-fragment",
              "1000",
              "--concurrency",
              "4",
              "--intra-applier-concurrency",
              "2",
              "--source-task-size",
              "64",
              "--cluster",
              "big",
              "--output-limit",
              "10",
              "--manifest",
              R"({"name":"once"})",
              "--set",
              "batch_size=16"});
  lance.must({"status", "daily"});
  lance.must({"list"});
  lance.must({"list", "--details"});
  lance.must({"list", "--all-tables"});
  lance.must({"list", "--namespace", "media"});
  lance.must({"list", "--all-namespaces"});
  lance.must({"show", "daily"});
  lance.must({"history", "daily"});
  lance.must({"doctor"});
  CHECK(lance.run({"show", "missing"}).exit_code == 6);

  lance.fake.command(R"({"set":{"job_looks":1000000}})");
  const auto job = lance.must({"refresh", "daily", "--no-wait", "-o", "name"});
  lance.must({"status", "--job", job});
  lance.must({"cancel", job});
  lance.run({"wait", job});
  lance.must({"drop", "daily", "--yes"});

  lance.check_seen({{"POST", "/v1/materialized_view/[^/]+/create"},
                    {"POST", "/v1/materialized_view/[^/]+/refresh"},
                    {"GET", "/v1/namespace/[^/]+/table/list"},
                    {"GET", "/v1/table"},
                    {"POST", "/v1/table/[^/]+/describe"},
                    {"POST", "/v1/table/[^/]+/drop"},
                    {"POST", "/v1/table/[^/]+/stats"},
                    {"POST", "/v1/table/[^/]+/version/list"},
                    {"POST", "/v1/jobs/list"},
                    {"POST", "/v1/jobs/describe"},
                    {"POST", "/v1/jobs/cancel"}});
}

TEST_CASE("the newer routes for views keep to the contract") {
  auto options = with_key();
  options["views_dialect"] = true;
  Driver lance("lance.yaml", "lance", options);
  lance.environment = k_environment;
  lance.environment["MATVIEW_PROFILES_P_DIALECT"] = "views";
  lance.must({"create", "daily", "--query", k_query, "--output-schema", "id int64"});
  lance.must({"list"});
  lance.must({"show", "daily"});
  lance.must({"drop", "daily", "--yes"});
}

TEST_CASE("a server without namespaces lists all tables") {
  auto options = with_key();
  options["namespaces"] = false;
  Driver lance("lance.yaml", "lance", options);
  lance.environment = k_environment;
  lance.must({"list"});
  CHECK_FALSE(lance.fake.requests("GET", "/v1/table").empty());
}

TEST_CASE("tokens are asked for and sent as the contract has it") {
  Driver lance("lance.yaml", "lance", {{"credentials", {{"client_id", "etl"}, {"client_secret", "s3cret & more"}}}});
  lance.environment = {{"MATVIEW_PROFILES_P_PROVIDER", "lance"},
                       {"MATVIEW_PROFILES_P_URL", "{url}"},
                       {"MATVIEW_PROFILES_P_CLIENT_ID", "etl"},
                       {"MATVIEW_PROFILES_P_CLIENT_SECRET", "s3cret & more"},
                       {"MATVIEW_PROFILES_P_IDENTITY_IN_BODY", "true"}};
  lance.must({"create", "daily", "--query", k_query, "--output-schema", "id int64"});
  lance.must({"show", "daily"});
  lance.must({"refresh", "daily"});
  CHECK(lance.fake.requests("POST", "/oauth/token").size() == 3);
}
