#include "http/curl_command.hpp"

#include <doctest/doctest.h>

#include "http/curl_transport.hpp"
#include "http/url.hpp"
#include "matview/secret.hpp"
#include "support/process.hpp"
#include "unit/http/caller.hpp"
#include "unit/http/socket_server.hpp"

using matview::HttpHeaders;
using matview::HttpRequest;
using matview::secret_placeholder;
using matview::http::encode_parameters;
using matview::http::to_curl_command;
using matview::test::answer;
using matview::test::Caller;
using matview::test::ReceivedRequest;
using matview::test::SocketServer;

namespace {

/// A secret with all that a shell, JSON or a form could stumble over.
constexpr const char* k_secret = "p\"a'$s %41&+=\\`x`ü";

/// What arrives when a shell runs the command, with the secret in $SECRET.
ReceivedRequest run_in_shell(HttpRequest request) {
  ReceivedRequest seen;
  SocketServer server(SocketServer::answering([&](const ReceivedRequest& got) {
    seen = got;
    return answer(200);
  }));
  request.url = server.url(request.url);
  matview::test::Command shell;
  shell.program = "/bin/sh";
  shell.arguments = {"-ceu", to_curl_command(request)};
  shell.environment = {{"PATH", "/usr/bin:/bin"}, {"SECRET", k_secret}};
  const auto outcome = matview::test::run(shell);
  CHECK_MESSAGE(outcome.exit_code == 0, outcome.err);
  return seen;
}

/// What arrives when the transport sends it, with the secret itself.
ReceivedRequest send(HttpRequest request) {
  ReceivedRequest seen;
  SocketServer server(SocketServer::answering([&](const ReceivedRequest& got) {
    seen = got;
    return answer(200);
  }));
  request.url = server.url(request.url);
  Caller caller;
  REQUIRE(matview::http::open_curl_transport({})->send(request, caller.control));
  return seen;
}

/// A form says ' ' as '+' or as %20.
std::string without_plus(std::string form) {
  for (auto at = form.find('+'); at != std::string::npos; at = form.find('+', at)) form.replace(at, 1, "%20");
  return form;
}

/// The same request with the secret as it is sent, or with what stands for it.
struct Pair {
  HttpRequest sent;
  HttpRequest shown;
};

template <typename Make>
Pair both(Make make) {
  return {make(std::string(k_secret)), make(secret_placeholder("SECRET"))};
}

}  // namespace

TEST_CASE("a request is written as a command, credentials as variables") {
  const HttpRequest request{
      .method = "POST",
      .url = "https://example.com/v1/refresh?a=1&b=2",
      .headers = {{"X-Dune-Api-Key", secret_placeholder("DUNE_API_KEY")}, {"Content-Type", "application/json"}},
      .body = R"({"note":"it's"})"};
  CHECK(to_curl_command(request) ==
        "curl --header 'X-Dune-Api-Key: '\"$DUNE_API_KEY\" \\\n"
        "  --header 'Content-Type: application/json' \\\n"
        "  --data-raw '{\"note\":\"it'\\''s\"}' \\\n"
        "  'https://example.com/v1/refresh?a=1&b=2'");
}

TEST_CASE("a form with secrets lets curl encode what the variables hold") {
  const HttpRequest request{
      .method = "POST",
      .url = "https://example.com/login",
      .headers = {{"Content-Type", "application/x-www-form-urlencoded"}},
      .body = encode_parameters(
          {{"username", "j d"}, {"password", secret_placeholder("TS_PASSWORD")}, {"remember", "true"}})};
  CHECK(to_curl_command(request) ==
        "curl --header 'Content-Type: application/x-www-form-urlencoded' \\\n"
        "  --data-raw 'username=j%20d' \\\n"
        "  --data-urlencode 'password='\"$TS_PASSWORD\" \\\n"
        "  --data-raw 'remember=true' \\\n"
        "  'https://example.com/login'");
}

TEST_CASE("a plain GET is curl and the address") {
  CHECK(to_curl_command({.url = "https://example.com/v1"}) == "curl 'https://example.com/v1'");
}

TEST_CASE("other methods are named, and an empty body is sent as one") {
  CHECK(to_curl_command({.method = "DELETE", .url = "http://h/"}) == "curl --request 'DELETE' \\\n  'http://h/'");
  CHECK(to_curl_command({.method = "POST", .url = "http://h/"}) ==
        "curl --header 'Content-Type:' \\\n  --data-raw '' \\\n  'http://h/'");
}

TEST_CASE("run by a shell the command sends what the transport sends") {
  const HttpHeaders form{{"Content-Type", "application/x-www-form-urlencoded"}};
  const Pair pairs[] = {
      both([](const std::string& secret) {
        return HttpRequest{.url = "/v1/a%2Fb?x=%20y&z='", .headers = {{"X-Key", secret}, {"X-Empty", ""}}};
      }),
      both([](const std::string& secret) {
        return HttpRequest{.method = "POST",
                           .url = "/x/../y/[1-3]{a,b}",
                           .headers = {{"Authorization", "Bearer " + secret + "!"}, {"Content-Type", "text/plain"}},
                           .body = "@/etc/passwd 'quoted' \"$HOME\" `id` \\ \n\tü"};
      }),
      both([&](const std::string& secret) {
        return HttpRequest{.method = "POST",
                           .url = "/login",
                           .headers = form,
                           .body = encode_parameters({{"username", "j d&"}, {"password", secret}, {"x", "@y"}})};
      }),
      both([&](const std::string& secret) {
        return HttpRequest{.method = "POST",
                           .url = "/login",
                           .headers = form,
                           .body = encode_parameters({{"key", "a b/" + secret + "/%c"}})};
      }),
      both([](const std::string&) { return HttpRequest{.method = "POST", .url = "/empty"}; }),
      both([](const std::string&) { return HttpRequest{.method = "POST", .url = "/untyped", .body = "{}"}; }),
      both([](const std::string&) { return HttpRequest{.method = "PATCH", .url = "/patch", .body = "{}"}; }),
      both([](const std::string&) { return HttpRequest{.method = "DELETE", .url = "/delete"}; }),
      both([](const std::string&) { return HttpRequest{.method = "HEAD", .url = "/head"}; }),
      both([](const std::string&) { return HttpRequest{.method = "GET", .url = "/get", .body = "{\"q\":1}"}; }),
  };
  for (const auto& [sent, shown] : pairs) {
    CAPTURE(sent.method + sent.url);
    CHECK(to_curl_command(shown).find("SECRET__") == std::string::npos);
    const auto ours = send(sent);
    const auto theirs = run_in_shell(shown);
    CHECK(theirs.line() == ours.line());
    const bool is_form = sent.headers == form;
    CHECK((is_form ? without_plus(theirs.body) : theirs.body) == ours.body);
    CHECK(theirs.field("Content-Length").has_value() == ours.field("Content-Length").has_value());
    for (const std::string name : {"X-Key", "X-Empty", "Authorization", "Content-Type", "Accept"}) {
      CAPTURE(name);
      CHECK(theirs.field(name) == ours.field(name));
    }
  }
}
