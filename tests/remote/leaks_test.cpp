// The search for leaked secrets, which the other tests rely on to find them.

#include "support/leaks.hpp"

#include <doctest/doctest.h>

#include "support/temporary_directory.hpp"

using namespace matview::test;

TEST_CASE("a secret is found in every spelling, also within something longer") {
  const LeakSearch search({std::string(k_odd_secret)});
  for (const auto* text :
       {R"(key zq/9+8x=Q"7&%w<k~J:0pV secret.)", R"({"key":"zq/9+8x=Q\"7&%w<k~J:0pV secret"})",
        "k=zq%2F9%2B8x%3DQ%227%26%25w%3Ck~J%3A0pV%20secret", "k=zq%2f9%2b8x%3dQ%227%26%25w%3ck~J%3a0pV%20secret",
        "k=zq%2F9%2B8x%3DQ%227%26%25w%3Ck%7EJ%3A0pV+secret", "zq/9+8x=Q&quot;7&amp;%w&lt;k~J:0pV secret",
        // base64 of the secret, of "a:" and it, of "ab:" and it with more after it
        "Basic enEvOSs4eD1RIjcmJXc8a35KOjBwViBzZWNyZXQ=", "YTp6cS85Kzh4PVEiNyYldzxrfko6MHBWIHNlY3JldA==",
        "YWI6enEvOSs4eD1RIjcmJXc8a35KOjBwViBzZWNyZXQ6bW9yZQ==",
        "0x7a712f392b38783d5122372625773c6b7e4a3a30705620736563726574"})
    CHECK_MESSAGE(!search.in_text("here", text).empty(), text);
  CHECK(search.in_text("here", "zq/9+8x=Q and so on, *** and nothing else").empty());
}

TEST_CASE("a secret is found in files and in their names") {
  const TemporaryDirectory directory;
  const LeakSearch search({"a-secret-word"});
  directory.write("sub/file", "nothing");
  CHECK(search.in_files(directory.path()).empty());
  directory.write("sub/other", std::string("\0\1 a-secret-word", 16));
  CHECK_FALSE(search.in_files(directory.path() / "sub").empty());
  const TemporaryDirectory named;
  named.write("a-secret-word.log", "");
  CHECK_FALSE(search.in_files(named.path()).empty());
}
