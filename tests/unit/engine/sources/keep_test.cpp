#include <fcntl.h>
#include <sys/stat.h>

#include "changes_fixture.hpp"

using namespace matview;
using namespace matview::engine;
using matview::engine::test::ChangesFixture;

namespace fs = std::filesystem;

namespace {

/// As every careful writer does: a new file, put in place of the old one.
void replace(ChangesFixture& f, const std::string& name, const std::string& content) {
  f.text(name + ".new", content);
  fs::rename(f.path(name + ".new"), f.path(name));
}

}  // namespace

TEST_CASE("a file that was replaced or removed still tells its old rows") {
  for (const std::string mode : {"link", "copy"}) {
    CAPTURE(mode);
    ChangesFixture f;
    f.text("a.csv", "id\n1\n2\n");
    f.text("b.csv", "id\n3\n");
    f.text("c.csv", "id\n4\n");
    f.read("SELECT * FROM '*.csv'");
    f.keep(mode);
    REQUIRE(f.retained.size() == 3);
    CHECK(f.retained[0].copied == (mode == "copy"));
    replace(f, "a.csv", "id\n2\n5\n");
    fs::remove(f.path("b.csv"));
    f.text("d.csv", "id\n6\n");
    const auto change = f.change();
    CHECK(f.sorted(change.old_rows) == "1|2|3|4");
    CHECK(f.sorted(change.removed) == "1|2|3");
    CHECK(f.sorted(change.added) == "2|5|6");
    CHECK(f.sorted(change.new_rows) == "2|4|5|6");
    CHECK(change.overlaps);
    CHECK(f.difference() == "1 file added, 1 removed, 1 rewritten (*.csv)");
  }
}

TEST_CASE("without a kept file the old rows are lost, and it is said of which") {
  ChangesFixture f;
  f.text("a.csv", "id\n1\n");
  f.text("b.csv", "id\n2\n");
  f.read("SELECT * FROM '*.csv'");
  f.keep("off");
  for (const auto& file : f.retained) CHECK(file.path.empty());
  replace(f, "a.csv", "id\n7\n");
  CHECK(f.lost() == "SOURCE_HISTORY_MISSING " + f.path("a.csv") + " was replaced, and nothing was kept of it");
  f.keep("off");
  fs::remove(f.path("b.csv"));
  CHECK(f.lost() == "SOURCE_HISTORY_MISSING " + f.path("b.csv") + " was removed, and nothing was kept of it");
}

TEST_CASE("a file changed in place is lost where it was linked, and known where it was copied") {
  for (const std::string mode : {"link", "copy"}) {
    CAPTURE(mode);
    ChangesFixture f;
    f.text("a.csv", "id\n1\n");
    f.read("SELECT * FROM 'a.csv'");
    f.keep(mode);
    f.text("a.csv", "id\n8\n");
    CHECK(f.difference() == "1 file rewritten (a.csv)");
    if (mode == "copy") {
      CHECK(f.sorted(f.change().removed) == "1");
    } else {
      CHECK(f.lost() == "SOURCE_HISTORY_MISSING " + f.path("a.csv") + " was changed in place");
    }
  }
}

TEST_CASE("a file that was changed in place behind its own back is noticed by its ctime") {
  ChangesFixture f;
  f.text("a.csv", "id\n1\n");
  f.read("SELECT * FROM 'a.csv'");
  f.keep();
  struct stat before {};
  REQUIRE(stat(f.path("a.csv").c_str(), &before) == 0);
  f.text("a.csv", "id\n9\n");
  const timespec times[2] = {before.st_atim, before.st_mtim};
  REQUIRE(utimensat(AT_FDCWD, f.path("a.csv").c_str(), times, 0) == 0);
  CHECK(f.difference() == "1 file rewritten (a.csv)");
  CHECK(f.lost() == "SOURCE_HISTORY_MISSING " + f.path("a.csv") + " was changed in place");
}

TEST_CASE("another link or mode makes no other file of one that is too large to be read through") {
  ChangesFixture f;
  f.text("a.csv", "id\n" + std::string(9 << 20, '1') + "\n");
  f.read("SELECT * FROM read_csv('a.csv', all_varchar = true, max_line_size = 20000000)");
  f.keep();
  fs::create_hard_link(f.path("a.csv"), f.path("backup"));
  fs::permissions(f.path("a.csv"), fs::perms::owner_read);
  CHECK(f.difference() == "");
  CHECK(f.change().added + f.change().removed == "");
}

