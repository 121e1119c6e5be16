#include "engine/sources/listing.hpp"

#include <sys/stat.h>

#include "fixture.hpp"

using namespace matview;
using namespace matview::engine;
using matview::engine::test::Fixture;

namespace {

std::string joined(const std::vector<std::string>& names) {
  std::string text;
  for (const auto& name : names) text += name + "\n";
  return text;
}

}  // namespace

TEST_CASE("patterns match what DuckDB's glob matches") {
  Fixture fixture;
  for (const std::string file :
       {"a.csv",       "b.csv",         "ab.csv",        "a.parquet", ".hidden.csv", "a[1].csv",    "a1.csv",
        "x y.csv",     "q?.csv",        "s*.csv",        "d/a.csv",   "d/.h/a.csv",  "d/e/a.csv",   "d/e/b.csv",
        "d/e/f/a.csv", "k=1/j=x/a.csv", "k=2/j=y/a.csv", "A.CSV",     "ä.csv",       "d.csv/a.csv", "n\nl.csv",
        "a-b.csv",     "a]b.csv",       "a^.csv",        "a!.csv"})
    fixture.text(file, "x");
  std::filesystem::create_directory_symlink(fixture.path("d/e"), fixture.path("link"));
  std::filesystem::create_symlink(fixture.path("a.csv"), fixture.path("linked.csv"));
  std::filesystem::create_symlink(fixture.path("nowhere"), fixture.path("broken.csv"));
  for (const std::string pattern : {"*.csv",
                                    "?.csv",
                                    "[ab].csv",
                                    "[a-b]*.csv",
                                    "[!a]*.csv",
                                    "a[[]1].csv",
                                    "a[1].csv",
                                    "q[?].csv",
                                    "s[*].csv",
                                    "*",
                                    "*/*.csv",
                                    "*/*/a.csv",
                                    "**/a.csv",
                                    "**/*.csv",
                                    "**",
                                    "d/**",
                                    "d/**/a.csv",
                                    "d/*/**/a.csv",
                                    "k=*/j=*/*.csv",
                                    "link/*.csv",
                                    "link/**",
                                    "*.nothing",
                                    "none/*.csv",
                                    ".*",
                                    "*.CSV",
                                    "ä*",
                                    "x *.csv",
                                    "./*.csv",
                                    "d/../*.csv",
                                    "d//e/*.csv",
                                    "[a",
                                    "*]*",
                                    "*[a",
                                    "a[]b.csv",
                                    "[^a].csv",
                                    "a[!b]*",
                                    "a[a-",
                                    "*.c[s]v"}) {
    INFO(pattern);
    const auto ours = list_files(fixture.path("") + pattern);
    const auto theirs =
        fixture.database().rows("SELECT file FROM glob(" + quote_literal(fixture.path("") + pattern) + ")");
    REQUIRE_MESSAGE(ours.has_value(), (ours ? "" : ours.error().message));
    REQUIRE(theirs.has_value());
    std::vector<std::string> expected;
    for (const auto& row : *theirs)
      expected.push_back(std::filesystem::path(row[0].value_or("")).lexically_normal().string());
    std::sort(expected.begin(), expected.end());
    std::vector<std::string> found;
    for (const auto& file : *ours) found.push_back(std::filesystem::path(file.path).lexically_normal().string());
    std::sort(found.begin(), found.end());
    CHECK(joined(found) == joined(expected));
  }
}

TEST_CASE("a path that is not there, no file or unreadable is refused by name") {
  Fixture fixture;
  const auto failure = [](const std::string& pattern) {
    const auto files = list_files(pattern);
    REQUIRE_FALSE(files.has_value());
    CHECK(files.error().code == ErrorCode::failed);
    return files.error().message;
  };
  CHECK(failure(fixture.path("none.csv")) == "cannot read '" + fixture.path("none.csv") + "': no such file");
  CHECK(failure(fixture.path("")).find("is a directory") != std::string::npos);
  REQUIRE(mkfifo(fixture.path("pipe.csv").c_str(), 0600) == 0);
  CHECK(failure(fixture.path("*.csv")).find("pipe.csv': it is not a regular file") != std::string::npos);
  fixture.text("x.parquet", "");
  const auto twice = list_files(std::vector{fixture.path("x.parquet"), fixture.path("*.parquet")});
  REQUIRE_FALSE(twice.has_value());
  CHECK(twice.error().message.find("twice") != std::string::npos);
}

TEST_CASE("a file whose name looks like a pattern is read as itself") {
  Fixture fixture;
  fixture.copy("SELECT 1 AS id", "p/a[1].parquet");
  fixture.copy("SELECT 2 AS id", "p/a1.parquet");
  fixture.copy("SELECT 3 AS id", "p/q?.parquet");
  fixture.copy("SELECT 4 AS id", "p/qx.parquet");
  fixture.create("SELECT id FROM 'p/*.parquet' ORDER BY id");
  CHECK(fixture.rows() == "1|2|3|4");
}
