#include "fixture.hpp"

using namespace matview;
using namespace matview::engine;
using matview::engine::test::Fixture;

namespace {

/// What becomes of a view over *.csv when one more file arrives.
struct Arrival {
  const char* what;
  const char* content;
  const char* rows;   ///< of the new file, or
  const char* error;  ///< what is wrong with it
};

}  // namespace

TEST_CASE("a CSV file that arrives later is read as the first ones were, or refused by its path") {
  const std::vector<Arrival> arrivals{
      {"same", "id,name,amt,day\n3,z,1.25,2024-01-03\n", "3,z,1.25,2024-01-03", nullptr},
      {"CRLF", "id,name,amt,day\r\n3,z,1.25,2024-01-03\r\n", "3,z,1.25,2024-01-03", nullptr},
      {"byte order mark", "\xEF\xBB\xBFid,name,amt,day\n3,z,1.25,2024-01-03\n", "3,z,1.25,2024-01-03", nullptr},
      {"other order", "name,day,amt,id\nz,2024-01-03,1.25,3\n", "3,z,1.25,2024-01-03", nullptr},
      {"other case", "ID,Name,AMT,Day\n3,z,1.25,2024-01-03\n", "3,z,1.25,2024-01-03", nullptr},
      {"one more column", "id,more,name,amt,day\n3,?,z,1.25,2024-01-03\n", "3,z,1.25,2024-01-03", nullptr},
      {"text like a number", "id,name,amt,day\n3,007,1.25,2024-01-03\n", "3,007,1.25,2024-01-03", nullptr},
      {"whole numbers for fractions", "id,name,amt,day\n3,z,7,2024-01-03\n", "3,z,7.0,2024-01-03", nullptr},
      {"quotes, first seen now", "id,name,amt,day\n3,\"a, \"\"b\"\"\nc\",1.25,2024-01-03\n",
       "3,a, \"b\"\nc,1.25,2024-01-03", nullptr},
      {"nothing but NULL", "id,name,amt,day\n,,,\n", "NULL,NULL,NULL,NULL", nullptr},
      {"header only", "id,name,amt,day\n", "", nullptr},
      {"empty", "", "", nullptr},
      {"a fraction for a whole number", "id,name,amt,day\n1.5,z,1.25,2024-01-03\n", nullptr,
       "column id has the value \"1.5\", which is no BIGINT"},
      {"text for a number", "id,name,amt,day\nabc,z,1.25,2024-01-03\n", nullptr, "column id has the value \"abc\""},
      {"an exponent", "id,name,amt,day\n15e-1,z,1.25,2024-01-03\n", nullptr, "\"15e-1\", which is no BIGINT"},
      {"too big", "id,name,amt,day\n9223372036854775808,z,1.25,2024-01-03\n", nullptr, "which is no BIGINT"},
      {"a time of day in a date", "id,name,amt,day\n3,z,1.25,2024-01-03 10:00:00\n", nullptr,
       "\"2024-01-03 10:00:00\" to 'DATE'"},
      {"text for a fraction", "id,name,amt,day\n3,z,much,2024-01-03\n", nullptr, "\"much\""},
      {"missing column", "id,name,day\n3,z,2024-01-03\n", nullptr, "lacks 'amt'"},
      {"renamed column", "id,title,amt,day\n3,z,1.25,2024-01-03\n", nullptr, "lacks 'name'"},
      {"column twice", "id,name,name,amt,day\n3,z,z,1.25,2024-01-03\n", nullptr, "twice"},
      {"no header", "3,z,1.25,2024-01-03\n", nullptr, "lacks 'id'"},
      {"other delimiter", "id;name;amt;day\n3;z;1.25;2024-01-03\n", nullptr, "lacks 'id'"},
      {"short row", "id,name,amt,day\n3,z\n", nullptr, "Expected Number of Columns: 4 Found: 2"},
      {"long row", "id,name,amt,day\n3,z,1.25,2024-01-03,!\n", nullptr, "Expected Number of Columns: 4 Found: 5"},
  };
  for (const auto& [what, content, rows, error] : arrivals) {
    INFO(what);
    Fixture fixture;
    fixture.text("a.csv", "id,name,amt,day\n1,x,0.5,2024-01-01\n");
    fixture.create("FROM '*.csv' ORDER BY id NULLS LAST");
    CHECK(fixture.rows() == "1,x,0.5,2024-01-01");
    fixture.text("b.csv", content);
    if (rows) {
      CHECK(fixture.rows() == std::string("1,x,0.5,2024-01-01") + (*rows ? "|" : "") + rows);
    } else {
      const auto failure = fixture.failure();
      CHECK_MESSAGE(failure.find(error) != std::string::npos, failure);
      CHECK_MESSAGE(failure.find(fixture.path("b.csv")) != std::string::npos, failure);
    }
  }
}

