#include <doctest/doctest.h>

#include "arrow/schema_message.hpp"
#include "arrow/schema_text.hpp"
#include "lance_bench.hpp"
#include "providers/lance/create_spec.hpp"
#include "support/base64.hpp"

using lance_test::Bench;
using lance_test::Json;
using lance_test::Settings;
using lance_test::valid_create;
using matview::CreateRequest;
using matview::ErrorCode;
using matview::Freshness;
using matview::JobState;

namespace {

const std::string k_create = "POST v1/materialized_view/recent/create";

std::string text_of_schema(const Json& body) {
  const auto bytes = matview::support::from_base64(body["output_schema"].get<std::string>()).value();
  return matview::arrow::print_schema(matview::arrow::decode_schema(bytes).value().schema);
}

/// The error of a request that must not be sent.
matview::Error refused(const CreateRequest& request, Bench& bench) {
  const auto view = bench.provider().create(request, bench.control);
  REQUIRE_FALSE(view);
  CHECK(bench.server.requests.empty());
  CHECK_FALSE(view.error().message.empty());
  return view.error();
}

}  // namespace

TEST_CASE("lance: the smallest create has just what the API requires, and the data waits for a refresh") {
  Bench bench;
  bench.server.answer(k_create, 201, R"({"version":1})");
  const auto view = bench.provider().create(valid_create(), bench.control);
  REQUIRE(view);
  const auto body = bench.server.body(k_create);
  CHECK(matview::test::keys(body) ==
        std::vector<std::string>{"id", "kind", "source_query", "output_schema", "with_no_data"});
  CHECK(body["id"] == Json({"recent"}));
  CHECK(body["kind"] == "query");
  CHECK(body["source_query"] == R"({"source_table":"docs"})");
  CHECK(body["with_no_data"] == true);
  CHECK(text_of_schema(body) == "id int64, name utf8 not null");
  const auto& request = bench.server.request(k_create);
  CHECK(request.url == "http://127.0.0.1:2333/v1/materialized_view/recent/create");
  CHECK(*request.headers.find("x-api-key") == "k3y-of-the-tests");
  CHECK(*request.headers.find("Content-Type") == "application/json");
  CHECK(request.retry.statuses == std::vector<int>{429, 503});
  CHECK_FALSE(request.retry.if_unanswered);
  CHECK(view->version == 1);
  CHECK(view->freshness == Freshness::empty);
  CHECK_FALSE(view->last_job);
  REQUIRE(view->columns.size() == 2);
  CHECK(view->columns[1].type == "utf8 not null");
  CHECK(bench.log.written.empty());
}

TEST_CASE("lance: a create with data is a job on record before it is sent") {
  Bench bench;
  bench.server.answer(k_create, 200, R"({"version":1,"job_id":"j-7","context":{"header.x":"y"}})");
  auto request = valid_create();
  request.with_data = true;
  request.options["auto-refresh"] = {};
  const auto view = bench.provider().create(request, bench.control);
  REQUIRE(view);
  CHECK(bench.server.body(k_create)["with_no_data"] == false);
  CHECK(bench.server.body(k_create)["auto_refresh"] == true);
  REQUIRE(view->last_job);
  CHECK(view->last_job->id == "j-7");
  CHECK(view->last_job->operation == "create");
  CHECK(view->last_job->state == JobState::pending);
  REQUIRE(bench.log.written.size() == 2);
  CHECK(bench.log.written[0].job.state == JobState::unknown);
  CHECK(bench.log.written[1].job.id == "j-7");
}

TEST_CASE("lance: names are paths, with the delimiter that separates them") {
  Bench bench(Settings{{"namespace", "prod"}});
  bench.server.answer("POST v1/materialized_view/prod.a%20b.v%24x/create", 201, R"({"version":1})");
  auto request = valid_create("a b.v$x");
  request.options["delimiter"] = {"."};
  REQUIRE(bench.provider().create(request, bench.control));
  const auto& sent = bench.server.requests.front();
  CHECK(sent.url.ends_with("/create?delimiter=."));
  CHECK(lance_test::parse_json(*sent.body)["id"] == Json({"prod", "a b", "v$x"}));
}

TEST_CASE("lance: what the server would refuse is refused before anything is sent") {
  Bench bench;
  auto request = valid_create();
  request.kind = "table";
  CHECK(refused(request, bench).hint == "the kinds are query, udtf and chunker");
  request = valid_create();
  request.query.clear();
  CHECK(refused(request, bench).code == ErrorCode::usage);
  request = valid_create();
  request.options.erase("output-schema");
  CHECK(refused(request, bench).hint.find("--output-schema") != std::string::npos);
  request = valid_create();
  request.options["output-schema"] = {"id strin"};
  CHECK(refused(request, bench).message == "--output-schema: column 4: 'strin' is no type");
  request.options["output-schema"] = {""};
  CHECK(refused(request, bench).message.find("no column") != std::string::npos);
  request = valid_create();
  request.options["output-schema-file"] = {"x"};
  CHECK(refused(request, bench).message.find("exclude each other") != std::string::npos);
  request = valid_create("a$$b");
  CHECK(refused(request, bench).message.find("empty part") != std::string::npos);
  request = valid_create();
  request.replace = true;
  CHECK(refused(request, bench).code == ErrorCode::unsupported);
  request = valid_create();
  request.tags = {"x"};
  CHECK(refused(request, bench).code == ErrorCode::unsupported);
  request = valid_create();
  request.options["udtf-num-cpus"] = {"1"};
  CHECK(refused(request, bench).message.find("--udtf-num-cpus is for views of kind udtf and chunker") == 0);
}

