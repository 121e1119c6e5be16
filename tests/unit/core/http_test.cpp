#include "matview/http.hpp"

#include <doctest/doctest.h>

#include "matview/secret.hpp"

using matview::HttpHeaders;

TEST_CASE("header names do not differ by case, and a field may occur several times") {
  HttpHeaders headers{{"Set-Cookie", "a=1"}, {"set-cookie", "b=2"}, {"Accept", "x"}};
  CHECK(headers.all("SET-COOKIE") == std::vector<std::string>{"a=1", "b=2"});
  REQUIRE(headers.find("accept") != nullptr);
  CHECK(*headers.find("accept") == "x");
  CHECK(headers.find("Accep") == nullptr);
  headers.set("ACCEPT", "y");
  CHECK(headers.all("accept") == std::vector<std::string>{"y"});
}

TEST_CASE("what starts a job is repeated only after an answer that says that nothing was done") {
  const auto rule = matview::RetryRule::submit();
  CHECK(rule.statuses == std::vector<int>{429});
  CHECK_FALSE(rule.if_unanswered);
  CHECK(matview::RetryRule::read().if_unanswered);
}

TEST_CASE("placeholders are found wherever they stand, and half of one is text") {
  const auto show = [](std::string_view text) {
    return matview::replace_placeholders(text, [](std::string_view name) { return "$" + std::string(name); });
  };
  const auto key = matview::secret_placeholder("DUNE_API_KEY");
  CHECK(show(key) == "$DUNE_API_KEY");
  CHECK(show("a" + key + "b" + key) == "a$DUNE_API_KEYb$DUNE_API_KEY");
  CHECK(show("none") == "none");
  CHECK(show("__matview_secret__HALF") == "__matview_secret__HALF");
  CHECK(show("").empty());
}
