#include <doctest/doctest.h>

#include "output/print.hpp"
#include "unit/output/samples.hpp"

using namespace matview::output;
using matview::Check;

namespace {

template <typename Print>
std::string printed(const Print& print) {
  StringSink sink;
  REQUIRE(print(sink));
  return sink.text();
}

matview::Verification differing() {
  matview::Verification verification;
  verification.view = "sales";
  verification.version = 4;
  verification.rows_stored = 12'000;
  verification.rows_missing = 1;
  verification.columns = {{"day", "DATE"}, {"total", "DOUBLE"}};
  verification.missing_sample = {{"2026-11-20", nullptr}};
  return verification;
}

}  // namespace

TEST_CASE("a verification shows its outcome and the rows that differ") {
  auto equal = matview::Verification{};
  equal.view = "orders";
  equal.version = 1;
  equal.equal = true;
  equal.rows_stored = 7;
  const auto text = printed([&](Sink& sink) {
    return print_verifications(sink, {equal, differing()}, Format::table, samples::terminal());
  });
  CHECK(text ==
        "NAME    VERSION  OUTCOME    ROWS  MISSING  EXTRA\n"
        "orders        1  equal         7        0      0\n"
        "sales         4  differs  12,000        1      0\n"
        "\n"
        "missing rows of 'sales', for example\n"
        "  day         total\n"
        "  2026-11-20  NULL\n");
  const auto lines =
      printed([&](Sink& sink) { return print_verifications(sink, {differing()}, Format::jsonl, samples::piped()); });
  CHECK(lines ==
        R"({"event":"result","verification":{"view":"sales","version":4,"equal":false,"rows_stored":12000,)"
        R"("rows_missing":1,"rows_extra":0,"columns":[{"name":"day","type":"DATE"},{"name":"total","type":"DOUBLE"}],)"
        R"("missing_sample":[{"day":"2026-11-20","total":null}],"extra_sample":[],"profile":null}})"
        "\n{\"event\":\"summary\",\"count\":1}\n");
}

TEST_CASE("of a view of another profile a verification and a plan say which, and what is missing is told in JSON") {
  auto verification = differing();
  verification.profile = "far";
  const auto table =
      printed([&](Sink& sink) { return print_verifications(sink, {verification}, Format::table, samples::piped()); });
  CHECK(table.find("far:sales") != std::string::npos);
  CHECK(table.find("missing rows of 'far:sales'") != std::string::npos);
  matview::Plan plan;
  plan.operation = "drop";
  plan.view = "sales";
  plan.profile = "far";
  CHECK(printed([&](Sink& sink) { return print_plans(sink, {plan}, Format::table, samples::piped()); }) ==
        "would drop 'far:sales'\n");
  CHECK(printed([&](Sink& sink) { return print_plans(sink, {plan}, Format::name, samples::piped()); }) ==
        "far:sales\n");
  const matview::output::Failures failures{{"far", "x", matview::Error(matview::ErrorCode::unavailable, "away")}};
  const auto lines =
      printed([&](Sink& sink) { return print_plans(sink, {}, Format::jsonl, samples::piped(), failures); });
  CHECK(lines ==
        R"({"event":"error","profile":"far","view":"x","error":{"code":"UNAVAILABLE","exit_code":7,"message":"away",)"
        R"("hint":null,"provider":null,"profile":null,"http_status":null,"request_id":null,"retryable":false}})"
        "\n{\"event\":\"summary\",\"count\":0,\"failed\":1}\n");
}