TEST_CASE("files touched, written alike or renamed are no change, and are kept on") {
  for (const std::string mode : {"link", "copy"}) {
    CAPTURE(mode);
    ChangesFixture f;
    f.text("a.csv", "id\n1\n");
    f.text("b.csv", "id\n2\n");
    f.text("c.csv", "id\n3\n");
    f.read("SELECT * FROM '*.csv'");
    f.keep(mode);
    fs::last_write_time(f.path("a.csv"), fs::file_time_type::clock::now() + std::chrono::hours(1));
    replace(f, "b.csv", "id\n2\n");
    fs::rename(f.path("c.csv"), f.path("e.csv"));
    CHECK(f.difference() == "");
    const auto change = f.change();
    CHECK(change.added + change.removed == "");
    CHECK(change.old_rows == change.new_rows);
    // What is kept from then on is of the files as they are named and dated now.
    f.keep(mode);
    for (const auto* name : {"a.csv", "b.csv", "e.csv"}) fs::remove(f.path(name));
    f.text("z.csv", "id\n4\n");
    CHECK(f.sorted(f.change().removed) == "1|2|3");
  }
}

TEST_CASE("a renamed file has other rows where the query sees its name or its partition") {
  ChangesFixture f;
  f.text("k=1/a.csv", "id\n1\n");
  f.text("k=1/b.csv", "id\n2\n");
  f.read("SELECT id, filename FROM read_csv('k=1/*.csv', filename = true, hive_partitioning = false)");
  f.keep();
  fs::rename(f.path("k=1/a.csv"), f.path("k=1/c.csv"));
  auto change = f.change();
  CHECK(f.sorted(change.removed) == "1," + f.path("k=1/a.csv"));
  CHECK(f.sorted(change.added) == "1," + f.path("k=1/c.csv"));
  f.read("SELECT * FROM read_csv('*/*.csv')");
  f.keep();
  fs::create_directory(f.path("k=2"));
  fs::rename(f.path("k=1/b.csv"), f.path("k=2/b.csv"));
  change = f.change();
  CHECK(f.sorted(change.removed) == "2,1");
  CHECK(f.sorted(change.added) == "2,2");
}

TEST_CASE("a kept file shows its own name in a column of another name") {
  ChangesFixture f;
  f.copy("SELECT 1 AS id", "a.parquet");
  f.copy("SELECT 2 AS id", "b.parquet");
  f.read("SELECT * FROM read_parquet('a.parquet', filename = 'src')");
  f.keep();
  fs::rename(f.path("b.parquet"), f.path("a.parquet"));
  CHECK(f.sorted(f.change().removed) == "1," + f.path("a.parquet"));
}

TEST_CASE("a kept file shows its own name, partition, format and time") {
  ChangesFixture f;
  f.copy("SELECT 1 AS id", "p/k=1/l=x y/a[1].parquet");
  f.copy("SELECT 2 AS id", "p/k=2/l=z/a[1].parquet");
  f.read("SELECT * FROM read_parquet('p/**/*.parquet', filename = true)");
  f.keep();
  fs::remove(f.path("p/k=1/l=x y/a[1].parquet"));
  CHECK(f.sorted(f.change().removed) == "1," + f.path("p/k=1/l=x y/a[1].parquet") + ",1,x y");
  f.run("COPY (SELECT 5 AS id) TO '" + f.path("a.csv.gz") + "' (FORMAT csv, COMPRESSION gzip)");
  f.text("b.csv.gz", "");
  fs::remove(f.path("b.csv.gz"));
  f.read("SELECT * FROM 'a.csv.gz'");
  f.keep();
  f.run("COPY (SELECT 6 AS id) TO '" + f.path("b.csv.gz") + "' (FORMAT csv, COMPRESSION gzip)");
  fs::rename(f.path("b.csv.gz"), f.path("a.csv.gz"));
  CHECK(f.sorted(f.change().removed) == "5");
  for (const std::string mode : {"link", "copy"}) {
    f.text("t/n.txt", "old");
    f.read("SELECT * FROM read_text('t/*.txt')");
    f.keep(mode);
    const auto before = f.sorted(f.change().new_rows);
    replace(f, "t/n.txt", "new");
    CHECK(f.sorted(f.change().removed) == before);
  }
}

