#include <SQLiteCpp/SQLiteCpp.h>
#include <doctest/doctest.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <thread>

#include "unit/ledger/ledger_fixture.hpp"

using namespace matview;
using namespace matview::test;

namespace {

void write_database(const std::filesystem::path& file, const std::string& sql) {
  std::filesystem::create_directories(file.parent_path());
  SQLite::Database database(file.string(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
  database.exec(sql);
}

/// The exit code of a child that runs `body`.
template <typename Body>
int in_child(Body&& body) {
  const pid_t child = ::fork();
  if (child == 0) ::_exit(body() ? 0 : 1);
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

}  // namespace

TEST_CASE("a file that is no ledger is refused by name and left as it is") {
  const LedgerFixture fixture;
  SUBCASE("text") {
    const std::string text(4096, 'x');
    fixture.directory.write("state/matview/ledger.sqlite", text);
    const auto put = fixture.open()->put(whole_record());
    REQUIRE(!put);
    CHECK(put.error().code == ErrorCode::failed);
    CHECK(put.error().message.find(fixture.file().string()) != std::string::npos);
    CHECK(put.error().message.find("damaged or no ledger") != std::string::npos);
    CHECK(put.error().hint.find("MATVIEW_LEDGER") != std::string::npos);
    CHECK(read_file(fixture.file()) == text);
    CHECK(!fixture.open()->find("key-1"));
    CHECK(!fixture.open()->recall("dune", "owner"));
  }
  SUBCASE("the database of another program") {
    write_database(fixture.file(), "CREATE TABLE other(a)");
    const auto before = read_file(fixture.file());
    const auto put = fixture.open()->put(whole_record());
    REQUIRE(!put);
    CHECK(put.error().message.find("another program") != std::string::npos);
    CHECK(read_file(fixture.file()) == before);
  }
  SUBCASE("a newer format") {
    REQUIRE(fixture.open()->put(whole_record()));
    write_database(fixture.file(), "PRAGMA user_version = 99");
    const auto put = fixture.open()->put(whole_record());
    REQUIRE(!put);
    CHECK(put.error().message.find("newer matview (format 99)") != std::string::npos);
  }
  SUBCASE("a directory") {
    std::filesystem::create_directories(fixture.file());
    const auto put = fixture.open()->put(whole_record());
    REQUIRE(!put);
    CHECK(put.error().message.find(fixture.file().string()) != std::string::npos);
  }
}

TEST_CASE("an empty file, as a process leaves that died while it made it, becomes a ledger") {
  const LedgerFixture fixture;
  fixture.directory.write("state/matview/ledger.sqlite", "");
  CHECK(!fixture.open()->find("key-1")->has_value());
  REQUIRE(fixture.open()->put(whole_record()));
  CHECK(fixture.open()->find("key-1")->has_value());
}

TEST_CASE("a document that cannot be read hides no other") {
  const LedgerFixture fixture;
  REQUIRE(fixture.open()->put(whole_record("key-1", "id-1")));
  REQUIRE(fixture.open()->put(whole_record("key-2", "id-2")));
  write_database(fixture.file(), "UPDATE jobs SET document = '{\"key\":' WHERE key = 'key-2'");
  const auto records = fixture.open()->records("", "", 10);
  REQUIRE(records);
  REQUIRE(records->size() == 1);
  CHECK(records->front().key == "key-1");
}

TEST_CASE("without a place for it writing fails and reading finds nothing") {
  const auto log = ledger::open_ledger({}, unmasked);
  const auto put = log->put(whole_record());
  REQUIRE(!put);
  CHECK(put.error().hint.find("MATVIEW_LEDGER") != std::string::npos);
  CHECK(!log->find("key-1")->has_value());
  CHECK(log->records("", "", 10)->empty());
  CHECK(!ledger::examine({}));
}

TEST_CASE("a full disk is an error that says so, and what was written before stays") {
  const LedgerFixture fixture;
  REQUIRE(fixture.open()->put(whole_record("key-1", "id-1")));
  const auto log = fixture.open();
  const int failed = in_child([&] {
    // Past this size the kernel refuses to write, as a full disk does.
    ::signal(SIGXFSZ, SIG_IGN);
    const rlimit limit{4096, 4096};
    ::setrlimit(RLIMIT_FSIZE, &limit);
    JobRecord record = whole_record("key-2", "id-2");
    record.job.native = std::string(100'000, 'x');
    const auto put = log->put(record);
    return !put && put.error().code == ErrorCode::failed &&
           put.error().message.find(fixture.file().string()) != std::string::npos;
  });
  CHECK(failed == 0);
  CHECK(fixture.open()->find("key-1")->has_value());
  CHECK(!fixture.open()->find("key-2")->has_value());
}

TEST_CASE("many processes and threads write at once, and every record is there") {
  const LedgerFixture fixture;
  constexpr int k_processes = 4;
  constexpr int k_threads = 2;
  constexpr int k_records = 5;
  std::vector<pid_t> children;
  for (int process = 0; process < k_processes; ++process) {
    const pid_t child = ::fork();
    if (child == 0) {
      std::atomic<int> failures{0};
      const auto log = fixture.open();
      std::vector<std::thread> threads;
      for (int thread = 0; thread < k_threads; ++thread)
        threads.emplace_back([&, thread] {
          for (int i = 0; i < k_records; ++i) {
            const std::string key = std::to_string(process) + "-" + std::to_string(thread) + "-" + std::to_string(i);
            if (!log->put(whole_record(key, key))) ++failures;
          }
        });
      for (auto& thread : threads) thread.join();
      ::_exit(failures == 0 ? 0 : 1);
    }
    children.push_back(child);
  }
  for (const pid_t child : children) {
    int status = 0;
    REQUIRE(::waitpid(child, &status, 0) == child);
    CHECK(status == 0);
  }
  CHECK(fixture.open()->records("", "", 1000)->size() == k_processes * k_threads * k_records);
}

TEST_CASE("a process that is killed while it writes leaves what was put before") {
  const LedgerFixture fixture;
  REQUIRE(fixture.open()->put(whole_record("key-1", "id-1")));
  const pid_t child = ::fork();
  if (child == 0) {
    const auto log = fixture.open();
    for (int i = 0;; ++i) std::ignore = log->put(whole_record("child-" + std::to_string(i % 50), "id"));
  }
  while (fixture.open()->records("", "", 10)->size() < 3) std::this_thread::yield();
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
  CHECK(fixture.open()->find("key-1")->has_value());
  REQUIRE(fixture.open()->put(whole_record("key-2", "id-2")));
  const auto status = ledger::examine(fixture.file());
  REQUIRE(status);
  CHECK(status->jobs >= 4);
}

TEST_CASE("examining says whether there is a ledger, and makes none") {
  const LedgerFixture fixture;
  auto status = ledger::examine(fixture.file());
  REQUIRE(status);
  CHECK(!status->exists);
  CHECK(!std::filesystem::exists(fixture.directory.path() / "state"));
  REQUIRE(fixture.open()->put(whole_record()));
  status = ledger::examine(fixture.file());
  REQUIRE(status);
  CHECK(status->exists);
  CHECK(status->jobs == 1);
}
