// Views of kind chunker: each source row becomes rows of its own; a refresh runs the program for what is new alone.

#include <SQLiteCpp/SQLiteCpp.h>

#include "program_fixture.hpp"

using namespace matview::test;

namespace {

/// What the program was given, from the job.
std::int64_t given(const Json& job) { return job["native"]["program"]["source_rows"].get<std::int64_t>(); }

constexpr auto k_documents = "SELECT * FROM 'in.csv'";

}  // namespace

TEST_CASE("a chunker's rows name their source row and count from 0 in it") {
  ProgramFixture store;
  store.write("in.csv", "doc,text\n1,a b c\n2,d\n3,\n4,e e\n");
  store.must_create("chunker", k_documents, store.splitter(), "word VARCHAR NOT NULL",
                    {"--udtf-input-columns", "text"});
  CHECK(store.query("SELECT __child_index, word FROM v ORDER BY word, 1") == "0,a\n1,b\n2,c\n0,d\n0,e\n1,e\n");
  CHECK(store.query("SELECT count(DISTINCT __source_row_id) FROM v") == "3\n");
  const auto columns = parse_json(store.must({"show", "v", "-o", "json"}))["views"][0]["columns"];
  CHECK(columns[0]["name"] == "__source_row_id");
  CHECK(columns[1]["type"] == "BIGINT");
  store.must({"verify", "v"});
}

TEST_CASE("only new and changed source rows are expanded, rows of removed ones go, and all is as if made anew") {
  ProgramFixture store;
  store.write("in.csv", "doc,text\n1,a b\n2,c\n3,d e f\n");
  store.must_create("chunker", k_documents, store.splitter(), "word VARCHAR");
  store.write("in.csv", "doc,text\n3,d e f\n1,a B b\n4,g\n");
  auto job = store.refresh();
  CHECK(job["mode"] == "incremental");
  CHECK(given(job) == 2);
  CHECK(job["rows_added"] == 4);
  CHECK(job["rows_removed"] == 3);
  CHECK(job["rows_total"] == 7);
  const auto incremental = store.query("FROM v ORDER BY ALL");
  CHECK(store.query("SELECT word FROM v ORDER BY word") == "B\na\nb\nd\ne\nf\ng\n");
  store.must({"verify", "v"});
  CHECK(store.refresh({"--full"})["rows_added"] == 0);
  CHECK(store.query("FROM v ORDER BY ALL") == incremental);
  CHECK(store.query("SELECT count(*) FROM v") == "7\n");
  CHECK(parse_json(store.must({"query", "FROM v", "--version", "1", "-o", "json"}))["rows"].size() == 6);
  store.check_clean_after_gc();
}

TEST_CASE("equal source rows are told apart, and one of them can go") {
  ProgramFixture store;
  store.write("in.csv", "text\nx y\nx y\nx y\n");
  store.must_create("chunker", k_documents, store.splitter(), "word VARCHAR");
  CHECK(store.query("SELECT count(*), count(DISTINCT __source_row_id) FROM v") == "6,3\n");
  store.write("in.csv", "text\nx y\nx y\n");
  auto job = store.refresh();
  CHECK(given(job) == 0);
  CHECK(store.query("SELECT count(*), count(DISTINCT __source_row_id) FROM v") == "4,2\n");
  store.write("in.csv", "text\nx y\nz\nx y\nx y\nx y\n");
  job = store.refresh();
  CHECK(given(job) == 3);
  CHECK(store.query("SELECT count(*) FROM v") == "9\n");
  store.must({"verify", "v"});
}

TEST_CASE("a source row that gives no row is not tried again") {
  ProgramFixture store;
  store.write("in.csv", "doc,text\n1,\n2,\n3,a\n");
  store.must_create("chunker", k_documents, store.splitter(), "word VARCHAR");
  store.write("in.csv", "doc,text\n1,\n2,\n3,a\n4,b\n");
  CHECK(given(store.refresh()) == 1);
  store.write("in.csv", "doc,text\n1,\n4,b\n3,a\n");
  const auto job = store.refresh();
  CHECK(given(job) == 0);
  CHECK(job["version"] == 2);  // the rows are what they were
}

TEST_CASE("columns that the program is not given may change without a run") {
  ProgramFixture store;
  store.write("in.csv", "doc,text\n1,a b\n2,c\n");
  store.must_create("chunker", k_documents, store.splitter(), "word VARCHAR", {"--udtf-input-columns", "text"});
  store.write("in.csv", "doc,text\n8,a b\n9,c\n");
  CHECK(given(store.refresh()) == 0);
  store.must({"verify", "v"});
}

TEST_CASE("many small refreshes end in the same rows as one, and the files stay few") {
  ProgramFixture store;
  std::string text = "doc,text\n";
  store.write("in.csv", text + "0,first\n");
  store.must_create("chunker", k_documents, store.splitter(), "word VARCHAR");
  for (int i = 1; i <= 40; ++i) {
    const auto n = std::to_string(i);
    text += n + ",word" + n + " of" + n + "\n";
    store.write("in.csv", text + "0,last" + n + "\n");
    CHECK(given(store.refresh()) == 2);
  }
  CHECK(store.query("SELECT count(*), count(DISTINCT word) FROM v") == "81,81\n");
  store.must({"verify", "v"});
  CHECK(store.query("SELECT count(*) FROM v WHERE word = 'last40'") == "1\n");
  const auto catalog = (store.store() / "catalog.sqlite").string();
  SQLite::Database database(catalog);
  SQLite::Statement files(database, "SELECT count(*) FROM ducklake_data_file WHERE end_snapshot IS NULL");
  REQUIRE(files.executeStep());
  CHECK(files.getColumn(0).getInt() <= 32);
}

