#include <doctest/doctest.h>

#include "providers/lance/errors.hpp"

namespace lance = matview::providers::lance;
using matview::ErrorCode;
using matview::HttpResponse;

namespace {

HttpResponse coded(int status, int code) {
  return {status, {}, R"({"error":"as it is","code":)" + std::to_string(code) + "}"};
}

}  // namespace

TEST_CASE("every code of the specification has its meaning") {
  const std::pair<int, ErrorCode> meanings[] = {
      {0, ErrorCode::unsupported},  {1, ErrorCode::not_found},  {2, ErrorCode::conflict},
      {3, ErrorCode::conflict},     {4, ErrorCode::not_found},  {5, ErrorCode::conflict},
      {6, ErrorCode::failed},       {7, ErrorCode::conflict},   {8, ErrorCode::not_found},
      {9, ErrorCode::conflict},     {10, ErrorCode::not_found}, {11, ErrorCode::not_found},
      {12, ErrorCode::failed},      {13, ErrorCode::failed},    {14, ErrorCode::conflict},
      {15, ErrorCode::auth},        {16, ErrorCode::auth},      {17, ErrorCode::unavailable},
      {18, ErrorCode::unavailable}, {19, ErrorCode::conflict},  {20, ErrorCode::failed},
      {21, ErrorCode::unavailable}, {22, ErrorCode::not_found}, {23, ErrorCode::conflict}};
  for (const auto& [code, meant] : meanings) {
    CAPTURE(code);
    // The code decides, whatever the status.
    CHECK(lance::read_error(coded(418, code)).code == meant);
    CHECK_FALSE(lance::code_name(code).empty());
  }
  for (const int code : {14, 17, 18, 21}) CHECK(lance::read_error(coded(500, code)).retryable);
  CHECK_FALSE(lance::read_error(coded(500, 13)).retryable);
}

TEST_CASE("an error tells what the server said, the status and the code") {
  const auto error = lance::read_error(
      {404, {{"x-request-id", "r-1"}}, R"({"error":"Table 'x' not found","code":4,"detail":"at line 1\nat line 2"})"});
  CHECK(error.message == "Table 'x' not found (HTTP 404, code 4 TableNotFound)");
  CHECK(error.detail == "at line 1\nat line 2");
  CHECK(error.http_status == 404);
  CHECK(error.request_id == "r-1");
}

TEST_CASE("a code that nobody knows is shown, and the status decides") {
  const auto error = lance::read_error(coded(500, 99));
  CHECK(error.message == "as it is (HTTP 500, code 99)");
  CHECK(error.code == ErrorCode::unavailable);
  CHECK(lance::read_error(coded(404, -5)).code == ErrorCode::not_found);
}

TEST_CASE("the older shape, plain text and nothing at all are read by their status") {
  const auto old = lance::read_error(
      {404, {}, R"({"type":"/e","title":"No such table","status":404,"detail":"look again","instance":"/x"})"});
  CHECK(old.message == "No such table (HTTP 404)");
  CHECK(old.detail == "look again");
  CHECK(old.code == ErrorCode::not_found);
  CHECK(lance::read_error({400, {}, "Failed to parse the request body"}).message ==
        "Failed to parse the request body (HTTP 400)");
  CHECK(lance::read_error({403, {}, ""}).code == ErrorCode::auth);
  CHECK(lance::read_error({503, {}, "<html><title>Busy</title>"}).message == "Busy (HTTP 503)");
  for (const char* body : {"[]", "null", "7", "\"x\"", R"({"error":7,"code":"four","detail":[]})"})
    CHECK(lance::read_error({404, {}, body}).code == ErrorCode::not_found);
}

TEST_CASE("only what leaves open whether it was done is unanswered") {
  for (const int status : {408, 502, 504}) CHECK(lance::read_error({status, {}, ""}).unanswered);
  CHECK(lance::read_error({500, {}, "oops"}).unanswered);
  CHECK_FALSE(lance::read_error(coded(500, 18)).unanswered);
  for (const int status : {400, 401, 404, 409, 429, 503}) CHECK_FALSE(lance::read_error({status, {}, ""}).unanswered);
  CHECK(lance::read_json({200, {}, "{\"version\":"}).error().unanswered);
  CHECK(lance::read_nothing({200, {}, "<html>log in</html>"}).error().unanswered);
  CHECK(lance::read_nothing({204, {}, ""}));
}

TEST_CASE("what helps is said") {
  CHECK(lance::read_error(coded(401, 16)).hint.find("LANCEDB_API_KEY") != std::string::npos);
  const HttpResponse rows{
      400, {}, R"({"error":"refresh needs Stable Row IDs on the source: stable row ids missing","code":13})"};
  CHECK(lance::read_error(rows).hint.find("new_table_enable_stable_row_ids") != std::string::npos);
  CHECK(lance::is_unsupported(coded(406, 0)));
  CHECK(lance::is_unsupported({405, {}, ""}));
  CHECK_FALSE(lance::is_unsupported({404, {}, ""}));
}

TEST_CASE("text from a server brings no control characters and does not go on for ever") {
  const auto error = lance::read_error(
      {400, {}, R"({"error":"a\u001b[31mb","code":13,"detail":")" + std::string(100'000, 'x') + "\"}"});
  CHECK(error.message.find('\x1b') == std::string::npos);
  CHECK(error.detail.size() < 2100);
}
