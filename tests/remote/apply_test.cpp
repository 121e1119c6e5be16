// Views as code at services: what is compared, what is sent, and what that means.

#include "dune_box.hpp"
#include "lance_box.hpp"
#include "thoughtspot_box.hpp"

using namespace matview::test;

namespace {

template <typename Box>
std::string actions(const Box& box, std::vector<std::string> more = {}) {
  std::vector<std::string> arguments{"diff", "-f", "v.toml"};
  arguments.insert(arguments.end(), more.begin(), more.end());
  std::string text;
  const auto document = box.json(arguments);
  for (const auto& change : document["changes"])
    text += (text.empty() ? "" : ", ") + change["action"].template get<std::string>() + " " +
            change["view"].template get<std::string>();
  return text;
}

template <typename Box>
void write(const Box& box, const std::string& text) {
  box.sandbox.directory().write("work/v.toml", text);
}

/// What `list -o toml` writes differs from nothing.
template <typename Box>
std::string check_round_trip(const Box& box) {
  const auto written = box.run({"list", "-o", "toml"});
  CHECK_MESSAGE(written.exit_code == 0, written.err);
  write(box, written.out);
  const auto same = box.run({"diff", "-f", "v.toml", "--exit-code"});
  CHECK_MESSAGE(same.exit_code == 0, written.out << same.out << same.err);
  return written.out;
}

}  // namespace

TEST_CASE("dune: apply makes views, and then nothing is sent and nothing billed") {
  DuneBox box;
  write(box,
        "[views.result_daily]\nquery = \"\"\"\nSELECT 1 AS x\n\"\"\"\nschedule = \"0 */6 * * *\"\nperformance = "
        "\"small\"\ntags = [\"a\"]\nprivate = true\n");
  const auto told = box.run({"diff", "-f", "v.toml"});
  CHECK(says(told.out, "+ create result_daily"));
  CHECK(says(told.out, "makes the view and runs its query at once, which is billed"));
  CHECK(box.writes() == 0);
  const auto applied = box.run({"apply", "-f", "v.toml"});
  REQUIRE_MESSAGE(applied.exit_code == 0, applied.err);
  CHECK(box.count("POST", k_dune_views) == 1);
  box.fake.forget();
  CHECK(actions(box) == "unchanged result_daily");
  CHECK(box.run({"apply", "-f", "v.toml"}).exit_code == 0);
  CHECK(box.writes() == 0);
  const auto written = check_round_trip(box);
  CHECK(says(written, "schedule = \"0 */6 * * *\""));
  CHECK(says(written, "private = true"));
}

TEST_CASE("dune: what the file does not say is kept, what it says is merged and written whole") {
  DuneBox box;
  write(box, "[views.result_daily]\nquery = 'SELECT 1 AS x'\nschedule = '0 */6 * * *'\nperformance = 'large'\n");
  REQUIRE(box.run({"apply", "-f", "v.toml"}).exit_code == 0);
  write(box, "[views.result_daily]\nquery = 'SELECT 1 AS x'\n");
  CHECK(actions(box) == "unchanged result_daily");
  write(box, "[views.result_daily]\nschedule = '0 */12 * * *'\n");
  const auto told = box.run({"diff", "-f", "v.toml"});
  CHECK(says(told.out, "~ change result_daily: schedule"));
  CHECK(says(told.out, "schedule: 0 */6 * * * -> 0 */12 * * *"));
  CHECK(says(told.out, "which is billed"));
  box.fake.forget();
  REQUIRE(box.run({"apply", "-f", "v.toml"}).exit_code == 0);
  const auto sent = box.fake.requests("POST", k_dune_views);
  REQUIRE(sent.size() == 1);
  const auto body = parse_json(sent.front().body);
  CHECK(body["cron_expression"] == "0 */12 * * *");
  CHECK(body["performance"] == "large");
  write(box, "[views.result_daily]\nquery = 'SELECT 2 AS x'\n");
  CHECK(actions(box) == "replace result_daily");
  write(box, "[views.result_daily]\nno_schedule = true\n");
  CHECK(actions(box) == "change result_daily");
  REQUIRE(box.run({"apply", "-f", "v.toml"}).exit_code == 0);
  CHECK(actions(box) == "unchanged result_daily");
}

