#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <string>

#include "dune_bench.hpp"
#include "support/time_text.hpp"

using namespace matview;
using namespace matview::test;

namespace {

constexpr const char* k_get = "GET v1/materialized-views/dune.acme.result_daily";
constexpr const char* k_list = "GET v1/materialized-views";
constexpr const char* k_a = "01KF0000000000000000000001";
constexpr const char* k_b = "01KF0000000000000000000002";

std::string view_with(const std::string& ids, const std::string& more = "") {
  return fmt::format(
      R"({{"sql_id":"dune.acme.result_daily","query_id":4711,"is_private":false,"table_size_bytes":20480,
      "last_execution_ids":[{}]{}}})",
      ids, more);
}
std::string quoted(const char* id) { return fmt::format("\"{}\"", id); }
std::string status_of(const char* id) { return std::string("GET v1/execution/") + id + "/status"; }
std::string completed(const char* ended) {
  return fmt::format(
      R"({{"state":"QUERY_STATE_COMPLETED","execution_ended_at":"{}","execution_cost_credits":62.62,
      "result_metadata":{{"total_row_count":12}}}})",
      ended);
}

}  // namespace

TEST_CASE("dune: describe tells schedule, newest run, freshness, query and what it reads") {
  DuneBench bench;
  bench.answer(k_get, 200, view_with(quoted(k_a) + "," + quoted(k_b), R"(,"schedule":{"cron_expression":"0 */6 * * *",
    "performance":"medium","next_execution_time":"2026-01-15T12:41:12Z","expires_at":"2026-01-20T00:00:00Z"})"));
  bench.answer(status_of(k_b), 200, completed("2026-01-15T06:42:00.123456789Z"));
  bench.answer("GET v1/query/4711", 200,
               R"({"query_id":4711,"query_sql":"select 1 as a","owner":"acme","version":3,"tags":["etl"]})");
  bench.answer("GET v1/query/4711/pipeline", 200,
               R"({"pipeline":{"nodes":[{"id":"1","materialized_view_refresh":{"name":"dune.acme.result_base"}}]}})");
  const auto view = bench.provider->describe({"result_daily", true}, bench.control);
  REQUIRE(view);
  CHECK(view->name == "result_daily");
  CHECK(view->provider == "dune");
  CHECK(view->freshness == Freshness::fresh);
  CHECK(view->state == ViewState::idle);
  CHECK(view->rows == 12);
  CHECK(view->bytes == 20480);
  CHECK(view->schedule == "0 */6 * * *");
  CHECK(view->definition == "select 1 as a");
  CHECK(view->tags == std::vector<std::string>{"etl"});
  CHECK(view->depends_on == std::vector<std::string>{"result_base"});
  REQUIRE(view->last_job);
  CHECK(view->last_job->id == k_b);
  CHECK(view->last_job->native.at("credits") == Value(62.62));
  CHECK(view->native.at("next_run") == Value("2026-01-15T12:41:12Z"));
  CHECK(view->native.at("schedule_ends") == Value("2026-01-20T00:00:00Z"));
  REQUIRE(bench.warnings.size() == 1);
  CHECK(bench.warnings[0].find("ends in 4 days") != std::string::npos);
}

TEST_CASE("dune: a newest run that failed is an error, and the rows are those of the one before") {
  DuneBench bench;
  bench.answer(k_get, 200, view_with(quoted(k_a) + "," + quoted(k_b)));
  bench.answer(status_of(k_b), 200, R"({"state":"QUERY_STATE_FAILED","error":{"message":"boom"}})");
  bench.answer(status_of(k_a), 200, completed("2026-01-15T06:42:00Z"));
  bench.answer("GET v1/query/4711", 404, R"({"error":"Query not found"})");
  const auto view = bench.provider->describe({"result_daily", false}, bench.control);
  REQUIRE(view);
  CHECK(view->state == ViewState::error);
  CHECK(view->last_job->error->message == "boom");
  CHECK(view->rows == 12);
  CHECK(view->freshness == Freshness::unknown);
  CHECK(view->freshness_reason == "it has no schedule to be measured by");
  CHECK(view->definition.empty());
  for (const auto& sent : bench.transport.sent()) CHECK(sent.find("pipeline") == std::string::npos);
}

