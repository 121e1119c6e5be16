#include <doctest/doctest.h>

#include "lance_bench.hpp"
#include "providers/lance/marks.hpp"
#include "providers/lance/table_answers.hpp"

namespace lance = matview::providers::lance;
using lance_test::Bench;
using lance_test::described;
using lance_test::Settings;
using matview::ErrorCode;
using matview::Freshness;
using matview::HttpResponse;
using matview::View;

namespace {

const std::string k_root = "GET v1/namespace/%24/table/list";

std::string describe_of(const std::string& name) { return "POST v1/table/" + name + "/describe"; }

lance::Table table(const std::string& body) { return lance::read_table({200, {}, body}).value(); }

std::vector<std::string> names(const matview::Result<std::vector<View>>& views) {
  std::vector<std::string> result;
  REQUIRE_MESSAGE(views, views.error().message);
  for (const auto& view : *views) result.push_back(view.name);
  return result;
}

}  // namespace

TEST_CASE("lance: what Geneva writes into a table makes it a view") {
  const auto marks = lance::read_marks(table(R"({"schema":{"fields":[],"metadata":{"geneva::view::base_table":"docs"}},
      "metadata":{"geneva::view::query":"{}","geneva::view::base_table_version":"17","geneva::view::version":"2",
      "geneva::view::base_table_db_uri":"db://x","geneva::view::namespace_path":"a$b"}})"));
  CHECK(marks.is_view);
  CHECK(marks.kind == "query");
  CHECK(marks.definition == "{}");
  CHECK(marks.source == "docs");
  CHECK(marks.source_version == 17);
  CHECK(marks.space == lance::Path{"a", "b"});
  const auto kind = [](const std::string& metadata) {
    return lance::read_marks(table(R"({"metadata":{)" + metadata + "}}")).kind;
  };
  CHECK(kind(R"("geneva::view::version":"udtf")") == "udtf");
  CHECK(kind(R"("geneva::view::udtf":"{}")") == "udtf");
  CHECK(kind(R"("geneva::view::version":"chunker")") == "chunker");
  CHECK(kind(R"("geneva::view::scalar_udtf":"{}")") == "chunker");
}

TEST_CASE("lance: what LanceDB itself writes makes it a view, and so does the column of source rows") {
  const auto marks = lance::read_marks(table(
      R"j({"metadata":{"mv.definition":"{\"source_table\":\"docs\"}","mv.source_version":"4","mv.refreshed_at_ms":"1767000000000"}})j"));
  CHECK(marks.is_view);
  CHECK(marks.source == "docs");
  CHECK(marks.source_version == 4);
  CHECK(marks.refreshed_at == matview::Time(std::chrono::milliseconds(1767000000000)));
  const std::string row_id = R"({"name":"__source_row_id","nullable":true,"type":{"type":"uint64"}})";
  CHECK(lance::read_marks(table(R"({"schema":{"fields":[)" + row_id + "]}}")).is_view);
  CHECK(lance::read_marks(table(R"({"schema":{"fields":[)" + row_id +
                                R"(,{"name":"__child_index","nullable":true,"type":{"type":"int32"}}]}})"))
            .kind == "chunker");
  CHECK_FALSE(lance::read_marks(table(R"({"metadata":{"owner":"geneva"}})")).is_view);
}

TEST_CASE("lance: whatever a server says of a table is read, and nothing of its storage's credentials is kept") {
  for (const char* body : {"{}", "[]", "null", R"({"version":"x","schema":7,"metadata":[1],"stats":null})",
                           R"({"schema":{"fields":[null,7,{},{"name":7,"type":null}]}})"})
    CHECK(lance::read_table({200, {}, body}));
  const auto read = table(R"({"version":1e300,"location":"s3://b/t?sig=SECRET","storage_options":{"k":"SECRET"},
      "schema":{"fields":[{"name":"u","nullable":true,"type":{"type":"union"}},
                          {"name":"t","nullable":false,"type":{"type":"timestamp[us, UTC]"}}]}})");
  CHECK_FALSE(read.version);
  CHECK(read.location == "s3://b/t");
  REQUIRE(read.columns.size() == 2);
  CHECK(read.columns[0].type == "union");
  CHECK(read.columns[1].type == "timestamp[us, UTC] not null");
}

TEST_CASE("lance: a list holds the views among the tables, with what was told of each") {
  Bench bench;
  bench.server.answer(k_root, 200, R"({"tables":["recent","docs","recent","gone"],"page_token":null})");
  bench.server.answer(describe_of("recent"), 200, described(4, 2));
  bench.server.answer(describe_of("docs"), 200, R"({"version":5,"metadata":{}})");
  bench.server.answer(describe_of("gone"), 404, R"({"error":"gone","code":4})");
  const auto views = bench.provider().list({}, bench.control);
  REQUIRE(names(views) == std::vector<std::string>{"recent"});
  const View& view = views->front();
  CHECK(view.version == 4);
  CHECK(view.freshness == Freshness::unknown);
  REQUIRE(view.sources.size() == 1);
  CHECK(view.sources[0].name == "docs");
  CHECK(bench.server.requests.size() == 4);
  CHECK(bench.server.request(describe_of("recent")).url.ends_with("?load_detailed_metadata=true"));
}

