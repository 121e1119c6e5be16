// Views that refresh themselves: thresholds, cooldown, chains.

#include <doctest/doctest.h>

#include "schedule_fixture.hpp"

using namespace matview::test;

namespace {

constexpr const char* k_query = "SELECT count(*) AS n FROM 'in/*.csv'";

}  // namespace

TEST_CASE("--auto refreshes the views that ask for it when their sources have changed") {
  ScheduleFixture store;
  store.write_csv("a", 0, 10);
  store.must({"create", "itself", "--query", k_query, "--auto-refresh", "--with-data"});
  store.must({"create", "plain", "--query", k_query, "--with-data"});
  CHECK(store.view("itself")["auto_refresh"] == true);
  CHECK(store.jobs({"refresh", "--auto"}).empty());
  store.write_csv("b", 0, 5);
  const auto jobs = store.jobs({"refresh", "--auto"});
  REQUIRE(jobs.size() == 1);
  CHECK(jobs[0]["view"] == "itself");
  CHECK(store.query("SELECT n FROM itself") == "15\n");
  CHECK(store.query("SELECT n FROM plain") == "10\n");
  CHECK(store.jobs({"refresh", "--auto"}).empty());
}

TEST_CASE("thresholds and cooldown of the profile hold views back until they are passed") {
  ScheduleFixture store;
  const auto configure = [&](const std::string& keys) {
    store.box().configure("[profiles.local]\nprovider = \"local\"\n" + keys);
  };
  store.write_csv("a", 0, 10);
  store.must({"create", "v", "--query", k_query, "--auto-refresh", "--with-data"});

  configure("auto_refresh.min_changed_files = 2\n");
  store.write_csv("b", 0, 10);
  CHECK(store.selected({"--auto"}).empty());
  store.write_csv("c", 0, 10);
  CHECK(store.selected({"--auto"}) == "v\n");

  configure("[profiles.local.auto_refresh]\nmin_changed_bytes = \"1MB\"\n");
  CHECK(store.selected({"--auto"}).empty());
  configure("auto_refresh = { min_changed_bytes = \"50\", cooldown = \"0s\" }\n");
  CHECK(store.selected({"--auto"}) == "v\n");

  configure("auto_refresh.cooldown = \"1d\"\n");
  CHECK(store.selected({"--auto"}).empty());
  auto command = store.command({"list", "--auto", "-o", "name"});
  command.environment["MATVIEW_PROFILES_LOCAL_AUTO_REFRESH_COOLDOWN"] = "1us";
  CHECK(run(command).exit_code == 2);
  command.environment["MATVIEW_PROFILES_LOCAL_AUTO_REFRESH_COOLDOWN"] = "1ms";
  CHECK(run(command).out == "v\n");
}

TEST_CASE("a threshold that is none is refused with file, line and key") {
  ScheduleFixture store;
  for (const auto& [line, message] : std::vector<std::pair<std::string, std::string>>{
           {"auto_refresh.min_changed_files = 0", "key 'profiles.local.auto_refresh.min_changed_files'"},
           {"auto_refresh.cooldown = \"soon\"", "key 'profiles.local.auto_refresh.cooldown'"},
           {"auto_refresh.min_changed_byte = 1", "unknown key 'auto_refresh.min_changed_byte'"},
           {"auto_refresh = true", "unknown key 'auto_refresh'"}}) {
    CAPTURE(line);
    store.box().configure("[profiles.local]\nprovider = \"local\"\n" + line + "\n");
    const auto refused = store.run({"list"});
    CHECK(refused.exit_code == 2);
    CHECK(refused.err.find("config.toml:3: ") != std::string::npos);
    CHECK(refused.err.find(message) != std::string::npos);
  }
  store.box().configure("[profiles.local]\nprovider = \"local\"\nauto_refresh.min_changed_bytes = \"much\"\n");
  CHECK(store.run({"list"}).err.find("auto_refresh.min_changed_bytes': 'much' is not a size") != std::string::npos);
}

TEST_CASE("a chain of views that refresh themselves is brought up to date in one run") {
  ScheduleFixture store;
  store.write_csv("a", 0, 10);
  store.must({"create", "z", "--query", "SELECT k, v FROM 'in/*.csv'", "--auto-refresh", "--with-data"});
  store.must({"create", "m", "--query", "SELECT sum(v) AS s FROM z", "--auto-refresh", "--with-data"});
  store.must({"create", "a", "--query", "SELECT s FROM m", "--with-data"});
  store.write_csv("b", 10, 1);
  const auto jobs = store.jobs({"refresh", "--auto"});
  REQUIRE(jobs.size() == 2);
  CHECK(jobs[0]["view"] == "z");
  CHECK(jobs[1]["view"] == "m");
  CHECK(store.query("SELECT s FROM m") == "55\n");
  CHECK(store.jobs({"refresh", "--auto"}).empty());
}

TEST_CASE("a view that only the time changes does not refresh itself over and over") {
  ScheduleFixture store;
  store.must({"create", "v", "--query", "SELECT now() AS t", "--auto-refresh", "--with-data"});
  CHECK(store.selected({"--stale"}) == "v\n");
  CHECK(store.selected({"--auto"}).empty());
}
