#include <doctest/doctest.h>

#include <string>

#include "providers/dune/names.hpp"

using namespace matview;
using namespace matview::providers::dune;

TEST_CASE("dune: a view is named result_x or dune.OWNER.result_x") {
  const auto bare = parse_name("result_daily");
  REQUIRE(bare);
  CHECK(bare->owner.empty());
  CHECK(bare->bare == "result_daily");

  const auto full = parse_name("dune.acme.result_daily");
  REQUIRE(full);
  CHECK(full->owner == "acme");
  CHECK(full->bare == "result_daily");

  const auto quoted = parse_name("dune.\"21co\".result_daily");
  REQUIRE(quoted);
  CHECK(quoted->owner == "\"21co\"");
}

TEST_CASE("dune: a name without the prefix is refused with the prefixed one as a hint") {
  const auto error = parse_name("daily").error();
  CHECK(error.code == ErrorCode::usage);
  CHECK(error.message == "'daily' is no name of a view: names begin with 'result_' here");
  CHECK(error.hint == "did you mean 'result_daily'?");
  CHECK(parse_name("Daily Volume").error().hint == "did you mean 'result_daily_volume'?");
}

TEST_CASE("dune: a dotted name that is no full name is refused") {
  for (const char* text : {"acme.result_x", "dune.result_x", "dune..result_x", "dune.acme.", ".", "other.acme.result_x",
                           "dune.\"\".result_x"}) {
    CAPTURE(text);
    const auto name = parse_name(text);
    REQUIRE_FALSE(name);
    CHECK(name.error().code == ErrorCode::usage);
    CHECK(name.error().hint.find("result_") != std::string::npos);
  }
}

TEST_CASE("dune: new names follow the service's rule, and the hint is one that does") {
  for (const char* text : {"result_a", "result_1", "result__a", "result_a_b2", "dune.acme.result_x"}) {
    CAPTURE(text);
    CHECK(parse_new_name(text));
  }
  CHECK(parse_new_name("result_" + std::string(121, 'x')));
  CHECK_FALSE(parse_new_name("result_" + std::string(122, 'x')));
  for (const char* text : {"result_", "result_A", "result_x_", "result_x-y", "result_ä", "result_a b",
                           "dune.acme.daily", "result_x'", "result_\x1b[2J"}) {
    CAPTURE(text);
    const auto name = parse_new_name(text);
    REQUIRE_FALSE(name);
    CHECK(name.error().code == ErrorCode::usage);
    CHECK(name.error().message.find('\x1b') == std::string::npos);
    const auto quote = name.error().hint.find('\'');
    REQUIRE(quote != std::string::npos);
    const auto proposed = name.error().hint.substr(quote + 1, name.error().hint.find('\'', quote + 1) - quote - 1);
    CAPTURE(proposed);
    CHECK(parse_new_name(proposed));
  }
  const auto longest = parse_new_name("result_" + std::string(300, 'x')).error().hint;
  CHECK(parse_new_name(longest.substr(1, longest.find('\'', 1) - 1)));
}

TEST_CASE("dune: the same owner with and without quotes") {
  CHECK(same_owner("21co", "\"21co\""));
  CHECK(same_owner("acme", "acme"));
  CHECK_FALSE(same_owner("acme", "acm"));
  CHECK(owner_of("dune.acme.result_x") == "acme");
  CHECK(owner_of("dune.a.b.result_x") == "a.b");
  CHECK(owner_of("result_x").empty());
  CHECK(owner_of("dune.result_x").empty());
  CHECK(full_name("acme", "result_x") == "dune.acme.result_x");
}

TEST_CASE("dune: views of the account go by their bare names, others by their full ones") {
  CHECK(shown_name("dune.acme.result_x", "acme") == "result_x");
  CHECK(shown_name("dune.\"21co\".result_x", "21co") == "result_x");
  CHECK(shown_name("dune.other.result_x", "acme") == "dune.other.result_x");
  CHECK(shown_name("dune.acme.result_x", "") == "dune.acme.result_x");
  CHECK(shown_name("dune.acme.odd", "acme") == "dune.acme.odd");
  CHECK(shown_name("nonsense", "acme") == "nonsense");
}
