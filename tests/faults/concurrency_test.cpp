// Eight processes on one store: nobody waits who need not, nobody sees a half, no "database is locked".

#include <doctest/doctest.h>

#include <cstdlib>
#include <mutex>
#include <thread>

#include "support/store_fixture.hpp"

using namespace matview::test;

namespace {

/// Rounds of the long test: MATVIEW_TEST_ROUNDS, or as many as a quick run of the whole suite bears.
int rounds() {
  const auto* text = std::getenv("MATVIEW_TEST_ROUNDS");
  return text ? std::atoi(text) : 12;
}

bool mentions_locked_database(const Outcome& outcome) {
  return outcome.err.find("database is locked") != std::string::npos ||
         outcome.out.find("database is locked") != std::string::npos;
}

}  // namespace

TEST_CASE("one view, two refreshes: the second names the first by pid and start") {
  StoreFixture store;
  store.must({"create", "endless", "--query", "SELECT count(*) AS n FROM range(3000000) a, range(3000000) b"});
  Process first(store.command({"refresh", "endless", "--progress", "plain"}));
  REQUIRE(first.wait_for("endless"));
  const auto second = store.run({"refresh", "endless"});
  INFO(second.err);
  CHECK(second.exit_code == 11);
  CHECK(second.err.find(std::to_string(first.pid())) != std::string::npos);
  CHECK(second.err.find("since 20") != std::string::npos);
  CHECK(store.run({"list"}).exit_code == 0);
  CHECK(store.run({"status"}).exit_code == 0);
  CHECK(store.run({"drop", "endless", "--yes"}).exit_code == 11);
  const auto json = store.run({"refresh", "endless", "-o", "json"});
  CHECK(parse_json(json.err)["error"]["code"] == "LOCKED");
}

TEST_CASE("eight processes that refresh, read, list, collect garbage and drop never see a half or a lock") {
  StoreFixture store;
  constexpr int k_views = 3;
  constexpr int k_files = 10;  // beside the first; later rounds replace them by others, as a careful writer does
  store.write_csv("a", 0, 50);
  for (int i = 0; i < k_views; ++i)
    store.must({"create", "v" + std::to_string(i), "--query",
                "SELECT v, " + std::to_string(i) + " AS i FROM 'in/*.csv'", "--retain", "2", "--with-data"});
  store.must({"create", "child", "--query", "SELECT count(*) AS n, count(DISTINCT v) AS d FROM v0", "--with-data"});

  // Asserted at the end: doctest's macros are for one thread.
  std::mutex mutex;
  std::vector<std::string> failures;
  const auto failed = [&](std::string what) {
    const std::lock_guard lock(mutex);
    failures.push_back(std::move(what));
  };
  const auto expect = [&](const Outcome& outcome, std::initializer_list<int> allowed) {
    const bool good = std::find(allowed.begin(), allowed.end(), outcome.exit_code) != allowed.end();
    if (good && !mentions_locked_database(outcome)) return;
    failed(std::to_string(outcome.exit_code) + ": " + outcome.err);
  };
  const int total = rounds();
  std::vector<std::thread> workers;
  for (int i = 0; i < k_views; ++i)
    workers.emplace_back([&, i] {
      for (int round = 0; round < total; ++round)
        expect(store.run({"refresh", "v" + std::to_string(i), "--full"}), {0, 11});
    });
  workers.emplace_back([&] {
    for (int round = 0; round < total; ++round) expect(store.run({"refresh", "child", "v0"}), {0, 3, 11});
  });
  workers.emplace_back([&] {
    for (int round = 0; round < total; ++round) {
      // One snapshot for the whole query: every row of one version, however many files have arrived.
      const auto outcome = store.run(
          {"query", "SELECT count(*) % 50 AS rest, count(*) = count(DISTINCT v) AS once FROM v0", "-o", "csv"});
      expect(outcome, {0});
      if (outcome.out != "rest,once\n0,true\n") failed("read: " + outcome.out);
    }
  });
  workers.emplace_back([&] {
    for (int round = 0; round < total; ++round) {
      expect(store.run({"list", "-o", "json"}), {0});
      expect(store.run({"status", "-o", "json"}), {0});
    }
  });
  workers.emplace_back([&] {
    for (int round = 0; round < total; ++round) expect(store.run({"gc"}), {0});
  });
  workers.emplace_back([&] {
    for (int round = 0; round < total; ++round) {
      store.write_csv("b" + std::to_string(round % k_files), (round + 1) * 50, 50);
      expect(store.run({"create", "temporary", "--query", "SELECT 1 AS one", "--with-data"}), {0});
      expect(store.run({"drop", "temporary", "--yes"}), {0});
    }
  });
  for (auto& worker : workers) worker.join();
  for (const auto& failure : failures) MESSAGE(failure);
  CHECK(failures.empty());

  store.must({"refresh", "--all"});
  CHECK(store.query("SELECT count(*) FROM v0") == std::to_string((std::min(total, k_files) + 1) * 50) + "\n");
  CHECK(store.query("SELECT n = d FROM child") == "true\n");
  for (int i = 0; i < k_views; ++i) store.must({"verify", "v" + std::to_string(i)});
  store.check_clean_after_gc();
}
