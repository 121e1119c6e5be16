#include <doctest/doctest.h>

#include <string>

#include "providers/dune/account_answers.hpp"
#include "providers/dune/query_answers.hpp"
#include "providers/dune/view_answers.hpp"
#include "providers/dune/wire.hpp"
#include "support/time_text.hpp"

using namespace matview;
using namespace matview::providers::dune;

namespace {

Time at(const char* text) { return support::parse_rfc3339(text).value(); }
HttpResponse ok(std::string body) { return {200, {}, std::move(body)}; }

}  // namespace

TEST_CASE("dune: a view is read whole, its executions newest first") {
  const auto view = read_view(
      ok(R"({"id":"x","sql_id":"dune.acme.result_x","query_id":4711,"is_private":true,"table_size_bytes":20480,
        "last_execution_ids":["01HZ0000000000000000000001","01HZ0000000000000000000003",null,7,"01HZ0000000000000000000003"],
        "schedule":{"cron_expression":"0 */6 * * *","performance":"medium","next_execution_time":"2026-11-21T12:41:12Z",
        "expires_at":"2027-01-31T23:59:59.123456789Z"},"owner_team_id":1,"later":{"a":[]}})"),
      "?");
  REQUIRE(view);
  CHECK(view->full_name == "dune.acme.result_x");
  CHECK(view->query_id == 4711);
  CHECK(view->is_private == true);
  CHECK(view->bytes == 20480);
  CHECK(view->execution_ids == std::vector<std::string>{"01HZ0000000000000000000003", "01HZ0000000000000000000001"});
  REQUIRE(view->schedule);
  CHECK(view->schedule->cron == "0 */6 * * *");
  CHECK(view->schedule->performance == "medium");
  CHECK(view->schedule->next_run == at("2026-11-21T12:41:12Z"));
  CHECK(view->schedule->expires_at == at("2027-01-31T23:59:59.123456Z"));
}

TEST_CASE("dune: a view of nulls, of wrong types or without a schedule is read as far as it goes") {
  for (const char* body :
       {R"({})", R"({"sql_id":null,"query_id":null,"is_private":null,"table_size_bytes":null,"last_execution_ids":null,
          "schedule":null})",
        R"({"sql_id":7,"query_id":"x","is_private":"yes","table_size_bytes":[],"last_execution_ids":{},"schedule":[]})",
        R"({"schedule":{"cron_expression":null,"expires_at":5}})"}) {
    CAPTURE(body);
    const auto view = read_view(ok(body), "dune.acme.result_x");
    REQUIRE(view);
    CHECK(view->full_name == "dune.acme.result_x");
    CHECK_FALSE(view->query_id);
    CHECK_FALSE(view->is_private);
    CHECK(view->execution_ids.empty());
    CHECK_FALSE(view->schedule);
  }
  CHECK_FALSE(read_view(ok("[]"), "x"));
  CHECK_FALSE(read_view(ok("{\"sql_id\":"), "x"));
}

TEST_CASE("dune: the last page has no next offset, or 0") {
  const auto page = [](const char* body) { return read_view_page(ok(body)).value(); };
  CHECK(page(R"({"materialized_views":[{"sql_id":"dune.a.result_x"},{"sql_id":"dune.a.result_y"}],"next_offset":2})")
            .next_offset == 2);
  CHECK_FALSE(page(R"({"materialized_views":[],"next_offset":0})").next_offset);
  CHECK_FALSE(page(R"({"materialized_views":[]})").next_offset);
  CHECK_FALSE(page(R"({"materialized_views":null,"next_offset":null})").next_offset);
  CHECK_FALSE(page(R"({"next_offset":-1})").next_offset);
  CHECK(page(R"({"materialized_views":[{"sql_id":"dune.a.result_x"},7,null,{}]})").views.size() == 1);
}

TEST_CASE("dune: an upsert answers with name, a refresh with sql_id") {
  CHECK(read_accepted(ok(R"({"name":"dune.a.result_x","execution_id":"01A"})"))->full_name == "dune.a.result_x");
  CHECK(read_accepted(ok(R"({"sql_id":"dune.a.result_x","execution_id":"01A"})"))->full_name == "dune.a.result_x");
  CHECK(read_accepted(ok(R"({"sql_id":"dune.a.result_x","execution_id":"01A"})"))->execution_id == "01A");
}

TEST_CASE("dune: after an internal error, a gateway's or a torn answer a run may have begun; after a refusal not") {
  for (const int status : {408, 500, 502, 503, 504}) {
    CAPTURE(status);
    const auto error = read_accepted({status, {}, R"({"error":"Internal error"})"}).error();
    CHECK(error.unanswered);
    CHECK(error.code == ErrorCode::unavailable);
    CHECK_FALSE(error.retryable);
  }
  for (const char* body : {"{}", R"({"sql_id":"x"})", R"({"execution_id":null})", "{\"execution_id\":\"01", "<html>"})
    CHECK(read_accepted(ok(body)).error().unanswered);
  for (const int status : {400, 401, 402, 403, 404, 409, 429})
    CHECK_FALSE(read_accepted({status, {}, R"({"error":"no"})"}).error().unanswered);
}

