#include <doctest/doctest.h>
#include <fmt/format.h>

#include <csignal>
#include <future>
#include <thread>

#include "http/curl_transport.hpp"
#include "unit/http/caller.hpp"
#include "unit/http/socket_server.hpp"

using namespace std::chrono_literals;
using matview::Error;
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

/// The error of a request with a secret in its query, its headers and its body, none of which may show.
Error error_of(const std::string& url, const TransportOptions& options = {}, const char* method = "POST") {
  HttpRequest request{.method = method,
                      .url = url + "?token=hunter2",
                      .headers = {{"Authorization", "Bearer hunter2"}},
                      .body = "hunter2",
                      .retry = RetryRule::submit()};
  if (request.method == "GET") request.body.reset();
  Caller caller;
  const auto response = open_curl_transport(options)->send(request, caller.control);
  REQUIRE_FALSE(response);
  const auto error = response.error();
  for (const auto& text : {error.message, error.detail, error.hint})
    CHECK_MESSAGE(text.find("hunter2") == std::string::npos, text);
  return error;
}

}  // namespace

TEST_CASE("where nobody listens nothing was sent") {
  const int port = matview::test::closed_port();
  const auto error = error_of(fmt::format("http://127.0.0.1:{}/", port));
  CHECK(error.code == ErrorCode::unavailable);
  CHECK(error.message == fmt::format("cannot connect to 127.0.0.1:{}: connection refused", port));
  CHECK(error.retryable);
  CHECK_FALSE(error.unanswered);
  CHECK_FALSE(error.hint.empty());
}

TEST_CASE("a host without an address is named, and nothing was sent") {
  const auto error = error_of("http://no-such-host.invalid/x");
  CHECK(error.code == ErrorCode::unavailable);
  CHECK(error.message == "cannot find the address of 'no-such-host.invalid'");
  CHECK(error.retryable);
  CHECK_FALSE(error.unanswered);
}

TEST_CASE("a server that takes the connection and speaks no TLS got nothing of the request") {
  SocketServer server([](Peer& peer) { peer.write("220 mail ready\r\n"); });
  const auto error = error_of(fmt::format("https://{}/", server.place()));
  CHECK(error.code == ErrorCode::unavailable);
  CHECK_MESSAGE(error.message.starts_with("cannot agree on TLS with " + server.place()), error.message);
  CHECK_FALSE(error.unanswered);
}

TEST_CASE("a TLS handshake that never ends is given up after the time to connect") {
  SocketServer server([](Peer& peer) {
    while (peer.read()) {
    }
  });
  TransportOptions options;
  options.connect_timeout = 200ms;
  const auto error = error_of(fmt::format("https://{}/", server.place()), options);
  CHECK(error.code == ErrorCode::unavailable);
  CHECK(error.message == fmt::format("cannot connect to {}: no answer within 200 ms", server.place()));
  CHECK(error.retryable);
  CHECK_FALSE(error.unanswered);
}

TEST_CASE("a connection lost after the request was sent leaves open what became of it") {
  for (const bool reset : {false, true}) {
    for (const bool with_body : {false, true}) {
      CAPTURE(reset);
      CAPTURE(with_body);
      SocketServer server([&](Peer& peer) {
        with_body ? peer.read() : peer.read_head();
        reset ? peer.reset() : peer.close();
      });
      const auto error = error_of(server.url());
      CHECK(error.code == ErrorCode::unavailable);
      CHECK(error.message == fmt::format("the connection to {} was lost before the answer", server.place()));
      CHECK(error.retryable);
      CHECK(error.unanswered);
      CHECK(error.request_id.size() == 36);
      CHECK(server.connections() == 1);
    }
  }
}

