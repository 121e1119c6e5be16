#include "http/redactor.hpp"

#include <doctest/doctest.h>

using matview::Secret;
using matview::http::is_secret_header;
using matview::http::mask_body;
using matview::http::Redactor;

namespace {

Redactor& with(Redactor& redactor, std::string secret) {
  redactor.add(Secret(std::move(secret)));
  return redactor;
}

}  // namespace

TEST_CASE("a secret is masked in every spelling in which it can stand in a text") {
  Redactor redactor;
  with(redactor, "a/b+c d\"e&ü%1'<");
  const std::string spelled[] = {
      "a/b+c d\"e&ü%1'<",                      // as it is
      "a%2Fb%2Bc%20d%22e%26%C3%BC%251%27%3C",  // percent-encoded
      "a%2fb%2bc%20d%22e%26%c3%bc%251%27%3c",  //
      "a%2Fb%2Bc%20d%22e%26%C3%BC%251'%3C",    // as encodeURIComponent does
      "a%2Fb%2Bc+d%22e%26%C3%BC%251%27%3C",    // as forms do
      "a/b+c d\\\"e&ü%1'<",                    // JSON
      "a\\/b+c d\\\"e&ü%1'<",                  //
      "a/b+c d\\\"e&\\u00fc%1'<",              //
      "a\\/b+c d\\\"e&\\u00FC%1'<",            //
      "a/b+c d&quot;e&amp;ü%1&#39;&lt;",       // HTML
      "a/b+c d\"e&amp;ü%1'&lt;",               //
      "YS9iK2MgZCJlJsO8JTEnPA",                // base64
  };
  for (const auto& text : spelled) {
    CAPTURE(text);
    CHECK(redactor.mask("before " + text + " after").starts_with("before ***"));
    CHECK(redactor.mask("before " + text + " after").ends_with("*** after"));
  }
}

TEST_CASE("a secret is found in the base64 of something longer, wherever it begins there") {
  Redactor redactor;
  with(redactor, "correct-horse-battery");
  // Of "u:…", "me:…" and "jane:…:x", as in Authorization: Basic.
  for (const std::string text : {"dTpjb3JyZWN0LWhvcnNlLWJhdHRlcnk=", "bWU6Y29ycmVjdC1ob3JzZS1iYXR0ZXJ5",
                                 "amFuZTpjb3JyZWN0LWhvcnNlLWJhdHRlcnk6eA=="}) {
    CAPTURE(text);
    const auto masked = redactor.mask(text);
    CHECK(masked.find("***") != std::string::npos);
    CHECK(masked.size() <= 16);
  }
}

TEST_CASE("of two secrets one within the other neither shows") {
  Redactor redactor;
  with(with(redactor, "abcd"), "abcdefgh");
  CHECK(redactor.mask("x abcdefgh y abcd z") == "x *** y *** z");
}

TEST_CASE("a secret so short that text would be full of it is left alone") {
  Redactor redactor;
  with(with(with(redactor, ""), "a"), "abc");
  CHECK(redactor.mask("abc and a") == "abc and a");
}

TEST_CASE("text without a secret stays as it is") {
  Redactor redactor;
  CHECK(redactor.mask("nothing") == "nothing");
  CHECK(with(redactor, "hunter2").mask("nothing, %68unter") == "nothing, %68unter");
}

TEST_CASE("header fields that hold credentials are known in any case") {
  for (const char* name : {"Authorization", "authorization", "Proxy-Authorization", "Cookie", "Set-Cookie", "X-Api-Key",
                           "x-dune-api-key", "X-Auth-Token", "X-Amz-Security-Token", "X-Client-Secret"})
    CHECK_MESSAGE(is_secret_header(name), name);
  for (const char* name :
       {"Content-Type", "X-Request-Id", "X-Requested-By", "Date", "RateLimit", "Location", "ETag", "X-Next-Page-Token"})
    CHECK_MESSAGE(!is_secret_header(name), name);
}

TEST_CASE("members of JSON that hold secrets are masked, the rest stays byte for byte") {
  CHECK(mask_body(R"({"a": 1.0, "password" : "x\"y", "b":[{"accessToken":"t"}]})") ==
        R"({"a": 1.0, "password" : "***", "b":[{"accessToken":"***"}]})");
  CHECK(mask_body(R"({"secret_key":"k","auth-token":"t","storage_options":{"a":"1","b":[2,"}"]},"n":1})") ==
        R"({"secret_key":"***","auth-token":"***","storage_options":"***","n":1})");
  CHECK(mask_body(R"({"token":null,"token":true,"token":"","token":12,"x":0})") ==
        R"({"token":null,"token":true,"token":"","token":"***","x":0})");
  CHECK(mask_body(R"({"page_token":"p","nextPageToken":"q","value":"password"})") ==
        R"({"page_token":"p","nextPageToken":"q","value":"password"})");
  CHECK(mask_body(R"([{"pass\u0077ord":"x"}])") == R"([{"pass\u0077ord":"***"}])");
}

TEST_CASE("JSON cut short hides its secrets as well") {
  CHECK(mask_body(R"({"a":1,"password":"hunt)") == R"({"a":1,"password":"***")");
  CHECK(mask_body(R"({"a":1,"storage_options":{"b":"hunter2")") == R"({"a":1,"storage_options":"***")");
  CHECK(mask_body(R"({"password":)") == R"({"password":)");
  CHECK(mask_body(R"({"password)") == R"({"password)");
  CHECK(mask_body(R"({"a":"\)") == R"({"a":"\)");
}

TEST_CASE("fields of a form that hold secrets are masked") {
  CHECK(mask_body("username=jane&password=hunter2&remember=true") == "username=jane&password=***&remember=true");
  CHECK(mask_body("client%5Fsecret=x&a") == "client%5Fsecret=***&a");
  CHECK(mask_body("password=") == "password=");
}

TEST_CASE("any other text stays as it is") {
  for (const char* text : {"", "  ", "<html>a=1</html>", "plain words", "=", "&", "a=b c"})
    CHECK(mask_body(text) == text);
}
