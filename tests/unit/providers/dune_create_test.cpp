#include <doctest/doctest.h>

#include <string>

#include "dune_bench.hpp"
#include "providers/dune/create_spec.hpp"
#include "support/time_text.hpp"

using namespace matview;
using namespace matview::providers::dune;
using namespace matview::test;

namespace {

const Time k_now = support::parse_rfc3339("2026-01-15T12:00:00Z").value();

CreateRequest request(std::string query = "select 1 as a", OptionValues options = {}) {
  CreateRequest create;
  create.name = "result_daily";
  create.query = std::move(query);
  create.options = std::move(options);
  return create;
}

Error refusal(const CreateRequest& create, const Settings& settings = {}) {
  const auto spec = read_create(create, settings, k_now);
  REQUIRE_FALSE(spec);
  return spec.error();
}

constexpr const char* k_query = R"({"query_id":4711,"owner":"acme","query_sql":"select 1 as a","tags":["t"]})";
constexpr const char* k_none = R"({"error":"Materialized view not found"})";
constexpr const char* k_accepted = R"({"name":"dune.acme.result_daily","execution_id":"01HZ0000000000000000000009"})";
constexpr const char* k_view = R"({"sql_id":"dune.acme.result_daily","query_id":4711,"is_private":true,
  "table_size_bytes":9,"last_execution_ids":["01HZ0000000000000000000001"],"schedule":{"cron_expression":"0 */6 * * *",
  "performance":"medium","next_execution_time":"2026-01-15T12:41:12Z","expires_at":"2026-12-31T00:00:00Z"}})";
constexpr const char* k_done = R"({"state":"QUERY_STATE_COMPLETED","is_execution_finished":true})";

constexpr const char* k_get = "GET v1/materialized-views/dune.acme.result_daily";
constexpr const char* k_upsert = "POST v1/materialized-views";

}  // namespace

TEST_CASE("dune: what is wrong with a create in itself is said before anything is sent") {
  CHECK(refusal(request("", {})).message == "view 'result_daily' needs a query");
  auto create = request();
  create.kind = "udtf";
  CHECK(refusal(create).code == ErrorCode::unsupported);
  create = request();
  create.no_data = true;
  CHECK(refusal(create).code == ErrorCode::unsupported);
  CHECK(refusal(create).message.find("always runs its query") != std::string::npos);
  create = request();
  create.name = "daily";
  CHECK(refusal(create).hint == "did you mean 'result_daily'?");
  create.name = "dune.other.result_daily";
  Settings settings;
  settings.owner = "acme";
  CHECK(refusal(create, settings).message == "the profile's key belongs to 'acme', not to 'other'");
  CHECK(refusal(request("q", {{"private", {}}, {"public", {}}})).message ==
        "--private and --public contradict each other");
  CHECK(refusal(request("q", {{"schedule", {"0 * * * *"}}, {"no-schedule", {}}})).code == ErrorCode::usage);
  CHECK(refusal(request("q", {{"schedule", {"* * * * *"}}})).message.find("15 minutes") != std::string::npos);
  CHECK(refusal(request("q", {{"expires-at", {"2027-01-01T00:00:00Z"}}})).message.find("no --schedule") !=
        std::string::npos);
  CHECK(refusal(request("q", {{"schedule", {"0 * * * *"}}, {"expires-at", {"2026-01-15T12:00:00Z"}}})).message ==
        "--expires-at: 2026-01-15T12:00:00Z is past");
  CHECK(refusal(request("q", {{"query-id", {"x"}}})).code == ErrorCode::usage);
  CHECK(refusal(request("select {{ fee }} as a")).message.find("{{ fee }}") != std::string::npos);
}