TEST_CASE("an answer cut short is no answer") {
  const std::string cut[] = {
      "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"a\":",
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{\"a\":\r\n",
      "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nX-Fie",
  };
  for (const auto& text : cut) {
    CAPTURE(text);
    SocketServer server([&](Peer& peer) {
      peer.read();
      peer.write(text);
    });
    const auto error = error_of(server.url());
    CHECK(error.code == ErrorCode::unavailable);
    CHECK(error.message == fmt::format("the connection to {} was lost in the middle of the answer", server.place()));
    CHECK(error.retryable);
    CHECK(error.unanswered);
  }
}

TEST_CASE("a server that falls silent is given up after the time without a byte") {
  for (const std::string begun : {"", "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nabc"}) {
    CAPTURE(begun);
    SocketServer server([&](Peer& peer) {
      peer.read();
      peer.write(begun);
      peer.wait_for_end();
    });
    TransportOptions options;
    options.stall_timeout = 150ms;
    const auto error = error_of(server.url(), options);
    CHECK(error.code == ErrorCode::unavailable);
    CHECK(error.message == fmt::format("nothing came from {} for 150 ms", server.place()));
    CHECK(error.retryable);
    CHECK(error.unanswered);
  }
}

TEST_CASE("an answer that trickles on is given up after the time for the whole") {
  SocketServer server([&](Peer& peer) {
    peer.read();
    if (!peer.write("HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")) return;
    while (peer.write("x")) std::this_thread::sleep_for(5ms);
  });
  TransportOptions options;
  options.total_timeout = 300ms;
  const auto error = error_of(server.url(), options);
  CHECK(error.code == ErrorCode::unavailable);
  CHECK(error.message == fmt::format("{} did not finish its answer within 300 ms", server.place()));
  CHECK(error.unanswered);
}

TEST_CASE("an answer larger than the limit is dropped where it reaches it") {
  std::atomic<bool> stopped_early = false;
  // Its end waits until the server has seen that nobody reads any more.
  {
    SocketServer server([&](Peer& peer) {
      peer.read();
      peer.write("HTTP/1.1 200 OK\r\nContent-Length: 104857600\r\n\r\n");
      const std::string piece(1 << 20, 'x');
      for (int i = 0; i < 100; ++i)
        if (!peer.write(piece)) stopped_early = true;
    });
    TransportOptions options;
    options.response_limit = 1 << 20;
    const auto error = error_of(server.url(), options);
    CHECK(error.code == ErrorCode::unavailable);
    CHECK(error.message == fmt::format("the answer of {} is larger than 1 MiB", server.place()));
    CHECK_FALSE(error.retryable);
    CHECK(error.unanswered);
  }
  CHECK(stopped_early);
}

TEST_CASE("what is no HTTP is said to be none") {
  SocketServer server([](Peer& peer) {
    peer.read();
    peer.write("SSH-2.0-OpenSSH_9.2\r\n");
  });
  const auto error = error_of(server.url());
  CHECK(error.message == fmt::format("what {} answers is not HTTP", server.place()));
  CHECK(error.unanswered);
}

TEST_CASE("a stop ends the waiting at once") {
  for (const int signal : {SIGINT, SIGTERM}) {
    std::promise<void> asked;
    SocketServer server([&](Peer& peer) {
      peer.read();
      asked.set_value();
      peer.wait_for_end();
    });
    Caller caller;
    std::thread stopper([&] {
      asked.get_future().wait();
      caller.stop = signal;
    });
    const auto response = open_curl_transport({})->send({.method = "POST", .url = server.url()}, caller.control);
    stopper.join();
    REQUIRE_FALSE(response);
    CHECK(response.error().code == (signal == SIGINT ? ErrorCode::interrupted : ErrorCode::terminated));
    CHECK(response.error().unanswered);
  }
}

TEST_CASE("the caller's deadline ends the waiting, and what was not sent is not unanswered") {
  SocketServer silent([](Peer& peer) {
    peer.read();
    peer.wait_for_end();
  });
  const auto transport = open_curl_transport({});
  Caller caller;
  const auto late = transport->send({.url = silent.url()}, caller.within(100ms).control);
  REQUIRE_FALSE(late);
  CHECK(late.error().code == ErrorCode::timeout);
  CHECK(late.error().unanswered);

  const auto never = transport->send({.url = silent.url()}, caller.within(-1ms).control);
  REQUIRE_FALSE(never);
  CHECK(never.error().code == ErrorCode::timeout);
  CHECK_FALSE(never.error().unanswered);
  CHECK(silent.connections() == 1);
}