TEST_CASE("dune: what is gone already counts as deleted") {
  CHECK(read_deleted(ok(R"({"message":"ok"})")).value());
  CHECK_FALSE(read_deleted({404, {}, R"({"error":"Object not found"})"}).value());
  CHECK(read_deleted({500, {}, R"({"error":"Internal error"})"}).error().code == ErrorCode::unavailable);
}

TEST_CASE("dune: every shape of an error gives its code, its text in one line and a hint") {
  const auto error = [](int status, const char* body) { return read_error({status, {}, body}); };
  CHECK(error(400, R"({"error":"Invalid request body payload"})").message == "Invalid request body payload (HTTP 400)");
  CHECK(error(400, R"({"error":"a\nb"})").code == ErrorCode::failed);
  CHECK(error(400, R"({"error":"a\nb"})").message == "a (HTTP 400)");
  CHECK(error(401, R"({"error":"invalid API Key"})").code == ErrorCode::auth);
  CHECK(error(401, R"({"error":"invalid API Key"})").message == "the API key was refused: invalid API Key (HTTP 401)");
  CHECK(error(401, R"({"error":"invalid API Key"})").hint.find("DUNE_API_KEY") != std::string::npos);
  CHECK(error(402, R"({"error":"This API request would exceed your configured limits per billing cycle."})").code ==
        ErrorCode::failed);
  CHECK(error(402, "{}").hint.find("billing") != std::string::npos);
  CHECK(error(403, R"({"error":"Not allowed to execute query"})").code == ErrorCode::auth);
  CHECK(error(403, "{}").hint.find("archived") != std::string::npos);
  CHECK(error(404, R"({"error":"Object not found"})").code == ErrorCode::not_found);
  CHECK(error(409, R"({"error":"x"})").code == ErrorCode::conflict);
  CHECK(error(429, "slow down").code == ErrorCode::unavailable);
  CHECK(error(429, "slow down").retryable);
  CHECK(error(500, R"({"error":"Internal error"})").message == "Internal error (HTTP 500)");
  CHECK(error(400, R"({"error":{"message":"nested","type":"t"}})").message == "nested (HTTP 400)");
  CHECK(error(400, R"({"error":{"type":"syntax_error"}})").message == "syntax_error (HTTP 400)");
  CHECK(error(400, R"({"message":"other"})").message == "other (HTTP 400)");
  CHECK(error(400, R"({"errors":[{"message":"first"},{"message":"second"}]})").message == "first (HTTP 400)");
  CHECK(error(400, R"("just a text")").message == "just a text (HTTP 400)");
  CHECK(error(502, "<html><head><title>502 Bad Gateway</title></head><body>x</body></html>").message ==
        "502 Bad Gateway (HTTP 502)");
  CHECK(error(503, "").message == "service unavailable (HTTP 503)");
  CHECK(error(400, R"({"error":null})").message == "bad request (HTTP 400)");
  CHECK(error(400, R"({"error":"\u001b[31mred"})").message.find('\x1b') == std::string::npos);
}

TEST_CASE("dune: a name bound to another query is a conflict whatever the status") {
  for (const int status : {400, 403, 409, 422}) {
    const auto error = read_error({status, {}, R"({"error":"conflicting existing Matview with other query"})"});
    CHECK(error.code == ErrorCode::conflict);
    CHECK(error.hint.find("drop it first") != std::string::npos);
  }
}

TEST_CASE("dune: an execution's id tells when it was made") {
  CHECK(time_of("01ARZ3NDEKTSV4RRFFQ69G5FAV") == at("2016-07-30T23:54:10.259Z"));
  for (const char* text : {"", "01ARZ3NDEKTSV4RRFFQ69G5FA", "01ARZ3NDEKTSV4RRFFQ69G5FAVX", "01ARZ3NDEKTSV4RRFFQ69G5FAU",
                           "81ARZ3NDEKTSV4RRFFQ69G5FAV", "01arz3ndektsv4rrffq69g5fav"})
    CHECK_FALSE(time_of(text));
}

TEST_CASE("dune: a saved query is read, and one that no view can be made from is told why") {
  const char* body = R"({"query_id":4711,"name":"n","query_sql":"select 1 as a","owner":"acme","is_private":true,
    "is_archived":false,"is_unsaved":false,"is_temp":false,"version":7,"tags":["a","b"],"parameters":[]})";
  const auto query = read_query(ok(body), 4711);
  REQUIRE(query);
  CHECK(query->id == 4711);
  CHECK(query->owner == "acme");
  CHECK(query->sql == "select 1 as a");
  CHECK(query->version == 7);
  CHECK(query->tags == std::vector<std::string>{"a", "b"});
  CHECK(check_usable(*query));

  const auto refused = [](const char* text) { return check_usable(read_query(ok(text), 1).value()).error(); };
  CHECK(refused(R"({"is_archived":true})").message == "no view can be made from saved query 1: it is archived");
  CHECK(refused(R"({"is_unsaved":true})").message.find("never saved") != std::string::npos);
  CHECK(refused(R"({"is_temp":true})").message.find("temporary") != std::string::npos);
  CHECK(refused(R"({"parameters":[{"key":"fee"},{"key":"day"}]})").message.find("2 parameters (fee, day)") !=
        std::string::npos);
  CHECK(refused(R"({"is_archived":true})").code == ErrorCode::usage);

  const auto missing = read_query({404, {}, R"({"error":"Query not found"})"}, 5).error();
  CHECK(missing.code == ErrorCode::not_found);
  CHECK(missing.message == "saved query 5: Query not found (HTTP 404)");
}