TEST_CASE("dune: a dry run shows what would be sent, as curl too, and a plan is refused once the view has changed") {
  DuneBox box;
  write(box, "[views.result_daily]\nquery = 'SELECT 1 AS x'\n");
  const auto dry = box.run({"apply", "-f", "v.toml", "--dry-run", "-o", "curl"});
  CHECK_MESSAGE(dry.exit_code == 0, dry.err);
  CHECK(says(dry.out, "materialized-views"));
  CHECK_FALSE(says(dry.out, "k3y"));
  CHECK(box.writes() == 0);
  box.json({"diff", "-f", "v.toml", "--out", "plan.json"});
  REQUIRE(box.run({"create", "result_daily", "--query", "SELECT 3 AS x"}).exit_code == 0);
  const auto refused = box.run({"apply", "plan.json"});
  CHECK(refused.exit_code == 10);
  CHECK(says(refused.err, "has changed at the backend since"));
}

TEST_CASE("dune: only what is agreed to is dropped, and a service that is away is no reason to drop") {
  DuneBox box;
  box.seed(R"([{"name":"result_a"},{"name":"result_old"}])");
  write(box, "[views.result_a]\npublic = true\n");
  CHECK(actions(box, {"--prune"}) == "unchanged result_a, drop result_old");
  CHECK(box.run({"apply", "-f", "v.toml", "--prune", "--yes"}).exit_code == 2);
  box.fake.fault(R"({"act":"status","status":503,"times":0})");
  const auto away = box.run({"apply", "-f", "v.toml", "--prune", "--allow-drop", "*", "--retries", "0"});
  CHECK(away.exit_code == 7);
  CHECK(box.count("DELETE", "/api/v1/materialized-views/[^/]+") == 0);
}

TEST_CASE("lance: another definition takes dropping the view, which somebody must agree to") {
  LanceBox box;
  const std::string schema = "output_schema = \"id int64 not null, name utf8, at timestamp[us, UTC]\"\n";
  write(box, "[views.recent]\nquery = '{\"source_table\":\"docs\"}'\n" + schema);
  REQUIRE(box.run({"apply", "-f", "v.toml"}).exit_code == 0);
  CHECK(actions(box) == "unchanged recent");
  check_round_trip(box);
  write(box, "[views.recent]\nquery = '{ \"source_table\" : \"docs\" }'\n" + schema);
  CHECK(actions(box) == "unchanged recent");
  write(box, "[views.recent]\nquery = '{\"source_table\":\"docs\",\"limit\":3}'\n" + schema);
  CHECK(actions(box) == "recreate recent");
  const auto refused = box.run({"apply", "-f", "v.toml", "--yes"});
  CHECK(refused.exit_code == 2);
  CHECK(tells(refused.err, "nobody has agreed to drop 'recent'"));
  CHECK(box.count("POST", k_lance_drop) == 0);
  const auto applied = box.run({"apply", "-f", "v.toml", "--allow-drop", "recent"});
  CHECK_MESSAGE(applied.exit_code == 0, applied.err);
  CHECK(box.count("POST", k_lance_drop) == 1);
  CHECK(actions(box) == "unchanged recent");
  write(box, "[views.recent]\nquery = '{\"source_table\":\"docs\",\"limit\":3}'\noutput_schema = 'id int32'\n");
  CHECK(actions(box) == "recreate recent");
}

TEST_CASE("thoughtspot: SQL views are queries with a connection, other views their TML") {
  ThoughtSpotBox box;
  write(box,
        "[views.\"By day\"]\nquery = \"\"\"\nSELECT day,\n  sum(x) AS \\\"x\\\"\nFROM t\n\"\"\"\nconnection = "
        "'Warehouse'\ncolumns = ['day:attribute', 'x:measure']\n");
  const auto applied = box.run({"apply", "-f", "v.toml"});
  REQUIRE_MESSAGE(applied.exit_code == 0, applied.err);
  CHECK(actions(box) == "unchanged By day");
  box.sandbox.directory().write("work/w.json", R"({"view":{"name":"W","search_query":"[a]","joins":[{"id":"j"}]}})");
  REQUIRE(box.run({"create", "W", "--tml", "w.json"}).exit_code == 0);
  const auto written = check_round_trip(box);
  CHECK(written.find("connection = \"Warehouse\"") != std::string::npos);
  CHECK(written.find("tml_text = ") != std::string::npos);
  CHECK(written.find("guid") == std::string::npos);
  write(box, "[views.W]\ntml = \"w.json\"\n[views.\"By day\"]\nquery = 'SELECT 1'\n");
  CHECK(actions(box) == "unchanged W, replace By day");
  REQUIRE(box.run({"apply", "-f", "v.toml", "W"}).exit_code == 0);
  write(box, "[views.W]\ntml_text = '{\"view\":{\"name\":\"W\",\"search_query\":\"[b]\"}}'\n");
  CHECK(actions(box) == "replace W");
  REQUIRE(box.run({"apply", "-f", "v.toml"}).exit_code == 0);
  CHECK(box.json({"list"})["views"].size() == 2);
}
