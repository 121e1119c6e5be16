#include "read_examples.hpp"

#include <doctest/doctest.h>

using namespace matview::test;

TEST_CASE("examples are found where documents have them") {
  const auto help = examples_of_help("list", "Usage\n\nExamples:\n  matview list\n  matview list -o json\n");
  REQUIRE(help.size() == 2);
  CHECK(help[1].script == "matview list -o json\n");
  CHECK(help[1].where == "help list");

  const auto page = examples_of_page("x.7",
                                     ".Sh NAME\n.Dl $ matview no\n.Sh EXAMPLES\n.Bd -literal\n$ cat a.py\nprint()\n"
                                     "$ matview create x \\e\n    \\-\\-udtf a.py\nview 'x' is there\n.Ed\n"
                                     ".Dl matview list\n.Bd -literal\nexport KEY=...\nmatview gc\n.Ed\n.Sh SEE ALSO\n");
  REQUIRE(page.size() == 3);
  CHECK(page[0].script == "matview create x \\\n    --udtf a.py\n");
  CHECK(page[0].files.at("a.py") == "print()\n");
  CHECK(page[1].script == "matview list\n");
  CHECK(page[2].script == "matview gc\n");

  const auto readme = examples_of_markdown(
      "README.md",
      "Text.\n\n    matview list\n    matview gc\n\n```console\n$ matview no\n```\n\n    */10 * * * *  other\n\n"
      "```python\nimport json   # a.py\n```\n\n    matview create x\n");
  REQUIRE(readme.size() == 2);
  CHECK(readme[0].script == "matview list\nmatview gc\n");
  CHECK(readme[1].files.at("a.py") == "import json   # a.py\n");
}
