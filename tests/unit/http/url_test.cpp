#include "http/url.hpp"

#include <doctest/doctest.h>

using matview::http::encode_parameters;
using matview::http::is_loopback;
using matview::http::join_url;
using matview::http::parse_url;
using matview::http::percent_encode;

TEST_CASE("an address is taken apart") {
  const auto url = parse_url("HTTPS://Api.Example.COM:8443/V1/a%2Fb?x=1").value();
  CHECK(url.scheme == "https");
  CHECK(url.host == "api.example.com");
  CHECK(url.port == 8443);
  CHECK(url.path == "/V1/a%2Fb?x=1");

  CHECK(parse_url("http://h").value().port == 80);
  CHECK(parse_url("https://h").value().port == 443);
  CHECK(parse_url("http://h").value().path == "/");
  CHECK(parse_url("http://h?x=1").value().path == "/?x=1");
  CHECK(parse_url("http://[::1]:9/x").value().host == "::1");
  CHECK(parse_url("http://[::1]:9/x").value().port == 9);
  CHECK(parse_url("http://h_1.b-c.example").value().host == "h_1.b-c.example");
  CHECK(parse_url("http://münchen.example").value().host == "münchen.example");
}

TEST_CASE("what is no plain address of the web is refused, and a password in it is not repeated") {
  for (const char* text : {"",
                           "h",
                           "//h",
                           "ftp://h",
                           "http:/h",
                           "http://",
                           "http:///x",
                           "http://:80",
                           "http://h:",
                           "http://h:0",
                           "http://h:65536",
                           "http://h:8a",
                           "http://h:-1",
                           "http://[::1",
                           "http://[]",
                           "http://[x]",
                           "http://[[a]",
                           "http://a]",
                           "http://h/#x",
                           "http://h /",
                           "http://h/\n",
                           "http://h\\x",
                           "http://a,b",
                           "http://%41",
                           "http://h:1:2",
                           "http://[::1]x",
                           "http://me:hunter2@h/"}) {
    CAPTURE(text);
    const auto url = parse_url(text);
    REQUIRE_FALSE(url);
    CHECK(url.error().code == matview::ErrorCode::usage);
    CHECK(url.error().message.find("hunter2") == std::string::npos);
    CHECK_FALSE(url.error().hint.empty());
  }
}

TEST_CASE("an address without a port has that of its scheme, one with an empty port is a mistake") {
  CHECK_FALSE(parse_url("http://h:/x"));
  CHECK(parse_url("http://h/x").value().port == 80);
}

TEST_CASE("everything but unreserved characters is encoded") {
  CHECK(percent_encode("aZ09-._~") == "aZ09-._~");
  CHECK(percent_encode("a b/$%+ü&=") == "a%20b%2F%24%25%2B%C3%BC%26%3D");
  CHECK(encode_parameters({{"a", "1"}, {"b c", "x&y"}, {"d", ""}}) == "a=1&b%20c=x%26y&d=");
}

TEST_CASE("a path below a base has one slash between them") {
  for (const char* base : {"https://h/api", "https://h/api/", "https://h/api//"})
    for (const char* path : {"v1/x", "/v1/x"}) CHECK(join_url(base, path) == "https://h/api/v1/x");
  CHECK(join_url("https://h", "x", {{"a", "b c"}}) == "https://h/x?a=b%20c");
}

TEST_CASE("this machine is known by its names and numbers") {
  for (const char* host : {"localhost", "a.localhost", "127.0.0.1", "127.1.2.3", "::1"}) CHECK(is_loopback(host));
  for (const char* host : {"example.com", "127.0.0.1.example.com", "localhost.example.com", "128.0.0.1", "::2", ""})
    CHECK_FALSE(is_loopback(host));
}

TEST_CASE("the text of a form's field is what it was before it was encoded, and half an escape is text") {
  using matview::http::decode_form_text;
  CHECK(decode_form_text("a%20b+c%2Bd") == "a b c+d");
  CHECK(decode_form_text("50%") == "50%");
  CHECK(decode_form_text("%4") == "%4");
  CHECK(decode_form_text("%zz") == "%zz");
  CHECK(decode_form_text(matview::http::percent_encode("gr\xc3\xb6\xc3\x9f/&=+%")) == "gr\xc3\xb6\xc3\x9f/&=+%");
}
