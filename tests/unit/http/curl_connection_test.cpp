#include <doctest/doctest.h>
#include <fmt/format.h>
#include <stdlib.h>

#include <set>
#include <thread>

#include "http/curl_transport.hpp"
#include "unit/http/caller.hpp"
#include "unit/http/socket_server.hpp"

using namespace std::chrono_literals;
using matview::ErrorCode;
using matview::HttpRequest;
using matview::RetryRule;
using matview::TransportOptions;
using matview::http::open_curl_transport;
using matview::test::answer;
using matview::test::Caller;
using matview::test::Peer;
using matview::test::ReceivedRequest;
using matview::test::SocketServer;

namespace {

/// A server that takes one request on each connection, answers it, and then ends the second one with `end`.
/// `requests` counts what came.
SocketServer::Serve failing_second(std::atomic<int>& requests, void (*end)(Peer&)) {
  return [&requests, end](Peer& peer) {
    while (peer.read()) {
      if (++requests == 2) return end(peer);
      peer.write(answer(200));
    }
  };
}

HttpRequest post(const SocketServer& server, RetryRule rule) {
  return {.method = "POST", .url = server.url(), .body = "{}", .retry = std::move(rule)};
}

/// Sets a variable of the process for a while: proxies are libcurl's business, which asks the process.
class Variable {
 public:
  Variable(const char* name, const std::string& value) : name_(name) { ::setenv(name, value.c_str(), 1); }
  Variable(const Variable&) = delete;
  Variable& operator=(const Variable&) = delete;
  ~Variable() { ::unsetenv(name_); }

 private:
  const char* name_;
};

}  // namespace

TEST_CASE("requests after each other go over one connection") {
  SocketServer server(SocketServer::answering([](const ReceivedRequest&) { return answer(200, "ok"); }));
  const auto transport = open_curl_transport({});
  Caller caller;
  for (int i = 0; i < 20; ++i) {
    REQUIRE(transport->send({.url = server.url()}, caller.control));
    REQUIRE(transport->send(post(server, RetryRule::submit()), caller.control));
  }
  CHECK(server.connections() == 1);
}

TEST_CASE("requests at once have a connection each, and each gets its own answer") {
  SocketServer server(SocketServer::answering(
      [](const ReceivedRequest& request) { return answer(200, request.line() + request.body); }));
  const auto transport = open_curl_transport({});
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 32; ++i)
      threads.emplace_back([&, i] {
        Caller caller;
        for (int j = 0; j < 20; ++j) {
          const auto path = fmt::format("/{}/{}", i, j);
          const auto response =
              transport->send({.method = "POST", .url = server.url(path), .body = path}, caller.control);
          REQUIRE(response);
          CHECK(response->body == fmt::format("POST {} HTTP/1.1{}", path, path));
        }
      });
  }
  CHECK(server.connections() <= 32);
}

TEST_CASE("a connection that the server has closed meanwhile is replaced without a loss") {
  std::atomic<int> requests = 0;
  SocketServer server([&](Peer& peer) {
    peer.read();
    ++requests;
    peer.write(answer(200));
  });
  const auto transport = open_curl_transport({});
  Caller caller;
  for (int i = 0; i < 5; ++i) {
    REQUIRE(transport->send(post(server, RetryRule::submit()), caller.control));
    // Until the end of the connection has surely come through.
    while (server.ended() < server.connections()) std::this_thread::sleep_for(1ms);
  }
  CHECK(requests == 5);
  CHECK(server.connections() == 5);
}

TEST_CASE("what must not be sent twice is not, when a connection in use turns out to be dead") {
  for (void (*end)(Peer&) : {+[](Peer& peer) { peer.close(); }, +[](Peer& peer) { peer.reset(); }}) {
    std::atomic<int> requests = 0;
    SocketServer server(failing_second(requests, end));
    const auto transport = open_curl_transport({});
    Caller caller;
    REQUIRE(transport->send(post(server, RetryRule::submit()), caller.control));
    const auto lost = transport->send(post(server, RetryRule::submit()), caller.control);
    REQUIRE_FALSE(lost);
    CHECK(lost.error().code == ErrorCode::unavailable);
    CHECK(lost.error().unanswered);
    CHECK(lost.error().message == fmt::format("the connection to {} was lost before the answer", server.place()));
    CHECK(requests == 2);
    REQUIRE(transport->send(post(server, RetryRule::submit()), caller.control));
    CHECK(requests == 3);
  }
}

TEST_CASE("a read is sent again at once when a connection in use turns out to be dead") {
  for (void (*end)(Peer&) : {+[](Peer& peer) { peer.close(); }, +[](Peer& peer) { peer.reset(); }}) {
    std::atomic<int> requests = 0;
    SocketServer server(failing_second(requests, end));
    const auto transport = open_curl_transport({});
    Caller caller;
    REQUIRE(transport->send({.url = server.url()}, caller.control));
    REQUIRE(transport->send({.url = server.url()}, caller.control));
    CHECK(requests == 3);
  }
}