TEST_CASE("dune: a change keeps what was not asked for") {
  const auto stored = read_view({200, {}, k_view}, "").value();
  const auto merge = [&](OptionValues options) {
    auto create = request("", std::move(options));
    create.replace = true;
    return merge_settings(stored, read_create(create, {}, k_now).value(), {}, k_now);
  };
  auto merged = merge({}).value();
  CHECK(merged.changes.empty());
  CHECK(merged.settings.is_private);
  CHECK(merged.settings.cron == "0 */6 * * *");
  CHECK(merged.settings.performance == "medium");
  CHECK(merged.settings.expires_at == support::parse_rfc3339("2026-12-31T00:00:00Z").value());

  merged = merge({{"public", {}}}).value();
  CHECK(merged.changes == std::vector<std::string>{"privacy"});
  CHECK(merged.settings.cron == "0 */6 * * *");
  CHECK(merge({{"private", {}}})->changes.empty());
  CHECK(merge({{"schedule", {"0  */6 * * *"}}})->changes.empty());
  CHECK(merge({{"schedule", {"0 6 * * *"}}})->changes == std::vector<std::string>{"schedule"});
  CHECK(merge({{"expires-at", {"2026-12-31T01:00:00+01:00"}}})->changes.empty());
  CHECK(merge({{"expires-at", {"2027-01-01T00:00:00Z"}}})->changes == std::vector<std::string>{"end of the schedule"});
  CHECK(merge({{"performance", {"large"}}})->changes == std::vector<std::string>{"performance"});
  CHECK(merge({{"performance", {"medium"}}})->changes.empty());

  merged = merge({{"no-schedule", {}}}).value();
  CHECK(merged.changes == std::vector<std::string>{"schedule"});
  CHECK(merged.settings.cron.empty());
  CHECK_FALSE(merged.settings.expires_at);
  CHECK(merge({{"no-schedule", {}}, {"performance", {"large"}}})->settings.performance == "large");
}

TEST_CASE("dune: a new schedule does not take over an end that has passed") {
  auto stored = read_view({200, {}, k_view}, "").value();
  stored.schedule->expires_at = k_now;
  auto create = request("", {{"schedule", {"0 6 * * *"}}});
  create.replace = true;
  const auto merged = merge_settings(stored, read_create(create, {}, k_now).value(), {}, k_now);
  REQUIRE_FALSE(merged);
  CHECK(merged.error().hint.find("--expires-at") != std::string::npos);
}

TEST_CASE("dune: a view from SQL is a saved query, then an upsert; its first run is its last job") {
  DuneBench bench;
  bench.answer(k_get, 404, k_none);
  bench.answer("POST v1/query", 200, R"({"query_id":4711})");
  bench.answer("GET v1/query/4711", 200, k_query);
  bench.answer(k_upsert, 200, k_accepted);
  bench.answer(k_get, 200, k_view);
  auto create = request("select 1 as a", {{"schedule", {"0 */6 * * *"}}, {"performance", {"small"}}, {"private", {}}});
  create.tags = {"t"};
  const auto view = bench.provider->create(create, bench.control);
  REQUIRE(view);
  CHECK(bench.transport.sent() ==
        std::vector<std::string>{k_get, "POST v1/query", "GET v1/query/4711", k_upsert, k_get});
  CHECK(bench.transport.requests[1].body ==
        R"({"name":"result_daily","query_sql":"select 1 as a","is_private":true,"tags":["t"]})");
  CHECK(
      bench.transport.requests[3].body ==
      R"({"name":"result_daily","query_id":4711,"is_private":true,"performance":"small","cron_expression":"0 */6 * * *"})");
  for (const auto& sent : bench.transport.requests) CHECK(*sent.headers.find("x-dune-api-key") == "k3y-of-the-tests");
  CHECK(view->name == "result_daily");
  CHECK(view->freshness == Freshness::empty);
  CHECK(view->definition == "select 1 as a");
  CHECK(view->schedule == "0 */6 * * *");
  REQUIRE(view->last_job);
  CHECK(view->last_job->id == "01HZ0000000000000000000009");
  CHECK(view->last_job->state == JobState::pending);
  CHECK(view->last_job->operation == "create");
  REQUIRE(bench.log.written.size() == 2);
  CHECK(bench.log.written[0].job.state == JobState::unknown);
  CHECK(bench.log.written[1].job.id == "01HZ0000000000000000000009");
}

TEST_CASE("dune: a view from a saved query sends its SQL only where it differs") {
  for (const bool differs : {false, true}) {
    DuneBench bench;
    bench.answer("GET v1/query/4711", 200, k_query);
    bench.answer(k_get, 404, k_none);
    bench.answer("PATCH v1/query/4711", 200, R"({"query_id":4711})");
    bench.answer(k_upsert, 200, k_accepted);
    bench.answer(k_get, 200, k_view);
    const auto sql = differs ? "select 2 as a" : "  select 1 as a\n";
    REQUIRE(bench.provider->create(request(sql, {{"query-id", {"4711"}}}), bench.control));
    const auto sent = bench.transport.sent();
    CHECK((std::find(sent.begin(), sent.end(), "PATCH v1/query/4711") != sent.end()) == differs);
    for (const auto& one : bench.transport.requests)
      if (one.method == "PATCH") CHECK(one.body == R"({"query_sql":"select 2 as a"})");
  }
}

