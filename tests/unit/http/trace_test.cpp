#include <doctest/doctest.h>

#include "http/trace_transport.hpp"
#include "support/fake_environment.hpp"
#include "unit/http/caller.hpp"
#include "unit/http/scripted_transport.hpp"

using matview::HttpRequest;
using matview::HttpResponse;
using matview::Result;
using matview::Secret;
using matview::http::Redactor;
using matview::http::TraceTransport;
using matview::test::Caller;
using matview::test::FakeEnvironment;
using matview::test::ScriptedTransport;

namespace {

/// The trace of one exchange, with the time it took replaced by TIME.
std::string trace_of(const HttpRequest& request, Result<HttpResponse> answer, const Redactor& redactor = {}) {
  const FakeEnvironment environment;
  ScriptedTransport next;
  next.then(std::move(answer));
  std::string text;
  Caller caller;
  TraceTransport transport(
      next, [&](std::string_view piece) { text += piece; }, redactor, environment);
  static_cast<void>(transport.send(request, caller.control));
  const auto line = text.find("\n< ");
  const auto open = text.find('(', line);
  text.replace(open + 1, text.find(')', open) - open - 1, "TIME");
  return text;
}

const HttpRequest k_request{.purpose = "refresh 'daily'",
                            .method = "POST",
                            .url = "https://example.com/v1/refresh?limit=1&api_key=hunter2",
                            .headers = {{"X-Dune-Api-Key", "hunter2"}, {"Content-Type", "application/json"}},
                            .body = R"({"performance":"medium","note":"hunter2"})"};

}  // namespace

TEST_CASE("an answer that is private is not shown, whatever its members are called") {
  auto request = k_request;
  request.private_answer = true;
  HttpResponse answer{.status = 200, .body = R"({"smtp_login":"nobody-may-see"})"};
  CHECK(trace_of(request, answer).find("nobody-may-see") == std::string::npos);
  CHECK(trace_of(k_request, answer).find("nobody-may-see") != std::string::npos);
}

TEST_CASE("a trace shows both directions and no secret") {
  Redactor redactor;
  redactor.add(Secret("hunter2"));
  const HttpResponse response{.status = 200,
                              .headers = {{"content-type", "application/json"}, {"Set-Cookie", "JSESSIONID=abc"}},
                              .body = R"({"token":"fresh","echo":"hunter2"})"};
  CHECK(trace_of(k_request, response, redactor) ==
        "* 2026-01-15T12:00:00Z refresh 'daily'\n"
        "> POST https://example.com/v1/refresh?limit=1&api_key=***\n"
        "> X-Dune-Api-Key: ***\n"
        "> Content-Type: application/json\n"
        "{\"performance\":\"medium\",\"note\":\"***\"}\n"
        "< 200 (TIME)\n"
        "< content-type: application/json\n"
        "< Set-Cookie: ***\n"
        "{\"token\":\"***\",\"echo\":\"***\"}\n"
        "\n");
}

TEST_CASE("a trace tells why there is no answer") {
  CHECK(trace_of({.purpose = "list", .url = "http://127.0.0.1/"}, matview::test::no_answer()) ==
        "* 2026-01-15T12:00:00Z list\n> GET http://127.0.0.1/\n< refused (TIME)\n\n");
}

TEST_CASE("a token that comes as plain text is not shown, though nobody knows it yet") {
  const HttpRequest login{.method = "POST", .url = "https://ts.example.com/tspublic/v1/session/auth/token?x=1"};
  CHECK(trace_of(login, HttpResponse{.status = 200, .body = "fresh-token"}).find("fresh-token") == std::string::npos);
  CHECK(trace_of(login, HttpResponse{.status = 200, .body = "\"fresh-token\""}).find("fresh-token") ==
        std::string::npos);
}

TEST_CASE("a long body is cut between two characters, and a binary one is told by its size") {
  std::string body(16 * 1024 - 1, 'x');
  body += "äöü" + std::string(1000, 'y');
  const auto text = trace_of({.url = "http://127.0.0.1/"}, HttpResponse{.status = 200, .body = body});
  CHECK(text.find("xxx\n[and 1,006 bytes more]\n") != std::string::npos);
  CHECK(text.find("yy") == std::string::npos);

  const auto binary = trace_of({.url = "http://127.0.0.1/"}, HttpResponse{.status = 200, .body = {'a', '\0', 'b'}});
  CHECK(binary.find("[3 bytes that are not text]\n") != std::string::npos);
}

TEST_CASE("a secret at the cut does not show its first half") {
  Redactor redactor;
  redactor.add(Secret("hunter2hunter2"));
  const auto body = std::string(16 * 1024 - 5, 'x') + "hunter2hunter2";
  const auto text = trace_of({.url = "http://127.0.0.1/"}, HttpResponse{.status = 200, .body = body}, redactor);
  CHECK(text.find("hunt") == std::string::npos);
}

TEST_CASE("escape sequences of a server do not reach whoever reads the trace") {
  const auto text =
      trace_of({.url = "http://127.0.0.1/"},
               HttpResponse{.status = 200, .headers = {{"X-\x1b[31m", "\x1b]0;owned\x07"}}, .body = "a\x1b[2Jb\nc"});
  CHECK(text.find('\x1b') == std::string::npos);
  CHECK(text.find("ab\nc\n") != std::string::npos);
}
