#include <doctest/doctest.h>
#include <sys/stat.h>

#include "support/fake_environment.hpp"
#include "unit/ledger/ledger_fixture.hpp"

using namespace matview;
using namespace matview::test;

namespace {

mode_t mode_of(const std::filesystem::path& path) {
  struct stat status {};
  REQUIRE(::stat(path.c_str(), &status) == 0);
  return status.st_mode & 07777;
}

}  // namespace

TEST_CASE("a record comes back as it was put, in another process as well") {
  const LedgerFixture fixture;
  const JobRecord record = whole_record();
  REQUIRE(fixture.open()->put(record));
  const auto found = fixture.open()->find("key-1");
  REQUIRE(found);
  REQUIRE(found->has_value());
  const Job& job = (*found)->job;
  CHECK((*found)->key == record.key);
  CHECK((*found)->clue == record.clue);
  CHECK(job.id == record.job.id);
  CHECK(job.view == record.job.view);
  CHECK(job.profile == record.job.profile);
  CHECK(job.provider == record.job.provider);
  CHECK(job.operation == record.job.operation);
  CHECK(job.state == record.job.state);
  CHECK(job.mode == record.job.mode);
  CHECK(job.reason == record.job.reason);
  CHECK(job.submitted_at == record.job.submitted_at);
  CHECK(job.started_at == record.job.started_at);
  CHECK(job.finished_at == record.job.finished_at);
  CHECK(job.elapsed == record.job.elapsed);
  CHECK(job.rows_total == record.job.rows_total);
  CHECK(job.rows_added == record.job.rows_added);
  CHECK(job.rows_removed == record.job.rows_removed);
  CHECK(job.version == record.job.version);
  CHECK(job.native == record.job.native);
  REQUIRE(job.error);
  CHECK(job.error->code == ErrorCode::unavailable);
  CHECK(job.error->message == "gone");
  CHECK(job.error->detail == "two\nlines");
  CHECK(job.error->hint == "wait");
  CHECK(job.error->http_status == 503);
  CHECK(job.error->request_id == "r-1");
  CHECK(job.error->retryable);
  CHECK(job.error->unanswered);
}

TEST_CASE("a record of which little is known comes back with as little") {
  const LedgerFixture fixture;
  JobRecord record;
  record.key = "bare";
  REQUIRE(fixture.open()->put(record));
  const auto found = fixture.open()->find("bare");
  REQUIRE(found);
  REQUIRE(found->has_value());
  CHECK((*found)->clue.is_null());
  CHECK((*found)->job.native.is_null());
  CHECK((*found)->job.state == JobState::unknown);
  CHECK(!(*found)->job.error);
  CHECK(!(*found)->job.elapsed);
  CHECK(!(*found)->job.submitted_at);
}

TEST_CASE("a record is found by our key and by the backend's id, and replaced by its key") {
  const LedgerFixture fixture;
  const auto log = fixture.open();
  JobRecord record = whole_record("key-1", "key-1");
  REQUIRE(log->put(record));
  record.job.id = "01HZ";
  record.job.state = JobState::succeeded;
  REQUIRE(log->put(record));
  for (const char* id : {"key-1", "01HZ"}) {
    const auto found = log->find(id);
    REQUIRE(found);
    REQUIRE(found->has_value());
    CHECK((*found)->job.state == JobState::succeeded);
  }
  CHECK(log->records("dune", "", 10)->size() == 1);
  CHECK(!log->find("other")->has_value());
}

TEST_CASE("of several records of one job the newest is found") {
  const LedgerFixture fixture;
  const auto log = fixture.open();
  REQUIRE(log->put(whole_record("key-1", "01HZ")));
  REQUIRE(log->put(whole_record("key-2", "01HZ")));
  CHECK((*log->find("01HZ"))->key == "key-2");
}