TEST_CASE("dune: where the account is not known, the saved query tells it, or else the list of views") {
  DuneBench by_query(std::map<std::string, std::string>{});
  by_query.answer("GET v1/query/4711", 200, k_query);
  by_query.answer(k_get, 404, k_none);
  by_query.answer(k_upsert, 200, k_accepted);
  REQUIRE(by_query.provider->create(request("", {{"query-id", {"4711"}}}), by_query.control));
  CHECK(by_query.transport.sent()[0] == "GET v1/query/4711");
  CHECK(by_query.transport.sent()[1] == k_get);
  CHECK(by_query.log.cache.at("owner") == "acme");
  // The service does not find it yet.
  REQUIRE(by_query.warnings.size() == 1);
  CHECK(by_query.warnings[0].find("cannot be read back") != std::string::npos);

  DuneBench by_list(std::map<std::string, std::string>{});
  by_list.answer("GET v1/materialized-views", 200, R"({"materialized_views":[{"sql_id":"dune.acme.result_other"}]})");
  by_list.answer("POST v1/query", 200, R"({"query_id":4711})");
  by_list.answer("GET v1/query/4711", 200, k_query);
  by_list.answer(k_upsert, 200, k_accepted);
  by_list.answer(k_get, 200, k_view);
  REQUIRE(by_list.provider->create(request(), by_list.control));
  CHECK(by_list.transport.sent()[0] == "GET v1/materialized-views?limit=1000&offset=0");
  CHECK(by_list.transport.sent()[1] == "POST v1/query");
}

TEST_CASE("dune: a query that no view can be made from stops the create before anything is changed") {
  DuneBench bench;
  bench.answer(k_get, 404, k_none);
  bench.answer("GET v1/query/4711", 200, R"({"query_id":4711,"owner":"acme","is_archived":true})");
  const auto view = bench.provider->create(request("", {{"query-id", {"4711"}}}), bench.control);
  REQUIRE_FALSE(view);
  CHECK(view.error().code == ErrorCode::usage);
  CHECK(view.error().message.find("archived") != std::string::npos);
  for (const auto& sent : bench.transport.requests) CHECK(sent.method == "GET");
}

TEST_CASE("dune: a query of another account stops the create") {
  DuneBench bench;
  bench.answer(k_get, 404, k_none);
  bench.answer("GET v1/query/4711", 200, R"({"query_id":4711,"owner":"other"})");
  const auto view = bench.provider->create(request("", {{"query-id", {"4711"}}}), bench.control);
  REQUIRE_FALSE(view);
  CHECK(view.error().message.find("belongs to 'other'") != std::string::npos);
}

TEST_CASE("dune: when the view fails after its query was saved, the error says which query that is") {
  DuneBench bench;
  bench.answer(k_get, 404, k_none);
  bench.answer("POST v1/query", 200, R"({"query_id":4711})");
  bench.answer("GET v1/query/4711", 200, k_query);
  bench.answer(k_upsert, 400, R"({"error":"column names are missing"})");
  const auto view = bench.provider->create(request(), bench.control);
  REQUIRE_FALSE(view);
  CHECK(view.error().detail.find("the query is saved as 4711: go on with --query-id 4711") != std::string::npos);
  CHECK(view.error().hint.find("--query-id 4711") != std::string::npos);
  REQUIRE(bench.log.written.size() == 2);
  CHECK(bench.log.written[1].job.state == JobState::failed);
}

TEST_CASE("dune: when the answer to saving the query is lost, no second one is saved and no view made") {
  DuneBench bench;
  bench.answer(k_get, 404, k_none);
  bench.transport.answer("POST v1/query", lost_answer());
  const auto view = bench.provider->create(request(), bench.control);
  REQUIRE_FALSE(view);
  CHECK(view.error().hint.find("may be saved, as 'result_daily'") != std::string::npos);
  CHECK(bench.transport.requests.size() == 2);
  CHECK(bench.log.written.empty());
}

TEST_CASE("dune: an existing view is a conflict, kept with --if-not-exists, and nothing is billed") {
  for (const bool keep : {false, true}) {
    DuneBench bench;
    bench.answer(k_get, 200, k_view);
    bench.answer("GET v1/execution/01HZ0000000000000000000001/status", 200, k_done);
    bench.answer("GET v1/query/4711", 200, k_query);
    auto create = request();
    create.if_not_exists = keep;
    const auto view = bench.provider->create(create, bench.control);
    CHECK(view.has_value() == keep);
    if (!keep) {
      CHECK(view.error().code == ErrorCode::conflict);
      CHECK(view.error().hint.find("--replace") != std::string::npos);
    }
    for (const auto& sent : bench.transport.requests) CHECK(sent.method == "GET");
  }
}

