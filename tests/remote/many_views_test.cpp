// Runs over many views of a service: side by side, none lost, in the order of its own lineage.

#include <algorithm>
#include <set>

#include "dune_box.hpp"

using namespace matview::test;

namespace {

using Strings = std::vector<std::string>;

std::string view_name(int number) { return "result_v" + std::to_string(number); }

}  // namespace

TEST_CASE("200 views with --jobs 32 are refreshed side by side, each once, and all are on record") {
  constexpr int k_views = 200;
  constexpr int k_jobs = 32;
  DuneBox box(parse_json(R"({"script":["QUERY_STATE_EXECUTING","QUERY_STATE_COMPLETED"]})"));
  Json views = Json::array();
  for (int i = 0; i < k_views; ++i) views.push_back(Json{{"name", view_name(i)}});
  box.seed(views.dump());
  // So that requests that could be under way at once are.
  box.fake.fault(R"({"act":"delay","delay_ms":20,"times":0})");

  const auto document = box.json({"refresh", "--all", "--jobs", std::to_string(k_jobs)});
  std::set<std::string> names;
  std::set<std::string> ids;
  for (const auto& job : document["jobs"]) {
    CHECK(job["state"] == "succeeded");
    names.insert(job["view"].get<std::string>());
    ids.insert(job["id"].get<std::string>());
  }
  CHECK(names.size() == k_views);
  CHECK(ids.size() == k_views);
  CHECK(box.count("POST", k_dune_refresh) == k_views);

  int most = 0;
  for (const auto& request : box.fake.requests("", "/api/v1/(materialized-views|execution)/.*"))
    most = std::max(most, request.under_way);
  CHECK(most > k_jobs / 2);
  CHECK(most <= k_jobs);

  // The ledger has lost none, nor put down one twice.
  std::set<std::string> recorded;
  for (int i = 0; i < k_views; i += 37) {
    const auto status = box.json({"status", view_name(i)});
    CHECK(status["views"][0]["last_job"]["state"] == "succeeded");
    recorded.insert(status["views"][0]["last_job"]["id"].get<std::string>());
  }
  CHECK(std::includes(ids.begin(), ids.end(), recorded.begin(), recorded.end()));
}

TEST_CASE("without --jobs up to 8 views are at the service at once; with --jobs 1 one after the other") {
  for (const int jobs : {0, 1}) {
    DuneBox box(parse_json(R"({"script":["QUERY_STATE_COMPLETED"]})"));
    Json views = Json::array();
    for (int i = 0; i < 16; ++i) views.push_back(Json{{"name", view_name(i)}});
    box.seed(views.dump());
    box.fake.fault(R"({"act":"delay","delay_ms":20,"times":0})");
    Strings arguments{"refresh", "--all"};
    if (jobs > 0) arguments.insert(arguments.end(), {"--jobs", std::to_string(jobs)});
    CHECK(box.json(arguments)["jobs"].size() == 16);
    int most = 0;
    for (const auto& request : box.fake.requests("", "/api/v1/(materialized-views|execution)/.*"))
      most = std::max(most, request.under_way);
    CHECK(most <= (jobs == 0 ? 8 : 1));
    if (jobs == 0) CHECK(most > 1);
  }
}

TEST_CASE("the service's own lineage orders a run, widens +x and x+, and skips behind a failure") {
  DuneBox box(parse_json(R"({"script":["QUERY_STATE_COMPLETED"]})"));
  box.seed(R"([{"name":"result_z","query_id":1},{"name":"result_m","query_id":2},{"name":"result_a","query_id":3},
               {"name":"result_b","query_id":4}])");
  box.fake.command(R"({"seed":{"queries":[
    {"query_id":1,"query_sql":"select 1"},
    {"query_id":2,"query_sql":"select * from dune.acme.result_z"},
    {"query_id":3,"query_sql":"select * from dune.acme.result_m"},
    {"query_id":4,"query_sql":"select 2"}]}})");
  CHECK(box.run({"list", "+result_a", "-o", "name"}).out == "result_a\nresult_m\nresult_z\n");
  CHECK(box.run({"list", "result_m+", "-o", "name"}).out == "result_a\nresult_m\n");

  Strings order;
  const auto run = box.json({"refresh", "--all", "--jobs", "4"});
  for (const auto& job : run["jobs"]) order.push_back(job["view"].get<std::string>());
  const auto at = [&](const char* name) { return std::find(order.begin(), order.end(), name) - order.begin(); };
  CHECK(at("result_z") < at("result_m"));
  CHECK(at("result_m") < at("result_a"));
  CHECK(at("result_b") < 4);

  const auto edges = box.json({"graph"})["edges"];
  CHECK(edges.size() == 2);

  box.set(R"({"script":["QUERY_STATE_FAILED"]})");
  const auto failed = box.run({"refresh", "result_z", "result_m", "-o", "json"});
  CHECK(failed.exit_code == 1);
  CHECK(says(failed.out, "upstream 'result_z' failed"));
  box.set(R"({"script":["QUERY_STATE_COMPLETED"]})");
  CHECK(box.json({"refresh", "--failed"})["jobs"].size() == 2);
}

TEST_CASE("a service that tells no lineage is refreshed in whatever order, without a word") {
  DuneBox box(parse_json(R"({"script":["QUERY_STATE_COMPLETED"]})"));
  box.seed(R"([{"name":"result_a"},{"name":"result_b"}])");
  box.fake.fault(R"({"path":"/api/v1/query/[0-9]+/pipeline","act":"status","status":402,"body":"{}","times":0})");
  const auto outcome = box.run({"refresh", "--all", "-o", "json"});
  CHECK(outcome.exit_code == 0);
  CHECK(outcome.err == "");
}
