#include <doctest/doctest.h>

#include "providers/external/documents.hpp"
#include "providers/external/greeting.hpp"
#include "providers/external/requests.hpp"
#include "support/json.hpp"

using namespace matview;
using namespace matview::providers::external;

namespace {

Value json(const char* text) { return support::parse_json(text).value(); }

}  // namespace

TEST_CASE("external: a view with every key is read") {
  const auto view = read_view(json(R"({"name":"v","kind":"udtf","freshness":"stale","freshness_reason":"why",
    "state":"error","version":3,"rows":4,"bytes":5,"created_at":"2026-01-02T03:04:05Z","refresh_mode":"full",
    "schedule":"* * * * *","auto_refresh":true,"suspended":false,"due":true,
    "sources":[{"name":"s","kind":"view","version":2,"change":"3 rows"}],"depends_on":["s"],"downstream":["d"],
    "tags":["t"],"last_job":{"id":"j","state":"failed","elapsed_seconds":1.5,"error":{"code":"LOCKED","message":"m"}},
    "definition":"q","columns":[{"name":"c","type":"T"}],
    "versions":[{"version":3,"created_at":"2026-01-02T03:04:05Z","job":"j"}],"native":{"x":1},"later":true})"));
  REQUIRE(view.has_value());
  CHECK(view->freshness == Freshness::stale);
  CHECK(view->state == ViewState::error);
  CHECK(view->rows == 4);
  CHECK(view->sources[0].version == 2);
  CHECK(view->last_job->error->code == ErrorCode::locked);
  CHECK(view->last_job->elapsed == Duration(1'500'000));
  CHECK(view->versions[0].job_id == "j");
  CHECK(view->suspended == false);
  CHECK(view->due);
}

TEST_CASE("external: what is null or missing is unknown, what is of a wrong type is an error that names it") {
  const auto bare = read_view(json(R"({"name":"v","rows":null})"));
  REQUIRE(bare.has_value());
  CHECK_FALSE(bare->rows.has_value());
  CHECK(bare->freshness == Freshness::unknown);
  for (const char* wrong :
       {R"({})", R"("v")", R"({"name":1})", R"({"name":"v","rows":"1"})", R"({"name":"v","rows":1.5})",
        R"({"name":"v","tags":"t"})", R"({"name":"v","tags":[1]})", R"({"name":"v","created_at":"yesterday"})",
        R"({"name":"v","auto_refresh":1})", R"({"name":"v","state":"odd"})", R"({"name":"v","sources":[{}]})",
        R"({"name":"v","versions":[{"version":1}]})", R"({"name":"v","last_job":{"elapsed_seconds":-1}})"}) {
    CAPTURE(wrong);
    CHECK(read_view(json(wrong)).error().code == ErrorCode::failed);
  }
  CHECK_FALSE(read_verification(json("{}")).has_value());
  CHECK_FALSE(read_check(json(R"({"name":"c"})")).has_value());
  CHECK_FALSE(read_error(json(R"({"code":"FAILED"})")).has_value());
}

TEST_CASE("external: a definition reads back what its request says") {
  CreateRequest request;
  request.name = "v";
  request.query = "q";
  request.tags = {"t"};
  request.options = {{"rows", {"5"}}, {"flag", {}}};
  const auto again = read_definition(to_arguments(request));
  REQUIRE(again.has_value());
  CHECK(again->query == request.query);
  CHECK(again->tags == request.tags);
  CHECK(again->options == request.options);
}

TEST_CASE("external: hello tells operations, options and settings; unknown words of it are passed over") {
  const auto greeting =
      read_hello("x", json(R"({"type":"hello","protocol":1,"summary":"s","operations":["list","create","levitate"],
        "asynchronous":true,"options":[{"name":"rows","value":"N","help":"h","operations":["create"]},
        {"name":"size","choices":["a","b"],"operations":["refresh"]}],"settings":["folder","token"]})"));
  REQUIRE(greeting.has_value());
  CHECK(greeting->info.name == "x");
  CHECK(greeting->info.asynchronous);
  CHECK(greeting->own == std::set<Operation>{Operation::list, Operation::create});
  CHECK(greeting->info.operations.contains(Operation::history));
  CHECK(greeting->info.options[1].value == "WORD");
  CHECK(greeting->info.settings == std::vector<std::string>{"start_timeout", "folder", "token"});
  CHECK(read_hello("x", json(R"({"type":"hello","protocol":7,"operations":["list"]})")).error().code ==
        ErrorCode::unsupported);
}

TEST_CASE("external: names of providers hold nothing that a path could be made of") {
  for (const char* name : {"sqlite", "a-b_2", "7z"}) CHECK(is_provider_name(name));
  for (const char* name : {"", "../x", "a/b", "A", "a b", "-a", "a.b"}) CHECK_FALSE(is_provider_name(name));
}

TEST_CASE("external: settings go along, but for the one that is ours") {
  std::map<std::string, Secret> secrets;
  secrets.emplace("token", Secret(std::string("t0ken")));
  const auto message = open_message("p", {{"folder", "/x"}, {"start_timeout", "1s"}}, secrets);
  CHECK(message.at("settings") == Value(Value::Object{{"folder", "/x"}}));
  CHECK(message.at("secrets").at("token") == Value("t0ken"));
}
