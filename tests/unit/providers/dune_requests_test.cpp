#include <doctest/doctest.h>

#include <string>

#include "providers/dune/account_requests.hpp"
#include "providers/dune/execution_requests.hpp"
#include "providers/dune/query_requests.hpp"
#include "providers/dune/settings.hpp"
#include "providers/dune/view_requests.hpp"
#include "support/time_text.hpp"

using namespace matview;
using namespace matview::providers::dune;

namespace {

constexpr const char* k_api = "https://api.dune.com/api";

bool repeats(const HttpRequest& request, int status) {
  const auto& statuses = request.retry.statuses;
  return std::find(statuses.begin(), statuses.end(), status) != statuses.end();
}

void check_submits(const HttpRequest& request) {
  CHECK_FALSE(request.retry.if_unanswered);
  CHECK(repeats(request, 429));
  CHECK_FALSE(repeats(request, 502));
  CHECK_FALSE(repeats(request, 503));
}

}  // namespace

TEST_CASE("dune: an upsert sends the bare name, the privacy always and the rest where it is set") {
  ViewSettings settings;
  settings.name = "result_daily";
  settings.query_id = 4711;
  auto request = upsert_view(k_api, settings);
  CHECK(request.method == "POST");
  CHECK(request.url == "https://api.dune.com/api/v1/materialized-views");
  CHECK(request.body == R"({"name":"result_daily","query_id":4711,"is_private":false})");
  CHECK(*request.headers.find("content-type") == "application/json");
  check_submits(request);

  settings.is_private = true;
  settings.performance = "medium";
  settings.cron = "0 */6 * * *";
  settings.expires_at = support::parse_rfc3339("2027-01-31T23:59:59Z").value();
  request = upsert_view(k_api, settings);
  CHECK(request.body == R"({"name":"result_daily","query_id":4711,"is_private":true,"performance":"medium",)"
                        R"("cron_expression":"0 */6 * * *","expires_at":"2027-01-31T23:59:59Z"})");
}

TEST_CASE("dune: an end without a schedule is not sent") {
  ViewSettings settings;
  settings.name = "result_daily";
  settings.expires_at = support::parse_rfc3339("2027-01-31T23:59:59Z").value();
  CHECK(upsert_view(k_api, settings).body->find("expires_at") == std::string::npos);
}

TEST_CASE("dune: paths take the full name as one encoded segment") {
  CHECK(get_view(k_api, "dune.acme.result_x").url ==
        "https://api.dune.com/api/v1/materialized-views/dune.acme.result_x");
  CHECK(get_view(k_api, "dune.\"21co\".a/b c").url ==
        "https://api.dune.com/api/v1/materialized-views/dune.%2221co%22.a%2Fb%20c");
  const auto get = get_view(k_api, "dune.acme.result_x");
  CHECK(get.method == "GET");
  CHECK_FALSE(get.body);
  CHECK(get.retry.if_unanswered);
}

TEST_CASE("dune: a refresh sends its tier or an empty object, and is never repeated after a lost answer") {
  auto request = refresh_view(k_api, "dune.acme.result_x", "large");
  CHECK(request.method == "POST");
  CHECK(request.url == "https://api.dune.com/api/v1/materialized-views/dune.acme.result_x/refresh");
  CHECK(request.body == R"({"performance":"large"})");
  check_submits(request);
  CHECK(refresh_view(k_api, "dune.acme.result_x", "").body == "{}");
}

TEST_CASE("dune: a delete and a cancel have no body and may be repeated") {
  const auto removal = delete_view(k_api, "dune.acme.result_x");
  CHECK(removal.method == "DELETE");
  CHECK_FALSE(removal.body);
  CHECK(removal.retry.if_unanswered);
  const auto cancel = cancel_execution(k_api, "01ABC");
  CHECK(cancel.method == "POST");
  CHECK(cancel.url == "https://api.dune.com/api/v1/execution/01ABC/cancel");
  CHECK_FALSE(cancel.body);
  CHECK(cancel.headers.find("Content-Type") == nullptr);
  CHECK(cancel.retry.if_unanswered);
}

TEST_CASE("dune: lists, executions, queries, lineage, account") {
  CHECK(list_views(k_api, 1000, 2000).url == "https://api.dune.com/api/v1/materialized-views?limit=1000&offset=2000");
  CHECK(execution_status(k_api, "a/b", "X").url == "https://api.dune.com/api/v1/execution/a%2Fb/status");
  CHECK(get_query(k_api, 4711).url == "https://api.dune.com/api/v1/query/4711");
  CHECK(get_lineage(k_api, 4711).url == "https://api.dune.com/api/v1/query/4711/pipeline");
  CHECK(whoami(k_api).url == "https://api.dune.com/api/whoami");
  CHECK(usage(k_api).url == "https://api.dune.com/api/v1/usage");
  CHECK(usage(k_api).body == "{}");
  CHECK(usage(k_api).method == "POST");
}

TEST_CASE("dune: a new query has a name, its SQL, its privacy and tags; a change only what changes") {
  auto request = create_query(k_api, {"result_x", "select 1 as a", true, {"etl", "daily"}});
  CHECK(request.method == "POST");
  CHECK(request.url == "https://api.dune.com/api/v1/query");
  CHECK(request.body == R"({"name":"result_x","query_sql":"select 1 as a","is_private":true,"tags":["etl","daily"]})");
  check_submits(request);
  CHECK(create_query(k_api, {"result_x", "q", false, {}}).body ==
        R"({"name":"result_x","query_sql":"q","is_private":false})");
  request = change_query(k_api, 4711, {"select 2 as a", std::nullopt});
  CHECK(request.method == "PATCH");
  CHECK(request.url == "https://api.dune.com/api/v1/query/4711");
  CHECK(request.body == R"({"query_sql":"select 2 as a"})");
  CHECK(change_query(k_api, 1, {std::nullopt, std::vector<std::string>{"t"}}).body == R"({"tags":["t"]})");
}

TEST_CASE("dune: the address is the same with and without /api and /v1") {
  for (const char* url : {"https://api.dune.com", "https://api.dune.com/", "https://api.dune.com/api",
                          "https://api.dune.com/api/", "https://api.dune.com/api/v1", "https://api.dune.com/api/v1/"})
    CHECK(api_address(url) == "https://api.dune.com/api");
  CHECK(api_address("https://proxy.example/dune") == "https://proxy.example/dune/api");
}
