// Views that are taken out of unattended refreshes, by hand or after failures in a row.

#include <doctest/doctest.h>

#include <csignal>
#include <filesystem>

#include "schedule_fixture.hpp"

using namespace matview::test;

namespace {

bool contains(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

/// `low` reads files that are gone; `high` reads from it. Both are due.
class Failing : public ScheduleFixture {
 public:
  Failing() {
    write_csv("a", 0, 10);
    must({"create", "low", "--query", "SELECT k, v FROM 'in/*.csv'", "--schedule", k_yearly, "--with-data"});
    must({"create", "high", "--query", "SELECT sum(v) AS s FROM low", "--schedule", k_yearly, "--with-data"});
    must({"create", "other", "--query", "SELECT 1 AS a", "--with-data"});
    for (const char* name : {"low", "high"}) age_success(name, k_years);
    std::filesystem::remove(sources() / "a.csv");
  }
};

}  // namespace

TEST_CASE("after 5 failures in a row a view is suspended with what reads from it; resume brings both back") {
  Failing store;
  for (int i = 0; i < 5; ++i) {
    CHECK(store.selected({"--due"}) == "high\nlow\n");
    CHECK(store.run({"refresh", "--due", "--quiet"}).exit_code == 1);
  }
  CHECK(store.selected({"--due"}).empty());
  const auto quiet = store.run({"refresh", "--due", "--quiet"});
  CHECK(quiet.exit_code == 0);
  CHECK(quiet.err.empty());
  CHECK(store.selected({"--stale"}).empty());

  const auto low = store.view("low");
  CHECK(low["suspended"] == true);
  CHECK(contains(low["suspended_reason"].get<std::string>(),
                 "5 unattended refreshes in a row failed; the last: no file"));
  CHECK(low["next_refresh_at"].is_null());
  CHECK(low["native"]["failures"] == 5);
  CHECK(store.view("high")["suspended_reason"] == "it reads from 'low', which failed too often");
  CHECK(store.view("other")["suspended"] == false);
  CHECK(contains(store.must({"status"}), "suspended 5 unattended refreshes in a row failed"));
  CHECK(contains(store.must({"show", "low"}), "SUSPENDED"));
  CHECK(contains(store.must({"list", "-o", "wide"}), "it reads from 'low'"));

  // Named, it is still refreshed; that alone does not resume it.
  store.write_csv("a", 0, 20);
  CHECK(store.jobs({"refresh", "low"}).size() == 1);
  CHECK(store.view("low")["suspended"] == true);
  CHECK(store.view("low")["native"]["failures"] == 0);

  store.must({"resume", "low"});
  CHECK(store.view("low")["suspended"] == false);
  CHECK(store.view("high")["suspended"] == false);
  CHECK(store.selected({"--due"}) == "high\n");
  CHECK(store.jobs({"refresh", "--due"}).size() == 1);
}

TEST_CASE("refreshes that were asked for by name suspend nothing") {
  Failing store;
  for (int i = 0; i < 6; ++i) CHECK(store.run({"refresh", "low"}).exit_code == 1);
  CHECK(store.view("low")["suspended"] == false);
}

TEST_CASE("a process that is killed over and over counts as one that fails") {
  ScheduleFixture store;
  store.must({"create", "v", "--query", "SELECT 1 AS a", "--schedule", store.k_yearly});
  for (int i = 0; i < 5; ++i) {
    auto command = store.command({"refresh", "--due"});
    command.environment["MATVIEW_FAILPOINT"] = "refresh.after_start=kill";
    CHECK(run(command).signal == SIGKILL);
  }
  CHECK(store.view("v")["suspended"] == false);
  // Whoever comes next finds the fifth dead.
  CHECK(store.run({"refresh", "--due"}).exit_code == 0);
  CHECK(store.view("v")["suspended"] == true);
  const auto jobs = parse_json(store.must({"history", "v", "-o", "json"}))["jobs"];
  REQUIRE(jobs.size() == 6);
  CHECK(jobs[5]["error"]["message"] == "the process that ran it ended before it was done");
}

TEST_CASE("suspend and resume take selectors, tell who did it, have a dry run and are idempotent") {
  ScheduleFixture store;
  store.must({"create", "low", "--query", "SELECT 1 AS a", "--schedule", store.k_yearly, "--tag", "x"});
  store.must({"create", "high", "--query", "SELECT a FROM low", "--schedule", store.k_yearly});
  auto command = store.command({"suspend", "low+", "--dry-run", "-o", "json"});
  const auto planned = parse_json(run(command).out)["plans"];
  REQUIRE(planned.size() == 2);
  CHECK(planned[0]["mode"] == "suspend");
  CHECK(store.view("low")["suspended"] == false);

  command = store.command({"suspend", "--tag", "x"});
  command.environment["LOGNAME"] = "alice";
  const auto suspended = run(command);
  CHECK(suspended.exit_code == 0);
  CHECK(suspended.out.empty());
  CHECK(suspended.err == "view 'low' is suspended by alice\n");
  CHECK(store.view("low")["suspended_reason"] == "by alice");
  CHECK(store.selected({"--due"}) == "high\n");
  CHECK(store.run({"suspend", "low"}).err == "view 'low' is suspended by alice\n");

  const auto json = parse_json(store.must({"suspend", "low+", "-o", "json"}))["views"];
  REQUIRE(json.size() == 2);
  CHECK(json[1]["suspended_reason"] == "by hand");
  CHECK(store.run({"resume", "--all", "--quiet"}).err.empty());
  CHECK(store.view("low")["suspended"] == false);
  CHECK(store.run({"resume", "low"}).exit_code == 0);

  CHECK(store.run({"suspend"}).exit_code == 2);
  CHECK(store.run({"suspend", "lo"}).exit_code == 6);
  CHECK(contains(store.run({"suspend", "lo"}).err, "did you mean 'low'?"));
  CHECK(store.run({"resume", "none"}).exit_code == 6);
}
