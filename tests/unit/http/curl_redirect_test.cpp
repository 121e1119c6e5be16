#include <doctest/doctest.h>
#include <fmt/format.h>

#include "http/curl_transport.hpp"
#include "unit/http/caller.hpp"
#include "unit/http/socket_server.hpp"

using matview::ErrorCode;
using matview::HttpRequest;
using matview::RetryRule;
using matview::http::open_curl_transport;
using matview::test::answer;
using matview::test::Caller;
using matview::test::ReceivedRequest;
using matview::test::SocketServer;

namespace {

/// Redirects everything but /end, keeping the request lines.
class Redirecting {
 public:
  explicit Redirecting(std::string location, int status = 302)
      : server_(SocketServer::answering([this, location = std::move(location), status](const ReceivedRequest& request) {
          lines_.push_back(request.line());
          keys_.push_back(request.field("X-Key").value_or("none"));
          if (request.line().find(" /end") != std::string::npos) return answer(200, "arrived");
          return answer(status, "", fmt::format("Location: {}\r\n", location));
        })) {}

  matview::Result<matview::HttpResponse> get(std::string_view path = "/a/b/start?token=hunter2") {
    return send({.url = server_.url(path), .headers = {{"X-Key", "k"}}});
  }
  matview::Result<matview::HttpResponse> send(HttpRequest request) {
    if (request.url.empty()) request.url = server_.url("/start");
    Caller caller;
    return open_curl_transport({})->send(request, caller.control);
  }

  std::string place() const { return server_.place(); }
  const std::vector<std::string>& lines() const { return lines_; }
  const std::vector<std::string>& keys() const { return keys_; }

 private:
  std::vector<std::string> lines_;
  std::vector<std::string> keys_;
  SocketServer server_;
};

}  // namespace

TEST_CASE("a redirect on the same server is followed, with the request's fields") {
  for (const int status : {301, 302, 303, 307, 308}) {
    CAPTURE(status);
    Redirecting server("/end?x=1#part", status);
    const auto response = server.get();
    REQUIRE(response);
    CHECK(response->body == "arrived");
    REQUIRE(server.lines().size() == 2);
    CHECK(server.lines()[1] == "GET /end?x=1 HTTP/1.1");
    CHECK(server.keys() == std::vector<std::string>{"k", "k"});
  }
}

TEST_CASE("a place is understood as seen from where the request went") {
  for (const auto& [location, line] : std::vector<std::pair<std::string, std::string>>{
           {"../end", "GET /a/end HTTP/1.1"},
           {"end?y", "GET /a/b/end?y HTTP/1.1"},
           {"/end/%2e%24", "GET /end/%2e%24 HTTP/1.1"},
           {"/end/a b", "GET /end/a%20b HTTP/1.1"},
       }) {
    CAPTURE(location);
    Redirecting server(location);
    static_cast<void>(server.get());
    REQUIRE(server.lines().size() >= 2);
    CHECK(server.lines()[1] == line);
  }
  SocketServer absolute(SocketServer::answering([&](const ReceivedRequest& request) {
    if (request.line().starts_with("GET /end")) return answer(200, "arrived");
    return answer(302, "", fmt::format("Location: http://{}/end\r\n", request.field("Host").value()));
  }));
  Caller caller;
  CHECK(open_curl_transport({})->send({.url = absolute.url()}, caller.control).value().body == "arrived");
}

TEST_CASE("a redirect to another host, port or scheme is refused, naming it and nothing else") {
  Redirecting other("/end");
  for (const auto& [location, origin] : std::vector<std::pair<std::string, std::string>>{
           {fmt::format("http://{}/end?token=hunter2", other.place()), fmt::format("http://{}", other.place())},
           {"https://sso.example.com/login?token=hunter2", "https://sso.example.com:443"},
           {"//evil.example.com/end?token=hunter2", "http://evil.example.com:80"},
       }) {
    CAPTURE(location);
    Redirecting server(location);
    const auto response = server.get();
    REQUIRE_FALSE(response);
    const auto& error = response.error();
    CHECK(error.code == ErrorCode::unavailable);
    CHECK(error.message == fmt::format("http://{} answered with a redirect to {} (HTTP 302), which is not followed",
                                       server.place(), origin));
    CHECK(error.hint.find("hunter2") == std::string::npos);
    CHECK(error.http_status == 302);
    CHECK_FALSE(error.retryable);
    CHECK(server.lines().size() == 1);
  }
  CHECK(other.lines().empty());
}

TEST_CASE("a redirect to what is no address of the web is refused") {
  for (const char* location :
       {"file:///etc/passwd", "http://user:hunter2@127.0.0.1/end", "http://", "http://[::1", "javascript:1"}) {
    CAPTURE(location);
    Redirecting server(location);
    const auto response = server.get();
    REQUIRE_FALSE(response);
    CHECK(response.error().code == ErrorCode::unavailable);
    CHECK(response.error().message.find("hunter2") == std::string::npos);
  }
}

TEST_CASE("a redirect that does not end is given up") {
  Redirecting server("/again");
  const auto response = server.get();
  REQUIRE_FALSE(response);
  CHECK(response.error().code == ErrorCode::unavailable);
  CHECK(response.error().message == fmt::format("{} redirects without end: 6 times so far", server.place()));
  CHECK(server.lines().size() == 6);
}

TEST_CASE("what changes something is never sent to another place, and 307 says that it was not done") {
  for (const int status : {301, 302, 303, 307, 308}) {
    CAPTURE(status);
    Redirecting server("/end", status);
    const auto response = server.send({.method = "POST", .body = "{}", .retry = RetryRule::submit()});
    REQUIRE_FALSE(response);
    CHECK(response.error().message ==
          fmt::format("http://{} answered with a redirect to another path (HTTP {}), which is not followed",
                      server.place(), status));
    CHECK(response.error().unanswered == (status < 307));
    CHECK(server.lines().size() == 1);
  }
}

TEST_CASE("what looks like a redirect and names no place is an answer") {
  SocketServer server(SocketServer::answering([](const ReceivedRequest&) { return answer(302, "where to?"); }));
  Caller caller;
  const auto response = open_curl_transport({})->send({.url = server.url()}, caller.control);
  REQUIRE(response);
  CHECK(response->status == 302);

  SocketServer same(SocketServer::answering(
      [](const ReceivedRequest&) { return answer(304, "", "Location: http://elsewhere.example.com/\r\n"); }));
  CHECK(open_curl_transport({})->send({.url = same.url()}, caller.control).value().status == 304);
}
