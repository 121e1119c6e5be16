// Text files that only grew: their new rows alone are the change, where that can be proved.

#include <fstream>

#include "changes_fixture.hpp"

using namespace matview;
using namespace matview::engine;
using matview::engine::test::ChangesFixture;
using matview::engine::test::good;

namespace fs = std::filesystem;

namespace {

struct AppendedFixture : ChangesFixture {
  void append(const std::string& name, const std::string& content) const {
    std::ofstream(path(name), std::ios::app | std::ios::binary) << content;
  }

  /// What is added when `more` is written behind `content`; "lost" where that cannot be proved.
  std::string grow(const std::string& sql, const std::string& name, const std::string& content,
                   const std::string& more) {
    text(name, content);
    read(sql);
    retained.clear();
    keep();
    append(name, more);
    const auto found = changes();
    if (!found.references.at(0).lost.empty()) return "lost";
    const auto only = change();
    CHECK(only.appended);
    CHECK(only.removed.empty());
    return sorted(only.added);
  }
};

}  // namespace

TEST_CASE("rows appended to a linked file are the whole change, time after time") {
  AppendedFixture f;
  f.text("a.csv", "id,v\n1,a\n");
  f.text("b.csv", "id,v\n9,z\n");
  f.read("SELECT * FROM '*.csv'");
  f.keep();
  for (const std::string id : {"2", "3", "4"}) {
    f.append("a.csv", id + ",b\n");
    const auto change = f.change();
    CHECK(change.appended);
    CHECK(f.sorted(change.added) == id + ",b");
    CHECK(change.removed.empty());
    CHECK(change.added_bytes < 8);
    const auto kept = f.keep();
    CHECK_FALSE(kept.retained[0].copied);
  }
  CHECK(f.sorted(f.change().old_rows) == "1,a|2,b|3,b|4,b|9,z");
}

TEST_CASE("what a file was is told without a copy of it where nobody is going to read it") {
  AppendedFixture f;
  f.text("a.csv", "id\n1\n1\n2\n");
  f.read("SELECT * FROM 'a.csv'");
  f.keep();
  f.append("a.csv", "1\n3\n");
  SourceReads reads;
  reads.old_rows = OldRows::never;
  const auto found = good(
      reference_changes(f.database(), f.definition, f.recorded, f.look(), f.retained, f.root, *f.run_sources, reads));
  CHECK(f.sorted(found.references.at(0).added) == "1|3");
  CHECK(f.sorted(found.references.at(0).old_rows) == "1|1|2");
  const auto parts = *found.parts;
  CHECK(std::distance(fs::recursive_directory_iterator(parts), {}) == 2);
}

TEST_CASE("parts of files go with the change they were made for") {
  AppendedFixture f;
  f.text("a.csv", "id\n1\n");
  f.read("SELECT * FROM 'a.csv'");
  f.keep();
  f.append("a.csv", "2\n");
  auto found = std::make_unique<SourceChanges>(f.changes());
  const auto parts = *found->parts;
  CHECK(fs::exists(parts));
  found.reset();
  f.parts.reset();
  CHECK_FALSE(fs::exists(parts));
}

TEST_CASE("new rows of a file show its own name and partition") {
  AppendedFixture f;
  f.text("k=1/a.csv", "id\n1\n");
  f.read("SELECT * FROM read_csv('*/*.csv', filename = true)");
  f.keep();
  f.append("k=1/a.csv", "2\n");
  CHECK(f.sorted(f.change().added) == "2," + f.path("k=1/a.csv") + ",1");
}