TEST_CASE("dune: a run under way makes the view refreshing; a view without runs is empty") {
  DuneBench running;
  running.answer(k_get, 200, view_with(quoted(k_b)));
  running.answer(status_of(k_b), 200, R"({"state":"QUERY_STATE_PENDING","queue_position":2})");
  running.answer("GET v1/query/4711", 403, "{}");
  CHECK(running.provider->describe({"result_daily", false}, running.control)->state == ViewState::refreshing);

  DuneBench empty;
  empty.answer(k_get, 200, R"({"sql_id":"dune.acme.result_daily","last_execution_ids":null})");
  const auto view = empty.provider->describe({"result_daily", false}, empty.control);
  REQUIRE(view);
  CHECK(view->freshness == Freshness::empty);
  CHECK_FALSE(view->last_job);
}

TEST_CASE("dune: a view that is not there is not found") {
  DuneBench bench;
  bench.answer(k_get, 404, R"({"error":"Materialized view not found"})");
  const auto view = bench.provider->describe({"result_daily", false}, bench.control);
  REQUIRE_FALSE(view);
  CHECK(view.error().code == ErrorCode::not_found);
  CHECK(view.error().message == "the key sees no view 'result_daily' of 'acme'");
  CHECK(bench.transport.requests.size() == 1);
}

TEST_CASE("dune: the account is found out by the list once, and again when what was kept leads nowhere") {
  DuneBench bench(std::map<std::string, std::string>{});
  bench.answer(k_list, 200, R"({"materialized_views":[{"sql_id":"dune.acme.result_daily"}]})");
  bench.answer(k_get, 200, view_with(""));
  bench.answer("GET v1/query/4711", 404, "{}");
  REQUIRE(bench.provider->describe({"result_daily", false}, bench.control));
  CHECK(bench.transport.sent()[0] == "GET v1/materialized-views?limit=1000&offset=0");
  REQUIRE(bench.provider->describe({"result_daily", false}, bench.control));
  const auto sent = bench.transport.sent();
  CHECK(std::count(sent.begin(), sent.end(), "GET v1/materialized-views?limit=1000&offset=0") == 1);
  CHECK(bench.log.cache.at("owner") == "acme");

  DuneBench moved(std::map<std::string, std::string>{});
  moved.log.cache["owner"] = "old";
  ProviderContext context{"dune", {}, moved.environment, &moved.secrets, &moved.transport, &moved.log};
  const auto provider = providers::dune::open(context).value();
  moved.answer("GET v1/materialized-views/dune.old.result_daily", 404, "{}");
  moved.answer(k_list, 200, R"({"materialized_views":[{"sql_id":"dune.acme.result_daily"}]})");
  moved.answer(k_get, 200, view_with(""));
  moved.answer("GET v1/query/4711", 404, "{}");
  const auto view = provider->describe({"result_daily", false}, moved.control);
  REQUIRE(view);
  CHECK(view->native.at("full_name") == Value("dune.acme.result_daily"));
  CHECK(moved.log.cache.at("owner") == "acme");
}

TEST_CASE("dune: an owner as the service spells it goes into the path") {
  DuneBench bench(std::map<std::string, std::string>{});
  bench.answer(k_list, 200, R"({"materialized_views":[{"sql_id":"dune.\"21co\".result_daily"}]})");
  bench.answer("GET v1/materialized-views/dune.%2221co%22.result_daily", 200,
               R"({"sql_id":"dune.\"21co\".result_daily"})");
  const auto view = bench.provider->describe({"result_daily", false}, bench.control);
  REQUIRE(view);
  CHECK(view->name == "result_daily");
}

TEST_CASE("dune: a list follows the pages and is sorted by name, each view once") {
  DuneBench bench;
  bench.answer(
      k_list, 200,
      R"({"materialized_views":[{"sql_id":"dune.acme.result_b"},{"sql_id":"dune.acme.result_c"}],"next_offset":2})");
  bench.answer(k_list, 200,
               R"({"materialized_views":[{"sql_id":"dune.acme.result_c"},{"sql_id":"dune.acme.result_a"}]})");
  const auto views = bench.provider->list({}, bench.control);
  REQUIRE(views);
  REQUIRE(views->size() == 3);
  CHECK((*views)[0].name == "result_a");
  CHECK((*views)[2].name == "result_c");
  CHECK(bench.transport.sent()[1] == "GET v1/materialized-views?limit=1000&offset=2");
  CHECK(bench.transport.requests.size() == 2);
}

TEST_CASE("dune: an offset that does not advance ends the list with an error and not never") {
  DuneBench bench;
  bench.answer(k_list, 200, R"({"materialized_views":[{"sql_id":"dune.acme.result_b"}],"next_offset":1})");
  const auto views = bench.provider->list({}, bench.control);
  REQUIRE_FALSE(views);
  CHECK(views.error().code == ErrorCode::unavailable);
  CHECK(views.error().message.find("does not come to an end") != std::string::npos);
  CHECK(bench.transport.requests.size() == 2);
}