TEST_CASE("a connection broken off by a stop is not used again") {
  SocketServer server([](Peer& peer) {
    while (const auto request = peer.read())
      peer.write(request->line().starts_with("GET /begun") ? "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc"
                                                           : answer(200, "whole"));
  });
  const auto transport = open_curl_transport({});
  Caller hasty;
  REQUIRE_FALSE(transport->send({.url = server.url("/begun")}, hasty.within(60ms).control));
  Caller caller;
  const auto response = transport->send({.url = server.url("/next")}, caller.control);
  REQUIRE(response);
  CHECK(response->body == "whole");
  CHECK(server.connections() == 2);
}

TEST_CASE("one caller's stop leaves the requests of the others alone") {
  SocketServer server([](Peer& peer) {
    while (const auto request = peer.read())
      if (request->line().starts_with("GET /quick")) peer.write(answer(200));
  });
  const auto transport = open_curl_transport({});
  std::jthread hasty([&] {
    Caller caller;
    CHECK_FALSE(transport->send({.url = server.url("/silent")}, caller.within(50ms).control));
  });
  Caller caller;
  for (int i = 0; i < 50; ++i) {
    CHECK(transport->send({.url = server.url("/quick")}, caller.control));
    std::this_thread::sleep_for(2ms);
  }
}

TEST_CASE("an answer before the whole body was taken is an answer") {
  SocketServer server([](Peer& peer) {
    peer.read_head();
    peer.write(answer(413, "too much", "Connection: close\r\n"));
    peer.drain();
  });
  Caller caller;
  const auto response = open_curl_transport({})->send(
      {.method = "POST", .url = server.url(), .body = std::string(20 << 20, 'x')}, caller.control);
  REQUIRE(response);
  CHECK(response->status == 413);
  CHECK(response->body == "too much");
}

TEST_CASE("a server that does not take the body is given up after the time without a byte") {
  SocketServer server([](Peer& peer) {
    peer.read_head();
    peer.wait_until_shut();
  });
  TransportOptions options;
  options.stall_timeout = 200ms;
  Caller caller;
  const auto response = open_curl_transport(options)->send(
      {.method = "POST", .url = server.url(), .body = std::string(20 << 20, 'x')}, caller.control);
  REQUIRE_FALSE(response);
  CHECK(response.error().message == fmt::format("nothing came from {} for 200 ms", server.place()));
  CHECK(response.error().unanswered);
}

TEST_CASE("the proxy of the environment is used, and not for hosts that NO_PROXY names") {
  ReceivedRequest seen;
  SocketServer proxy(SocketServer::answering([&](const ReceivedRequest& request) {
    seen = request;
    return answer(200, "by proxy");
  }));
  const Variable variable("http_proxy", proxy.url());
  const auto transport = open_curl_transport({});
  Caller caller;
  const auto response = transport->send({.url = "http://service.invalid:8080/x?y=1"}, caller.control);
  REQUIRE(response);
  CHECK(response->body == "by proxy");
  CHECK(seen.line() == "GET http://service.invalid:8080/x?y=1 HTTP/1.1");

  SocketServer direct(SocketServer::answering([](const ReceivedRequest&) { return answer(200, "direct"); }));
  const Variable none("no_proxy", "127.0.0.1");
  const auto reached = transport->send({.url = direct.url()}, caller.control);
  REQUIRE(reached);
  CHECK(reached->body == "direct");
}

TEST_CASE("a proxy that refuses to connect has got nothing of the request") {
  ReceivedRequest seen;
  SocketServer proxy(SocketServer::answering([&](const ReceivedRequest& request) {
    seen = request;
    return answer(407, "who are you", "Proxy-Authenticate: Basic realm=\"x\"\r\n");
  }));
  const Variable variable("https_proxy", fmt::format("http://jane:hunter2@{}", proxy.place()));
  Caller caller;
  const auto response = open_curl_transport({})->send(
      {.method = "POST", .url = "https://service.invalid/x", .headers = {{"X-Key", "k"}}, .retry = RetryRule::submit()},
      caller.control);
  REQUIRE_FALSE(response);
  CHECK(seen.line() == "CONNECT service.invalid:443 HTTP/1.1");
  CHECK_FALSE(seen.field("X-Key"));
  CHECK(response.error().message == "the proxy refuses to connect to service.invalid:443 (HTTP 407)");
  CHECK(response.error().hint.find("HTTPS_PROXY") != std::string::npos);
  CHECK(response.error().hint.find("hunter2") == std::string::npos);
  CHECK_FALSE(response.error().unanswered);
}

TEST_CASE("a proxy that is not there is named without its credentials") {
  const int port = matview::test::closed_port();
  const Variable variable("http_proxy", fmt::format("http://jane:hunter2@127.0.0.1:{}", port));
  Caller caller;
  const auto response = open_curl_transport({})->send({.url = "http://service.invalid/"}, caller.control);
  REQUIRE_FALSE(response);
  CHECK(response.error().message ==
        fmt::format("cannot connect to service.invalid:80 through the proxy 127.0.0.1:{}: connection refused", port));
  CHECK_FALSE(response.error().unanswered);
}
