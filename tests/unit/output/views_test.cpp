#include <doctest/doctest.h>

#include "output/print.hpp"
#include "output/values.hpp"
#include "support/document_keys.hpp"
#include "support/json.hpp"
#include "unit/output/samples.hpp"

using namespace matview::output;
using matview::View;

namespace {

std::string printed(const std::vector<View>& views, Format format, const Style& style,
                    const std::vector<std::string>& fields = {}, ViewTable table = ViewTable::list) {
  StringSink sink;
  REQUIRE(print_views(sink, views, format, style, fields, table));
  return sink.text();
}

const std::vector<View> k_views{samples::view(), samples::bare_view()};

}  // namespace

TEST_CASE("a list that is piped is exact, aligned and never cut") {
  CHECK(printed(k_views, Format::table, samples::piped()) ==
        "NAME          KIND   STATE     ROWS      SIZE  REFRESHED\n"
        "sales_by_day  query  idle   3000000  13500000  2026-11-21T02:54:30Z\n"
        "dune:売上高   query  idle         -         -  -\n");
}

TEST_CASE("a list on a terminal is for people") {
  CHECK(printed(k_views, Format::table, samples::terminal()) ==
        "NAME          KIND   STATE       ROWS     SIZE  REFRESHED\n"
        "sales_by_day  query  idle   3,000,000  13.5 MB  3 minutes ago\n"
        "dune:売上高   query  idle           -        -  -\n");
}

TEST_CASE("status tells why a view is as it is") {
  auto broken = samples::view();
  broken.name = "broken";
  broken.state = matview::ViewState::error;
  broken.last_job->state = matview::JobState::failed;
  broken.last_job->error = matview::Error(matview::ErrorCode::failed, "disk full");
  CHECK(printed({samples::view(), broken}, Format::table, samples::terminal(98), {}, ViewTable::status) ==
        "NAME          FRESHNESS  STATE  VERSION       ROWS  REFRESHED      LAST JOB   REASON\n"
        "sales_by_day  stale      idle         4  3,000,000  3 minutes ago  succeeded  3 files added (orde…\n"
        "broken        stale      error        4  3,000,000  3 minutes ago  failed     disk full\n");
}

TEST_CASE("status fits a terminal of 80 columns, the reason in it") {
  CHECK(printed({samples::view()}, Format::table, samples::terminal(80), {}, ViewTable::status) ==
        "NAME          FRESHNESS  STATE       ROWS  REFRESHED      REASON               …\n"
        "sales_by_day  stale      idle   3,000,000  3 minutes ago  3 files added (ord…\n");
}

TEST_CASE("no views: a header, an empty list, nothing") {
  CHECK(printed({}, Format::table, samples::piped()) == "NAME  KIND  STATE  ROWS  SIZE  REFRESHED\n");
  CHECK(printed({}, Format::json, samples::piped()) == "{\n  \"schema_version\": 1,\n  \"views\": []\n}\n");
  CHECK(printed({}, Format::jsonl, samples::piped()) == "{\"event\":\"summary\",\"count\":0}\n");
  CHECK(printed({}, Format::name, samples::piped()).empty());
}

TEST_CASE("a view has exactly the keys of the contract, in their order") {
  CHECK(view_fields() == matview::test::k_view_keys);
  CHECK(job_fields() == matview::test::k_job_keys);
}