TEST_CASE("dune: details are a read for each view; one that is gone is left out, one that fails is warned of") {
  DuneBench bench;
  bench.answer(k_list, 200, R"({"materialized_views":[{"sql_id":"dune.acme.result_daily"},
    {"sql_id":"dune.acme.result_gone"},{"sql_id":"dune.acme.result_sick"}]})");
  bench.answer(k_get, 200, view_with(quoted(k_b), R"(,"schedule":{"cron_expression":"0 6 * * *"})"));
  bench.answer("GET v1/materialized-views/dune.acme.result_gone", 404, "{}");
  bench.answer("GET v1/materialized-views/dune.acme.result_sick", 500, R"({"error":"Internal error"})");
  auto views = bench.provider->list({false, true, {}}, bench.control);
  REQUIRE(views);
  REQUIRE(views->size() == 2);
  CHECK((*views)[0].schedule == "0 6 * * *");
  CHECK((*views)[1].name == "result_sick");
  CHECK(bench.warnings.size() == 1);
  CHECK(bench.transport.requests.size() == 4);

  bench.answer(status_of(k_b), 200, completed("2026-01-15T06:42:00Z"));
  views = bench.provider->list({true, false, {}}, bench.control);
  REQUIRE(views);
  CHECK((*views)[0].freshness == Freshness::fresh);
}

TEST_CASE("dune: a refused key ends a list with details at once") {
  DuneBench bench;
  bench.answer(k_list, 200, R"({"materialized_views":[{"sql_id":"dune.acme.result_daily"}]})");
  bench.answer(k_get, 401, R"({"error":"invalid API Key"})");
  CHECK(bench.provider->list({false, true, {}}, bench.control).error().code == ErrorCode::auth);
}

TEST_CASE("dune: history is the newest runs that the service tells of, at most the limit") {
  DuneBench bench;
  bench.answer(k_get, 200, view_with(quoted(k_a) + "," + quoted(k_b)));
  bench.answer(status_of(k_b), 200, completed("2026-01-15T06:42:00Z"));
  bench.answer(status_of(k_a), 404, R"({"error":"Object not found"})");
  auto jobs = bench.provider->history({"result_daily", 20}, bench.control);
  REQUIRE(jobs);
  REQUIRE(jobs->size() == 2);
  CHECK((*jobs)[0].id == k_b);
  CHECK((*jobs)[0].view == "result_daily");
  CHECK((*jobs)[0].state == JobState::succeeded);
  CHECK((*jobs)[1].id == k_a);
  CHECK((*jobs)[1].state == JobState::unknown);
  jobs = bench.provider->history({"result_daily", 1}, bench.control);
  REQUIRE(jobs->size() == 1);
  CHECK(jobs->front().id == k_b);
}

TEST_CASE("dune: a drop is refused while a run is under way") {
  DuneBench bench;
  bench.answer(k_get, 200, view_with(quoted(k_b)));
  bench.answer(status_of(k_b), 200, R"({"state":"QUERY_STATE_EXECUTING"})");
  const auto dropped = bench.provider->drop({"result_daily", false}, bench.control);
  REQUIRE_FALSE(dropped);
  CHECK(dropped.error().code == ErrorCode::conflict);
  CHECK(dropped.error().hint.find("matview cancel") != std::string::npos);
}

TEST_CASE("dune: what is gone at the drop counts as dropped; what is still there belongs to others") {
  const std::string removal = "DELETE v1/materialized-views/dune.acme.result_daily";
  for (const bool gone : {true, false}) {
    DuneBench bench;
    bench.answer(k_get, 200, view_with(quoted(k_b)));
    bench.answer(k_get, gone ? 404 : 200, gone ? "{}" : view_with(""));
    bench.answer(removal, 404, R"({"error":"Object not found"})");
    const auto dropped = bench.provider->drop({"result_daily", false, {{"force", {}}}}, bench.control);
    CHECK(dropped.has_value() == gone);
    if (!gone) CHECK(dropped.error().code == ErrorCode::auth);
    CHECK(bench.transport.sent() == std::vector<std::string>{k_get, removal, k_get});
    CHECK_FALSE(bench.transport.requests[1].body);
  }
}

TEST_CASE("dune: dropping what is not there is not found, unless --if-exists") {
  DuneBench bench;
  bench.answer(k_get, 404, "{}");
  CHECK(bench.provider->drop({"result_daily", false}, bench.control).error().code == ErrorCode::not_found);
  CHECK(bench.provider->drop({"result_daily", true}, bench.control));
  for (const auto& sent : bench.transport.requests) CHECK(sent.method == "GET");
}