TEST_CASE("a copy that was torn or a link that was written to is not taken for what was read") {
  ChangesFixture f;
  f.text("a.csv", "id\n1\n");
  f.read("SELECT * FROM 'a.csv'");
  f.keep("copy");
  const auto kept = f.kept_path(0);
  const auto time = fs::last_write_time(kept);
  { std::fstream(kept, std::ios::in | std::ios::out).write("\0\0\0\0\0", 5); }
  fs::last_write_time(kept, time);
  replace(f, "a.csv", "id\n2\n");
  CHECK(f.lost() == "SOURCE_HISTORY_MISSING what was kept of " + f.path("a.csv") + " is damaged");
  f.keep("link");
  fs::remove(f.kept_path(0));
  replace(f, "a.csv", "id\n3\n");
  CHECK(f.lost() == "SOURCE_HISTORY_MISSING what was kept of " + f.path("a.csv") + " is damaged");
  f.keep("link");
  std::ofstream(f.kept_path(0), std::ios::app) << "4\n";
  fs::remove(f.path("a.csv"));
  f.text("a.csv", "id\n7\n");
  CHECK(f.lost() == "SOURCE_HISTORY_MISSING what was kept of " + f.path("a.csv") + " is damaged");
}

TEST_CASE("files above the limit are linked but not copied") {
  ChangesFixture f;
  f.text("a.csv", "id\n1\n");
  f.read("SELECT * FROM 'a.csv'");
  CHECK(f.keep("copy", 4).retained.at(0).path.empty());
  CHECK_FALSE(f.keep("link", 4).retained.at(0).path.empty());
}

TEST_CASE("what is kept already is not linked or copied again") {
  for (const std::string mode : {"link", "copy"}) {
    CAPTURE(mode);
    ChangesFixture f;
    f.text("a.csv", "id\n1\n");
    f.read("SELECT * FROM '*.csv', read_csv('*.csv') AS again");
    f.keep(mode);
    const auto first = f.kept_path(0);
    f.text("b.csv", "id\n2\n");
    f.keep(mode);
    REQUIRE(f.retained.size() == 2);
    CHECK(f.kept_path(0) == first);
    CHECK(fs::hard_link_count(f.path("a.csv")) == (mode == "link" ? 2 : 1));
  }
}

TEST_CASE("a file that changes while it is read counts as changed ever after") {
  ChangesFixture f;
  f.text("a.csv", "id\n1\n");
  f.text("b.csv", "id\n2\n");
  f.read("SELECT * FROM '*.csv'");
  auto kept = keep_files(f.definition, f.look(), {}, {"link", 0, f.root, "sources/1/x"});
  replace(f, "a.csv", "id\n5\n");
  CHECK(confirm_read(kept) == std::vector<std::string>{f.path("a.csv")});
  CHECK(kept.retained.size() == 1);
  f.recorded = kept.sources;
  f.retained = kept.retained;
  CHECK(f.difference() == "1 file rewritten (*.csv)");
  CHECK(f.lost().find(f.path("a.csv")) != std::string::npos);
}

TEST_CASE("a file that changed before it could be kept asks for another look") {
  ChangesFixture f;
  f.text("a.csv", "id\n1\n");
  f.read("SELECT * FROM '*.csv'");
  const auto seen = f.look();
  replace(f, "a.csv", "id\n5\n");
  for (const std::string mode : {"link", "copy"}) {
    const auto kept = keep_files(f.definition, seen, {}, {mode, 99, f.root, "sources/1/" + mode});
    CHECK(kept.restless);
    CHECK(kept.retained.empty());
  }
}

TEST_CASE("a file that is a source under several names is one file") {
  ChangesFixture f;
  f.text("a.csv", "id\n1\n");
  fs::create_hard_link(f.path("a.csv"), f.path("b.csv"));
  f.read("SELECT * FROM '*.csv'");
  const auto before = f.recorded;
  const auto kept = f.keep();
  REQUIRE(kept.touched.size() == 2);
  CHECK(kept.touched[0].before.ctime_ns == before[0].files[0].ctime_ns);
  CHECK(kept.touched[1].before.ctime_ns == kept.touched[0].ctime_ns);
  CHECK(f.look() == f.recorded);
  // Another view that saw the file before goes along.
  RunSources other(*f.store);
  (void)other.observe(f.definition);
  f.retained.clear();
  fs::remove_all(f.root / "sources" / "1");
  other.look_again();
  const auto seen = *other.observe(f.definition);
  other.note_touches(f.keep().touched);
  CHECK(*other.observe(f.definition) == f.look());
  CHECK(seen != f.look());
  fs::remove(f.path("a.csv"));
  CHECK(f.sorted(f.change().removed) == "1");
}

TEST_CASE("a link tells which ctime it moved, so that other views do not take that for a change") {
  ChangesFixture f;
  f.text("a.csv", "id\n1\n");
  f.read("SELECT * FROM '*.csv'");
  const auto before = f.recorded[0].files[0];
  const auto kept = f.keep();
  REQUIRE(kept.touched.size() == 1);
  CHECK(kept.touched[0].before == before);
  CHECK(kept.touched[0].ctime_ns == f.look()[0].files[0].ctime_ns);
  CHECK(f.look() == f.recorded);
}