TEST_CASE("dune: the id of a new query, also in the other shape; without one it may be saved all the same") {
  CHECK(read_query_id(ok(R"({"query_id":4711})")).value() == 4711);
  CHECK(read_query_id(ok(R"({"base":{"query_id":4711}})")).value() == 4711);
  CHECK(read_query_id(ok("{}")).error().unanswered);
  CHECK(read_query_id({502, {}, ""}).error().unanswered);
  CHECK_FALSE(read_query_id({402, {}, ""}).error().unanswered);
}

TEST_CASE("dune: lineage names the views that the query reads itself") {
  const char* body = R"({"pipeline":{"nodes":[
    {"id":"1","dependencies":[],"materialized_view_refresh":{"name":"dune.a.result_base"}},
    {"id":"2","dependencies":["1"],"materialized_view_refresh":{"name":"dune.a.result_mid"}},
    {"id":"3","dependencies":["2"],"query_execution":{"query_id":4711}}]}})";
  CHECK(read_lineage(ok(body), 4711).value() == std::vector<std::string>{"dune.a.result_mid"});
  CHECK(read_lineage(ok(body), 9).value().size() == 2);
  CHECK(read_lineage(ok(R"({"pipeline":null})"), 1).value().empty());
  CHECK(read_lineage(ok(R"({"pipeline":{"nodes":[7,null,{"id":[]}]}})"), 1).value().empty());
}

TEST_CASE("dune: credits left are those of the current billing period, in either spelling") {
  const Time today = at("2026-11-20T08:00:00Z");
  const char* body = R"({"private_queries":3,"bytes_used":1048576,"bytes_allowed":104857600,"billing_periods":[
    {"start_date":"2026-12-01","end_date":"2027-01-01","credits_used":0,"credits_included":9},
    {"start_date":"2026-11-01","end_date":"2026-12-01","credits_used":120.5,"credits_included":2500},
    {"start_date":"2026-10-01","end_date":"2026-11-01","credits_used":2500,"credits_included":2500}]})";
  auto usage = read_usage(ok(body), today).value();
  CHECK(usage.credits_left() == 2379.5);
  CHECK(usage.period_end == "2026-12-01");
  CHECK(usage.bytes_used == 1048576);
  usage = read_usage(ok(R"({"billingPeriods":[{"credits_used":1,"credits_included":3}]})"), today).value();
  CHECK(usage.credits_left() == 2);
  CHECK_FALSE(read_usage(ok("{}"), today)->credits_left());
  CHECK_FALSE(read_usage(ok(R"({"billing_periods":[{"credits_used":null}]})"), today)->credits_left());
}

TEST_CASE("dune: rate limits are read from the header's list") {
  const HttpResponse response{
      200, {{"ratelimit", R"("write";r=12;t=33, "ip"; r=990 ;t=1)"}, {"RateLimit", R"("x";q=1)"}}, ""};
  const auto limits = read_rate_limits(response);
  REQUIRE(limits.size() == 2);
  CHECK(limits[0].policy == "write");
  CHECK(limits[0].remaining == 12);
  CHECK(limits[0].reset_seconds == 33);
  CHECK(limits[1].policy == "ip");
  CHECK(limits[1].remaining == 990);
  CHECK(read_rate_limits({200, {{"RateLimit", ";;,=,r=,\"a\";r=-5,\"b\";r=99999999999999999999"}}, ""}).empty());
}

TEST_CASE("dune: whoami tells a numeric id") {
  CHECK(read_whoami(ok(R"({"customer_id":"team_456","created_by":"user_1","api_key_id":9})"))->id == "team_456");
  CHECK(read_whoami({404, {}, "404 page not found"}).error().code == ErrorCode::not_found);
}
