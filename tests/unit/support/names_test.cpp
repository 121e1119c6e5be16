#include <doctest/doctest.h>

#include <vector>

#include "support/edit_distance.hpp"
#include "support/glob.hpp"

using namespace matview::support;

TEST_CASE("the distance counts insertions, deletions, replacements and swaps") {
  CHECK(edit_distance("", "") == 0);
  CHECK(edit_distance("", "abc") == 3);
  CHECK(edit_distance("refresh", "refresh") == 0);
  CHECK(edit_distance("refersh", "refresh") == 1);
  CHECK(edit_distance("kitten", "sitting") == 3);
  CHECK(edit_distance("grün", "grun") == 1);
}

TEST_CASE("a mistyped name finds the one that was meant") {
  const std::vector<std::string> commands{"create", "refresh", "status", "list", "show", "drop", "query", "gc"};
  CHECK(nearest("refrsh", commands) == "refresh");
  CHECK(nearest("satus", commands) == "status");
  CHECK(nearest("LIST", commands) == "list");
  CHECK(nearest("ref", commands) == "refresh");
  CHECK(nearest("gcc", commands) == "gc");
  CHECK_FALSE(nearest("banana", commands).has_value());
  CHECK_FALSE(nearest("x", commands).has_value());
  CHECK_FALSE(nearest("", commands).has_value());
  CHECK_FALSE(nearest(std::string(5000, 'x'), commands).has_value());
}

TEST_CASE("a real mistype is preferred to a name that only begins the same") {
  const std::vector<std::string> names{"sales_by_day_and_region", "sale"};
  CHECK(nearest("sales", names) == "sale");
}

TEST_CASE("globs match whole names") {
  CHECK(glob_match("*", ""));
  CHECK(glob_match("*", "anything"));
  CHECK(glob_match("sales_*", "sales_"));
  CHECK(glob_match("sales_*", "sales_by_day"));
  CHECK_FALSE(glob_match("sales_*", "xsales_by_day"));
  CHECK(glob_match("*day", "sales_day_by_day"));
  CHECK(glob_match("a*b*c", "axxbyyc"));
  CHECK_FALSE(glob_match("a*b*c", "axxbyy"));
  CHECK(glob_match("?", "売"));
  CHECK_FALSE(glob_match("?", ""));
  CHECK_FALSE(glob_match("", "a"));
  CHECK_FALSE(glob_match("Sales", "sales"));
}

TEST_CASE("sets, ranges, negation and escapes work as in a shell") {
  CHECK(glob_match("v[0-9]", "v7"));
  CHECK_FALSE(glob_match("v[0-9]", "vx"));
  CHECK(glob_match("v[!0-9]", "vx"));
  CHECK(glob_match("v[^0-9]", "vx"));
  CHECK(glob_match("[]x]", "]"));
  CHECK(glob_match("[a-]", "-"));
  CHECK(glob_match("[ä-ü]", "ö"));
  CHECK(glob_match("a[b", "a[b"));
  CHECK(glob_match("a\\*", "a*"));
  CHECK_FALSE(glob_match("a\\*", "ab"));
  CHECK(glob_match("[\\]]", "]"));
  CHECK(has_glob("a*"));
  CHECK_FALSE(has_glob("plain.name"));
}

TEST_CASE("a hostile pattern takes no exponential time") {
  std::string pattern;
  for (int i = 0; i < 200; ++i) pattern += "a*";
  CHECK_FALSE(glob_match(pattern + "b", std::string(2000, 'a')));
}
