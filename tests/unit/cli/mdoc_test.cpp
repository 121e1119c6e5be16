#include "cli/mdoc.hpp"

#include <doctest/doctest.h>

using namespace matview::cli;

TEST_CASE("what is no request stays none, and flags stay what is typed") {
  CHECK(mdoc_paragraphs(".Sh is text") == "\\&.Sh is text\n");
  CHECK(mdoc_paragraphs("'matview list' does") == "\\&'matview list' does\n");
  CHECK(mdoc_text("with --all and -P, well-known") == "with \\-\\-all and \\-P, well-known");
  CHECK(mdoc_text("a\\b") == "a\\eb");
  CHECK(mdoc_literal(".x --y\\") == "\\&.x \\-\\-y\\e\n");
}

TEST_CASE("sentences begin lines, and paragraphs are apart") {
  CHECK(mdoc_paragraphs("One. Two. three, 1.5 files.\n\nFour.") == "One.\nTwo. three, 1.5 files.\n.Pp\nFour.\n");
  CHECK(mdoc_paragraphs("Does it. --stale does.") == "Does it.\n\\-\\-stale does.\n");
}

TEST_CASE("arguments of macros are taken as they are") {
  CHECK(mdoc_argument("NAME") == "NAME");
  CHECK(mdoc_argument("No") == "\\&No");
  CHECK(mdoc_argument("[SELECTOR...]") == "\\&[SELECTOR...]");
  CHECK(mdoc_argument("a \"b\"") == "\"a \\(dqb\\(dq\"");
}
