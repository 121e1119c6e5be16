// One process that refreshes several views at once: one state of the sources for all of them, nothing lost, and
// nothing left behind however it ends.

#include <doctest/doctest.h>

#include <algorithm>
#include <atomic>
#include <csignal>
#include <thread>

#include "kills.hpp"
#include "support/store_fixture.hpp"

using namespace matview::test;

namespace {

constexpr int k_middle = 4;

/// a <- b0, b1, … <- d: a diamond over files that come one after the other.
void make_diamond(const StoreFixture& store) {
  store.write_csv("f0", 0, 50);
  store.must({"create", "a", "--query", "SELECT k, v FROM 'in/*.csv'"});
  std::string counts;
  for (int i = 0; i < k_middle; ++i) {
    const auto name = "b" + std::to_string(i);
    store.must({"create", name, "--query", "SELECT count(*) AS n, sum(v) AS s FROM a"});
    counts += (i > 0 ? " UNION ALL SELECT n, s FROM " : "SELECT n, s FROM ") + name;
  }
  store.must({"create", "d", "--query", "SELECT count(DISTINCT (n, s)) AS states FROM (" + counts + ")"});
}

std::vector<std::string> modes_of(const std::string& document) {
  std::vector<std::string> modes;
  const auto parsed = parse_json(document);
  for (const auto& job : parsed["jobs"]) modes.push_back(job["mode"].get<std::string>());
  return modes;
}

}  // namespace

TEST_CASE("in a diamond every run sees one state, though others refresh its root and its files change meanwhile") {
  StoreFixture store;
  make_diamond(store);
  store.must({"refresh", "--all", "--jobs", "4"});
  std::atomic<bool> done{false};
  std::atomic<int> wrong{0};
  std::thread others([&] {
    for (int i = 1; !done; ++i) {
      store.write_csv("f" + std::to_string(i), i * 50, 50);
      const auto outcome = store.run({"refresh", "a", "--if-locked", "skip", "--quiet"});
      if (outcome.exit_code != 0) ++wrong;
    }
  });
  std::vector<std::string> failures;
  for (int round = 0; round < 8; ++round) {
    const auto outcome = store.run({"refresh", "--all", "--jobs", "4", "--if-locked", "skip", "-o", "json"});
    if (outcome.exit_code != 0) failures.push_back(outcome.out + outcome.err);
    const auto states = store.query("SELECT states FROM d");
    if (states != "1\n") failures.push_back("states: " + states);
  }
  done = true;
  others.join();
  for (const auto& failure : failures) MESSAGE(failure);
  CHECK(failures.empty());
  CHECK(wrong == 0);
  store.must({"refresh", "--all", "--jobs", "4"});
  store.must({"verify", "--all", "--jobs", "4"});
  store.check_clean_after_gc();
}

TEST_CASE("views that read the same files are refreshed at once as they are one after the other") {
  StoreFixture store;
  store.write_csv("f0", 0, 200);
  constexpr int k_views = 8;
  for (int i = 0; i < k_views; ++i)
    store.must(
        {"create", "v" + std::to_string(i), "--query",
         "SELECT k, count(*) AS n, sum(v) AS s FROM 'in/*.csv' WHERE v % " + std::to_string(i + 2) + " = 0 GROUP BY k",
         "--refresh-mode", "incremental"});
  store.must({"refresh", "--all", "--jobs", "8"});
  for (int round = 1; round < 6; ++round) {
    store.write_csv("f" + std::to_string(round), round * 200, 200);
    // To keep a file for the next refresh is to link it, which the others must not take for a change of it.
    const auto modes = modes_of(store.must({"refresh", "--all", "--jobs", "8", "-o", "json"}));
    REQUIRE(modes.size() == k_views);
    for (const auto& mode : modes) CHECK(mode == "incremental");
    for (const auto& mode : modes_of(store.must({"refresh", "--all", "--jobs", "8", "-o", "json"})))
      CHECK(mode == "no_data");
  }
  store.must({"refresh", "--all", "--jobs", "3", "--verify", "--full"});
  store.must({"verify", "--all", "--jobs", "8"});
  store.check_clean_after_gc();
}

TEST_CASE("a run of several, killed at any step, leaves every view whole, and --failed goes on with the rest") {
  StoreFixture store;
  make_diamond(store);
  store.must({"refresh", "--all"});
  store.write_csv("f1", 50, 50);
  store.save();
  const auto steps = steps_of(store, {"refresh", "--all", "--jobs", "4"});
  REQUIRE(steps.size() >= 6);
  for (const auto& step : steps) {
    CAPTURE(step);
    store.restore();
    kill_at(store, {"refresh", "--all", "--jobs", "4"}, step);
    CHECK(store.query("SELECT states FROM d") == "1\n");
    store.must({"refresh", "--failed", "--jobs", "4"});
    CHECK(store.query("SELECT states FROM d") == "1\n");
    CHECK(store.query("SELECT n FROM b3") == "100\n");
    store.must({"verify", "--all"});
    store.check_clean_after_gc();
  }
}

TEST_CASE("Ctrl-C ends a run of several at once, and no file of it is left") {
  StoreFixture store;
  for (const char* name : {"x", "y", "z"})
    store.must({"create", name, "--query", "SELECT count(*) AS n FROM range(3000000) a, range(3000000) b"});
  Process run(store.command({"refresh", "--all", "--jobs", "2", "--progress", "plain"}));
  REQUIRE(run.wait_for("x"));
  run.signal(SIGINT);
  CHECK(run.wait().exit_code == 130);
  store.check_clean_after_gc();
}

TEST_CASE("--if-locked wait waits for the process that refreshes, --lock-timeout ends that, and skip leaves it alone") {
  StoreFixture store;
  store.must({"create", "slow", "--query", "SELECT count(*) AS n FROM range(3000000) a, range(3000000) b"});
  store.must({"create", "quick", "--query", "SELECT 1 AS one"});
  Process first(store.command({"refresh", "slow", "--progress", "plain"}));
  REQUIRE(first.wait_for("slow"));

  const auto timeout = store.run({"refresh", "slow", "--if-locked", "wait", "--lock-timeout", "50ms"});
  CHECK(timeout.exit_code == 11);
  CHECK(timeout.err.find(std::to_string(first.pid())) != std::string::npos);
  CHECK(store.run({"refresh", "slow", "--lock-timeout", "20ms"}).exit_code == 11);
  const auto skipped = store.run({"refresh", "slow", "quick", "--if-locked", "skip", "-o", "json"});
  CHECK(skipped.exit_code == 0);
  CHECK(skipped.out.find("\"skipped\"") != std::string::npos);
  CHECK(skipped.out.find(std::to_string(first.pid())) != std::string::npos);

  // Told who holds it, stopped by a signal and by the time limit.
  Process waiting(store.command({"refresh", "slow", "--if-locked", "wait", "--progress", "plain"}));
  REQUIRE(waiting.wait_for("is being refreshed by process " + std::to_string(first.pid())));
  waiting.signal(SIGTERM);
  CHECK(waiting.wait().exit_code == 143);
  CHECK(store.run({"refresh", "slow", "--if-locked", "wait", "--timeout", "50ms"}).exit_code == 8);

  Process last(store.command({"refresh", "slow", "--if-locked", "wait", "--progress", "plain"}));
  REQUIRE(last.wait_for("is being refreshed by process"));
  first.signal(SIGINT);
  CHECK(first.wait().exit_code == 130);
  REQUIRE(last.wait_for("reading"));
  last.signal(SIGINT);
  CHECK(last.wait().exit_code == 130);
}
