#include "output/requests.hpp"

#include <doctest/doctest.h>

#include "matview/secret.hpp"
#include "output/print.hpp"
#include "output/values.hpp"
#include "support/json.hpp"
#include "unit/output/samples.hpp"

using namespace matview;
using namespace matview::output;

namespace {

HttpRequest refresh_request() {
  HttpRequest request;
  request.purpose = "refresh 'daily'";
  request.method = "POST";
  request.url = "https://api.example/v1/daily?performance=large";
  request.headers = {{"Content-Type", "application/json"},
                     {"Authorization", "Bearer " + secret_placeholder("API_TOKEN")},
                     {"X-Tag", "a"},
                     {"X-Tag", "b"},
                     {"X-Tag", "c"}};
  request.body = R"({"performance":"large","tags":["x"]})";
  return request;
}

std::string json(const HttpRequest& request) { return support::to_json(to_value(request)); }

Plan plan_with(HttpRequest request) {
  Plan plan;
  plan.operation = "refresh";
  plan.view = "daily";
  plan.requests.push_back(std::move(request));
  return plan;
}

}  // namespace

TEST_CASE("a request as JSON has its body as a value, repeated headers as a list, and no secret") {
  CHECK(json(refresh_request()) ==
        R"({"purpose":"refresh 'daily'","method":"POST","url":"https://api.example/v1/daily?performance=large",)"
        R"("headers":{"Content-Type":"application/json","Authorization":"Bearer ***","X-Tag":["a","b","c"]},)"
        R"("body":{"performance":"large","tags":["x"]}})");
}

TEST_CASE("a body that is no JSON is text, none is null") {
  HttpRequest request = refresh_request();
  request.headers = {};
  request.body = "a=1&b=2";
  CHECK(to_value(request).at("body") == Value("a=1&b=2"));
  request.body.reset();
  CHECK(to_value(request).at("body").is_null());
}

TEST_CASE("a request as text is laid out as it goes over the wire") {
  CHECK(request_text(refresh_request()) ==
        "POST https://api.example/v1/daily?performance=large\n"
        "Content-Type: application/json\n"
        "Authorization: Bearer ***\n"
        "X-Tag: a\nX-Tag: b\nX-Tag: c\n"
        "\n"
        "{\n  \"performance\": \"large\",\n  \"tags\": [\n    \"x\"\n  ]\n}\n");
}

TEST_CASE("a secret that is no placeholder is masked all the same: in headers that hold them, and in bodies") {
  HttpRequest request = refresh_request();
  request.headers = {{"Cookie", "JSESSIONID=s3cret"}};
  request.body = R"({"username":"etl","password":"s3cret"})";
  const auto text = request_text(request);
  CHECK(text.find("s3cret") == std::string::npos);
  CHECK(text.find("Cookie: ***") != std::string::npos);
  CHECK(text.find("etl") != std::string::npos);
  CHECK(json(request).find("s3cret") == std::string::npos);
}

TEST_CASE("a placeholder is masked wherever it stands") {
  HttpRequest request = refresh_request();
  request.url = "https://api.example/" + secret_placeholder("KEY");
  request.body = "token=" + secret_placeholder("KEY");
  CHECK(request_text(request).find("KEY") == std::string::npos);
  CHECK(json(request).find("KEY") == std::string::npos);
}

TEST_CASE("a plan shows each of its requests under what it is for") {
  StringSink sink;
  REQUIRE(print_plans(sink, {plan_with(refresh_request())}, Format::table, samples::piped()));
  CHECK(sink.text().starts_with("would refresh 'daily'\n\nREQUEST 1: refresh 'daily'\n  POST https://api.example/"));
  CHECK(sink.text().find("    \"performance\": \"large\"") != std::string::npos);
}

TEST_CASE("a plan as JSON has its requests") {
  StringSink sink;
  REQUIRE(print_plans(sink, {plan_with(refresh_request())}, Format::json, samples::piped()));
  const auto document = support::parse_json(sink.text());
  REQUIRE(document);
  const auto& requests = *document->at("plans").if_array()->front().at("requests").if_array();
  REQUIRE(requests.size() == 1);
  CHECK(requests.front().at("method") == Value("POST"));
}

TEST_CASE("a plan as curl is a script: comments on one line, secrets as variables") {
  HttpRequest request = refresh_request();
  request.purpose = "refresh 'a\nrm -rf x'";
  StringSink sink;
  REQUIRE(print_curl(sink, {plan_with(request), plan_with(refresh_request())}, samples::piped()));
  CHECK(sink.text().starts_with("# refresh 'a rm -rf x'\ncurl "));
  CHECK(sink.text().find("\"$API_TOKEN\"") != std::string::npos);
  CHECK(sink.text().find("\n\n# refresh 'daily'\ncurl ") != std::string::npos);
}

TEST_CASE("a plan without requests cannot be printed as curl") {
  StringSink sink;
  const auto printed = print_curl(sink, {Plan{}}, samples::piped());
  REQUIRE_FALSE(printed);
  CHECK(printed.error().code == ErrorCode::unsupported);
}

TEST_CASE("the plan of cancelling names the job, and its view where that is known") {
  Plan plan;
  plan.operation = "cancel";
  plan.native.set("job", "01HZ");
  StringSink sink;
  REQUIRE(print_plans(sink, {plan}, Format::table, samples::piped()));
  CHECK(sink.text() == "would cancel job '01HZ'\n");
  plan.view = "daily";
  StringSink known;
  REQUIRE(print_plans(known, {plan}, Format::table, samples::piped()));
  CHECK(known.text() == "would cancel job '01HZ' of 'daily'\n");
}