TEST_CASE("lance: a source query that is no JSON is passed on with a warning") {
  Bench bench;
  bench.server.answer(k_create, 201, R"({"version":1})");
  auto request = valid_create();
  request.query = "SELECT 1";
  REQUIRE(bench.provider().create(request, bench.control));
  CHECK(bench.server.body(k_create)["source_query"] == "SELECT 1");
  REQUIRE(bench.warnings.texts.size() == 1);
  CHECK(bench.warnings.texts[0].find("no JSON") != std::string::npos);
}

TEST_CASE("lance: the output schema comes as bytes, JSON, base64 or text, told apart by what it is") {
  const auto schema = matview::arrow::parse_schema("id int64, name utf8 not null").value();
  const auto message = matview::arrow::encode_schema(schema);
  const std::string json =
      R"({"fields":[{"name":"id","nullable":true,"type":{"type":"int64"}},
                    {"name":"name","nullable":false,"type":{"type":"utf8"}}]})";
  const std::string stream = message + std::string("\xff\xff\xff\xff\0\0\0\0", 8);
  for (const std::string& content : {message, stream, json, matview::support::base64(message) + "\n",
                                     std::string("# columns\nid int64,\nname utf8 not null\n")}) {
    CAPTURE(content);
    Bench bench;
    bench.server.answer(k_create, 201, R"({"version":1})");
    bench.write("schema", content);
    auto request = valid_create();
    request.options.erase("output-schema");
    request.options["output-schema-file"] = {"schema"};
    const auto view = bench.provider().create(request, bench.control);
    REQUIRE_MESSAGE(view, view.error().message);
    CHECK(text_of_schema(bench.server.body(k_create)) == "id int64, name utf8 not null");
  }
}

TEST_CASE("lance: bytes that another writer made are sent as they are") {
  Bench bench;
  bench.server.answer(k_create, 201, R"({"version":1})");
  // From before the format had a continuation marker.
  const auto message = matview::arrow::encode_schema(matview::arrow::parse_schema("id int64").value()).substr(4);
  bench.write("schema", message);
  auto request = valid_create();
  request.options.erase("output-schema");
  request.options["output-schema-file"] = {"schema"};
  REQUIRE(bench.provider().create(request, bench.control));
  CHECK(bench.server.body(k_create)["output_schema"] == matview::support::base64(message));
}

TEST_CASE("lance: a name that is taken is a conflict, or the view as it is") {
  Bench bench;
  bench.server.answer(k_create, 409, R"({"error":"exists","code":5})");
  const auto conflict = bench.provider().create(valid_create(), bench.control);
  REQUIRE_FALSE(conflict);
  CHECK(conflict.error().code == ErrorCode::conflict);
  CHECK(conflict.error().hint.find("--if-not-exists") != std::string::npos);
  bench.server.answer("POST v1/table/recent/describe", 200, lance_test::described(4, 2));
  auto request = valid_create();
  request.if_not_exists = true;
  const auto view = bench.provider().create(request, bench.control);
  REQUIRE(view);
  CHECK(view->version == 4);
}

TEST_CASE("lance: with --if-not-exists a plain table of the name stays a conflict") {
  Bench bench;
  bench.server.answer(k_create, 409, R"({"error":"exists","code":5})");
  bench.server.answer("POST v1/table/recent/describe", 200,
                      R"({"version":4,"schema":{"fields":[{"name":"x","nullable":true,"type":{"type":"int8"}}]}})");
  auto request = valid_create();
  request.if_not_exists = true;
  const auto view = bench.provider().create(request, bench.control);
  REQUIRE_FALSE(view);
  CHECK(view.error().hint.find("no view") != std::string::npos);
}

TEST_CASE("lance: after a lost answer a view of this very definition was created, any other may have been") {
  Bench bench;
  bench.server.lose(k_create);
  const auto lost = bench.provider().create(valid_create(), bench.control);
  REQUIRE_FALSE(lost);
  CHECK(lost.error().unanswered);
  CHECK(lost.error().hint.find("matview show recent") != std::string::npos);
  bench.server.answer("POST v1/table/recent/describe", 200,
                      R"({"version":1,"metadata":{"geneva::view::query":"{\"source_table\":\"docs\"}"}})");
  const auto found = bench.provider().create(valid_create(), bench.control);
  REQUIRE(found);
  CHECK(found->version == 1);
}

TEST_CASE("lance: a dry run shows the request with placeholders, and sends nothing") {
  Bench bench(Settings{{"identity_in_body", "true"}});
  auto request = valid_create();
  request.options["header"] = {"x-tenant: 7", "x-my-token: s3cret"};
  const auto plan = bench.provider().plan_create(request, bench.control);
  REQUIRE(plan);
  CHECK(bench.server.requests.empty());
  CHECK(bench.log.written.empty());
  REQUIRE(plan->requests.size() == 1);
  const auto& sent = plan->requests.front();
  CHECK(*sent.headers.find("x-api-key") == matview::secret_placeholder("LANCEDB_API_KEY"));
  CHECK(*sent.headers.find("x-tenant") == "7");
  CHECK(*sent.headers.find("x-my-token") == matview::secret_placeholder("X_MY_TOKEN"));
  CHECK(sent.body->find("k3y") == std::string::npos);
  CHECK(lance_test::parse_json(*sent.body)["identity"]["api_key"] == matview::secret_placeholder("LANCEDB_API_KEY"));
}
