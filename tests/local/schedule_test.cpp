// Schedules of local views: what is due, windows, and what changing a schedule leaves alone.

#include <doctest/doctest.h>

#include <fstream>

#include "schedule_fixture.hpp"

using namespace matview::test;

namespace {

bool contains(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST_CASE("--due refreshes what has ticked since its last success, once, and then nothing") {
  ScheduleFixture store;
  store.write_csv("a", 0, 10);
  store.must({"create", "yearly", "--query", "SELECT count(*) AS n FROM 'in/*.csv'", "--schedule", store.k_yearly,
              "--with-data"});
  store.must({"create", "plain", "--query", "SELECT 1 AS a"});
  store.must({"create", "unfilled", "--query", "SELECT 1 AS a", "--schedule", "@yearly"});
  CHECK(store.selected({"--due"}) == "unfilled\n");
  CHECK(store.jobs({"refresh", "--due"}).size() == 1);
  CHECK(store.jobs({"refresh", "--due"}).empty());
  CHECK(store.run({"refresh", "--due", "--quiet"}).err.empty());

  // Two ticks were missed.
  store.age_success("yearly", store.k_years);
  store.write_csv("b", 10, 5);
  CHECK(store.view("yearly")["due"] == true);
  const auto made_up = store.jobs({"refresh", "--due"});
  REQUIRE(made_up.size() == 1);
  CHECK(made_up[0]["view"] == "yearly");
  CHECK(made_up[0]["native"]["unattended"] == true);
  CHECK(store.view("yearly")["due"] == false);
  CHECK(store.jobs({"refresh", "--due"}).empty());
  CHECK(store.query("SELECT n FROM yearly") == "15\n");
}

TEST_CASE("a refresh that finds nothing to do serves its window too") {
  ScheduleFixture store;
  store.must({"create", "v", "--query", "SELECT 1 AS a", "--schedule", store.k_yearly, "--with-data"});
  store.age_success("v", store.k_years);
  const auto served = store.jobs({"refresh", "--due"});
  REQUIRE(served.size() == 1);
  CHECK(served[0]["mode"] == "no_data");
  CHECK(store.jobs({"refresh", "--due"}).empty());
}

TEST_CASE("a failure serves nothing: the view stays due") {
  ScheduleFixture store;
  store.write_csv("a", 0, 10);
  store.must(
      {"create", "v", "--query", "SELECT count(*) AS n FROM 'in/*.csv'", "--schedule", store.k_yearly, "--with-data"});
  store.age_success("v", store.k_years);
  std::filesystem::remove(store.sources() / "a.csv");
  CHECK(store.run({"refresh", "--due", "--quiet"}).exit_code == 1);
  CHECK(store.view("v")["due"] == true);
}

TEST_CASE(
    "who asks by name in a window that was served is told when the next opens; --force and another window do it") {
  ScheduleFixture store;
  store.must({"create", "v", "--query", "SELECT 1 AS a", "--schedule", store.k_yearly, "--with-data"});
  for (const auto& arguments : std::vector<std::vector<std::string>>{
           {"refresh", "v"}, {"refresh", "v", "--full"}, {"refresh", "v", "--dry-run"}, {"refresh", "--all"}}) {
    CAPTURE(arguments.back());
    const auto refused = store.run(arguments);
    CHECK(refused.exit_code == 10);
    CHECK(contains(refused.err,
                   "it was refreshed in this window of its schedule '0 0 1 1 *' already; the next opens at 2"));
    CHECK(contains(refused.err, "-01-01T00:00:00Z"));
    CHECK(contains(refused.err, "hint: --force refreshes it all the same"));
  }
  const auto before = parse_json(store.must({"history", "v", "-o", "json"}))["jobs"].size();
  CHECK(before == 1);
  CHECK(store.jobs({"refresh", "v", "--force"})[0]["mode"] == "full");
  store.age_success("v", store.k_years);
  CHECK(store.jobs({"refresh", "v"})[0]["mode"] == "no_data");
  const auto json = store.run({"refresh", "v", "-o", "json"});
  CHECK(json.exit_code == 10);
  CHECK(contains(json.err, "\"code\":\"CONFLICT\""));
}

TEST_CASE("a replaced definition opens its window; --with-data fills it whatever the window says") {
  ScheduleFixture store;
  store.must({"create", "v", "--query", "SELECT 1 AS a", "--schedule", store.k_yearly, "--with-data"});
  store.must({"create", "v", "--replace", "--query", "SELECT 2 AS a", "--schedule", store.k_yearly});
  CHECK(store.view("v")["due"] == true);
  CHECK(store.jobs({"refresh", "--due"}).size() == 1);
  CHECK(store.query("SELECT a FROM v") == "2\n");
  CHECK(store.run({"create", "v", "--replace", "--query", "SELECT 2 AS a", "--schedule", store.k_yearly, "--with-data"})
            .exit_code == 0);
}

TEST_CASE("schedule, tags and auto refresh change without a version, a lost row or a full refresh") {
  ScheduleFixture store;
  store.write_csv("a", 0, 100);
  const std::string query = "SELECT k, sum(v) AS s FROM 'in/*.csv' GROUP BY k";
  const auto define = [&](std::vector<std::string> more) {
    std::vector<std::string> arguments{"create", "v", "--query", query, "--refresh-mode", "incremental"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    store.must(arguments);
  };
  define({"--with-data"});
  store.must(
      {"create", "over", "--query", "SELECT sum(s) AS total FROM v", "--refresh-mode", "incremental", "--with-data"});
  int file = 0;
  for (const auto& change : std::vector<std::vector<std::string>>{{"--replace", "--schedule", "*/5 * * * *"},
                                                                  {"--replace", "--schedule", "@daily", "--tag", "x"},
                                                                  {"--replace", "--auto-refresh"},
                                                                  {"--replace"}}) {
    CAPTURE(change.back());
    const auto before = store.view("v");
    define(change);
    store.must(
        {"create", "over", "--replace", "--query", "SELECT sum(s) AS total FROM v", "--refresh-mode", "incremental"});
    const auto after = store.view("v");
    CHECK(after["version"] == before["version"]);
    CHECK(after["rows"] == 5);
    CHECK(after["freshness"] == "fresh");
    CHECK(after["schedule"] == (change.size() > 2 && change[1] == "--schedule" ? Json(change[2]) : Json()));
    CHECK(after["auto_refresh"] == (change.back() == "--auto-refresh"));
    ++file;
    store.write_csv("n" + std::to_string(file), 1000 * file, 1);
    const auto jobs = store.jobs({"refresh", "v", "over", "--force"});
    REQUIRE(jobs.size() == 2);
    CHECK(jobs[0]["mode"] == "incremental");
    CHECK(jobs[1]["mode"] == "incremental");
  }
  CHECK(store.must({"verify", "v"}).find("equal") != std::string::npos);
}

TEST_CASE("show, list and status tell schedule, next window and what is due") {
  ScheduleFixture store;
  store.must({"create", "v", "--query", "SELECT 1 AS a", "--schedule", "30  2 * jan  mon-fri", "--timezone",
              "Europe/Berlin", "--with-data"});
  const auto view = store.view("v");
  CHECK(view["schedule"] == "30 2 * jan mon-fri");
  CHECK(view["suspended"] == false);
  CHECK(view["suspended_reason"].is_null());
  CHECK(contains(view["next_refresh_at"].get<std::string>(), "T01:30:00Z"));
  CHECK(view["native"]["timezone"] == "Europe/Berlin");
  CHECK(contains(store.must({"show", "v"}), "NEXT REFRESH"));
  const auto wide = store.must({"list", "-o", "wide"});
  CHECK(contains(wide, "30 2 * jan mon-fri"));
  CHECK(contains(wide, view["next_refresh_at"].get<std::string>()));
  CHECK(contains(store.must({"status", "-o", "wide"}), view["next_refresh_at"].get<std::string>()));
  CHECK(contains(store.must({"list", "--fields", "name,schedule,due", "-o", "csv"}), "v,30 2 * jan mon-fri,false"));
}

TEST_CASE("schedule and auto refresh stand in the view as code, and apply changes them alone") {
  ScheduleFixture store;
  store.write_csv("a", 0, 10);
  store.must({"create", "v", "--query", "SELECT count(*) AS n FROM 'in/*.csv'", "--schedule", store.k_yearly,
              "--auto-refresh", "--with-data"});
  auto toml = store.must({"show", "v", "-o", "toml"});
  CHECK(contains(toml, "schedule = \"0 0 1 1 *\""));
  CHECK(contains(toml, "auto_refresh = true"));
  const auto at = toml.find("0 0 1 1 *");
  toml.replace(at, 9, "@monthly");
  const auto file = store.box().directory().write("work/views.toml", toml);
  store.must({"apply", "-f", file.string(), "--yes"});
  const auto view = store.view("v");
  CHECK(view["schedule"] == "@monthly");
  CHECK(view["version"] == 1);
  CHECK(view["freshness"] == "fresh");
}

TEST_CASE("a schedule or a zone that is none is refused at create, and nothing is made") {
  ScheduleFixture store;
  const auto refused = [&](std::vector<std::string> options) {
    options.insert(options.begin(), {"create", "v", "--query", "SELECT 1 AS a"});
    const auto outcome = store.run(options);
    CHECK(outcome.exit_code == 2);
    CHECK(store.selected({}).empty());
    return outcome.err;
  };
  CHECK(contains(refused({"--schedule", "61 * * * *"}),
                 "error: --schedule: '61 * * * *' is no schedule: '61' is no minute"));
  CHECK(contains(refused({"--schedule", "@reboot"}), "@hourly, @daily"));
  CHECK(contains(refused({"--schedule", "0 0 30 feb *"}), "no month has such a day"));
  CHECK(contains(refused({"--schedule", "@daily", "--timezone", "Europe/Nowhere"}), "'Europe/Nowhere'"));
}

TEST_CASE("without a database of time zones UTC works, and another zone says what is missing") {
  ScheduleFixture store;
  const auto none = (store.box().work() / "none").string();
  const auto run = [&](std::vector<std::string> arguments) {
    auto command = store.command(std::move(arguments));
    command.environment["TZDIR"] = none;
    return matview::test::run(command);
  };
  CHECK(run({"create", "utc", "--query", "SELECT 1 AS a", "--schedule", "@daily"}).exit_code == 0);
  const auto refused =
      run({"create", "berlin", "--query", "SELECT 1 AS a", "--schedule", "@daily", "--timezone", "Europe/Berlin"});
  CHECK(refused.exit_code == 1);
  CHECK(contains(refused.err, "there is no database of time zones at '" + none + "'"));
  CHECK(contains(refused.err, "hint: install tzdata"));
  // Made elsewhere, and looked at here: it never comes due, and that is said.
  store.must({"create", "berlin", "--query", "SELECT 1 AS a", "--schedule", "@daily", "--timezone", "Europe/Berlin"});
  const auto listed = run({"refresh", "--due"});
  CHECK(listed.exit_code == 0);
  CHECK(contains(listed.err, "warning: the view 'berlin' never comes due: the time zone 'Europe/Berlin' is not known"));
}

TEST_CASE("due views run in the order of their dependencies, in the profile's time zone unless they have one") {
  ScheduleFixture store;
  store.box().configure("[profiles.local]\nprovider = \"local\"\ntimezone = \"Asia/Kathmandu\"\n");
  store.must({"create", "z", "--query", "SELECT 1 AS a", "--schedule", "@daily"});
  store.must({"create", "a", "--query", "SELECT a FROM z", "--schedule", "@daily"});
  CHECK(contains(store.view("z")["next_refresh_at"].get<std::string>(), "T18:15:00Z"));
  const auto jobs = store.jobs({"refresh", "--due"});
  REQUIRE(jobs.size() == 2);
  CHECK(jobs[0]["view"] == "z");
  CHECK(jobs[1]["view"] == "a");
}