TEST_CASE("what stands before the rows of a CSV file does for the new ones too") {
  AppendedFixture f;
  CHECK(f.grow("SELECT * FROM read_csv('a.csv', skip = 1, header = true)", "a.csv", "made today\nid,v\n1,x\n",
               "2,y\n") == "2,y");
  CHECK(f.grow("SELECT * FROM read_csv('a.csv', header = false)", "a.csv", "1,x\n", "2,y\n") == "2,y");
  CHECK(f.grow("SELECT * FROM read_csv('a.csv', skip = 2, header = false)", "a.csv", "one\ntwo\n1,x\n", "2,y\n") ==
        "2,y");
  CHECK(f.grow("SELECT * FROM read_csv('a.csv', comment = '#')", "a.csv", "# said\nid,v\n1,x\n", "# more\n2,y\n") ==
        "2,y");
  CHECK(f.grow("SELECT * FROM 'a.csv'", "a.csv", "\xEF\xBB\xBFid,v\n1,x\n", "2,y\n") == "2,y");
  CHECK(f.grow("SELECT * FROM 'a.csv'", "a.csv", "id;\"the;\nvalue\"\n1;x\n", "2;y\n") == "2,y");
  CHECK(f.grow("SELECT * FROM 'a.tsv'", "a.tsv", "id\tv\n1\tx\n", "2\ty\n3\t\n") == "2,y|3,NULL");
  CHECK(f.grow("SELECT * FROM 'a.csv'", "a.csv", "id\n1\n", "\n2\n") ==
        f.grow("SELECT * FROM 'b.csv'", "b.csv", "id\n1\n", "\n2\n"));
}

TEST_CASE("lines within quotes and lines that end as on Windows are no obstacle") {
  AppendedFixture f;
  CHECK(f.grow("SELECT id FROM 'a.csv'", "a.csv", "id,v\n1,\"a\nb\"\n", "2,\"c\n3,d\"\n4,e\n") == "2,c\n3,d|4,e");
  CHECK(f.grow("SELECT * FROM 'a.csv'", "a.csv", "id,v\r\n1,x\r\n", "2,y\r\n3,z\r\n") == "2,y|3,z");
  CHECK(f.grow("SELECT * FROM 'a.csv'", "a.csv", "id,v\r\n1,x\r\n", "2,y\n") == "lost");
  CHECK(f.grow("SELECT * FROM 'a.csv'", "a.csv", "id,v\n1,x\n", "2,y\r\n") == "lost");
}

TEST_CASE("a row that may reach across the old end is not taken for a new one") {
  AppendedFixture f;
  CHECK(f.grow("SELECT * FROM 'a.csv'", "a.csv", "id,v\n1,x", "y\n2,y\n") == "lost");
  CHECK(f.grow("SELECT * FROM 'a.csv'", "a.csv", "id,v\n1,5\" pipe\n", "2,y\n") == "lost");
  CHECK(f.grow("SELECT * FROM read_csv('a.csv', escape = '\\', quote = '\"')", "a.csv", "id,v\n1,\"x\"\n", "2,y\n") ==
        "lost");
  CHECK(f.grow("SELECT * FROM read_csv('a.csv', ignore_errors = true)", "a.csv", "id,v\n1,x\n", "2,y\n") == "lost");
  CHECK(f.grow("SELECT * FROM read_csv('a.csv', header = false)", "a.csv", "1\n2\n", "\n3\n") == "lost");
}

TEST_CASE("objects appended to a JSON file are new rows where each has a line of its own") {
  AppendedFixture f;
  const std::string all = "SELECT * FROM 'a.json'";
  CHECK(f.grow(all, "a.json", "{\"id\": 1, \"v\": \"x\"}\n", "{\"id\": 2, \"v\": \"y\"}\n{\"id\": 3}\n") ==
        "2,y|3,NULL");
  CHECK(f.grow(all, "a.json", "{\"id\": 1,\n \"v\": 4}\n", "{\"id\": 2, \"v\": 5}\n") == "lost");
  CHECK(f.grow("SELECT * FROM 'a.ndjson'", "a.ndjson", "{\"id\": 1}\n", "{\"id\": 2}\n") == "2");
  CHECK(f.grow("SELECT * FROM read_ndjson('b.json')", "b.json", "{\"id\": 1}\n\n", "{\"id\": 2}\n") == "2");
  CHECK(f.grow("SELECT * FROM read_json('c.json', format = 'newline_delimited')", "c.json", "{\"id\": 1} \n",
               "{\"id\": 2}") == "2");
}

