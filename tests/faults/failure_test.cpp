// Whatever fails under a refresh: the old rows stay, the job says why, the exit code is right, nothing is left behind.

#include <doctest/doctest.h>

#include <fstream>

#include "support/store_fixture.hpp"

using namespace matview::test;

namespace {

namespace fs = std::filesystem;

constexpr auto k_definition = "SELECT k, count(*) AS n, sum(v) AS s FROM 'in/*.csv' GROUP BY k";

/// Whatever case the system, SQLite or DuckDB has it in.
bool says(std::string text, std::string words) {
  const auto lower = [](std::string& t) {
    for (auto& c : t) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  };
  lower(text);
  lower(words);
  return text.find(words) != std::string::npos;
}

Json last_job(const StoreFixture& store, const std::string& view) {
  return parse_json(store.must({"history", view, "-o", "json"}))["jobs"][0];
}

/// A store with the view `totals` over one file, filled; then a second file has arrived.
struct StaleView : StoreFixture {
  StaleView() {
    write_csv("a", 0, 100);
    must({"create", "totals", "--query", k_definition, "--with-data"});
    before = query("SELECT * FROM totals ORDER BY k");
    disk_before = files_on_disk();
    write_csv("b", 100, 100);
  }

  /// After a refresh that failed with `outcome`.
  void check_untouched(const Outcome& outcome, const std::string& reason) const {
    INFO(outcome.err);
    CHECK(outcome.exit_code == 1);
    CHECK(says(outcome.err, reason));
    CHECK(query("SELECT * FROM totals ORDER BY k") == before);
    CHECK(files_on_disk() == disk_before);
    const auto job = last_job(*this, "totals");
    CHECK(job["state"] == "failed");
    CHECK(says(job["error"]["message"], reason));
    const auto view = parse_json(must({"status", "totals", "-o", "json"}))["views"][0];
    CHECK(view["state"] == "error");
    CHECK(view["freshness"] != "fresh");
  }

  std::string before;
  std::set<std::string> disk_before;
};

/// Runs `matview ARGUMENTS` in a mount namespace of its own after `setup` (shell). Empty where the kernel forbids that.
std::optional<Outcome> run_with_mounts(const StoreFixture& store, const std::string& setup,
                                       const std::string& arguments) {
  auto probe = store.command({"-rm", "true"});
  probe.program = "/usr/bin/unshare";
  if (run(probe).exit_code != 0) return std::nullopt;
  auto command = store.command({"-rm", "sh", "-c", setup + " && exec " + matview_binary().string() + " " + arguments});
  command.program = "/usr/bin/unshare";
  return run(command);
}

}  // namespace

TEST_CASE("a full disk or a broken one at any step of a refresh keeps the old rows") {
  StaleView store;
  store.save();
  for (const auto* step : {"refresh.before_write", "refresh.after_write", "refresh.after_sync", "refresh.before_commit",
                           "commit.before_transaction", "commit.before_commit"}) {
    for (const auto* action : {"enospc", "eio"}) {
      CAPTURE(step);
      CAPTURE(action);
      store.restore();
      auto command = store.command({"refresh", "totals"});
      command.environment["MATVIEW_FAILPOINT"] = std::string(step) + "=" + action;
      store.check_untouched(run(command),
                            std::string(action) == "enospc" ? "No space left on device" : "Input/output error");
    }
  }
}

TEST_CASE("a disk that is really full is named, and the refresh works once there is room") {
  StoreFixture store;
  store.write_csv("a", 0, 100);
  const auto mount =
      "mkdir -p " + store.store().string() + " && mount -t tmpfs -o size=2m tmpfs " + store.store().string();
  // 400,000 distinct rows take more than the 2 MB there are.
  const auto big = "create big --query 'SELECT range AS i, md5(range::VARCHAR) AS h FROM range(400000)'";
  const auto binary = matview_binary().string();
  const auto outcome =
      run_with_mounts(store,
                      mount + " && " + binary + " " + big + " && { " + binary + " refresh big; echo exit=$?; find " +
                          store.store().string() + "/data -name '*.parquet' | wc -l; }",
                      "history big -o json");
  if (!outcome) {
    MESSAGE("mount namespaces are not permitted here: the failpoints above stand in");
    return;
  }
  INFO(outcome->out, outcome->err);
  CHECK(outcome->out.find("exit=1\n0\n") != std::string::npos);
  CHECK(says(outcome->err, "no space left on device"));
  CHECK(outcome->out.find("\"failed\"") != std::string::npos);
}

TEST_CASE("a limit of the size of files is told of, and the old rows stay") {
  StaleView store;
  auto limited = store.command({"-c", "ulimit -f 1; exec \"$0\" refresh totals", matview_binary().string()});
  limited.program = "/bin/sh";
  const auto outcome = run(limited);
  INFO(outcome.err);
  CHECK(outcome.signal == 0);
  CHECK(outcome.exit_code == 1);
  CHECK(says(outcome.err, "error: cannot refresh 'totals': "));
  CHECK(store.query("SELECT * FROM totals ORDER BY k") == store.before);
  store.must({"refresh", "totals", "--verify"});
  store.check_clean_after_gc();
}