TEST_CASE("gc says what went, what would go and what stays") {
  matview::GcReport report{2, 1, 13'500'000, {"data/x.parquet"}, {"data/y.parquet: in use by process 12"}};
  CHECK(printed([&](Sink& sink) { return print_gc(sink, report, false, Format::table, samples::terminal()); }) ==
        "removed 2 versions, 1 file, 13.5 MB\nkept data/y.parquet: in use by process 12\n");
  CHECK(printed([&](Sink& sink) { return print_gc(sink, report, true, Format::table, samples::piped()); }) ==
        "would remove 2 versions, 1 file, 13,500,000 bytes\n  data/x.parquet\nkept data/y.parquet: in use by process "
        "12\n");
  CHECK(printed([&](Sink& sink) { return print_gc(sink, {}, false, Format::json, samples::piped()); }) ==
        "{\n  \"schema_version\": 1,\n  \"gc\": {\n    \"versions_removed\": 0,\n    \"files_removed\": 0,\n"
        "    \"bytes_removed\": 0,\n    \"files\": [],\n    \"kept\": [],\n    \"source_files\": 0,\n    "
        "\"source_bytes\": 0,\n    \"dry_run\": false\n  }\n}\n");
  CHECK(printed([&](Sink& sink) { return print_gc(sink, report, false, Format::csv, samples::piped()); }) ==
        "versions_removed,files_removed,bytes_removed,files,kept,source_files,source_bytes,dry_run\n"
        "2,1,13500000,\"[\"\"data/x.parquet\"\"]\",\"[\"\"data/y.parquet: in use by process 12\"\"]\",0,0,false\n");
  CHECK(printed([&](Sink& sink) { return print_gc(sink, report, false, Format::name, samples::piped()); }) ==
        "data/x.parquet\n");
  const matview::GcReport keeping{0, 0, 0, {}, {}, 3, 2'000};
  CHECK(printed([&](Sink& sink) { return print_gc(sink, keeping, false, Format::table, samples::terminal()); }) ==
        "removed 0 versions, 0 files, 0 B\nsources keep 3 files of 2.0 kB\n");
}

TEST_CASE("a plan says what would be done, why, from what and how") {
  matview::Plan plan;
  plan.operation = "refresh";
  plan.view = "sales";
  plan.mode = "full";
  plan.reason = "never filled";
  plan.sources = {{"data/*.csv", "files", 2, 1'500, std::nullopt, "2 files added"}};
  plan.sql = "SELECT *\nFROM 'data/*.csv'";
  CHECK(printed([&](Sink& sink) { return print_plans(sink, {plan}, Format::table, samples::terminal()); }) ==
        "would refresh 'sales': full (never filled)\n"
        "\n"
        "SOURCES\n"
        "  NAME        KIND   FILES    SIZE  CHANGE\n"
        "  data/*.csv  files      2  1.5 kB  2 files added\n"
        "\n"
        "SQL\n"
        "  SELECT *\n"
        "  FROM 'data/*.csv'\n");
  CHECK(printed([&](Sink& sink) { return print_plans(sink, {plan}, Format::name, samples::piped()); }) == "sales\n");
  CHECK(printed([&](Sink& sink) { return print_plans(sink, {}, Format::table, samples::piped()); }).empty());
}

TEST_CASE("checks are a table that is never cut, and their hints stand below it") {
  const std::vector<Check> checks{
      {"store", Check::Outcome::ok, "writable", ""},
      {"key", Check::Outcome::failed, "the file is readable by others, which no key file may be", "chmod 600 key"}};
  CHECK(printed([&](Sink& sink) { return print_checks(sink, checks, Format::table, samples::terminal(30)); }) ==
        "NAME   OUTCOME  MESSAGE\n"
        "store  ok       writable\n"
        "key    failed   the file is readable by others, which no key file may be\n"
        "\n"
        "HINTS\n"
        "  key: chmod 600 key\n");
  CHECK(printed([&](Sink& sink) { return print_checks(sink, checks, Format::csv, samples::piped()); }) ==
        "name,outcome,message,hint\nstore,ok,writable,\n"
        "key,failed,\"the file is readable by others, which no key file may be\",chmod 600 key\n");
}

TEST_CASE("profiles are listed, and one is shown with the origin of every value") {
  const ProfileRow dune{"dune", "dune", true, "config.toml:3", {{"api_key_file", "***", "config.toml:5"}}};
  const ProfileRow local{"local", "local", false, "", {}};
  CHECK(printed([&](Sink& sink) {
          return print_profiles(sink, {dune, local}, Format::table, samples::piped());
        }) ==
        "NAME   PROVIDER  DEFAULT  ORIGIN\n"
        "dune   dune      yes      config.toml:3\n"
        "local  local     -        -\n");
  CHECK(printed([&](Sink& sink) { return print_profile(sink, dune, Format::table, samples::piped()); }) ==
        "NAME          VALUE  ORIGIN\napi_key_file  ***    config.toml:5\n");
  CHECK(printed([&](Sink& sink) { return print_profile(sink, dune, Format::jsonl, samples::piped()); }) ==
        R"({"event":"result","profile":{"name":"dune","provider":"dune","default":true,"origin":"config.toml:3",)"
        R"("settings":[{"key":"api_key_file","value":"***","origin":"config.toml:5"}]}})"
        "\n{\"event\":\"summary\",\"count\":1}\n");
}
