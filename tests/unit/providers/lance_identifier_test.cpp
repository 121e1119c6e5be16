#include <doctest/doctest.h>

#include "providers/lance/identifier.hpp"
#include "providers/lance/settings.hpp"
#include "support/fake_environment.hpp"

namespace lance = matview::providers::lance;
using lance::Identifier;
using lance::Naming;
using lance::Path;
using matview::ErrorCode;

namespace {

matview::Result<lance::Settings> settings(std::map<std::string, std::string> given) {
  const matview::test::FakeEnvironment environment;
  given.emplace("url", "http://127.0.0.1:2333");
  return lance::read_settings({"p", std::move(given), environment});
}

}  // namespace

TEST_CASE("a name is taken apart at the delimiter and becomes one encoded segment") {
  const auto id = lance::identifier_of("media$recent", {}).value();
  CHECK(id.path == Path{"media", "recent"});
  CHECK(lance::segment(id) == "media%24recent");
  CHECK(lance::delimiter_parameter(id).empty());
  const auto dotted = lance::identifier_of("a b.v$x", {{}, "."}).value();
  CHECK(dotted.path == Path{"a b", "v$x"});
  CHECK(lance::segment(dotted) == "a%20b.v%24x");
  CHECK(lance::delimiter_parameter(dotted) == matview::http::Parameters{{"delimiter", "."}});
  CHECK(lance::segment(lance::identifier_of("größe/%\"'?#", {}).value()) == "gr%C3%B6%C3%9Fe%2F%25%22%27%3F%23");
}

TEST_CASE("the root namespace is the delimiter itself") {
  CHECK(lance::segment({{}, "$"}) == "%24");
  CHECK(lance::segment({{}, "::"}) == "%3A%3A");
}

TEST_CASE("a name counts from the profile's namespace, and is told from there") {
  const Naming naming{{"prod"}, "$"};
  CHECK(lance::identifier_of("daily", naming)->path == Path{"prod", "daily"});
  CHECK(lance::name_of({"prod", "a", "daily"}, naming) == "a$daily");
  CHECK(lance::name_of({"other", "daily"}, naming) == "other$daily");
  CHECK(lance::name_of({"prod"}, naming) == "prod");
}

TEST_CASE("a listed name is relative to the namespace unless it is the whole path") {
  const Identifier space{{"media", "x"}, "$"};
  CHECK(lance::listed_path("recent", space) == Path{"media", "x", "recent"});
  CHECK(lance::listed_path("media$x$recent", space) == Path{"media", "x", "recent"});
  CHECK(lance::listed_path("media$recent", space) == Path{"media", "x", "media", "recent"});
  CHECK(lance::listed_path("a$b", {{}, "$"}) == Path{"a", "b"});
}

TEST_CASE("a name with an empty part is refused, saying how another delimiter is chosen") {
  for (const char* name : {"$a", "a$", "a$$b", "$", ""}) {
    const auto id = lance::identifier_of(name, {});
    REQUIRE_FALSE(id);
    CHECK(id.error().code == ErrorCode::usage);
    CHECK(id.error().hint.find("--delimiter") != std::string::npos);
  }
}

TEST_CASE("settings that make no sense are refused and named") {
  const auto message = [](std::map<std::string, std::string> given) {
    const auto read = settings(std::move(given));
    return read ? std::string() : read.error().message;
  };
  CHECK(message({{"delimiter", "/"}}).find("delimiter: ") == 0);
  CHECK(message({{"delimiter", " "}}).find("delimiter: ") == 0);
  CHECK(message({{"namespace", "a$$b"}}).find("namespace: ") == 0);
  CHECK(message({{"dialect", "sql"}}).find("dialect: ") == 0);
  CHECK(message({{"poll_interval", "soon"}}).find("poll_interval: ") == 0);
  CHECK(message({{"headers", "x-a: 1\nbroken"}}).find("headers: ") == 0);
  CHECK(settings({{"url", "db://mydb"}}).error().hint.find("https://mydb.REGION.api.lancedb.com") != std::string::npos);
}

TEST_CASE("settings are read") {
  const auto read = settings({{"namespace", "a.b"},
                              {"delimiter", "."},
                              {"dialect", "views"},
                              {"headers", "x-a: 1\n\n x-b:2 "},
                              {"watch_limit", "5m"}})
                        .value();
  CHECK(read.naming.base == Path{"a", "b"});
  CHECK(read.dialect == lance::Dialect::views);
  CHECK(read.headers == lance::Headers{{"x-a", "1"}, {"x-b", "2"}});
  CHECK(read.watch_limit == std::chrono::minutes(5));
  CHECK(settings({{"namespace", "$"}})->naming.base.empty());
}

TEST_CASE("a header that could change the request itself is refused") {
  CHECK(lance::parse_header("x-a: b:c").value() == std::pair<std::string, std::string>("x-a", "b:c"));
  for (const char* text : {"x-a", ": b", "x a: b", "Host: x", "content-length: 0", "x-a: b\r\nx-c: d", "x-a: \x01"}) {
    CAPTURE(text);
    CHECK(lance::parse_header(text).error().code == ErrorCode::usage);
  }
}
