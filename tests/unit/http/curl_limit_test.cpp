#include <doctest/doctest.h>
#include <fmt/format.h>

#include "http/curl_transport.hpp"
#include "support/process.hpp"
#include "unit/http/caller.hpp"
#include "unit/http/socket_server.hpp"

using matview::HttpResponse;
using matview::Result;
using matview::TransportOptions;
using matview::http::open_curl_transport;
using matview::test::answer;
using matview::test::Caller;
using matview::test::ReceivedRequest;
using matview::test::SocketServer;

namespace {

/// What comes out of a command of the shell.
std::string output_of(const char* text) {
  matview::test::Command command;
  command.program = "/bin/sh";
  command.arguments = {"-c", text};
  command.environment = {{"PATH", "/usr/bin:/bin"}};
  const auto outcome = matview::test::run(command);
  REQUIRE(outcome.exit_code == 0);
  return outcome.out;
}

Result<HttpResponse> get(const std::string& served, std::int64_t limit = 1 << 20) {
  SocketServer server(SocketServer::answering([&](const ReceivedRequest&) { return served; }));
  TransportOptions options;
  options.response_limit = limit;
  Caller caller;
  return open_curl_transport(options)->send({.url = server.url()}, caller.control);
}

const std::string k_gzip = "Content-Encoding: gzip\r\n";

}  // namespace

TEST_CASE("a compressed answer is decompressed") {
  const auto response = get(answer(200, output_of("printf '{\"a\":1}' | gzip"), k_gzip));
  REQUIRE(response);
  CHECK(response->body == "{\"a\":1}");
}

TEST_CASE("the limit holds for what a compressed answer becomes") {
  const auto bomb = output_of("head -c 104857600 /dev/zero | gzip");
  CHECK(bomb.size() < 200'000);
  const auto response = get(answer(200, bomb, k_gzip));
  REQUIRE_FALSE(response);
  CHECK(response.error().message.ends_with("is larger than 1 MiB"));
  CHECK(response.error().unanswered);
}

TEST_CASE("what only says that it is compressed cannot be read") {
  const auto response = get(answer(200, "{\"a\":1}", k_gzip));
  REQUIRE_FALSE(response);
  CHECK(response.error().message.ends_with("cannot be decompressed"));
  CHECK(response.error().unanswered);
}

TEST_CASE("the limit is that of the fields and the body together, to the byte") {
  const auto whole = answer(200, std::string(1000, 'x'), "X-One: 1\r\n");
  const auto size = static_cast<std::int64_t>(whole.size());
  CHECK(get(whole, size));
  const auto response = get(whole, size - 1);
  REQUIRE_FALSE(response);
  CHECK(response.error().message.ends_with(fmt::format("is larger than {} bytes", fmt::group_digits(size - 1))));
}

TEST_CASE("fields without end are cut off") {
  SocketServer server([](matview::test::Peer& peer) {
    peer.read();
    peer.write("HTTP/1.1 200 OK\r\n");
    for (int i = 0; peer.write(fmt::format("X-{}: {}\r\n", i, std::string(1000, 'x'))); ++i) {
    }
  });
  TransportOptions options;
  options.response_limit = 200'000;
  Caller caller;
  const auto response = open_curl_transport(options)->send({.url = server.url()}, caller.control);
  REQUIRE_FALSE(response);
  CHECK(response.error().message.ends_with("is larger than 200,000 bytes"));
  CHECK(response.error().unanswered);
}
