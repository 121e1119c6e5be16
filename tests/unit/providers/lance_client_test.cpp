#include <doctest/doctest.h>

#include "lance_bench.hpp"
#include "providers/lance/token.hpp"

namespace lance = matview::providers::lance;
using lance_test::Bench;
using lance_test::Json;
using lance_test::Settings;
using matview::Check;
using matview::ErrorCode;

namespace {

const std::string k_list = "GET v1/namespace/%24/table/list";
const std::string k_token = "POST oauth/token";

matview::HttpHeaders headers_of(Bench& bench, const matview::OptionValues& options = {}) {
  bench.server.answer(k_list, 200, R"({"tables":[]})");
  matview::ListRequest request;
  request.options = options;
  REQUIRE(bench.provider().list(request, bench.control));
  return bench.server.request(k_list).headers;
}

Check::Outcome outcome(const std::vector<Check>& checks, std::string_view name) {
  for (const auto& check : checks)
    if (check.name == name) return check.outcome;
  FAIL("no check of that name");
  return Check::Outcome::failed;
}

}  // namespace

TEST_CASE("lance: key, token and what services ask for beside go in headers") {
  Bench bench(Settings{{"database", "db1"}, {"user_id", "etl"}, {"headers", "x-a: 1"}});
  bench.keys.values["token"] = "t0ken";
  const auto headers = headers_of(bench, {{"header", {"x-b: 2", "x-session-token: hush"}}});
  CHECK(*headers.find("x-api-key") == "k3y-of-the-tests");
  CHECK(*headers.find("Authorization") == "Bearer t0ken");
  CHECK(*headers.find("x-lancedb-database") == "db1");
  CHECK(*headers.find("x-lancedb-user-id") == "etl");
  CHECK(*headers.find("x-a") == "1");
  CHECK(*headers.find("x-b") == "2");
  CHECK(*headers.find("x-session-token") == "hush");
  CHECK(bench.keys.kept == std::vector<std::string>{"hush"});
}

TEST_CASE("lance: without credentials none are sent") {
  Bench bench;
  bench.keys.values.clear();
  const auto headers = headers_of(bench);
  CHECK(headers.find("x-api-key") == nullptr);
  CHECK(headers.find("Authorization") == nullptr);
}

TEST_CASE("lance: credentials stand in the body only where the profile wants them there") {
  Bench bench(Settings{{"identity_in_body", "true"}});
  bench.keys.values["token"] = "t0ken";
  bench.server.answer("POST v1/table/x/describe", 200, lance_test::described(1, 1));
  REQUIRE(bench.provider().describe({"x"}, bench.control));
  CHECK(bench.server.body("POST v1/table/x/describe")["identity"] ==
        Json({{"api_key", "k3y-of-the-tests"}, {"auth_token", "t0ken"}}));
}

TEST_CASE("lance: client credentials become a token that is asked for once and kept from sight") {
  Bench bench(Settings{{"client_id", "me & you"}});
  bench.keys.values = {{"client_secret", "s=cret"}};
  bench.server.answer(k_token, 200, R"({"access_token":"at-1","token_type":"bearer","expires_in":3600})");
  const auto headers = headers_of(bench);
  CHECK(*headers.find("Authorization") == "Bearer at-1");
  CHECK(*bench.server.request(k_token).body ==
        "grant_type=client_credentials&client_id=me%20%26%20you&client_secret=s%3Dcret");
  CHECK(bench.keys.kept == std::vector<std::string>{"at-1"});
  REQUIRE(bench.provider().list({}, bench.control));
  bench.server.request(k_token);
}

