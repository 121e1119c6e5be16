#include "fixture.hpp"

using namespace matview;
using namespace matview::engine;
using matview::engine::test::Fixture;

TEST_CASE("a JSON file that arrives later is read as the first ones were, or refused by its path") {
  struct Arrival {
    const char* what;
    const char* content;
    const char* rows;
    const char* error;
  };
  const std::vector<Arrival> arrivals{
      {"same", R"({"id":2,"n":"y","d":"2024-01-02"})", "2,y,2024-01-02", nullptr},
      {"an array", R"([{"id":2,"n":"y","d":"2024-01-02"},{"id":3}])", "2,y,2024-01-02|3,NULL,NULL", nullptr},
      {"other order and more", R"({"d":"2024-01-02","zz":{"a":1},"n":"y","id":2})", "2,y,2024-01-02", nullptr},
      {"a key missing", R"({"id":2})", "2,NULL,NULL", nullptr},
      {"empty", "", "", nullptr},
      {"a fraction", R"({"id":1.5,"n":"y","d":"2024-01-02"})", nullptr, "column id has the value \"1.5\""},
      {"a boolean", R"({"id":true})", nullptr, "column id has the value \"true\""},
      {"text", R"({"id":"abc"})", nullptr, "column id has the value \"abc\""},
      {"an object", R"({"id":{"x":1}})", nullptr, "column id has the value"},
      {"too big", R"({"id":99999999999999999999})", nullptr, "column id has the value"},
      {"a time of day", R"({"id":2,"d":"2024-01-02 10:00:00"})", nullptr, "which is no DATE"},
      {"no date", R"({"id":2,"d":"yesterday"})", nullptr, "which is no DATE"},
      {"torn", R"({"id":2,"n":"y)", nullptr, "Malformed JSON"},
  };
  for (const auto& [what, content, rows, error] : arrivals) {
    INFO(what);
    Fixture fixture;
    fixture.text("a.json", "{\"id\":1,\"n\":\"x\",\"d\":\"2024-01-01\"}\n");
    fixture.create("FROM '*.json'");
    fixture.text("b.json", content);
    if (rows) {
      CHECK(fixture.rows() == std::string("1,x,2024-01-01") + (*rows ? "|" : "") + rows);
    } else {
      const auto failure = fixture.failure();
      CHECK_MESSAGE(failure.find(error) != std::string::npos, failure);
      CHECK_MESSAGE(failure.find(fixture.path("b.json")) != std::string::npos, failure);
    }
  }
}

TEST_CASE("nested JSON keeps its types when a later file has other ones") {
  Fixture fixture;
  fixture.text("a.ndjson", "{\"s\":{\"a\":1,\"b\":[1,2]},\"t\":\"x\"}\n");
  fixture.create("SELECT s.a, s.b, t FROM read_ndjson('*.ndjson')");
  fixture.text("b.ndjson", "{\"s\":{\"a\":2,\"b\":[],\"c\":9},\"t\":5}\n");
  CHECK(fixture.rows() == "1,[1, 2],x|2,[],5");
  fixture.text("b.ndjson", "{\"s\":{\"a\":\"no\"}}\n");
  CHECK(fixture.failure().find(fixture.path("b.ndjson")) != std::string::npos);
}
