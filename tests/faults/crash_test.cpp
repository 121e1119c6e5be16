// Killed with SIGKILL at every step it passes, a command leaves the old state or the new one, whole, and nothing to
// repair.

#include <doctest/doctest.h>

#include "kills.hpp"
#include "support/store_fixture.hpp"

using namespace matview::test;

namespace {

constexpr auto k_definition = "SELECT k, count(*) AS n, sum(v) AS s FROM 'in/*.csv' GROUP BY k";
constexpr auto k_rows = "SELECT * FROM totals ORDER BY k";

std::string rows_of(int files) {
  std::string text;
  for (int k = 0; k < 5; ++k) {
    std::int64_t sum = 0;
    for (int i = k; i < files * 100; i += 5) sum += i;
    text += std::to_string(k) + "," + std::to_string(files * 20) + "," + std::to_string(sum) + "\n";
  }
  return text;
}

}  // namespace

TEST_CASE("create, killed anywhere, leaves no view or a whole one, and can be done again") {
  StoreFixture store;
  store.write_csv("a", 0, 100);
  store.must({"create", "other", "--query", k_definition});
  for_each_kill(store, {"create", "totals", "--query", k_definition}, 2, [&] {
    const auto created = store.run({"show", "totals"});
    CHECK((created.exit_code == 0 || created.exit_code == 6));
    store.must({"create", "totals", "--query", k_definition, "--if-not-exists"});
    store.must({"refresh", "totals"});
    CHECK(store.query(k_rows) == rows_of(1));
    store.check_clean_after_gc();
  });
}

TEST_CASE("the first refresh, killed anywhere, leaves the view empty or filled") {
  StoreFixture store;
  store.write_csv("a", 0, 100);
  store.must({"create", "totals", "--query", k_definition});
  for_each_kill(store, {"refresh", "totals"}, 6, [&] {
    const auto rows = store.query(k_rows);
    CHECK((rows.empty() || rows == rows_of(1)));
    store.must({"status", "totals"});
    store.must({"refresh", "totals"});
    CHECK(store.query(k_rows) == rows_of(1));
    store.check_clean_after_gc();
  });
}

TEST_CASE("a refresh that expires a version, killed anywhere, leaves the old rows or the new, never a mix") {
  StoreFixture store;
  store.write_csv("a", 0, 100);
  store.must({"create", "totals", "--query", k_definition, "--retain", "2", "--with-data"});
  store.write_csv("b", 100, 100);
  store.must({"refresh", "totals"});
  store.write_csv("c", 200, 100);
  for_each_kill(store, {"refresh", "totals"}, 6, [&] {
    const auto rows = store.query(k_rows);
    CHECK((rows == rows_of(2) || rows == rows_of(3)));
    CHECK(store.run({"query", k_rows, "--version", "2"}).exit_code == 0);
    store.must({"refresh", "totals"});
    CHECK(store.query(k_rows) == rows_of(3));
    store.must({"verify", "totals"});
    store.check_clean_after_gc();
  });
}

TEST_CASE("create --replace, killed anywhere, leaves the old definition or the new one") {
  StoreFixture store;
  store.write_csv("a", 0, 100);
  store.must({"create", "totals", "--query", k_definition, "--with-data"});
  const std::string changed = "SELECT k, max(v) AS m FROM 'in/*.csv' GROUP BY k";
  for_each_kill(store, {"create", "totals", "--query", changed, "--replace", "--with-data"}, 6, [&] {
    const auto rows = store.query("SELECT count(*) FROM totals");
    CHECK(rows == "5\n");
    store.must({"create", "totals", "--query", changed, "--replace", "--with-data"});
    CHECK(store.query("SELECT k, m FROM totals ORDER BY k") == "0,95\n1,96\n2,97\n3,98\n4,99\n");
    store.check_clean_after_gc();
  });
}

TEST_CASE("drop, killed anywhere, leaves the view whole or gone") {
  StoreFixture store;
  store.write_csv("a", 0, 100);
  store.must({"create", "totals", "--query", k_definition, "--with-data"});
  store.must({"create", "other", "--query", k_definition, "--with-data"});
  for_each_kill(store, {"drop", "totals", "--yes"}, 2, [&] {
    const auto rows = store.run({"query", k_rows, "-o", "csv"});
    CHECK((rows.exit_code == 2 || rows.out == "k,n,s\n" + rows_of(1)));
    store.must({"drop", "totals", "--yes", "--if-exists"});
    CHECK(store.query("SELECT count(*) FROM other") == "5\n");
    store.check_clean_after_gc();
    CHECK(store.files_on_disk().size() == 1);
  });
}

TEST_CASE("gc, killed anywhere, takes nothing that is needed and can be done again") {
  StoreFixture store;
  store.write_csv("a", 0, 100);
  store.must({"create", "totals", "--query", k_definition, "--retain", "2", "--with-data"});
  store.must({"create", "gone", "--query", k_definition, "--with-data"});
  // Something of every kind to remove: an orphan of a killed refresh, an expired version, a dropped view.
  store.write_csv("b", 100, 100);
  kill_at(store, {"refresh", "totals"}, "refresh.before_commit");
  kill_at(store, {"drop", "gone", "--yes"}, "drop.after_commit");
  for_each_kill(store, {"gc"}, 2, [&] {
    CHECK(store.query(k_rows) == rows_of(1));
    store.check_clean_after_gc();
    store.must({"refresh", "totals"});
    CHECK(store.query(k_rows) == rows_of(2));
  });
}
