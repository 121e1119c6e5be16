#include "providers/thoughtspot/fault.hpp"
#include "thoughtspot_world.hpp"

using namespace matview;
using namespace matview::providers::thoughtspot;
using matview::test::thoughtspot::json_answer;

namespace {

constexpr const char* k_incident = "aaaaaaaa-0000-4000-8000-000000000001";
constexpr const char* k_trace = "bbbbbbbb-0000-4000-8000-000000000002";

std::string flat(const std::string& debug) {
  return std::string(R"({"code":10002,"incident_id_guid":")") + k_incident + R"(","trace_id_guid":")" + k_trace +
         R"(","debug":)" + debug + "}";
}

}  // namespace

TEST_CASE("every shape of an error gives the same code, ids and words") {
  const std::string debug = R"("[\"the id is malformed\", null]")";
  for (const std::string& body :
       {flat(debug), flat(R"(["the id is malformed"])"), flat(R"("the id is malformed")"),
        R"({"error":{"message":)" + flat(debug) + "}}", R"({"error":{"message":{"debug":)" + flat(debug) + "}}}"}) {
    CAPTURE(body);
    const auto fault = read_fault(json_answer(400, body));
    CHECK(fault.code == 10002);
    CHECK(fault.incident == k_incident);
    CHECK(fault.trace == k_trace);
    CHECK(fault.text == "the id is malformed");
  }
  const auto plain = read_fault(json_answer(404, R"({"error":{"code":13003,"message":"no such object"}})"));
  CHECK(plain.code == 13003);
  CHECK(plain.text == "no such object");
}

TEST_CASE("an empty body, a page and a body of null say nothing, and nothing breaks") {
  for (const auto& response :
       {HttpResponse{500, {}, ""}, HttpResponse{404, {{"Content-Type", "text/html"}}, "<html><h1>gone</h1></html>"},
        json_answer(500, "null"), json_answer(500, "[]"), json_answer(500, flat("\"[null]\"").replace(8, 5, "null ")),
        json_answer(500, R"({"code":{"code":[]},"debug":{"debug":7}})")}) {
    CAPTURE(response.body);
    const auto fault = read_fault(response);
    CHECK_FALSE(fault.code);
    CHECK(fault.text.empty());
    CHECK_FALSE(read_error(response).message.empty());
  }
}

TEST_CASE("ids come from the headers where the body has none") {
  HttpResponse response{500, {{"x-callosum-incident-id", k_incident}, {"x-callosum-trace-id", k_trace}}, ""};
  const auto error = read_error(response);
  CHECK(error.request_id == k_incident);
  CHECK(error.message ==
        std::string("internal error of the server (HTTP 500, incident ") + k_incident + ", trace " + k_trace + ")");
}

TEST_CASE("the message names status, code, incident and trace") {
  const auto error = read_error(json_answer(400, flat(R"("the id is malformed")")));
  CHECK(error.code == ErrorCode::failed);
  CHECK(error.http_status == 400);
  CHECK(error.request_id == k_incident);
  CHECK(error.message ==
        std::string("the id is malformed (HTTP 400, code 10002, incident ") + k_incident + ", trace " + k_trace + ")");
}

TEST_CASE("a code of ThoughtSpot decides before the status does") {
  const auto code = [](int status, int number) {
    return read_error(json_answer(status, R"({"code":)" + std::to_string(number) + "}")).code;
  };
  CHECK(code(500, 10023) == ErrorCode::auth);
  CHECK(code(500, 10001) == ErrorCode::unavailable);
  CHECK(code(400, 13003) == ErrorCode::not_found);
  CHECK(code(401, 10003) == ErrorCode::auth);
  CHECK(code(400, 13005) == ErrorCode::conflict);
  CHECK(code(400, 30000) == ErrorCode::unavailable);
  CHECK(code(400, 99999) == ErrorCode::failed);
  CHECK(code(503, 99999) == ErrorCode::unavailable);
}

TEST_CASE("what a server writes becomes one clean line") {
  CHECK(plain_line("first<br/>second<br>third") == "first; second; third");
  CHECK(plain_line("broken\n\tat com.example.Main(Main.java:7)") == "broken");
  CHECK(plain_line("Error Code: INVALID_INPUT Incident Id: 1 Error Message: the id is malformed") ==
        "the id is malformed");
  CHECK(plain_line("red \x1b[31malert\x1b[0m\a") == "red alert\xEF\xBF\xBD");
  CHECK(plain_line(std::string(5000, 'x')).size() < 320);
  CHECK(plain_line("") == "");
}

TEST_CASE("a missing call is told from a missing object") {
  CHECK(is_missing_call({405, {}, ""}));
  CHECK(is_missing_call({404, {{"Content-Type", "text/html"}}, "<html>not found</html>"}));
  CHECK(is_missing_call({404, {}, ""}));
  CHECK_FALSE(is_missing_call(json_answer(404, R"({"code":13003})")));
  CHECK_FALSE(is_missing_call({500, {}, ""}));
}

TEST_CASE("a web page with a success is maintenance and never a success") {
  for (const auto& page :
       {HttpResponse{200, {{"Content-Type", "text/html; charset=utf-8"}}, "<p>System Maintenance</p>"},
        HttpResponse{200, {}, "\n<!DOCTYPE html><html></html>"}}) {
    const auto read = read_document(page);
    REQUIRE_FALSE(read);
    CHECK(read.error().code == ErrorCode::unavailable);
    CHECK(read.error().retryable);
    CHECK_FALSE(check_no_page(page));
  }
  CHECK(check_no_page({204, {}, ""}));
}

TEST_CASE("a body that nests without end is read to an end") {
  std::string deep;
  for (int i = 0; i < 400; ++i) deep += R"({"error":)";
  deep += "1" + std::string(400, '}');
  CHECK_FALSE(read_fault(json_answer(500, deep)).code);
}