TEST_CASE("a read-only store can be read, and a refresh says that it is read-only") {
  StaleView store;
  const auto mount = "mount --bind " + store.store().string() + " " + store.store().string() +
                     " && mount -o remount,bind,ro " + store.store().string();
  const auto read = run_with_mounts(store, mount, "query 'SELECT * FROM totals ORDER BY k' -o csv");
  if (!read) {
    MESSAGE("mount namespaces are not permitted here");
    return;
  }
  INFO(read->err);
  CHECK(read->out == "k,n,s\n" + store.before);
  CHECK(run_with_mounts(store, mount, "status totals")->exit_code == 0);
  CHECK(run_with_mounts(store, mount, "list")->exit_code == 0);
  const auto refresh = run_with_mounts(store, mount, "refresh totals");
  CHECK(refresh->exit_code == 1);
  INFO(refresh->err);
  CHECK(says(refresh->err, "read-only"));
}

TEST_CASE("a source that is gone is named") {
  StaleView store;
  store.must({"create", "one", "--query", "SELECT sum(v) AS s FROM 'in/a.csv'", "--with-data"});
  fs::remove(store.sources() / "a.csv");
  const auto outcome = store.run({"refresh", "one"});
  INFO(outcome.err);
  CHECK(outcome.exit_code == 1);
  CHECK(outcome.err.find("in/a.csv") != std::string::npos);
  CHECK(store.query("SELECT * FROM one") == "4950\n");
}

TEST_CASE("a CSV whose type changes fails with its path") {
  StaleView store;
  std::ofstream(store.sources() / "b.csv") << "k,v\n1,not a number\n";
  store.check_untouched(store.run({"refresh", "totals"}), "b.csv");
}

TEST_CASE("a CSV that lost a column fails with its path") {
  StaleView store;
  std::ofstream(store.sources() / "b.csv") << "k\n1\n";
  store.check_untouched(store.run({"refresh", "totals"}), "b.csv");
}

TEST_CASE("a truncated and a corrupt Parquet file fail with their path") {
  StoreFixture store;
  store.write_csv("a", 0, 100);
  store.must({"create", "seed", "--query", "SELECT * FROM 'in/a.csv'", "--with-data"});
  const auto parquet = store.store() / "data" / *store.files_on_disk().begin();
  fs::create_directories(store.sources() / "p");
  fs::copy_file(parquet, store.sources() / "p" / "good.parquet");
  store.must({"create", "sums", "--query", "SELECT sum(v) AS s FROM 'in/p/*.parquet'", "--with-data"});
  const auto size = fs::file_size(parquet);
  for (const auto cut : {std::uintmax_t{0}, std::uintmax_t{3}, size / 2, size - 1}) {
    CAPTURE(cut);
    fs::copy_file(parquet, store.sources() / "p" / "torn.parquet", fs::copy_options::overwrite_existing);
    fs::resize_file(store.sources() / "p" / "torn.parquet", cut);
    const auto outcome = store.run({"refresh", "sums"});
    INFO(outcome.err);
    CHECK(outcome.exit_code == 1);
    CHECK(outcome.err.find("torn.parquet") != std::string::npos);
    CHECK(store.query("SELECT * FROM sums") == "4950\n");
  }
}

TEST_CASE("a data file that was torn or swapped is named, never silently read") {
  StaleView store;
  const auto file = store.store() / "data" / *store.disk_before.begin();
  fs::copy_file(file, store.box().home() / "kept");
  SUBCASE("torn") { fs::resize_file(file, fs::file_size(file) - 1); }
  SUBCASE("gone") { fs::remove(file); }
  SUBCASE("one byte changed") {
    std::fstream bytes(file, std::ios::in | std::ios::out | std::ios::binary);
    bytes.seekp(10);
    bytes.put('\x55');
  }
  const auto outcome = store.run({"query", "SELECT * FROM totals"});
  INFO(outcome.err);
  CHECK(outcome.exit_code == 1);
  CHECK(outcome.err.find(file.filename().string()) != std::string::npos);
  CHECK(store.run({"doctor"}).exit_code != 0);
  store.must({"refresh", "totals", "--full"});
  CHECK(store.query("SELECT count(*) FROM totals") == "5\n");
}

TEST_CASE("an SQL error at run time is reported with DuckDB's words") {
  StaleView store;
  store.must(
      {"create", "casts", "--query", "SELECT CAST(v AS UTINYINT) AS t FROM 'in/*.csv' WHERE v < 300", "--replace"});
  store.write_csv("c", 200, 100);
  const auto outcome = store.run({"refresh", "casts"});
  INFO(outcome.err);
  CHECK(outcome.exit_code == 1);
  CHECK(outcome.err.find("out of range") != std::string::npos);
  CHECK(last_job(store, "casts")["state"] == "failed");
}

TEST_CASE("running out of memory fails the refresh and nothing else") {
  StaleView store;
  store.must({"create", "heavy", "--query", "SELECT list(range ORDER BY hash(range)) AS l FROM range(20000000)"});
  const auto outcome = store.run({"refresh", "heavy", "--memory-limit", "50MB", "--threads", "1"});
  INFO(outcome.err);
  CHECK(outcome.exit_code == 1);
  CHECK(outcome.err.find("--memory-limit") != std::string::npos);
  CHECK(last_job(store, "heavy")["state"] == "failed");
  CHECK(store.files_on_disk() == store.disk_before);
}

TEST_CASE("a catalog that is no database is named") {
  StaleView store;
  for (const auto* suffix : {"-wal", "-shm"}) fs::remove(store.store() / (std::string("catalog.sqlite") + suffix));
  std::ofstream(store.store() / "catalog.sqlite") << "this is not a database, whatever its name says";
  for (const auto* command : {"list", "status", "doctor"}) {
    CAPTURE(command);
    const auto plain = store.run({command});
    INFO(plain.err, plain.out);
    CHECK(plain.exit_code != 0);
    CHECK((plain.err + plain.out).find("catalog.sqlite") != std::string::npos);
  }
}