TEST_CASE("a file that grew and changed has no history, nor has one that is packed or read as a whole") {
  AppendedFixture f;
  f.text("a.csv", "id\n1\n2\n");
  f.read("SELECT * FROM 'a.csv'");
  f.keep();
  f.text("a.csv", "id\n1\n5\n6\n");
  CHECK(f.lost() == "SOURCE_HISTORY_MISSING " + f.path("a.csv") + " was changed in place");
  CHECK(f.grow("SELECT * FROM read_text('a.txt')", "a.txt", "one\n", "two\n") == "lost");
  CHECK(f.grow("SELECT * FROM read_json_objects('a.ndjson')", "a.ndjson", "{}\n", "{}\n") == "lost");
}

TEST_CASE("a file that was empty had no rows") {
  AppendedFixture f;
  f.text("a.csv", "id\n1\n");
  f.text("b.csv", "");
  f.read("SELECT * FROM '*.csv'");
  f.keep();
  f.text("b.csv", "id\n2\n");
  const auto change = f.change();
  CHECK(f.sorted(change.added) == "2");
  CHECK(change.removed.empty());
}

TEST_CASE("what was appended is told of files that are not kept, and of those that a program puts in place anew") {
  for (const std::string mode : {"off", "link", "copy"}) {
    CAPTURE(mode);
    AppendedFixture f;
    f.text("a.csv", "id\n1\n");
    f.read("SELECT * FROM 'a.csv'");
    const auto kept = f.keep(mode, mode == "copy" ? 2 : 1 << 20);
    CHECK(kept.retained.at(0).path.empty() == (mode != "link"));
    f.append("a.csv", "2\n");
    CHECK(f.sorted(f.change().added) == "2");
    f.keep(mode);
    f.text("new", "id\n1\n2\n3\n");
    fs::rename(f.path("new"), f.path("a.csv"));
    CHECK(f.sorted(f.change().added) == "3");
  }
}

TEST_CASE("a file that was changed in place is copied from then on, unless it only grows") {
  AppendedFixture f;
  f.text("a.csv", "id\n1\n");
  f.read("SELECT * FROM 'a.csv'");
  f.keep();
  f.text("a.csv", "id\n2\n");
  CHECK(f.lost().ends_with("was changed in place"));
  CHECK(f.keep().retained.at(0).copied);
  f.text("a.csv", "id\n3\n");
  CHECK(f.sorted(f.change().removed) == "2");
  CHECK(f.keep().retained.at(0).copied);
  f.append("a.csv", "4\n");
  auto change = f.change();
  CHECK(f.sorted(change.added) == "4");
  CHECK(f.sorted(change.old_rows) == "3");
  CHECK(f.keep().retained.at(0).copied);
  // One that is put in place anew is linked again.
  f.text("new", "id\n5\n");
  fs::rename(f.path("new"), f.path("a.csv"));
  CHECK(f.sorted(f.change().removed) == "3|4");
  CHECK_FALSE(f.keep().retained.at(0).copied);
}

TEST_CASE("a file too large to be copied is linked after a change in place") {
  AppendedFixture f;
  f.text("a.csv", "id\n1\n");
  f.read("SELECT * FROM 'a.csv'");
  f.keep("link", 2);
  f.text("a.csv", "id\n2\n");
  const auto kept = f.keep("link", 2);
  REQUIRE(kept.retained.size() == 1);
  CHECK_FALSE(kept.retained[0].path.empty());
}

TEST_CASE("small files are copied rather than linked") {
  AppendedFixture f;
  f.text("a.csv", "id\n1\n");
  f.text("b.csv", "id\n1\n2\n3\n");
  f.read("SELECT * FROM '*.csv'");
  auto kept = keep_files(f.definition, f.look(), {}, {"link", 1 << 20, f.root, "sources/1/x", 6});
  REQUIRE(kept.retained.size() == 2);
  CHECK(kept.retained[0].copied);
  CHECK_FALSE(kept.retained[1].copied);
  f.recorded = kept.sources;
  f.retained = kept.retained;
  f.text("a.csv", "id\n2\n");
  CHECK(f.sorted(f.change().removed) == "1");
}