TEST_CASE("dune: --replace with nothing to change sends nothing and says so") {
  DuneBench bench;
  bench.answer(k_get, 200, k_view);
  bench.answer("GET v1/execution/01HZ0000000000000000000001/status", 200, k_done);
  bench.answer("GET v1/query/4711", 200, k_query);
  auto create = request("select 1 as a\n", {{"private", {}}, {"schedule", {"0 */6 * * *"}}});
  create.replace = true;
  REQUIRE(bench.provider->create(create, bench.control));
  for (const auto& sent : bench.transport.requests) CHECK(sent.method == "GET");
  REQUIRE(bench.warnings.size() == 1);
  CHECK(bench.warnings[0] == "'result_daily' is as asked for already: nothing was sent, nothing is billed");
}

TEST_CASE("dune: --replace reads, merges and writes, the query first") {
  DuneBench bench;
  bench.answer(k_get, 200, k_view);
  bench.answer("GET v1/query/4711", 200, k_query);
  bench.answer("PATCH v1/query/4711", 200, R"({"query_id":4711})");
  bench.answer(k_upsert, 200, k_accepted);
  auto create = request("select 2 as a", {{"public", {}}});
  create.replace = true;
  const auto view = bench.provider->create(create, bench.control);
  REQUIRE(view);
  CHECK(bench.transport.requests[2].body == R"({"query_sql":"select 2 as a"})");
  CHECK(bench.transport.requests[3].body ==
        R"({"name":"result_daily","query_id":4711,"is_private":false,"performance":"medium",)"
        R"("cron_expression":"0 */6 * * *","expires_at":"2026-12-31T00:00:00Z"})");
  CHECK(view->last_job->reason == "changes privacy, query");
}

TEST_CASE("dune: a view cannot be rebound to another query") {
  DuneBench bench;
  bench.answer(k_get, 200, k_view);
  auto create = request("", {{"query-id", {"5"}}});
  create.replace = true;
  const auto view = bench.provider->create(create, bench.control);
  REQUIRE_FALSE(view);
  CHECK(view.error().code == ErrorCode::conflict);
  CHECK(view.error().hint == "drop it first, then create it");
}

TEST_CASE("dune: the upsert is sent once; a new run is taken for its answer, else the view may be there") {
  for (const bool appears : {true, false}) {
    DuneBench bench;
    bench.answer("GET v1/query/4711", 200, k_query);
    bench.answer(k_get, 404, k_none);
    bench.transport.answer(k_upsert, lost_answer());
    if (appears)
      bench.answer(k_get, 200,
                   R"({"sql_id":"dune.acme.result_daily","last_execution_ids":["01HZ0000000000000000000009"]})");
    const auto view = bench.provider->create(request("", {{"query-id", {"4711"}}}), bench.control);
    CHECK(view.has_value() == appears);
    int upserts = 0;
    for (const auto& sent : bench.transport.sent()) upserts += sent == k_upsert;
    CHECK(upserts == 1);
    if (appears) {
      CHECK(view->last_job->id == "01HZ0000000000000000000009");
    } else {
      CHECK(view.error().unanswered);
      CHECK(bench.log.written.back().job.state == JobState::unknown);
    }
  }
}

TEST_CASE("dune: a dry run of create shows each request, with placeholders for what only answers tell") {
  DuneBench bench(std::map<std::string, std::string>{});
  const auto plan = bench.provider->plan_create(request("select 1 as a", {{"max-credits", {"50"}}}), bench.control);
  REQUIRE(plan);
  CHECK(bench.transport.requests.empty());
  CHECK(bench.log.written.empty());
  std::vector<std::string> lines;
  for (const auto& sent : plan->requests) {
    lines.push_back(sent.method + " " + sent.url.substr(sent.url.find("/api/") + 5));
    CHECK(*sent.headers.find("X-Dune-Api-Key") == secret_placeholder("DUNE_API_KEY"));
  }
  CHECK(lines == std::vector<std::string>{"GET v1/materialized-views?limit=1000&offset=0", "POST v1/usage",
                                          "POST v1/query", "GET v1/query/0", k_upsert});
  CHECK(plan->operation == "create");
  CHECK(plan->reason.find("billed") != std::string::npos);

  auto change = request("select 1 as a", {{"query-id", {"4711"}}});
  change.replace = true;
  const auto changing = bench.provider->plan_create(change, bench.control);
  REQUIRE(changing);
  CHECK(changing->requests.back().body->find("\"query_id\":4711") != std::string::npos);
  CHECK(bench.provider->plan_create(request(""), bench.control).error().code == ErrorCode::usage);
}
