#include "http/curl_command.hpp"

#include <doctest/doctest.h>

#include "http/url.hpp"
#include "matview/secret.hpp"

using matview::HttpRequest;
using matview::secret_placeholder;
using matview::http::to_curl_command;

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
      .body = matview::http::encode_parameters(
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