TEST_CASE("records are listed by profile and view, newest first, as many as asked for") {
  const LedgerFixture fixture;
  const auto log = fixture.open();
  for (int i = 1; i <= 4; ++i) {
    JobRecord record = whole_record("key-" + std::to_string(i), "id-" + std::to_string(i));
    record.job.view = i % 2 == 0 ? "even" : "odd";
    record.job.profile = i < 4 ? "dune" : "lance";
    REQUIRE(log->put(record));
  }
  const auto keys = [&](std::string_view profile, std::string_view view, std::int64_t limit) {
    std::string text;
    const auto records = log->records(profile, view, limit);
    REQUIRE(records);
    for (const auto& record : *records) text += record.key.substr(4);
    return text;
  };
  CHECK(keys("dune", "", 10) == "321");
  CHECK(keys("dune", "odd", 10) == "31");
  CHECK(keys("dune", "", 2) == "32");
  CHECK(keys("", "", 10) == "4321");
  CHECK(keys("", "", 0).empty());
  CHECK(keys("other", "", 10).empty());
}

TEST_CASE("the oldest records go, the newest stay") {
  const LedgerFixture fixture;
  const auto log = fixture.open(3);
  for (int i = 1; i <= 5; ++i) REQUIRE(log->put(whole_record("key-" + std::to_string(i), "id-" + std::to_string(i))));
  CHECK(log->records("", "", 10)->size() == 3);
  // What one process has put in itself it need not read again: another one is asked.
  const auto other = fixture.open(3);
  CHECK(!other->find("key-2")->has_value());
  CHECK(other->find("key-3")->has_value());
}

TEST_CASE("reading makes nothing; writing makes a file and a folder that nobody else can read") {
  const LedgerFixture fixture;
  const auto log = fixture.open();
  CHECK(!log->find("key-1")->has_value());
  CHECK(log->records("", "", 10)->empty());
  CHECK(!log->recall("dune", "owner"));
  CHECK(!std::filesystem::exists(fixture.directory.path() / "state"));
  REQUIRE(log->put(whole_record()));
  CHECK(mode_of(fixture.file()) == 0600);
  CHECK(mode_of(fixture.file().parent_path()) == 0700);
}

TEST_CASE("what was remembered is recalled by profile and key") {
  const LedgerFixture fixture;
  fixture.open()->remember("dune", "owner", "acme");
  fixture.open()->remember("dune", "owner", "acme2");
  CHECK(fixture.open()->recall("dune", "owner") == "acme2");
  CHECK(!fixture.open()->recall("other", "owner"));
  CHECK(!fixture.open()->recall("dune", "other"));
}

TEST_CASE("no text of a backend is written unmasked, and names stay as they are") {
  const LedgerFixture fixture;
  const auto mask = [](std::string_view text) {
    std::string result(text);
    for (std::size_t at = result.find("s3cret"); at != std::string::npos; at = result.find("s3cret"))
      result.replace(at, 6, "***");
    return result;
  };
  const auto log = ledger::open_ledger(fixture.file(), mask);
  JobRecord record = whole_record("key-1", "id s3cret");
  record.job.view = "daily";
  record.job.mode = record.job.reason = "s3cret";
  record.job.error->message = record.job.error->detail = record.job.error->hint = "the key s3cret was refused";
  record.job.error->request_id = "s3cret";
  record.job.native = Value::Object{{"s3cret", Value::Array{Value::Object{{"deep", "s3cret"}}}}};
  record.clue = Value::Object{{"list", Value::Array{"s3cret"}}};
  REQUIRE(log->put(record));
  log->remember("dune", "owner", "s3cret");
  CHECK(!log->recall("dune", "owner"));
  CHECK(read_file(fixture.file()).find("s3cret") == std::string::npos);
  CHECK((*log->find("key-1"))->job.view == "daily");
  CHECK((*log->find("key-1"))->job.error->message == "the key *** was refused");
}

TEST_CASE("the ledger is where MATVIEW_LEDGER says, else in the state folder, else nowhere") {
  FakeEnvironment environment("/here");
  CHECK(ledger::default_path(environment).empty());
  environment.set("HOME", "/home/a");
  CHECK(ledger::default_path(environment) == "/home/a/.local/state/matview/ledger.sqlite");
  environment.set("XDG_STATE_HOME", "/state");
  CHECK(ledger::default_path(environment) == "/state/matview/ledger.sqlite");
  environment.set("MATVIEW_LEDGER", "jobs.sqlite");
  CHECK(ledger::default_path(environment) == "/here/jobs.sqlite");
  environment.set("MATVIEW_LEDGER", "");
  CHECK(ledger::default_path(environment) == "/state/matview/ledger.sqlite");
}