TEST_CASE("lance: freshness compares with the source, each source asked for once") {
  Bench bench;
  bench.server.answer(k_root, 200, R"({"tables":["a","b","docs"]})");
  bench.server.answer(describe_of("a"), 200, described(4, 5));
  bench.server.answer(describe_of("b"), 200, described(4, 2));
  bench.server.answer(describe_of("docs"), 200, R"({"version":5})");
  const auto views = bench.provider().list({true}, bench.control).value();
  REQUIRE(views.size() == 2);
  CHECK(views[0].freshness == Freshness::fresh);
  CHECK(views[1].freshness == Freshness::stale);
  CHECK(views[1].freshness_reason == "version 2 -> 5 (docs)");
  bench.server.request(describe_of("docs"));
}

TEST_CASE("lance: pages go on to an empty token of whatever kind, and a token that repeats ends them") {
  for (const char* end : {R"("page_token":null)", R"("page_token":"")", R"("x":1)"}) {
    Bench bench;
    bench.server.answer(k_root, 200, R"({"tables":["a"],"page_token":"t 1"})");
    bench.server.answer(k_root, 200, R"({"tables":["b"],"next_page_token":"t2"})");
    bench.server.answer(k_root, 200, std::string(R"({"tables":["c"],)") + end + "}");
    matview::ListRequest request;
    request.options["all-tables"] = {};
    CHECK(names(bench.provider().list(request, bench.control)) == std::vector<std::string>{"a", "b", "c"});
    CHECK(bench.server.requests[1].url.ends_with("?page_token=t%201"));
    CHECK(bench.server.requests.size() == 3);
  }
  Bench bench;
  bench.server.answer(k_root, 200, R"({"tables":["a"],"page_token":"again"})");
  matview::ListRequest request;
  request.options["all-tables"] = {};
  CHECK(names(bench.provider().list(request, bench.control)) == std::vector<std::string>{"a"});
  CHECK(bench.server.requests.size() == 2);
  CHECK(bench.warnings.texts.size() == 1);
}

TEST_CASE("lance: the views of another namespace, and those of all") {
  Bench bench(Settings{{"namespace", "prod"}});
  bench.server.answer("GET v1/namespace/prod%24media/table/list", 200, R"({"tables":["recent"]})");
  bench.server.answer(describe_of("prod%24media%24recent"), 200, described(4, 2));
  matview::ListRequest request;
  request.options["namespace"] = {"media"};
  CHECK(names(bench.provider().list(request, bench.control)) == std::vector<std::string>{"media$recent"});
  bench.server.answer("GET v1/table", 200, R"({"tables":["prod$media$recent","other$x"]})");
  bench.server.answer(describe_of("other%24x"), 200, described(1, 1));
  request.options = {{"all-namespaces", {}}};
  CHECK(names(bench.provider().list(request, bench.control)) == std::vector<std::string>{"media$recent", "other$x"});
}

TEST_CASE("lance: a service without namespaces lists all its tables") {
  for (const auto& [status, body] : {std::pair(404, "Not Found"), std::pair(406, R"({"error":"x","code":0})")}) {
    Bench bench;
    bench.server.answer(k_root, status, body);
    bench.server.answer("GET v1/table", 200, R"({"tables":["recent"]})");
    bench.server.answer(describe_of("recent"), 200, described(4, 2));
    CHECK(names(bench.provider().list({}, bench.control)) == std::vector<std::string>{"recent"});
  }
}

TEST_CASE("lance: a delimiter of dots never stands alone in a path") {
  Bench bench(Settings{{"delimiter", "."}});
  bench.server.answer("GET v1/table", 200, R"({"tables":["a.b"]})");
  bench.server.answer(describe_of("a.b"), 200, described(4, 2));
  CHECK(names(bench.provider().list({}, bench.control)) == std::vector<std::string>{"a.b"});
  CHECK(bench.server.requests.front().url.ends_with("/v1/table?delimiter=."));
}

TEST_CASE("lance: a table that we may not see is left out with a warning, any other failure is the list's") {
  Bench bench;
  bench.server.answer(k_root, 200, R"({"tables":["recent","secret"]})");
  bench.server.answer(describe_of("recent"), 200, described(4, 2));
  bench.server.answer(describe_of("secret"), 403, R"({"error":"not for you","code":15})");
  CHECK(names(bench.provider().list({}, bench.control)) == std::vector<std::string>{"recent"});
  CHECK(bench.warnings.texts.size() == 1);
  Bench broken;
  broken.server.answer(k_root, 200, R"({"tables":["recent"]})");
  broken.server.answer(describe_of("recent"), 503, "");
  CHECK(broken.provider().list({}, broken.control).error().code == ErrorCode::unavailable);
}