TEST_CASE("dune: doctor tells address, account, key, credits, storage, limits and views") {
  DuneBench bench(std::map<std::string, std::string>{});
  bench.answer("GET whoami", 200, R"({"customer_id":"team_456"})",
               {{"RateLimit", R"("read";r=35;t=12)"}, {"Date", "Thu, 15 Jan 2026 11:50:00 GMT"}});
  bench.answer("POST v1/usage", 200, R"({"bytes_used":99000000,"bytes_allowed":100000000,
    "billing_periods":[{"end_date":"2026-02-01","credits_used":120.5,"credits_included":2500}]})");
  bench.answer(k_list, 200, R"({"materialized_views":[{"sql_id":"dune.acme.result_daily"}]})");
  const auto checks = bench.provider->doctor(bench.control);
  REQUIRE(checks);
  std::string text;
  for (const auto& check : *checks)
    text += fmt::format("{} {}: {}\n", static_cast<int>(check.outcome), check.name, check.message);
  CHECK(text ==
        "0 service: https://api.dune.com/api answers\n"
        "0 rate limit: read: 35 requests left for 12 s\n"
        "1 clock: 10 min ahead of the service's\n"
        "0 account: the key belongs to team_456\n"
        "0 credentials: the key is accepted\n"
        "0 credits: 2,379.5 of 2,500 left until 2026-02-01\n"
        "1 storage: 99.0 MB of 100.0 MB used\n"
        "0 views: 1 view of 'acme'\n");
}

TEST_CASE("dune: doctor copes without whoami, and stops where the key is refused or nobody answers") {
  DuneBench old;
  old.answer("GET whoami", 404, "404 page not found");
  old.answer("POST v1/usage", 200, "{}");
  old.answer(k_list, 200, R"({"materialized_views":[{"sql_id":"dune.other.result_daily"}]})");
  auto checks = old.provider->doctor(old.control).value();
  CHECK(checks.back().name == "views");
  CHECK(checks.back().outcome == Check::Outcome::warning);
  CHECK(checks.back().message.find("belongs to 'other'") != std::string::npos);

  DuneBench refused;
  refused.answer("GET whoami", 401, R"({"error":"invalid API Key"})");
  checks = refused.provider->doctor(refused.control).value();
  CHECK(checks.back().name == "credentials");
  CHECK(checks.back().outcome == Check::Outcome::failed);
  CHECK(refused.transport.requests.size() == 1);

  DuneBench away;
  away.transport.answer("GET whoami", Error(ErrorCode::unavailable, "no connection"));
  checks = away.provider->doctor(away.control).value();
  REQUIRE(checks.size() == 1);
  CHECK(checks[0].name == "service");
  CHECK(checks[0].outcome == Check::Outcome::failed);
}

TEST_CASE("dune: an endpoint about to be retired is warned of once for its kind") {
  DuneBench bench;
  bench.answer(k_get, 404, "{}", {{"Deprecation", "@1767225600"}, {"Sunset", "Sat, 01 Aug 2026 00:00:00 GMT"}});
  for (int i = 0; i < 2; ++i) CHECK_FALSE(bench.provider->describe({"result_daily", false}, bench.control));
  REQUIRE(bench.warnings.size() == 1);
  CHECK(bench.warnings[0].find("Sat, 01 Aug 2026") != std::string::npos);
}

TEST_CASE("dune: settings that are wrong are told when the profile is opened") {
  FakeEnvironment environment;
  const auto refused = [&](std::map<std::string, std::string> settings) {
    const auto provider = providers::dune::open({"dune", std::move(settings), environment});
    REQUIRE_FALSE(provider);
    CHECK(provider.error().code == ErrorCode::usage);
    return provider.error().message;
  };
  CHECK(refused({{"url", "http://api.example.com"}}).find("in the clear") != std::string::npos);
  CHECK(refused({{"url", "https://api.example.com/?x=1"}}).find("query") != std::string::npos);
  CHECK(refused({{"owner", "a.b"}}).find("no handle") != std::string::npos);
  CHECK(refused({{"performance", "huge"}}).find("no tier 'huge'") != std::string::npos);
  CHECK(refused({{"poll_interval", "5"}}).find("poll_interval") != std::string::npos);
  CHECK(providers::dune::open({"dune", {{"url", "http://127.0.0.1:1"}, {"owner", "\"21co\""}}, environment}));
}
