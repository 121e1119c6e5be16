#include <doctest/doctest.h>

#include <set>

#include "http/curl_transport.hpp"
#include "matview/version.hpp"
#include "unit/http/caller.hpp"
#include "unit/http/socket_server.hpp"

using matview::HttpRequest;
using matview::TransportOptions;
using matview::http::open_curl_transport;
using matview::test::answer;
using matview::test::Caller;
using matview::test::ReceivedRequest;
using matview::test::SocketServer;

namespace {

/// What arrives when `request` is sent.
ReceivedRequest received(HttpRequest request, std::string_view path = "/") {
  ReceivedRequest seen;
  SocketServer server(SocketServer::answering([&](const ReceivedRequest& got) {
    seen = got;
    return answer(200, "{}");
  }));
  request.url = server.url(path);
  Caller caller;
  const auto response = open_curl_transport({})->send(request, caller.control);
  REQUIRE(response);
  REQUIRE(response->status == 200);
  return seen;
}

}  // namespace

TEST_CASE("an answer comes back whole: status, fields, body") {
  SocketServer server(SocketServer::answering([](const ReceivedRequest&) {
    return answer(404, "not here", "X-One: 1\r\nSet-Cookie: a=1\r\nset-cookie:  b=2 \r\nX-Empty:\r\n");
  }));
  Caller caller;
  const auto response = open_curl_transport({})->send({.url = server.url("/x")}, caller.control);
  REQUIRE(response);
  CHECK(response->status == 404);
  CHECK(response->body == "not here");
  CHECK(*response->headers.find("x-one") == "1");
  CHECK(response->headers.all("Set-Cookie") == std::vector<std::string>{"a=1", "b=2"});
  CHECK(response->headers.find("X-Empty")->empty());
}

TEST_CASE("what is sent is the request as it was given, and who sends it") {
  const auto seen = received({.method = "POST",
                              .headers = {{"X-Key", "k"}, {"Content-Type", "application/json"}, {"X-Empty", ""}},
                              .body = R"({"a":1})"},
                             "/v1/a%2Fb/../c?x=%20y&z");
  CHECK(seen.line() == "POST /v1/a%2Fb/../c?x=%20y&z HTTP/1.1");
  CHECK(seen.body == R"({"a":1})");
  CHECK(seen.field("x-key") == "k");
  CHECK(seen.field("x-empty") == "");
  CHECK(seen.field("content-type") == "application/json");
  CHECK(seen.field("content-length") == "7");
  CHECK(seen.field("user-agent") == "matview/" + std::string(matview::version()));
  CHECK(seen.field("accept-encoding") == "gzip");
  CHECK_FALSE(seen.field("expect"));
}

TEST_CASE("every request has an id of its own, or the one it was given") {
  std::set<std::string> ids;
  SocketServer server(SocketServer::answering([&](const ReceivedRequest& got) {
    ids.insert(got.field("X-Request-Id").value_or(""));
    return answer(200);
  }));
  const auto transport = open_curl_transport({});
  Caller caller;
  for (int i = 0; i < 3; ++i) REQUIRE(transport->send({.url = server.url()}, caller.control));
  CHECK(ids.size() == 3);
  for (const auto& id : ids) CHECK(id.size() == 36);
  REQUIRE(transport->send({.url = server.url(), .headers = {{"x-request-id", "mine"}}}, caller.control));
  CHECK(ids.contains("mine"));
}

TEST_CASE("a body has no type but the one it was given") {
  const auto seen = received({.method = "POST", .body = "a=1"});
  CHECK_FALSE(seen.field("Content-Type"));
}