TEST_CASE("a CSV of text alone keeps its header and its names") {
  Fixture fixture;
  fixture.text("a.csv", "name,city\nann,rome\nbob,oslo\n");
  fixture.create("SELECT city, name FROM '*.csv' ORDER BY ALL");
  fixture.text("b.csv", "city,name\nparis,eve\n");
  CHECK(fixture.rows() == "oslo,bob|paris,eve|rome,ann");
}

TEST_CASE("the user's own arguments count") {
  Fixture fixture;
  fixture.text("a.csv", "1;x\n2;y\n");
  fixture.create(
      "SELECT n, t FROM read_csv('a.csv', header = false, delim := ';', names = ['n', 't'], types = {'n': 'VARCHAR'})");
  CHECK(fixture.rows() == "1,x|2,y");
  fixture.text("b.csv", "d,v\n31/12/2024,1\n");
  fixture.create("SELECT * FROM read_csv('b.csv', dateformat = '%d/%m/%Y')");
  CHECK(fixture.rows() == "2024-12-31,1");
  fixture.create("SELECT d, parse_filename(filename) FROM read_csv('b.csv', filename = true)");
  CHECK(fixture.rows() == "2024-12-31,b.csv");
  fixture.text("c.csv", "v\n1\nx\n");
  fixture.create("SELECT * FROM read_csv('c.csv', all_varchar = true)");
  CHECK(fixture.rows() == "1|x");
  fixture.create("SELECT * FROM read_csv('c.csv', columns = {'v': 'VARCHAR'})");
  CHECK(fixture.rows() == "1|x");
  fixture.text("h/k=1/a.csv", "v\n1\n");
  fixture.create("SELECT * FROM 'h/*/*.csv' ORDER BY ALL");
  fixture.text("h/k=2/b.csv", "v\n2\n");
  CHECK(fixture.rows() == "1,1|2,2");
}

TEST_CASE("a packed CSV is read and checked like a plain one") {
  Fixture fixture;
  fixture.run("COPY (SELECT 1 AS id, 'x' AS name) TO '" + fixture.path("a.csv.gz") +
              "' (FORMAT csv, COMPRESSION gzip)");
  fixture.create("FROM '*.csv.gz'");
  fixture.run("COPY (SELECT 'y' AS name, 2 AS id) TO '" + fixture.path("b.csv.gz") +
              "' (FORMAT csv, COMPRESSION gzip)");
  CHECK(fixture.rows() == "1,x|2,y");
  fixture.run("COPY (SELECT 'y' AS title, 2 AS id) TO '" + fixture.path("c.csv.gz") +
              "' (FORMAT csv, COMPRESSION gzip)");
  CHECK(fixture.failure().find("lacks 'name'") != std::string::npos);
}

TEST_CASE("union_by_name lets a file lack columns") {
  Fixture fixture;
  fixture.text("a.csv", "id,name\n1,x\n");
  fixture.text("b.csv", "id,city\n2,oslo\n");
  fixture.create("SELECT id, name, city FROM read_csv('*.csv', union_by_name = true) ORDER BY id");
  CHECK(fixture.rows() == "1,x,NULL|2,NULL,oslo");
}

TEST_CASE("columns that the user gives are those of the fields by position, as in DuckDB") {
  Fixture fixture;
  fixture.text("a.csv", "k,w\na,1\nb,2\n");
  const std::vector<std::pair<std::string, std::string>> calls{
      {"'a.csv', header = true, columns = {'k': 'VARCHAR', 'w': 'VARCHAR'}", "a,1|b,2"},
      {"'a.csv', columns = {'k': 'VARCHAR', 'w': 'DOUBLE'}", "a,1.0|b,2.0"},
      {"'a.csv', columns = {'x': 'VARCHAR', 'y': 'DECIMAL(4,1)'}", "a,1.0|b,2.0"},
      {"'?.csv', columns = {'x': 'VARCHAR', 'y': 'INTEGER'}", "a,1|b,2"},
      {"'a.csv', header = true, auto_detect = false, columns = {'x': 'VARCHAR', 'y': 'DOUBLE'}", "a,1.0|b,2.0"},
      {"'a.csv', auto_detect = false, columns = {'x': 'VARCHAR', 'y': 'VARCHAR'}", "a,1|b,2|k,w"},
      {"'a.csv', auto_detect = false, delim = ';', columns = {'x': 'VARCHAR'}", "a,1|b,2|k,w"},
      {"'a.csv', auto_detect = false, skip = 1, sep := chr(44), columns = {'x': 'VARCHAR', 'y': 'INT'}", "a,1|b,2"},
      {"'a.csv', auto_detect = false, header = true, null_padding = true, columns = {'x': 'VARCHAR', 'y': 'INT', 'z': "
       "'DATE'}",
       "a,1,NULL|b,2,NULL"},
  };
  for (const auto& [call, rows] : calls) {
    CAPTURE(call);
    const auto sql = "FROM read_csv(" + call + ") ORDER BY ALL";
    fixture.create(sql);
    CHECK(fixture.rows() == rows);
  }
  fixture.create("FROM read_csv('?.csv', columns = {'k': 'VARCHAR', 'w': 'VARCHAR'}) ORDER BY ALL");
  fixture.text("b.csv", "w,k\n3,c\n");
  CHECK(fixture.rows() == "3,c|a,1|b,2");
}

