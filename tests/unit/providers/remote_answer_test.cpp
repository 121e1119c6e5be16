#include <doctest/doctest.h>

#include <string>

#include "providers/remote/answer.hpp"

namespace remote = matview::providers::remote;
using matview::ErrorCode;
using matview::HttpResponse;

TEST_CASE("the status decides the code of an error and whether trying again may help") {
  const auto code = [](int status) { return remote::http_error({status}, "").code; };
  CHECK(code(401) == ErrorCode::auth);
  CHECK(code(403) == ErrorCode::auth);
  CHECK(code(404) == ErrorCode::not_found);
  CHECK(code(405) == ErrorCode::unsupported);
  CHECK(code(409) == ErrorCode::conflict);
  CHECK(code(400) == ErrorCode::failed);
  CHECK(code(402) == ErrorCode::failed);
  for (const int status : {408, 429, 500, 502, 503, 504, 599}) {
    CAPTURE(status);
    CHECK(code(status) == ErrorCode::unavailable);
    CHECK(remote::http_error({status}, "").retryable);
  }
  CHECK_FALSE(remote::http_error({400}, "").retryable);
}

TEST_CASE("an error says what the server said, or else what its status means, on one clean line") {
  CHECK(remote::http_error({401}, "Invalid API Key").message == "Invalid API Key (HTTP 401)");
  CHECK(remote::http_error({503}, "").message == "service unavailable (HTTP 503)");
  CHECK(remote::http_error({302}, "").message == "unexpected redirect (HTTP 302)");
  CHECK(remote::http_error({400}, "a\x1b[31mred\nline").message == "ared line (HTTP 400)");
  HttpResponse response{500};
  response.headers.set("X-Callosum-Incident-Id", "i-1");
  CHECK(remote::http_error(response, "").request_id == "i-1");
  CHECK(remote::http_error(response, "").http_status == 500);
}

TEST_CASE("a page in the place of an answer is told from one") {
  CHECK(remote::is_html({200, {{"content-type", "text/html; charset=utf-8"}}, "x"}));
  CHECK(remote::is_html({200, {}, " \n<!DOCTYPE html><p>Site Maintenance"}));
  CHECK(remote::is_html({200, {{"Content-Type", "application/json"}}, "<HTML><body>log in"}));
  CHECK_FALSE(remote::is_html({200, {}, R"({"a":"<html>"})"}));
  CHECK_FALSE(remote::is_html({204, {}, ""}));
}

TEST_CASE("what is no whole JSON is unavailable, and the request may have been carried out") {
  for (const char* body : {"", "{\"a\":", "<html>log in</html>", "{\"a\":1}}", "nothing"}) {
    CAPTURE(body);
    const auto value = remote::json_body({200, {}, body});
    REQUIRE_FALSE(value);
    CHECK(value.error().code == ErrorCode::unavailable);
    CHECK(value.error().unanswered);
    CHECK(value.error().http_status == 200);
  }
  CHECK(remote::json_body({200, {{"Content-Type", "text/plain"}}, "[1]"}).value().if_array() != nullptr);
}

TEST_CASE("the first line of a page is its text") {
  CHECK(remote::first_line("<html><head><title>502 Bad Gateway</title></head><body>x") == "502 Bad Gateway");
  CHECK(remote::first_line("\n\n  plain text \nmore") == "plain text");
  CHECK(remote::first_line("").empty());
  CHECK(remote::first_line(std::string(5000, 'x')).size() < 210);
}

TEST_CASE("the request of an error is told without its query") {
  matview::HttpRequest request;
  request.method = "POST";
  request.url = "https://example.com/v1/x?token=abc";
  const auto error = remote::with_request(matview::Error(ErrorCode::failed, "no"), request);
  CHECK(error.detail == "request: POST https://example.com/v1/x");
}