TEST_CASE("a request that could have a body and has none says so") {
  for (const char* method : {"POST", "PUT", "PATCH"}) {
    CAPTURE(method);
    const auto seen = received({.method = method});
    CHECK(seen.line() == std::string(method) + " / HTTP/1.1");
    CHECK(seen.field("Content-Length") == "0");
    CHECK_FALSE(seen.field("Content-Type"));
  }
  for (const char* method : {"GET", "DELETE"}) {
    CAPTURE(method);
    const auto seen = received({.method = method});
    CHECK(seen.line() == std::string(method) + " / HTTP/1.1");
    CHECK_FALSE(seen.field("Content-Length"));
  }
}

TEST_CASE("a body goes with every method, byte for byte, and is not asked leave for") {
  std::string body;
  for (int i = 0; i < 3'000'000; ++i) body += static_cast<char>(i * 31 % 251);
  for (const char* method : {"POST", "PUT", "PATCH", "DELETE", "GET"}) {
    CAPTURE(method);
    const auto seen = received({.method = method, .body = body});
    CHECK(seen.line() == std::string(method) + " / HTTP/1.1");
    CHECK(seen.body == body);
    CHECK_FALSE(seen.field("Expect"));
  }
}

TEST_CASE("the answer to HEAD has no body to wait for") {
  SocketServer server(SocketServer::answering(
      [](const ReceivedRequest&) { return "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n"; }));
  Caller caller;
  const auto response = open_curl_transport({})->send({.method = "HEAD", .url = server.url()}, caller.control);
  REQUIRE(response);
  CHECK(response->body.empty());
}

TEST_CASE("a request that would be another one on the wire is not sent") {
  std::atomic<int> requests = 0;
  SocketServer server(SocketServer::answering([&](const ReceivedRequest&) {
    ++requests;
    return answer(200);
  }));
  const auto transport = open_curl_transport({});
  const std::vector<HttpRequest> wrong = {
      {.url = server.url(), .headers = {{"X-Key", "secret\r\nX-Other: 1"}}},
      {.url = server.url(), .headers = {{"X-Key", std::string("a\0b", 3)}}},
      {.url = server.url(), .headers = {{"X Key", "a"}}},
      {.url = server.url(), .headers = {{"X-Key:a\r\nY", "a"}}},
      {.url = server.url(), .headers = {{"", "a"}}},
      {.method = "GET /x HTTP/1.1\r\n", .url = server.url()},
      {.method = "", .url = server.url()},
      {.url = server.url("/a b")},
      {.url = "file:///etc/passwd"},
      {.url = "ftp://127.0.0.1/"},
      {.url = "http://user:secret@127.0.0.1/"},
      {.url = ""},
  };
  for (const auto& request : wrong) {
    CAPTURE(request.url);
    Caller caller;
    const auto response = transport->send(request, caller.control);
    REQUIRE_FALSE(response);
    CHECK(response.error().code == matview::ErrorCode::usage);
    CHECK_FALSE(response.error().unanswered);
    CHECK(response.error().message.find("secret") == std::string::npos);
  }
  CHECK(requests == 0);
}

TEST_CASE("an interim answer is not the answer") {
  SocketServer server(SocketServer::answering([](const ReceivedRequest&) {
    return "HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n" + answer(201, "made", "X-Real: yes\r\n");
  }));
  Caller caller;
  const auto response = open_curl_transport({})->send({.url = server.url()}, caller.control);
  REQUIRE(response);
  CHECK(response->status == 201);
  CHECK(response->body == "made");
  CHECK_FALSE(response->headers.find("Link"));
  CHECK(response->headers.find("X-Real"));
}

TEST_CASE("chunks are put together, and what is trailed after them is no field of the answer") {
  SocketServer server(SocketServer::answering([](const ReceivedRequest&) {
    return "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n4;x=1\r\ndefg\r\n0\r\nX-Trailer: "
           "1\r\n\r\n";
  }));
  Caller caller;
  const auto response = open_curl_transport({})->send({.url = server.url()}, caller.control);
  REQUIRE(response);
  CHECK(response->body == "abcdefg");
  CHECK_FALSE(response->headers.find("X-Trailer"));
}
