#include "thoughtspot_box.hpp"

using namespace matview::test;

namespace {

using Sent = std::vector<std::string>;

bool holds(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

constexpr const char* k_tml = "# kept\nview:\n  name: Daily sales\n  search_query: \"[SALES_1::revenue]\"\n";

}  // namespace

TEST_CASE("thoughtspot: a list has every view of every page, its author, times and tags, and nothing else") {
  ThoughtSpotBox box;
  box.fake.command({{"many", {{"count", 1203}}}});
  box.add({{"name", "view 00007"}, {"tags", {"finance"}}});
  box.add({{"name", "By day"}, {"type", "SQL_VIEW"}});
  box.add({{"name", "Model"}, {"type", "WORKSHEET"}});
  const auto views = box.json({"list"}).at("views");
  CHECK(views.size() == 1205);
  CHECK(views.at(0).at("name") == "By day");
  CHECK(views.at(0).at("native").at("subtype") == "SQL_VIEW");
  int twice = 0;
  for (const auto& view : views) {
    twice += view.at("name") == "view 00007";
    CHECK(view.at("freshness") == "unknown");
    CHECK(view.at("native").at("author") == "jane");
    CHECK_FALSE(view.at("created_at").is_null());
  }
  CHECK(twice == 2);
  CHECK(box.count("GET", "metadata/list") == 3);
  const auto tagged = box.json({"list", "--tag", "finance"}).at("views");
  REQUIRE(tagged.size() == 1);
  CHECK(tagged.at(0).at("name") == "view 00007");
}

TEST_CASE("thoughtspot: a server that sends fewer views at a time than it was asked for is listed whole") {
  ThoughtSpotBox box(Json{{"batch_limit", 70}});
  box.fake.command({{"many", {{"count", 333}}}});
  CHECK(box.json({"list"}).at("views").size() == 333);
  CHECK(box.count("GET", "metadata/list") == 5);
}

TEST_CASE("thoughtspot: an old server is asked in the old way") {
  ThoughtSpotBox box(
      {{"list", false}, {"details", false}, {"v2", false}, {"sql_views", false}, {"session_info", false}});
  box.add({{"name", "V"}, {"state", "stale"}});
  box.add({{"name", "Model"}, {"type", "WORKSHEET"}});
  const auto views = box.json({"list"}).at("views");
  REQUIRE(views.size() == 1);
  CHECK(views.at(0).at("name") == "V");
  CHECK(box.run({"refresh", "V"}).exit_code == 0);
  CHECK(box.run({"refresh", "Model"}).exit_code == 6);
  CHECK(box.run({"status", "V"}).exit_code == 0);
}

TEST_CASE("thoughtspot: a server that refuses SQL views as a subtype is listed without") {
  ThoughtSpotBox box(Json{{"sql_views", false}});
  box.add({{"name", "V"}});
  CHECK(box.json({"list"}).at("views").size() == 1);
}

TEST_CASE("thoughtspot: status tells the last submission and how the server materializes, and never a freshness") {
  ThoughtSpotBox box;
  box.add({{"name", "V"}, {"state", "stale"}});
  const auto id = box.json({"refresh", "V"}).at("jobs").at(0).at("id");
  const auto view = box.json({"status", "V"}).at("views").at(0);
  CHECK(view.at("freshness") == "unknown");
  CHECK(view.at("last_job").at("id") == id);
  CHECK(view.at("last_job").at("state") == "submitted");
  CHECK(view.at("native").at("materialization_config").at("window") == "20:00-04:00");
  CHECK(view.at("native").at("materialization_config").at("maxMaterializedViewsPerCluster") == 50);
  const auto all = box.json({"status"}).at("views").at(0);
  CHECK(all.at("last_job").at("id") == id);
  CHECK(all.at("native").contains("materialization_config"));
}

TEST_CASE("thoughtspot: a job is told of the view it was of and not of another of that name") {
  ThoughtSpotBox box;
  const auto first = box.add({{"name", "V"}, {"state", "stale"}});
  const auto second = box.add({{"name", "V"}, {"state", "stale"}});
  REQUIRE(box.run({"refresh", first}).exit_code == 0);
  const auto views = box.json({"list"});
  for (const auto& view : views.at("views"))
    CHECK(view.at("last_job").is_null() == (view.at("native").at("guid") == second));
  CHECK(box.json({"status", second}).at("views").at(0).at("last_job").is_null());
  CHECK_FALSE(box.json({"status", first}).at("views").at(0).at("last_job").is_null());
}

TEST_CASE("thoughtspot: a refresh that was refused makes the state an error, one with nothing to do does not") {
  ThoughtSpotBox box;
  box.add({{"name", "V"}, {"state", "materialized"}});
  CHECK(box.run({"refresh", "V"}).exit_code == 10);
  CHECK(box.json({"status", "V"}).at("views").at(0).at("state") == "idle");
  box.set(Json{{"privileges", {"DATAMANAGEMENT"}}});
  CHECK(box.run({"refresh", "V"}).exit_code == 4);
  CHECK(box.json({"status", "V"}).at("views").at(0).at("state") == "error");
  CHECK(box.json({"list", "--failed"}).at("views").size() == 1);
}

TEST_CASE("thoughtspot: a server that shows a status is believed") {
  ThoughtSpotBox box;
  box.add({{"name", "V"}, {"extra", {{"materializationStatus", "STALE"}}}});
  const auto view = box.json({"status", "V"}).at("views").at(0);
  CHECK(view.at("freshness") == "stale");
  CHECK(view.at("native").at("status").at("materializationStatus") == "STALE");
}

TEST_CASE("thoughtspot: show tells columns, sources and the definition as TML, by either version") {
  ThoughtSpotBox box;
  const auto id = box.add({{"name", "V"}});
  auto view = box.json({"show", "V"}).at("views").at(0);
  CHECK(holds(view.at("definition").get<std::string>(), "guid: " + id + "\nview:\n"));
  CHECK(holds(view.dump(), "Total revenue"));
  CHECK(view.at("sources").at(0).at("name") == "SALES");
  box.fake.fault({{"act", "status"}, {"path", "v1/metadata/tml/export"}, {"status", 404}, {"times", 0}});
  view = box.json({"show", id}).at("views").at(0);
  CHECK(holds(view.at("definition").get<std::string>(), "view:\n"));
  CHECK(box.sent().end()[-2] == "POST v2:metadata/tml/export");
}

TEST_CASE("thoughtspot: an SQL view is made of a query, and is there afterwards") {
  ThoughtSpotBox box;
  const auto view = box.json({"create", "By day", "--query", "select \"d\", sum(x) as s from t group by 1",
                              "--connection", "Warehouse", "--columns", "d:attribute,s:measure"})
                        .at("views")
                        .at(0);
  CHECK(view.at("name") == "By day");
  CHECK(view.at("native").at("subtype") == "SQL_VIEW");
  const auto stored = box.state().at("views").at(0);
  CHECK(stored.at("query") == "select \"d\", sum(x) as s from t group by 1");
  const auto again = box.run({"create", "By day", "--query", "select 1", "--connection", "Warehouse"});
  CHECK(again.exit_code == 10);
  CHECK(
      box.run({"create", "By day", "--query", "select 1", "--connection", "Warehouse", "--if-not-exists"}).exit_code ==
      0);
  CHECK(box.state().at("views").size() == 1);
  CHECK(box.run({"create", "By day", "--query", "select 2", "--connection", "Warehouse", "--replace"}).exit_code == 0);
  REQUIRE(box.state().at("views").size() == 1);
  CHECK(box.state().at("views").at(0).at("query") == "select 2");
}

TEST_CASE("thoughtspot: a view is made of TML, and create says that it is not materialized by that") {
  for (const Json& options : {Json::object(), Json{{"info", true}}, Json{{"no_header", true}}}) {
    CAPTURE(options.dump());
    ThoughtSpotBox box(options);
    box.sandbox.directory().write("work/view.tml", k_tml);
    const auto outcome = box.run({"create", "Daily sales", "--tml", "view.tml"});
    CHECK_MESSAGE(outcome.exit_code == 0, outcome.err);
    CHECK(holds(outcome.err, "does not materialize 'Daily sales'"));
    CHECK(box.state().at("views").at(0).at("tml") == k_tml);
    CHECK(box.run({"create", "Daily sales", "--tml", "view.tml", "--replace", "--quiet"}).exit_code == 0);
    CHECK(box.state().at("views").size() == 1);
  }
}

TEST_CASE("thoughtspot: create goes by version 2 where version 1 has no import") {
  ThoughtSpotBox box;
  box.fake.fault({{"act", "status"}, {"path", "v1/metadata/tml/import"}, {"status", 404}, {"times", 0}});
  const auto view =
      box.json({"create", "By day", "--query", "select 1", "--connection", "Warehouse"}).at("views").at(0);
  CHECK(view.at("native").at("guid") == box.state().at("views").at(0).at("id"));
}

TEST_CASE("thoughtspot: what the server refuses inside a success is a failure with its reason") {
  ThoughtSpotBox box;
  const auto outcome = box.run({"create", "By day", "--query", "select 1", "--connection", "Lost"});
  CHECK(outcome.exit_code == 1);
  CHECK(holds(outcome.err, "Connection Lost not found"));
  CHECK(holds(outcome.err, "code 14502"));
  CHECK(box.state().at("views").empty());
}

TEST_CASE("thoughtspot: mistakes of create are told before anything is sent") {
  ThoughtSpotBox box;
  box.sandbox.directory().write("work/view.tml", k_tml);
  box.sandbox.directory().write("work/liveboard.tml", "liveboard:\n  name: B\n");
  for (std::vector<std::string> arguments :
       {std::vector<std::string>{"create", "V"},
        {"create", "V", "--query", "select 1"},
        {"create", "V", "--query", "select 1", "--connection", "W", "--columns", "a:INT"},
        {"create", "V", "--tml", "view.tml"},
        {"create", "V", "--tml", "nowhere.tml"},
        {"create", "B", "--tml", "liveboard.tml"},
        {"create", "Daily sales", "--tml", "view.tml", "--query", "select 1"},
        {"create", "Daily sales", "--tml", "view.tml", "--connection", "W"},
        {"create", "Daily sales", "--tml", "view.tml", "--remote"},
        {"create", "Daily sales", "--tml", "view.tml", "--tag", "x"}}) {
    CAPTURE(arguments.back());
    const auto outcome = box.run(arguments);
    CHECK_MESSAGE(outcome.exit_code == 2, outcome.err);
    CHECK(holds(outcome.err, "error: "));
  }
  CHECK(box.run({"create", "Daily sales", "--tml", "view.tml", "--with-data"}).exit_code == 9);
  CHECK(box.fake.requests().empty());
}

TEST_CASE("thoughtspot: a dry run of create sends nothing; with --remote the server validates and makes nothing") {
  ThoughtSpotBox box;
  box.sandbox.directory().write("work/view.tml", k_tml);
  auto outcome = box.run({"create", "Daily sales", "--tml", "view.tml", "--dry-run"});
  CHECK_MESSAGE(outcome.exit_code == 0, outcome.err);
  CHECK(holds(outcome.out, "import_policy=ALL_OR_NONE"));
  CHECK_FALSE(holds(outcome.err, "does not materialize"));
  CHECK(box.fake.requests().empty());
  outcome = box.run({"create", "Daily sales", "--tml", "view.tml", "--dry-run", "--remote"});
  CHECK_MESSAGE(outcome.exit_code == 0, outcome.err);
  CHECK(box.count("POST", "metadata/tml/import") == 1);
  CHECK(box.state().at("views").empty());
  outcome = box.run({"create", "V", "--query", "select 1", "--connection", "Lost", "--dry-run", "--remote"});
  CHECK(outcome.exit_code == 1);
  CHECK(holds(outcome.err, "Connection Lost not found"));
}

TEST_CASE("thoughtspot: an import whose answer was lost is looked for and not sent again") {
  ThoughtSpotBox box;
  box.fake.fault({{"act", "reset_after"}, {"path", "tml/import"}});
  CHECK(box.run({"create", "By day", "--query", "select 1", "--connection", "Warehouse"}).exit_code == 0);
  CHECK(box.count("POST", "metadata/tml/import") == 1);
  CHECK(box.state().at("views").size() == 1);
  box.fake.clear_faults();
  box.fake.fault({{"act", "reset_before"}, {"path", "tml/import"}});
  const auto outcome = box.run({"create", "Other", "--query", "select 1", "--connection", "Warehouse"});
  CHECK(outcome.exit_code == 7);
  CHECK(holds(outcome.err, "matview show Other"));
  CHECK(box.count("POST", "metadata/tml/import") == 2);
}

TEST_CASE("thoughtspot: drop names what reads the view and leaves it, --force drops it") {
  ThoughtSpotBox box;
  const auto dependent = Json{{"id", "d0d00000-0000-4000-8000-000000000001"}, {"name", "Sales board"}};
  box.add({{"name", "V"}, {"dependents", {dependent}}});
  auto outcome = box.run({"drop", "V", "--yes"});
  CHECK(outcome.exit_code == 10);
  CHECK(holds(outcome.err, "d0d00000-0000-4000-8000-000000000001  liveboard 'Sales board' by jim"));
  CHECK(box.state().at("views").size() == 1);
  outcome = box.run({"drop", "V", "--yes", "--force"});
  CHECK_MESSAGE(outcome.exit_code == 0, outcome.err);
  CHECK(box.state().at("views").empty());
  CHECK(box.run({"drop", "V", "--yes"}).exit_code == 6);
  CHECK(box.run({"drop", "V", "--yes", "--if-exists"}).exit_code == 0);
}

TEST_CASE("thoughtspot: drop uses the call that the server has, in every shape of its errors") {
  ThoughtSpotBox box(Json{{"delete", false}, {"dependency", false}});
  box.add({{"name", "V"}});
  CHECK(box.run({"drop", "V", "--yes"}).exit_code == 0);
  CHECK(box.sent().end()[-2] == "POST v2:metadata/delete");
  for (const int shape : {1, 2, 3}) {
    box.set({{"error_shape", shape}, {"privileges", Json::array()}});
    if (shape == 1) box.add({{"name", "W"}});
    const auto outcome = box.run({"drop", "W", "--yes"});
    CHECK_MESSAGE(outcome.exit_code == 4, outcome.err);
    CHECK(holds(outcome.err, "code 10023"));
  }
  box.set({{"v2", false}});
  const auto outcome = box.run({"drop", "W", "--yes"});
  CHECK(outcome.exit_code == 9);
  CHECK(holds(outcome.err, "9.0.1"));
}

TEST_CASE("thoughtspot: a dry run of drop shows what would be asked and deleted") {
  ThoughtSpotBox box;
  const auto outcome = box.run({"drop", "V", "--dry-run"});
  CHECK_MESSAGE(outcome.exit_code == 0, outcome.err);
  CHECK(holds(outcome.out, "dependency/logicaltable"));
  CHECK(holds(outcome.out, "metadata/delete"));
  CHECK(box.fake.requests().empty());
}

TEST_CASE("thoughtspot: names of all kinds are found, made and dropped") {
  for (const std::string name : {"100% \"sales\" & more", "Größe € 日本", "a$b'c\\d", "it's; <b>", "x=1+2"}) {
    CAPTURE(name);
    ThoughtSpotBox box;
    auto outcome = box.run({"create", name, "--query", "select 1", "--connection", "Warehouse"});
    CHECK_MESSAGE(outcome.exit_code == 0, outcome.err);
    CHECK(box.json({"show", name}).at("views").at(0).at("name") == name);
    outcome = box.run({"drop", name, "--yes"});
    CHECK_MESSAGE(outcome.exit_code == 0, outcome.err);
    CHECK(box.state().at("views").empty());
  }
}

TEST_CASE("thoughtspot: escape sequences in what a server says do not reach the terminal") {
  ThoughtSpotBox box;
  box.add({{"name", "evil \x1b[2J name"}, {"author", "a\x1b]0;title\x07z"}, {"tags", {"t\x1b[1m"}}});
  for (std::vector<std::string> arguments : {std::vector<std::string>{"list"}, {"list", "-o", "wide"}, {"status"}}) {
    const auto outcome = box.run(arguments);
    CHECK(outcome.exit_code == 0);
    CHECK_FALSE(holds(outcome.out + outcome.err, "\x1b"));
  }
}

TEST_CASE("thoughtspot: doctor examines address, clock, login, privileges, version and materialization") {
  ThoughtSpotBox box;
  auto outcome = box.run({"doctor"});
  CHECK_MESSAGE(outcome.exit_code == 0, (outcome.out + outcome.err));
  for (const char* part : {"answers", "agrees with the server's", "etl, with a password", "can administer ThoughtSpot",
                           "10.1.0.sw-73, Software", "20:00-04:00", "50 views"})
    CHECK_MESSAGE(holds(outcome.out, part), part);
  CHECK(box.state().at("sessions").empty());
  CHECK(box.fake.requests().front().header("cookie").empty());

  box.set({{"enabled", false}});
  outcome = box.run({"doctor"});
  CHECK(outcome.exit_code == 1);
  CHECK(holds(outcome.out, "switched off"));

  box.set({{"enabled", true}, {"privileges", Json::array()}, {"v2", false}});
  outcome = box.run({"doctor"});
  CHECK(outcome.exit_code == 0);
  CHECK(holds(outcome.out, "ADMINISTRATION"));
  CHECK(holds(outcome.out, "older than 9.0.1"));

  box.credentials["TS_PASSWORD"] = "wrong-and-secret-too";
  outcome = box.run({"doctor"});
  CHECK(outcome.exit_code == 1);
  CHECK(holds(outcome.out, "cannot log in as 'etl'"));
  CHECK_FALSE(holds(outcome.out + outcome.err, "wrong-and-secret-too"));
}

TEST_CASE("thoughtspot: doctor tells a wrong address from a server in maintenance and one that is not there") {
  ThoughtSpotBox box;
  box.credentials["TS_URL"] = box.fake.url() + "/wrong/path";
  auto command = box.command({"doctor"});
  command.environment["TS_URL"] = box.fake.url() + "/wrong";
  auto outcome = run(command);
  CHECK(outcome.exit_code == 1);
  CHECK(holds(outcome.out, "there is no ThoughtSpot at"));
  box.set({{"maintenance", true}});
  outcome = box.run({"doctor"});
  CHECK(holds(outcome.out, "maintenance"));
  box.fake.stop();
  outcome = box.run({"doctor", "--retries", "0"});
  CHECK(outcome.exit_code == 1);
}

TEST_CASE("thoughtspot: the address may be written with the path of either interface") {
  ThoughtSpotBox box;
  box.add({{"name", "V"}, {"state", "stale"}});
  for (const char* path : {"/callosum/v1", "/callosum/v1/", "/api/rest/2.0"}) {
    auto command = box.command({"list"});
    command.environment["TS_URL"] = box.fake.url() + path;
    CHECK(run(command).exit_code == 0);
  }
}