TEST_CASE("the JSON of a view says what is known and null for the rest") {
  CHECK(matview::support::to_json(to_value(samples::view())) ==
        R"({"name":"sales_by_day","profile":"local","provider":"local","kind":"query","freshness":"stale",)"
        R"("state":"idle","version":4,"rows":3000000,"bytes":13500000,"created_at":"2026-11-19T02:57:30Z",)"
        R"("refreshed_at":"2026-11-21T02:54:30Z","refresh_mode":"full","refresh_reason":"first refresh",)"
        R"("schedule":null,"auto_refresh":false,"sources":[{"name":"data/*.parquet","kind":"files","files":12,)"
        R"("bytes":44000000,"version":null,"change":"3 files added"}],"depends_on":["orders","customers"],)"
        R"("tags":["nightly"],"last_job":{"id":"j-7","view":"sales_by_day","profile":"local","provider":"local",)"
        R"("operation":"refresh","state":"succeeded","mode":"full","reason":"first refresh",)"
        R"("submitted_at":"2026-11-21T02:54:28Z","started_at":"2026-11-21T02:54:28Z",)"
        R"("finished_at":"2026-11-21T02:54:30Z","elapsed_seconds":1.234567,"rows_total":3000000,)"
        R"("rows_added":3000000,"rows_removed":0,"version":4,"error":null,"native":null},)"
        R"("definition":"SELECT day, sum(amount) AS total\nFROM 'data/*.parquet'\nGROUP BY day","native":null,)"
        R"("suspended":null,"suspended_reason":null,"next_refresh_at":null,"due":false})");
  CHECK(matview::support::to_json(to_value(View{})) ==
        R"({"name":"","profile":null,"provider":null,"kind":"query","freshness":"unknown","state":"idle",)"
        R"("version":null,"rows":null,"bytes":null,"created_at":null,"refreshed_at":null,"refresh_mode":null,)"
        R"("refresh_reason":null,"schedule":null,"auto_refresh":null,"sources":[],"depends_on":[],"tags":[],)"
        R"("last_job":null,"definition":null,"native":null,"suspended":null,"suspended_reason":null,)"
        R"("next_refresh_at":null,"due":false})");
}

TEST_CASE("fields choose and order keys in every format") {
  const std::vector<std::string> fields{"rows", "name", "depends_on", "refreshed_at"};
  CHECK(printed({samples::view()}, Format::table, samples::terminal(), fields) ==
        "     ROWS  NAME          DEPENDS_ON        REFRESHED_AT\n"
        "3,000,000  sales_by_day  orders,customers  3 minutes ago\n");
  CHECK(printed({samples::view()}, Format::csv, samples::piped(), fields) ==
        "rows,name,depends_on,refreshed_at\n"
        "3000000,sales_by_day,\"[\"\"orders\"\",\"\"customers\"\"]\",2026-11-21T02:54:30Z\n");
  CHECK(printed({samples::view()}, Format::jsonl, samples::piped(), {"name", "version"}) ==
        "{\"event\":\"result\",\"view\":{\"name\":\"sales_by_day\",\"version\":4}}\n"
        "{\"event\":\"summary\",\"count\":1}\n");
  CHECK(printed({samples::view()}, Format::json, samples::piped(), {"version"}) ==
        "{\n  \"schema_version\": 1,\n  \"views\": [\n    {\n      \"version\": 4\n    }\n  ]\n}\n");
}

TEST_CASE("an unknown field is a usage error with the nearest and the list, and prints nothing") {
  StringSink sink;
  const auto result = print_views(sink, k_views, Format::csv, samples::piped(), {"name", "refreshd_at"});
  REQUIRE_FALSE(result);
  CHECK(result.error().code == matview::ErrorCode::usage);
  CHECK(result.error().message == "there is no field 'refreshd_at'");
  CHECK(result.error().hint.starts_with("did you mean 'refreshed_at'? the fields are: name, profile, "));
  CHECK(sink.text().empty());
}

TEST_CASE("CSV has the keys as header, null as nothing and nested values as JSON") {
  const auto text = printed({samples::bare_view()}, Format::csv, samples::piped());
  CHECK(text ==
        "name,profile,provider,kind,freshness,state,version,rows,bytes,created_at,refreshed_at,refresh_mode,"
        "refresh_reason,schedule,auto_refresh,sources,depends_on,tags,last_job,definition,native,suspended,suspended_"
        "reason,"
        "next_refresh_at,due\n"
        "売上\x1b[31m高,dune,dune,query,unknown,idle,,,,,,,,,,[],[],[],,,,,,,false\n");
}

TEST_CASE("names are as one would type them") {
  auto other = samples::view();
  other.profile = "warehouse";
  CHECK(printed({samples::view(), other}, Format::name, samples::piped()) == "sales_by_day\nwarehouse:sales_by_day\n");
}

TEST_CASE("wide has more columns") {
  CHECK(printed({samples::view()}, Format::wide, samples::piped()) ==
        "NAME          KIND   FRESHNESS  STATE     ROWS      SIZE  REFRESHED             VERSION  MODE  CREATED        "
        "       SCHEDULE  NEXT  AUTO   SUSPENDED  TAGS     SOURCES         PROVIDER\n"
        "sales_by_day  query  stale      idle   3000000  13500000  2026-11-21T02:54:30Z        4  full  "
        "2026-11-19T02:57:30Z  -         -     false  -          nightly  data/*.parquet  local\n");
}

TEST_CASE("quiet prints nothing in any format") {
  auto style = samples::piped();
  style.quiet = true;
  for (const auto& name : format_names()) CHECK(printed(k_views, *format_from(name), style).empty());
}

TEST_CASE("colours follow freshness and state") {
  auto style = samples::piped();
  style.color = true;
  const auto text = printed({samples::view()}, Format::table, style, {"freshness"});
  CHECK(text == "\x1b[1mFRESHNESS\x1b[0m\n\x1b[33mstale\x1b[0m\n");
}

TEST_CASE("status says of a suspended view why it is, before anything else") {
  auto view = samples::view();
  view.suspended = true;
  view.suspended_reason = "by alice\x1b[31m";
  StringSink sink;
  REQUIRE(print_views(sink, {view}, Format::table, samples::piped(), {}, matview::output::ViewTable::status));
  CHECK(sink.text().find("suspended by alice") != std::string::npos);
  CHECK(sink.text().find('\x1b') == std::string::npos);
}