TEST_CASE("nothing is guessed of the dialect where the user forbids it") {
  Fixture fixture;
  fixture.text("a.csv", "'a;b';31.12.2024\n");
  fixture.create(
      "FROM read_csv('*.csv', auto_detect = false, delim = ';', quote = '''', escape = '''', "
      "columns = {'x': 'VARCHAR', 'd': 'DATE'}, dateformat = '%d.%m.%Y')");
  CHECK(fixture.rows() == "a;b,2024-12-31");
  fixture.text("b.csv", "'it''s';1.2.2025\n");
  CHECK(fixture.rows() == "a;b,2024-12-31|it's,2025-02-01");
}

TEST_CASE("a packed CSV may have line breaks in quotes, of which its first row does not tell") {
  Fixture fixture;
  fixture.run("COPY (SELECT 0 AS id, 'plain' AS v) TO '" + fixture.path("a.csv.gz") +
              "' (FORMAT csv, COMPRESSION gzip)");
  fixture.create("FROM '*.csv.gz' ORDER BY id");
  fixture.run("COPY (SELECT 1 AS id, E'a\\nb' AS v UNION ALL SELECT 2, 'c') TO '" + fixture.path("b.csv.gz") +
              "' (FORMAT csv, COMPRESSION gzip)");
  CHECK(fixture.rows() == "0,plain|1,a\nb|2,c");
}

TEST_CASE("union_by_name: files of text alone that all lack a column give NULL for it") {
  Fixture fixture;
  fixture.text("a.csv", "id,name\ni,x\n");
  fixture.text("b.csv", "id,city\nj,oslo\n");
  fixture.create("FROM read_csv('*.csv', union_by_name = true)");
  std::filesystem::remove(fixture.path("a.csv"));
  CHECK(fixture.rows() == "j,NULL,oslo");
}

TEST_CASE("the file's name is a column that every file has, by whatever name it is asked for") {
  for (const std::string kind : {"csv", "json"}) {
    CAPTURE(kind);
    Fixture fixture;
    const auto file = [&](const std::string& name, const std::string& id) {
      fixture.text(name + "." + kind, kind == "csv" ? "id\n" + id + "\n" : "{\"id\": " + id + "}\n");
    };
    file("a", "1");
    const auto quoted = "'*." + kind + "'";
    const auto read = "read_" + kind + "(" + quoted;
    for (const auto& sql : std::vector<std::string>{
             "SELECT id, parse_filename(filename) FROM " + quoted + " ORDER BY 1",
             "SELECT id, parse_filename(t.filename) FROM " + quoted + " t WHERE t.filename <> '' ORDER BY 1",
             "SELECT id, parse_filename(src) FROM " + read + ", filename = 'src') ORDER BY 1",
             "SELECT id, parse_filename(\"true\") FROM " + read + ", filename = 'true') ORDER BY 1",
             "SELECT * REPLACE (parse_filename(src) AS src) FROM " + read + ", filename := 'src') ORDER BY 1"}) {
      CAPTURE(sql);
      fixture.create(sql);
      CHECK(fixture.rows() == "1,a." + kind);
      file("b", "2");
      CHECK(fixture.rows() == "1,a." + kind + "|2,b." + kind);
      file("b", "\"x\"");
      CHECK(fixture.failure().find("'" + fixture.path("b." + kind) + "' no longer fits the view: column id") !=
            std::string::npos);
      std::filesystem::remove(fixture.path("b." + kind));
    }
    const auto refused = fixture.refusal("SELECT *, filename FROM " + quoted);
    CHECK(refused.hint.find("filename = true") != std::string::npos);
    CHECK(fixture.refusal("SELECT t, filename FROM " + quoted + " t").hint.find("filename = true") !=
          std::string::npos);
  }
}

TEST_CASE("a column of the files that is called filename is not the file's name") {
  Fixture fixture;
  fixture.text("a.csv", "id,filename\n1,x\n");
  fixture.create("SELECT id, filename FROM '*.csv'");
  CHECK(fixture.rows() == "1,x");
  fixture.create("SELECT * FROM read_csv('*.csv', filename = false)");
  CHECK(fixture.rows() == "1,x");
}