TEST_CASE("lance: a view is described with its size, its versions and how fresh it is") {
  Bench bench;
  bench.server.answer(describe_of("recent"), 200, described(4, 2));
  bench.server.answer(describe_of("docs"), 200, R"({"version":5})");
  bench.server.answer("POST v1/table/recent/stats", 200, R"({"num_rows":7,"total_bytes":700})");
  bench.server.answer("POST v1/table/recent/version/list", 200,
                      R"({"versions":[{"version":1,"timestamp_millis":1767000000000},
                                      {"version":4,"timestamp_millis":"1767000009000"},{"version":null}]})");
  const auto view = bench.provider().describe({"recent", true}, bench.control).value();
  CHECK(view.kind == "query");
  CHECK(view.rows == 7);
  CHECK(view.bytes == 700);
  CHECK(view.freshness == Freshness::stale);
  CHECK(view.refreshed_at == matview::Time(std::chrono::milliseconds(1767000009000)));
  CHECK(view.created_at == matview::Time(std::chrono::milliseconds(1767000000000)));
  REQUIRE(view.versions.size() == 2);
  CHECK(view.versions[0].version == 4);
  CHECK(view.definition == "{}");
}

TEST_CASE("lance: a server that offers no more than the description is enough") {
  Bench bench;
  bench.server.answer(describe_of("recent"), 200, described(4, 2));
  const auto view = bench.provider().describe({"recent"}, bench.control).value();
  CHECK(view.version == 4);
  CHECK_FALSE(view.rows);
  CHECK(view.freshness == Freshness::unknown);
}

TEST_CASE("lance: a view that was never refreshed is empty") {
  Bench bench;
  bench.server.answer(describe_of("recent"), 200, described(1, 5));
  bench.server.answer(describe_of("docs"), 200, R"({"version":5})");
  bench.server.answer("POST v1/table/recent/stats", 200, R"({"num_rows":0,"total_bytes":0})");
  CHECK(bench.provider().describe({"recent"}, bench.control)->freshness == Freshness::empty);
}

TEST_CASE("lance: the dialect of views lists, describes and drops by the routes for views") {
  Bench bench(Settings{{"dialect", "views"}});
  bench.server.answer("GET v1/namespace/%24/materialized_view/list", 200, R"({"views":["recent"],"page_token":"t"})");
  bench.server.answer("GET v1/namespace/%24/materialized_view/list", 200, R"({"views":[{"name":"older"}]})");
  CHECK(names(bench.provider().list({}, bench.control)) == std::vector<std::string>{"older", "recent"});
  bench.server.answer("POST v1/materialized_view/recent/describe", 200, R"({"query":"SELECT 1"})");
  const auto view = bench.provider().describe({"recent"}, bench.control).value();
  CHECK(view.definition == "SELECT 1");
  CHECK(view.kind == "query");
  bench.server.answer("POST v1/materialized_view/recent/drop", 202, R"({"job_id":"j"})");
  CHECK(bench.provider().drop({"recent"}, bench.control));
  CHECK_FALSE(bench.server.request("POST v1/materialized_view/recent/drop").body);
}

TEST_CASE("lance: a view is dropped, a table only where that is asked for") {
  Bench bench;
  bench.server.answer(describe_of("recent"), 200, described(4, 2));
  bench.server.answer("POST v1/table/recent/drop", 200, "{}");
  REQUIRE(bench.provider().drop({"recent"}, bench.control));
  CHECK_FALSE(bench.server.request("POST v1/table/recent/drop").body);
  bench.server.answer(describe_of("docs"), 200, R"({"version":5})");
  const auto kept = bench.provider().drop({"docs"}, bench.control);
  REQUIRE_FALSE(kept);
  CHECK(kept.error().code == ErrorCode::conflict);
  bench.server.answer("POST v1/table/docs/drop", 200, "{}");
  CHECK(bench.provider().drop({"docs", false, {{"any-table", {}}}}, bench.control));
}

TEST_CASE("lance: dropping what is not there fails, or is fine") {
  Bench bench;
  bench.server.answer(describe_of("recent"), 404, R"({"error":"no","code":4})");
  CHECK(bench.provider().drop({"recent"}, bench.control).error().code == ErrorCode::not_found);
  CHECK(bench.provider().drop({"recent", true}, bench.control));
}

TEST_CASE("lance: after a lost answer a view that is gone was dropped") {
  for (const bool gone : {true, false}) {
    Bench bench;
    bench.server.answer(describe_of("recent"), 200, described(4, 2));
    bench.server.lose("POST v1/table/recent/drop");
    bench.server.answer("POST v1/table/recent/exists", gone ? 404 : 200, gone ? R"({"error":"no","code":4})" : "");
    const auto dropped = bench.provider().drop({"recent"}, bench.control);
    CHECK(dropped.has_value() == gone);
    bench.server.request("POST v1/table/recent/drop");
  }
}

TEST_CASE("lance: a dry run of a drop shows both requests") {
  Bench bench;
  const auto plan = bench.provider().plan_drop({"recent"}, bench.control).value();
  REQUIRE(plan.requests.size() == 2);
  CHECK(plan.requests[1].url.ends_with("/v1/table/recent/drop"));
  CHECK(bench.server.requests.empty());
}
