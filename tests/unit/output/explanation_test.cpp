#include <doctest/doctest.h>

#include <sstream>

#include "output/print.hpp"
#include "support/text.hpp"
#include "unit/output/samples.hpp"

using namespace matview::output;
using matview::Explanation;

namespace {

std::string printed(const Explanation& explanation, Format format, const Style& style, bool sql = false) {
  StringSink sink;
  REQUIRE(print_explanation(sink, explanation, sql, format, style));
  return sink.text();
}

Explanation explanation() {
  Explanation result;
  result.view = "big_orders";
  result.refresh_mode = "auto";
  result.action = "incremental";
  result.reason = "1 file added (lineitem/*.parquet)";
  result.sources = {{"lineitem/*.parquet", "files", 101, 2'150'000'000, std::nullopt, "1 file added"},
                    {"customer", "view", std::nullopt, std::nullopt, 7, ""}};
  result.predicted_incremental = std::chrono::milliseconds(180);
  result.predicted_full = std::chrono::milliseconds(4'250);
  result.techniques = {
      {"1: inner join", "linear", true, true, "", "", "SELECT *\nFROM added_1 JOIN new_2 USING (k)"},
      {"1: inner join", "touched_keys", true, false, "", "linear costs less", "SELECT 1"},
      {"2: aggregate", "merged_groups", false, false, "AGGREGATE_NOT_MERGEABLE",
       "list(price) depends on the order of its rows, and nothing in the query decides it", ""},
      {"2: aggregate", "touched_groups", true, true, "", "", ""},
  };
  return result;
}

}  // namespace

TEST_CASE("an explanation says what, why, from what, and how each block is done and not done") {
  CHECK(printed(explanation(), Format::table, samples::terminal(80)) ==
        "VIEW                   big_orders\n"
        "ACTION                 incremental\n"
        "REASON                 1 file added (lineitem/*.parquet)\n"
        "REFRESH MODE           auto\n"
        "PREDICTED INCREMENTAL  180 ms\n"
        "PREDICTED FULL         4.3 s\n"
        "\n"
        "SOURCES\n"
        "  NAME                KIND   FILES    SIZE  CHANGE\n"
        "  lineitem/*.parquet  files    101  2.1 GB  1 file added\n"
        "  customer            view       -       -  -\n"
        "\n"
        "TECHNIQUES\n"
        "  1: inner join\n"
        "    chosen          linear\n"
        "    applicable      touched_keys    linear costs less\n"
        "  2: aggregate\n"
        "    not applicable  merged_groups   AGGREGATE_NOT_MERGEABLE: list(price) depends\n"
        "                                    on the order of its rows, and nothing in the\n"
        "                                    query decides it\n"
        "    chosen          touched_groups\n");
}

TEST_CASE("piped, nothing is wrapped, cut or rounded") {
  const auto text = printed(explanation(), Format::table, samples::piped());
  CHECK(text.find("\n    not applicable  merged_groups   AGGREGATE_NOT_MERGEABLE: list(price) depends on the order of "
                  "its rows, and nothing in the query decides it\n") != std::string::npos);
  CHECK(text.find("PREDICTED FULL         4.25 s\n") != std::string::npos);
  CHECK(text.find("2150000000") != std::string::npos);
}

TEST_CASE("the SQL of what is chosen is shown when it is asked for") {
  const std::string sql = "\nSQL of 1: inner join, linear\n  SELECT *\n  FROM added_1 JOIN new_2 USING (k)\n";
  CHECK(printed(explanation(), Format::table, samples::terminal()).find("SELECT") == std::string::npos);
  const auto text = printed(explanation(), Format::table, samples::terminal(), true);
  CHECK(text.ends_with(sql));
  CHECK(text.find("SELECT 1") == std::string::npos);
  CHECK(printed(explanation(), Format::wide, samples::terminal()) == text);

  auto undecided = explanation();
  for (auto& technique : undecided.techniques) technique.chosen = false;
  const auto all = printed(undecided, Format::wide, samples::terminal());
  CHECK(all.find(sql) != std::string::npos);
  CHECK(all.ends_with("\nSQL of 1: inner join, touched_keys\n  SELECT 1\n"));
}

TEST_CASE("an explanation fits 80 columns with a code and its reason") {
  auto full = explanation();
  full.view = "";
  full.action = "full";
  full.code = "NO_EQUALITY_KEY";
  full.reason = "the left join of orders and lineitem compares by l_shipdate > o_orderdate alone, which is no equality";
  full.sources[0].name = std::string(70, 'x') + "/*.parquet";
  const auto text = printed(full, Format::table, samples::terminal(80));
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) CHECK_MESSAGE(matview::support::display_width(line) <= 80, line);
  CHECK(text.starts_with("ACTION                 full\nREASON                 NO_EQUALITY_KEY: the left join of"));
}

TEST_CASE("JSON has every field of an explanation, in order, and unknown ones null") {
  auto one = explanation();
  one.techniques.resize(1);
  one.techniques.front().sql = "SELECT 1";
  one.sources.resize(1);
  one.reason = "1 file added";
  CHECK(
      printed(one, Format::jsonl, samples::piped()) ==
      R"({"event":"result","explanation":{"view":"big_orders","refresh_mode":"auto","action":"incremental",)"
      R"("code":null,"reason":"1 file added","predicted_incremental_seconds":0.18,)"
      R"("predicted_full_seconds":4.25,"sources":[{"name":"lineitem/*.parquet","kind":"files","files":101,)"
      R"("bytes":2150000000,"version":null,"change":"1 file added"}],"techniques":[{"block":"1: inner join",)"
      R"("name":"linear","applicable":true,"chosen":true,"code":null,"reason":null,"sql":"SELECT 1"}],"profile":null}})"
      "\n{\"event\":\"summary\",\"count\":1}\n");
  CHECK(printed(Explanation{}, Format::json, samples::piped()) ==
        "{\n  \"schema_version\": 1,\n  \"explanations\": [\n    {\n      \"view\": null,\n"
        "      \"refresh_mode\": null,\n      \"action\": null,\n      \"code\": null,\n      \"reason\": null,\n"
        "      \"predicted_incremental_seconds\": null,\n      \"predicted_full_seconds\": null,\n"
        "      \"sources\": [],\n      \"techniques\": [],\n      \"profile\": null\n    }\n  ]\n}\n");
  CHECK(printed(explanation(), Format::name, samples::piped()) == "big_orders\n");
  CHECK(printed(one, Format::csv, samples::piped())
            .starts_with("view,refresh_mode,action,code,reason,predicted_incremental_seconds,predicted_full_seconds,"
                         "sources,techniques,profile\nbig_orders,auto,incremental,,"));
  auto quiet = samples::piped();
  quiet.quiet = true;
  CHECK(printed(explanation(), Format::table, quiet, true).empty());
}

TEST_CASE("text of an explanation cannot play tricks on a terminal") {
  auto odd = explanation();
  odd.reason = odd.techniques[0].name = odd.techniques[0].sql = odd.sources[0].name = "a\x1b[2Jb";
  CHECK(printed(odd, Format::wide, samples::terminal()).find('\x1b') == std::string::npos);
}
