#include <nlohmann/json.hpp>

#include "providers/thoughtspot/tml.hpp"
#include "thoughtspot_world.hpp"

using namespace matview;
using namespace matview::providers::thoughtspot;

namespace {

constexpr std::string_view k_view_tml = R"(# exported
guid: 11111111-2222-4333-8444-555555555555
view:
  name: Daily sales # of all shops
  tables:
  - id: SALES
    name: SALES
  search_query: "[SALES::revenue]"
)";

std::string message_of(const Result<TmlOutline>& outline) {
  REQUIRE_FALSE(outline);
  CHECK(outline.error().code == ErrorCode::usage);
  return outline.error().message;
}

}  // namespace

TEST_CASE("of TML in YAML its kind, name and guid are read") {
  const auto outline = read_tml(k_view_tml);
  REQUIRE(outline);
  CHECK(outline->kind == "view");
  CHECK(outline->name == "Daily sales");
  CHECK(outline->guid == "11111111-2222-4333-8444-555555555555");
}

TEST_CASE("names in all spellings of YAML and JSON are read") {
  const auto name = [](std::string_view text) { return read_tml(text).value().name; };
  CHECK(name("sql_view:\n    name: 'it''s: here'\n") == "it's: here");
  CHECK(name("sql_view:\n  description: x\n  name: \"a \\\"b\\\" \\u00e4\"\n") == "a \"b\" \xC3\xA4");
  CHECK(name("---\r\nview:\r\n  name: windows\r\n...\r\n") == "windows");
  CHECK(name("\xEF\xBB\xBFview:\n name: marked\n") == "marked");
  CHECK(name(R"({"guid": "g", "sql_view": {"name": "j\u00e4son"}})") == "j\xC3\xA4son");
  // The names of tables and columns are not the view's.
  CHECK(name("view:\n  tables:\n  - name: T\n  name: V\n") == "V");
  CHECK(name("view:\n  sql: |\n    name: no\n  name: yes it is\n") == "yes it is");
}

TEST_CASE("what is no TML of one view is refused with the reason") {
  CHECK(message_of(read_tml("")).find("nothing stands at its root") != std::string::npos);
  CHECK(message_of(read_tml("worksheet:\n  name: w\n")).find("it is of a 'worksheet'") != std::string::npos);
  CHECK(message_of(read_tml("view:\n  description: x\n")).find("has no 'name'") != std::string::npos);
  CHECK(message_of(read_tml("view:\n  name: a\n---\nview:\n  name: b\n")).find("more than one") != std::string::npos);
  CHECK(message_of(read_tml("view:\n  name: a\ntable:\n  name: b\n")).find("both") != std::string::npos);
  CHECK(message_of(read_tml("{\"view\": ")).find("no TML") != std::string::npos);
  CHECK(message_of(read_tml("{\"view\": [1]}")).find("has no 'name'") != std::string::npos);
  CHECK(message_of(read_tml("\xff\xfe")).find("UTF-8") != std::string::npos);
}

TEST_CASE("a guid goes to the root, in the place of another") {
  CHECK(with_guid("view:\n  name: v\n", "G") == "guid: G\nview:\n  name: v\n");
  CHECK(with_guid("---\n# c\nview:\n  guid: nested\n  name: v\n", "G") ==
        "---\n# c\nguid: G\nview:\n  guid: nested\n  name: v\n");
  CHECK(with_guid("view:\n  name: v\nguid: old\n", "G") == "view:\n  name: v\nguid: G\n");
  const auto changed = with_guid(k_view_tml, "G");
  CHECK(read_tml(changed)->guid == "G");
  CHECK(changed.find("11111111") == std::string::npos);

  const auto json = nlohmann::json::parse(with_guid(R"({"view":{"name":"v","big":12345678901234567890}})", "G"));
  CHECK(json == nlohmann::json::parse(R"({"guid":"G","view":{"name":"v","big":12345678901234567890}})"));
}

TEST_CASE("columns are attributes unless they are measures") {
  const auto columns = parse_columns("day,time: of day:attribute,revenue:measure");
  REQUIRE(columns);
  REQUIRE(columns->size() == 3);
  CHECK((*columns)[0].name == "day");
  CHECK((*columns)[1].name == "time: of day");
  CHECK_FALSE((*columns)[1].measure);
  CHECK((*columns)[2].measure);
  for (const char* bad : {"", "a,", ":measure", "a:INT", "a:measure,,b"}) {
    CAPTURE(bad);
    const auto refused = parse_columns(bad);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == ErrorCode::usage);
  }
}

TEST_CASE("the TML of an SQL view holds the query to the letter") {
  const std::string query = "select \"d\", 'it''s'\n\tfrom t -- \\ \xE2\x82\xAC";
  const auto json =
      nlohmann::json::parse(sql_view_tml({"By day", "Warehouse \"one\"", query, {{"d", false}, {"x", true}}}));
  CHECK(json["sql_view"]["name"] == "By day");
  CHECK(json["sql_view"]["connection"] == nlohmann::json{{"name", "Warehouse \"one\""}});
  CHECK(json["sql_view"]["sql_query"] == query);
  CHECK(json["sql_view"]["sql_view_columns"] == nlohmann::json::parse(R"([
    {"name":"d","sql_output_column":"d","properties":{"column_type":"ATTRIBUTE"}},
    {"name":"x","sql_output_column":"x","properties":{"column_type":"MEASURE","aggregation":"SUM"}}])"));

  const auto outline = read_tml(sql_view_tml({"v", "c0ffee00-0000-4000-8000-000000000000", "select 1", {}}));
  REQUIRE(outline);
  CHECK(outline->kind == "sql_view");
  const auto by_id = nlohmann::json::parse(sql_view_tml({"v", "c0ffee00-0000-4000-8000-000000000000", "select 1", {}}));
  CHECK(by_id["sql_view"]["connection"]["fqn"] == "c0ffee00-0000-4000-8000-000000000000");
  CHECK_FALSE(by_id["sql_view"].contains("sql_view_columns"));
}
