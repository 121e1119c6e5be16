#include "config/document.hpp"

#include <doctest/doctest.h>

#include "world.hpp"

using matview::ErrorCode;
using matview::config::Entry;
using matview::config::format_list;
using matview::config::parse_document;
using matview::config::parse_list;

TEST_CASE("entries have their keys, kinds, texts and lines") {
  const auto entries = parse_document("a = 1\nb = 'x'\n\n[t]\nc = [true, 1.5]\nd = 2026-01-01\n", "f");
  REQUIRE(entries);
  REQUIRE(entries->size() == 3);
  CHECK((*entries)[0].key == "a");
  CHECK((*entries)[0].kind == Entry::Kind::integer);
  CHECK((*entries)[0].text == "1");
  CHECK((*entries)[1].line == 2);
  const auto& table = (*entries)[2];
  CHECK(table.line == 4);
  REQUIRE(table.members.size() == 2);
  CHECK(table.members[0].kind == Entry::Kind::array);
  CHECK(table.members[0].line == 5);
  CHECK(table.members[0].members[0].text == "true");
  CHECK(table.members[0].members[1].kind == Entry::Kind::floating);
  CHECK(table.members[1].kind == Entry::Kind::date_or_time);
}

TEST_CASE("text that is no TOML is a usage error with its place, whatever it is") {
  const std::vector<std::string> texts{
      "x",
      "=",
      "[",
      "[profiles.a",
      "a = ",
      "a = \"",
      "a = \"\"\"x",
      "a = 1\na = 2",
      "[a]\n[a]",
      "a.b = 1\na = 2",
      "a = 99999999999999999999",
      "a = 2026-13-01",
      std::string("a = \"\0\"", 8),
      std::string("\0", 1),
      "a = \"\xff\"",
      "\xff\xfe\x61\x00",
      "a = \"\\q\"",
      "a = \"\\ud800\"",
      std::string(100000, '['),
      "a = " + std::string(100000, '['),
      "a = " + std::string(10000, '{'),
      "a = 1 b = 2",
      "<<<<<<< HEAD\n",
  };
  for (const auto& text : texts) {
    const auto parsed = parse_document(text, "file.toml");
    INFO(text.substr(0, 40));
    REQUIRE_FALSE(parsed);
    CHECK(parsed.error().code == ErrorCode::usage);
    CHECK(parsed.error().message.starts_with("file.toml:"));
  }
}

TEST_CASE("every prefix of a configuration either loads or is refused as usage") {
  const matview::test::World world;
  const std::string whole =
      "default_profile = \"wh\"\nretries = 3 # c\n[profiles.wh]\nprovider = \"local\"\nstore = '~/x'\n"
      "threads = 2\n[profiles.\"r-1.x\"]\nprovider = \"remote\"\napi_key_command = [\"a\", \"b\"]\n[views.v]\nx = {y = "
      "1}\n";
  for (std::size_t size = 0; size <= whole.size(); ++size) {
    world.user(whole.substr(0, size));
    const auto loaded = world.load();
    if (!loaded) CHECK(loaded.error().code == ErrorCode::usage);
  }
  CHECK(world.load());
}

TEST_CASE("a list comes back from its text as it was") {
  const std::vector<std::string> items{"pass",  "a b",      "it's", "\"q\"", "back\\slash", "line\nend",
                                       "\ttab", "umlaut ü", "",     "[a,b]", "'''",         std::string(300, 'x')};
  const auto text = format_list(items);
  CHECK(text.find('\n') == std::string::npos);
  const auto back = parse_list(text);
  REQUIRE(back);
  CHECK(*back == items);
  CHECK(parse_list("[]")->empty());
  CHECK_FALSE(parse_list("\"a\""));
  CHECK_FALSE(parse_list("[1]"));
  CHECK_FALSE(parse_list("[\"a\"]\nb = 1"));
  CHECK_FALSE(parse_list("a b"));
}
