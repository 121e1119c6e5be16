#include <doctest/doctest.h>
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "http/curl_transport.hpp"
#include "unit/http/caller.hpp"
#include "unit/http/tls_server.hpp"

using matview::Error;
using matview::ErrorCode;
using matview::HttpRequest;
using matview::RetryRule;
using matview::Transport;
using matview::TransportOptions;
using matview::http::open_curl_transport;
using matview::test::Caller;
using matview::test::TlsServer;

namespace {

using Json = nlohmann::json;

TransportOptions trusting(const TlsServer& server) {
  TransportOptions options;
  options.ca_file = server.certificate();
  return options;
}

Json answer_of(Transport& transport, const HttpRequest& request) {
  Caller caller;
  const auto response = transport.send(request, caller.control);
  REQUIRE(response);
  REQUIRE(response->status == 200);
  return Json::parse(response->body);
}

Error error_of(Transport& transport, const HttpRequest& request) {
  Caller caller;
  const auto response = transport.send(request, caller.control);
  REQUIRE_FALSE(response);
  return response.error();
}

HttpRequest submit(const std::string& url) {
  return {.method = "POST", .url = url, .body = "{}", .retry = RetryRule::submit()};
}

}  // namespace

TEST_CASE("a certificate that nobody vouches for is refused, and nothing was sent") {
  const TlsServer server;
  const auto error = error_of(*open_curl_transport({}), submit(server.url()));
  CHECK(error.code == ErrorCode::unavailable);
  CHECK_MESSAGE(error.message.starts_with(fmt::format("the certificate of {} is not trusted: self", server.place())),
                error.message);
  CHECK(error.hint.find("ca_file") != std::string::npos);
  CHECK_FALSE(error.retryable);
  CHECK_FALSE(error.unanswered);
}

TEST_CASE("a certificate of ca_file is trusted, for the host it names only") {
  const TlsServer server;
  CHECK(answer_of(*open_curl_transport(trusting(server)), submit(server.url()))["body"] == "{}");

  const TlsServer other("service.example");
  const auto error = error_of(*open_curl_transport(trusting(other)), submit(other.url()));
  CHECK_MESSAGE(error.message.starts_with(fmt::format("the certificate of {} is not trusted: ", other.place())),
                error.message);
  CHECK(error.message.find("localhost'") != std::string::npos);
  CHECK_FALSE(error.unanswered);
}

TEST_CASE("with verify_tls off any certificate will do") {
  const TlsServer server("service.example");
  TransportOptions options;
  options.verify_tls = false;
  CHECK(answer_of(*open_curl_transport(options), {.url = server.url()})["request"] == 1);
}

TEST_CASE("a ca_file that holds no certificate is a mistake of the profile") {
  const TlsServer server;
  TransportOptions options;
  options.ca_file = "/no/such/file.pem";
  const auto error = error_of(*open_curl_transport(options), submit(server.url()));
  CHECK(error.code == ErrorCode::usage);
  CHECK(error.message == "cannot read certificates from ca_file '/no/such/file.pem'");
  CHECK_FALSE(error.unanswered);
}

TEST_CASE("HTTP/2 is spoken where it is offered, on one connection for requests after each other") {
  const TlsServer modern;
  const auto transport = open_curl_transport(trusting(modern));
  for (int i = 1; i <= 5; ++i) {
    const auto answer = answer_of(*transport, submit(modern.url()));
    CHECK(answer["http"] == "2.0");
    CHECK(answer["connection"] == 1);
    CHECK(answer["request"] == i);
  }

  const TlsServer old("localhost", "http/1.1");
  const auto answer = answer_of(*open_curl_transport(trusting(old)), {.url = old.url()});
  CHECK(answer["http"] == "1.1");
}

TEST_CASE("over HTTP/2 a lost connection leaves open what became of the request") {
  for (const auto& rule : {RetryRule::submit(), RetryRule::read()}) {
    const TlsServer server;
    const auto transport = open_curl_transport(trusting(server));
    answer_of(*transport, {.url = server.url()});
    const auto lost = error_of(*transport, {.method = "POST", .url = server.url("/lost"), .retry = rule});
    CHECK(lost.code == ErrorCode::unavailable);
    CHECK(lost.message == fmt::format("the connection to {} was lost before the answer", server.place()));
    CHECK(lost.unanswered);
    CHECK(lost.retryable);
    // The lost one was the second.
    CHECK(answer_of(*transport, {.url = server.url()})["request"] == 3);
  }
}

TEST_CASE("a stream that HTTP/2 refuses is opened again at once only if that does no harm") {
  const TlsServer server;
  const auto transport = open_curl_transport(trusting(server));
  answer_of(*transport, submit(server.url()));
  const auto refused = error_of(*transport, submit(server.url("/refused")));
  CHECK(refused.unanswered);
  CHECK(answer_of(*transport, submit(server.url()))["request"] == 3);

  const TlsServer again;
  const auto reading = open_curl_transport(trusting(again));
  answer_of(*reading, {.url = again.url()});
  CHECK(answer_of(*reading, {.url = again.url("/refused")})["request"] == 3);
}

TEST_CASE("an answer cut short over TLS is no answer") {
  for (const char* protocol : {"", "http/1.1"}) {
    const TlsServer server("localhost", protocol);
    const auto error = error_of(*open_curl_transport(trusting(server)), submit(server.url("/cut")));
    CHECK(error.code == ErrorCode::unavailable);
    CHECK(error.message == fmt::format("the connection to {} was lost in the middle of the answer", server.place()));
    CHECK(error.unanswered);
  }
}

TEST_CASE("a server that asks for a certificate gets that of cert_file and key_file") {
  const TlsServer server("localhost", "mutual");
  auto options = trusting(server);
  const auto without = error_of(*open_curl_transport(options), submit(server.url()));
  CHECK(without.code == ErrorCode::unavailable);
  // With TLS 1.3 the server refuses after our handshake; where it closes on a request under way its reason is lost.
  if (without.message != fmt::format("the connection to {} was lost before the answer", server.place())) {
    CHECK(without.message == fmt::format("{} asks for a certificate of yours", server.place()));
    CHECK(without.hint.find("cert_file") != std::string::npos);
  }

  options.cert_file = server.certificate();
  options.key_file = server.key();
  CHECK(answer_of(*open_curl_transport(options), submit(server.url()))["body"] == "{}");
}

TEST_CASE("a certificate of our own that cannot be used is a mistake of the profile") {
  const TlsServer server;
  auto options = trusting(server);
  options.cert_file = "/no/such/cert.pem";
  options.key_file = server.key();
  const auto error = error_of(*open_curl_transport(options), submit(server.url()));
  CHECK(error.code == ErrorCode::usage);
  CHECK_MESSAGE(error.message.starts_with("cannot use the certificate in cert_file '/no/such/cert.pem': "),
                error.message);
  CHECK_FALSE(error.unanswered);
}
