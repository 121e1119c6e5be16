// Time filters through the real binary. Nothing here hangs on how much time passes.

#include <doctest/doctest.h>

#include "support/store_fixture.hpp"

using namespace matview::test;

namespace {

constexpr const char* k_recent = "SELECT id, ts FROM 'in/*.csv' WHERE ts <= now() AND ts > now() - INTERVAL 10 YEAR";

Json last_job(const StoreFixture& store, const std::string& view) {
  return parse_json(store.must({"history", view, "--limit", "1", "-o", "json"}))["jobs"][0];
}

void write(const StoreFixture& store, const std::string& name, const std::string& rows) {
  store.box().directory().write("work/in/" + name + ".csv", "id,ts\n" + rows);
}

}  // namespace

TEST_CASE("a time filter is refreshed from what the time and the sources change, and verified at that time") {
  StoreFixture store;
  write(store, "a", "1,2020-01-01 00:00:00\n2,1999-01-01 00:00:00\n3,2999-01-01 00:00:00\n");
  store.must({"create", "recent", "--query", k_recent, "--refresh-mode", "strict", "--with-data"});
  CHECK(store.query("SELECT id FROM recent") == "1\n");
  const auto first = last_job(store, "recent");

  // No source changed; the time did.
  store.must({"refresh", "recent"});
  const auto second = last_job(store, "recent");
  CHECK(second["mode"] == "incremental");
  CHECK(second["native"]["techniques"].dump().find("time_filter") != std::string::npos);
  CHECK(second["rows_added"] == 0);
  CHECK(second["version"] == first["version"]);
  CHECK(second["native"]["as_of"] > first["native"]["as_of"]);

  write(store, "b", "4,2021-01-01 00:00:00\n5,1998-01-01 00:00:00\n");
  store.must({"refresh", "recent", "--verify"});
  CHECK(last_job(store, "recent")["mode"] == "incremental");
  CHECK(store.query("SELECT id FROM recent ORDER BY id") == "1\n4\n");
  store.must({"verify", "recent"});
}

TEST_CASE("a view with a time filter is never called fresh, and says that the time moved") {
  StoreFixture store;
  write(store, "a", "1,2020-01-01 00:00:00\n");
  store.must({"create", "recent", "--query", k_recent, "--with-data"});
  const auto view = parse_json(store.must({"status", "recent", "-o", "json"}))["views"][0];
  CHECK(view["freshness"] == "stale");
  CHECK(view.dump().find("the clock moved from") != std::string::npos);
}

TEST_CASE("explain names the technique, and why a column of the time itself has none") {
  StoreFixture store;
  write(store, "a", "1,2020-01-01 00:00:00\n");
  const auto explained = [&](const std::string& query) {
    return parse_json(store.must({"explain", "--query", query, "-o", "json"}))["explanations"][0]["techniques"].dump();
  };
  const auto filter = explained(k_recent);
  CHECK(filter.find("\"time_filter\"") != std::string::npos);
  CHECK(filter.find("old_now()") != std::string::npos);
  const auto shown = explained("SELECT id, now() AS t FROM 'in/*.csv'");
  CHECK(shown.find("TIME_FUNCTION") != std::string::npos);
  CHECK(explained("SELECT id FROM 'in/*.csv' WHERE ts > system.now()").find("TIME_FUNCTION") != std::string::npos);
}

TEST_CASE("all views of a run tell the same time") {
  StoreFixture store;
  write(store, "a", "1,2020-01-01 00:00:00\n");
  for (const auto* view : {"one", "two"})
    store.must({"create", view, "--query", "SELECT now() AS t FROM 'in/*.csv'", "--with-data"});
  store.must({"refresh", "--all"});
  CHECK(store.query("SELECT one.t = two.t FROM one, two") == "true\n");
}

TEST_CASE("current_date is that of the view's time zone") {
  StoreFixture store;
  write(store, "a", "1,2020-01-01 00:00:00\n");
  // 26 hours lie between the two: their dates differ at any moment.
  for (const auto& [view, zone] : {std::pair("east", "Pacific/Kiritimati"), std::pair("west", "Etc/GMT+12")}) {
    store.must({"create", view, "--query", "SELECT current_date AS d FROM 'in/*.csv'", "--timezone", zone});
  }
  store.must({"refresh", "--all"});
  CHECK(store.query("SELECT east.d - west.d BETWEEN 1 AND 2 FROM east, west") == "true\n");
}