TEST_CASE("any reader of DuckLake and of Parquet sees the rows, before and after rows went") {
  ProgramFixture store;
  store.write("in.csv", "doc,text\n1,a b\n2,c\n");
  store.must_create("chunker", k_documents, store.splitter(), "word VARCHAR");
  store.write("in.csv", "doc,text\n2,c\n3,d\n");
  store.refresh();
  store.must({"create", "copy", "--attach", "lake=ducklake:" + (store.store() / "catalog.sqlite").string(), "--query",
              "SELECT word FROM lake.v", "--with-data"});
  CHECK(store.query("FROM copy ORDER BY word") == "c\nd\n");
}

TEST_CASE("views that read a chunker see its rows, and are refreshed after it") {
  ProgramFixture store;
  store.write("in.csv", "doc,text\n1,a b a\n");
  store.must_create("chunker", k_documents, store.splitter(), "word VARCHAR");
  store.must({"create", "counts", "--query", "SELECT word, count(*) AS n FROM v GROUP BY word", "--with-data"});
  store.write("in.csv", "doc,text\n1,a b a\n2,b c\n");
  store.must({"refresh", "--stale"});
  CHECK(store.query("FROM counts ORDER BY word") == "a,2\nb,2\nc,1\n");
}

TEST_CASE("a limit keeps the rows of the first ids, whatever the way to them, and ends with the next refresh") {
  ProgramFixture store;
  store.write("in.csv", "doc,text\n1,a b\n2,c d\n3,e f\n4,g h\n");
  store.must_create("chunker", k_documents, store.splitter(), "word VARCHAR", {"--output-limit", "3"});
  const auto rows = store.query("FROM v ORDER BY 1, 2");
  CHECK(store.query("SELECT count(*) FROM v") == "3\n");
  store.must({"verify", "v"});
  store.refresh({"--full", "--concurrency", "1", "--source-task-size", "1"});
  CHECK(store.query("FROM v ORDER BY 1, 2") == rows);

  store.must_create("chunker", k_documents, store.splitter(), "word VARCHAR", {"--replace"});
  CHECK(store.query("SELECT count(*) FROM v") == "8\n");
  auto job = store.refresh({"--output-limit", "3"});
  CHECK(job["reason"] == "asked for with --output-limit 3");
  CHECK(store.query("FROM v ORDER BY 1, 2") == rows);
  CHECK(parse_json(store.must({"status", "v", "-o", "json"}))["views"][0]["freshness"] == "stale");
  CHECK(store.run({"verify", "v"}).exit_code == 10);
  store.refresh();
  CHECK(store.query("SELECT count(*) FROM v") == "8\n");
}

TEST_CASE("source rows go to as many processes as was asked for") {
  ProgramFixture store;
  const auto count = [&](const std::vector<std::string>& more) {
    std::vector<std::string> options = more;
    options.emplace_back("--replace");
    store.must_create("chunker", "SELECT 'w' || i AS text FROM range(10) t(i)", store.splitter(), "word VARCHAR",
                      options);
    const auto job = store.refresh({"--full"});
    CHECK(store.query("SELECT count(*) FROM v") == "10\n");
    return job["native"]["program"]["processes"].get<int>();
  };
  CHECK(count({"--source-task-size", "4"}) == 3);
  CHECK(count({"--udtf-no-batch"}) == 10);
  CHECK(count({"--udtf-batch", "--concurrency", "2"}) == 2);
  CHECK(count({"--concurrency", "1"}) == 1);
}

TEST_CASE("a chunker whose state was lost is made anew in full") {
  ProgramFixture store;
  store.write("in.csv", "doc,text\n1,a b\n");
  store.must_create("chunker", k_documents, store.splitter(), "word VARCHAR");
  std::filesystem::remove_all(store.store() / "state");
  store.write("in.csv", "doc,text\n1,a b\n2,c\n");
  const auto job = store.refresh();
  CHECK(job["mode"] == "full");
  CHECK(given(job) == 2);
  CHECK(given(store.refresh({"--force"})) == 0);
  store.must({"verify", "v"});
}

TEST_CASE("what a refresh would do is told beforehand") {
  ProgramFixture store;
  store.write("in.csv", "doc,text\n1,a b\n");
  store.must_create("chunker", k_documents, store.splitter(), "word VARCHAR", {"--refresh-mode", "strict"});
  const auto told = [&] { return parse_json(store.must({"explain", "v", "-o", "json"}))["explanations"][0]; };
  CHECK(told()["action"] == "no_data");
  store.write("in.csv", "doc,text\n1,a b\n2,c\n");
  CHECK(told()["action"] == "incremental");
  CHECK(parse_json(store.must({"refresh", "v", "--dry-run", "-o", "json"}))["plans"][0]["mode"] == "incremental");
  CHECK(store.refresh()["mode"] == "incremental");
  store.write("in.csv", "doc,text\n1,a b\n");
  std::filesystem::remove_all(store.store() / "state");
  CHECK(store.run({"refresh", "v"}).exit_code == 1);
  CHECK(store.refresh({"--full"})["mode"] == "full");
}
