// Several processes on incremental views, whose commits add delete files and state beside rows: refreshes of one view,
// readers of this version and of older ones, replace, drop and gc at once.

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdlib>
#include <mutex>
#include <thread>

#include "support/store_fixture.hpp"

using namespace matview::test;

namespace {

int rounds() {
  const auto* text = std::getenv("MATVIEW_TEST_ROUNDS");
  return text ? std::atoi(text) : 8;
}

constexpr int k_files = 4;  // beside the first; each is replaced in turn, so that every change has rows that go

// Every file has five whole groups: whatever files there are, each group has its ten rows.
constexpr auto k_groups = "SELECT v // 10 AS g, count(*) AS n, min(v) AS low FROM 'in/*.csv' GROUP BY g";
constexpr auto k_top = "SELECT v FROM 'in/*.csv' ORDER BY v DESC LIMIT 5";
constexpr auto k_window = "SELECT v, row_number() OVER (PARTITION BY v // 10 ORDER BY v) AS place FROM 'in/*.csv'";
constexpr auto k_child = "SELECT g, low FROM groups WHERE n = 10";

constexpr auto k_whole =
    "SELECT bool_and(n = 10 AND low = g * 10) AND count(*) = count(DISTINCT g) AND count(*) % 5 = 0"
    " AS whole FROM groups";

/// Failures of several threads: doctest's macros are for one.
class Failures {
 public:
  void add(std::string what) {
    const std::lock_guard lock(mutex_);
    found_.push_back(std::move(what));
  }
  void unless(const Outcome& outcome, std::initializer_list<int> allowed) {
    const bool good = std::find(allowed.begin(), allowed.end(), outcome.exit_code) != allowed.end();
    if (!good || outcome.err.find("database is locked") != std::string::npos)
      add(std::to_string(outcome.exit_code) + ": " + outcome.err);
  }
  void check() const {
    for (const auto& failure : found_) MESSAGE(failure);
    CHECK(found_.empty());
  }

 private:
  std::mutex mutex_;
  std::vector<std::string> found_;
};

void create(const StoreFixture& store, const std::string& name, const std::string& query) {
  store.must({"create", name, "--query", query, "--retain", "3", "--refresh-mode", "incremental", "--with-data"});
}

}  // namespace

TEST_CASE("refreshes, readers, replace, drop and gc at once leave incremental views with the rows of their sources") {
  StoreFixture store;
  store.write_csv("a", 0, 50);
  create(store, "groups", k_groups);
  create(store, "top", k_top);
  create(store, "places", k_window);
  create(store, "child", k_child);
  create(store, "swapped", k_groups);

  Failures failures;
  const int total = rounds();
  std::vector<std::thread> workers;
  const auto worker = [&](const auto& work) {
    workers.emplace_back([&, work] {
      for (int round = 0; round < total; ++round) work(round);
    });
  };
  worker([&](int round) { store.write_csv("b" + std::to_string(round % k_files), (round + 1) * 50, 50); });
  // Two that refresh the same views.
  for (int i = 0; i < 2; ++i) {
    worker([&](int) { failures.unless(store.run({"refresh", "groups", "child"}), {0, 3, 11}); });
    worker([&](int) { failures.unless(store.run({"refresh", "top", "places"}), {0, 3, 11}); });
  }
  worker([&](int) {
    const auto outcome = store.run({"query", k_whole, "-o", "csv"});
    failures.unless(outcome, {0});
    if (outcome.out != "whole\ntrue\n") failures.add("read: " + outcome.out);
  });
  worker([&](int round) {
    // A version that was there may be gone by now, but it never is a half.
    const auto outcome = store.run({"query", k_whole, "--version", std::to_string(1 + round / 2), "-o", "csv"});
    if (outcome.exit_code == 0 && outcome.out != "whole\ntrue\n") failures.add("old version: " + outcome.out);
    if (outcome.err.find("database is locked") != std::string::npos) failures.add(outcome.err);
  });
  worker([&](int round) {
    const auto* query = round % 3 == 2 ? k_top : k_groups;  // unchanged twice: the state stays
    failures.unless(store.run({"create", "swapped", "--query", query, "--replace", "--refresh-mode", "incremental"}),
                    {0, 11});
    failures.unless(store.run({"refresh", "swapped"}), {0, 11});
  });
  worker([&](int) {
    failures.unless(store.run({"create", "gone", "--query", k_groups, "--refresh-mode", "incremental", "--with-data"}),
                    {0});
    failures.unless(store.run({"refresh", "gone"}), {0, 11});
    failures.unless(store.run({"drop", "gone", "--yes"}), {0});
  });
  worker([&](int) { failures.unless(store.run({"gc"}), {0}); });
  for (auto& each : workers) each.join();
  failures.check();

  store.must({"create", "swapped", "--query", k_groups, "--replace", "--refresh-mode", "incremental"});
  store.must({"refresh", "--all"});
  CHECK(store.query("SELECT sum(n) FROM groups") == std::to_string((std::min(total, k_files) + 1) * 50) + "\n");
  CHECK(store.query("SELECT count(*) FROM child") == std::to_string((std::min(total, k_files) + 1) * 5) + "\n");
  for (const auto* view : {"groups", "top", "places", "child", "swapped"}) store.must({"verify", view});
  store.check_clean_after_gc();
}

TEST_CASE("a reader of an old version keeps its rows while refreshes delete and gc removes") {
  StoreFixture store;
  store.write_csv("a", 0, 50);
  create(store, "groups", k_groups);
  store.write_csv("a", 50, 50);
  store.must({"refresh", "groups"});
  Process reader(
      store.command({"query", "SELECT count(*) AS n, sum(o.g) AS s FROM groups o, range(3000000) a, range(4) b",
                     "--version", "1", "-o", "csv"}));
  for (int round = 2; round < 6; ++round) {
    store.write_csv("a", round * 50, 50);
    store.must({"refresh", "groups"});
    store.must({"gc"});
  }
  const auto outcome = reader.wait();
  // Version 1 has the groups 0 to 4; where the reader was not there in time, it says so.
  if (outcome.exit_code == 0)
    CHECK(outcome.out == "n,s\n60000000,120000000\n");
  else
    CHECK(outcome.err.find("version") != std::string::npos);
}

TEST_CASE("replace by the same definition keeps the state: the next refresh is incremental") {
  StoreFixture store;
  store.write_csv("a", 0, 50);
  create(store, "groups", k_groups);
  store.must({"create", "groups", "--query", k_groups, "--replace", "--refresh-mode", "incremental"});
  store.write_csv("b", 50, 50);
  store.must({"refresh", "groups"});
  const auto history = parse_json(store.must({"history", "groups", "--limit", "1", "-o", "json"}));
  CHECK(history["jobs"][0]["mode"] == "incremental");
  store.must({"verify", "groups"});
}
