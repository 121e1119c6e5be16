#include <doctest/doctest.h>

#include <cmath>

#include "output/print.hpp"
#include "support/json.hpp"
#include "unit/output/samples.hpp"

using namespace matview::output;
using matview::Value;
using samples::Rows;

namespace {

Rows mixed() {
  return Rows({{"id", "BIGINT"}, {"name", "VARCHAR"}, {"x", "DOUBLE"}, {"tags", "VARCHAR[]"}},
              {{1, "売上", 2.0, Value::Array{"a", "b"}},
               {Value::Number{"170141183460469231731687303715884105727"}, nullptr, std::nan(""), nullptr},
               {-3, "two\nlines, \"quoted\" \x1b[31mred", -INFINITY, Value::array()},
               {nullptr, "", 0.1, nullptr}});
}

std::string printed(Rows rows, Format format, const Style& style) {
  StringSink sink;
  REQUIRE(print_rows(sink, rows, format, style));
  return sink.text();
}

/// A reader that goes away after the first write.
class ClosingSink : public Sink {
 public:
  matview::Result<void> write(std::string_view) override {
    ++writes;
    return {};
  }
  matview::Result<void> flush() override { return {}; }
  bool closed() const override { return writes > 0; }
  int writes = 0;
};

}  // namespace

TEST_CASE("rows as a table: numbers at the right, NULL is not the empty text, nothing steers the terminal") {
  CHECK(printed(mixed(), Format::table, samples::piped()) ==
        "                                     id  name                             x  tags\n"
        "                                      1  売上                           2.0  [\"a\",\"b\"]\n"
        "170141183460469231731687303715884105727  NULL                           NaN  NULL\n"
        "                                     -3  two lines, \"quoted\" red  -Infinity  []\n"
        "                                   NULL  ''                             0.1  NULL\n");
}

TEST_CASE("on a terminal rows are cut to its width, and columns that do not fit are left out") {
  CHECK(printed(mixed(), Format::table, samples::terminal(40)) ==
        "      id  name              x  tags\n"
        "       1  売上            2.0  [\"a\",\"b\"]\n"
        "1701411…  NULL            NaN  NULL\n"
        "      -3  two lin…  -Infinity  []\n"
        "    NULL  ''              0.1  NULL\n");
  CHECK(printed(Rows({{"a", ""}, {"b", ""}, {"c", ""}}, {{"aaaaaaaaaa", "bbbbbbbbbb", "cccccccccc"}}), Format::table,
                samples::terminal(18)) ==
        "a       b        …\n"
        "aaaaa…  bbbbbb…\n");
}

TEST_CASE("rows as CSV: quoted where needed, null is nothing, the empty text is quotes") {
  CHECK(printed(mixed(), Format::csv, samples::piped()) ==
        "id,name,x,tags\n"
        "1,売上,2.0,\"[\"\"a\"\",\"\"b\"\"]\"\n"
        "170141183460469231731687303715884105727,,NaN,\n"
        "-3,\"two\nlines, \"\"quoted\"\" \x1b[31mred\",-Infinity,[]\n"
        ",\"\",0.1,\n");
  CHECK(printed(Rows({{"a", ""}}, {{nullptr}, {1}}), Format::csv, samples::piped()) == "a\n\"\"\n1\n");
}

TEST_CASE("rows as JSON are one document, streamed") {
  CHECK(printed(mixed(), Format::json, samples::piped()) ==
        R"({"schema_version":1,"columns":[{"name":"id","type":"BIGINT"},{"name":"name","type":"VARCHAR"},)"
        R"({"name":"x","type":"DOUBLE"},{"name":"tags","type":"VARCHAR[]"}],"rows":[)"
        "\n"
        R"({"id":1,"name":"売上","x":2.0,"tags":["a","b"]},)"
        "\n"
        R"({"id":170141183460469231731687303715884105727,"name":null,"x":"NaN","tags":null},)"
        "\n"
        R"({"id":-3,"name":"two\nlines, \"quoted\" \u001b[31mred","x":"-Infinity","tags":[]},)"
        "\n"
        R"({"id":null,"name":"","x":0.1,"tags":null})"
        "\n]}\n");
  CHECK(matview::support::parse_json(printed(mixed(), Format::json, samples::piped())));
}

TEST_CASE("no rows: a header, an empty document, nothing") {
  const Rows empty({{"a", "INTEGER"}, {"b", "VARCHAR"}}, {});
  CHECK(printed(empty, Format::table, samples::piped()) == "a  b\n");
  CHECK(printed(empty, Format::csv, samples::piped()) == "a,b\n");
  CHECK(printed(empty, Format::jsonl, samples::piped()).empty());
  CHECK(
      printed(empty, Format::json, samples::piped()) ==
      "{\"schema_version\":1,\"columns\":[{\"name\":\"a\",\"type\":\"INTEGER\"},{\"name\":\"b\",\"type\":\"VARCHAR\"}],"
      "\"rows\":[]}\n");
}

TEST_CASE("columns of one name lose no value in JSON") {
  const Rows rows({{"a", ""}, {"a", ""}, {"a_1", ""}, {"a", ""}}, {{1, 2, 3, 4}});
  CHECK(printed(rows, Format::jsonl, samples::piped()) == "{\"a\":1,\"a_2\":2,\"a_1\":3,\"a_3\":4}\n");
}

TEST_CASE("a long result is printed window by window, one header above") {
  std::vector<Rows::Row> rows;
  for (int i = 0; i < 2'500; ++i) rows.push_back({i});
  const auto text = printed(Rows({{"n", "INTEGER"}}, rows), Format::table, samples::piped());
  CHECK(std::count(text.begin(), text.end(), '\n') == 2'501);
  CHECK(text.starts_with("  n\n  0\n"));
  CHECK(text.ends_with("\n2499\n"));
}

TEST_CASE("an error in the middle is passed on after the rows before it") {
  Rows rows({{"a", ""}}, {{1}, {2}});
  rows.failure = matview::Error(matview::ErrorCode::failed, "overflow");
  StringSink sink;
  const auto result = print_rows(sink, rows, Format::csv, samples::piped());
  REQUIRE_FALSE(result);
  CHECK(result.error().message == "overflow");
  CHECK(sink.text() == "a\n1\n2\n");
}

TEST_CASE("nothing more is read once the reader has gone") {
  std::vector<Rows::Row> many(1'000, Rows::Row{1});
  Rows rows({{"a", ""}}, many);
  ClosingSink sink;
  CHECK(print_rows(sink, rows, Format::csv, samples::piped()));
  CHECK(rows.given() == 2);
}