TEST_CASE("lance: a token that is refused is renewed once") {
  Bench bench(Settings{{"client_id", "me"}});
  bench.keys.values = {{"client_secret", "secret"}};
  bench.server.answer(k_token, 200, R"({"access_token":"at-1"})");
  bench.server.answer(k_token, 200, R"({"access_token":"at-2"})");
  bench.server.answer(k_list, 200, R"({"tables":[]})");
  bench.server.answer(k_list, 401, R"({"error":"expired","code":16})");
  bench.server.answer(k_list, 200, R"({"tables":[]})");
  REQUIRE(bench.provider().list({}, bench.control));
  REQUIRE(bench.provider().list({}, bench.control));
  CHECK(*bench.server.requests.back().headers.find("Authorization") == "Bearer at-2");
  bench.server.answer(k_list, 401, R"({"error":"no","code":16})");
  bench.provider().list({}, bench.control);
  const auto before = bench.server.requests.size();
  const auto refused = bench.provider().list({}, bench.control);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == ErrorCode::auth);
  CHECK(bench.server.requests.size() == before + 3);  // the list, a token, the list once more
}

TEST_CASE("lance: a client that is refused is told with what the server says") {
  const auto error = [](int status, std::string body) {
    return lance::read_token({status, {}, std::move(body)}).error();
  };
  CHECK(error(401, R"({"error":"invalid_client","error_description":"unknown client"})").message ==
        "no token for the client: unknown client (HTTP 401)");
  CHECK(error(400, R"({"error":"invalid_client"})").code == ErrorCode::auth);
  CHECK(error(404, "Not Found").code == ErrorCode::not_found);
  CHECK(error(200, "{}").code == ErrorCode::auth);
  CHECK(error(200, R"({"access_token":"a\r\nx: y"})").code == ErrorCode::auth);
  CHECK(error(200, "<html>").code == ErrorCode::unavailable);
  Bench bench(Settings{{"client_id", "me"}});
  bench.keys.values.clear();
  CHECK(bench.provider().list({}, bench.control).error().message.find("client_secret") != std::string::npos);
}

TEST_CASE("lance: a dry run with client credentials shows how the token would come") {
  Bench bench(Settings{{"client_id", "me"}});
  bench.keys.values = {{"client_secret", "secret"}};
  const auto plan = bench.provider().plan_refresh({"recent", false, false, {}}, bench.control).value();
  REQUIRE(plan.requests.size() == 2);
  CHECK(plan.requests[0].body->find(matview::secret_placeholder("CLIENT_SECRET")) != std::string::npos);
  CHECK(*plan.requests[1].headers.find("Authorization") == "Bearer " + matview::secret_placeholder("LANCEDB_TOKEN"));
  CHECK(bench.server.requests.empty());
}

TEST_CASE("lance: doctor tells what is there and what is not") {
  using enum Check::Outcome;
  Bench bench;
  bench.server.answer(k_list, 200, R"({"tables":[]})", {{"Date", "Thu, 15 Jan 2026 12:00:07 GMT"}});
  bench.server.answer("POST v1/jobs/list", 200, R"({"jobs":[]})");
  auto checks = bench.provider().doctor(bench.control).value();
  for (const char* name : {"connection", "credentials", "list", "jobs", "clock"}) CHECK(outcome(checks, name) == ok);

  Bench poor;
  poor.keys.values.clear();
  poor.server.answer(k_list, 200, R"({"tables":[]})", {{"Date", "Thu, 15 Jan 2026 13:00:00 GMT"}});
  checks = poor.provider().doctor(poor.control).value();
  CHECK(outcome(checks, "credentials") == warning);
  CHECK(outcome(checks, "jobs") == warning);
  CHECK(outcome(checks, "clock") == warning);

  Bench refused;
  refused.server.answer(k_list, 401, R"({"error":"who are you?","code":16})");
  CHECK(outcome(refused.provider().doctor(refused.control).value(), "credentials") == failed);
  Bench forbidden;
  forbidden.server.answer(k_list, 403, R"({"error":"not you","code":15})");
  CHECK(outcome(forbidden.provider().doctor(forbidden.control).value(), "list") == failed);
  Bench away;
  away.server.answer(k_list, matview::Error(ErrorCode::unavailable, "no connection"));
  checks = away.provider().doctor(away.control).value();
  CHECK(outcome(checks, "connection") == failed);
  CHECK(checks.size() == 1);
}
