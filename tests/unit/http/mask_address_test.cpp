#include <doctest/doctest.h>

#include "http/secret_names.hpp"

using matview::http::mask_address;

TEST_CASE("an address is shown without its password, whatever stands around it") {
  CHECK(mask_address("postgresql://u:s3cret@127.0.0.1:1/db") == "postgresql://u:***@127.0.0.1:1/db");
  CHECK(mask_address("https://u:s3cret@example.com") == "https://u:***@example.com");
  CHECK(mask_address("postgresql://u:p@s@h1:1,h2:2/db") == "postgresql://u:***@h1:1,h2:2/db");
  CHECK(mask_address("postgresql://u:s3/cret@h/db?x=1") == "postgresql://u:***@h/db?x=1");
  CHECK(mask_address("HTTPS://t0ken@example.com/x") == "HTTPS://***@example.com/x");
}

TEST_CASE("values in the query of an address that let one in are masked") {
  CHECK(mask_address("https://h/x?a=1&token=s3cret&b=2") == "https://h/x?a=1&token=***&b=2");
  CHECK(mask_address("https://h?api%5Fkey=s3cret#y") == "https://h?api%5Fkey=***#y");
  CHECK(mask_address("https://h?key=a&password=b&client_secret=c") ==
        "https://h?key=***&password=***&client_secret=***");
  CHECK(mask_address("postgresql:///db?host=/tmp&password=s3cret") == "postgresql:///db?host=/tmp&password=***");
  CHECK(mask_address("https://h/#access_token=s3cret") == "https://h/#access_token=***");
}

TEST_CASE("of libpq's words the password is masked, quoted or not") {
  CHECK(mask_address("host=h password=s3cret dbname=d") == "host=h password=*** dbname=d");
  CHECK(mask_address("password = 'a b\\'c' host='x y'") == "password = *** host='x y'");
  CHECK(mask_address("host=h password='open") == "host=h password=***");
}

TEST_CASE("what holds no secret is shown as it is") {
  for (const char* text :
       {"https://example.com:8443/a@b:c?page=2&pageToken=x", "postgresql://etl@db/x", "db://name",
        "https://[::1]:80/x@y", "/srv/a=b/store", "[\"pass\", \"show\", \"x=y\"]", "", "a://", "=", "x="})
    CHECK(mask_address(text) == text);
}
