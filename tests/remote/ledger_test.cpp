// The ledger as a user meets it: not there, not to be written, damaged; and who can read it.

#include <sys/stat.h>

#include "dune_box.hpp"

using namespace matview::test;
namespace fs = std::filesystem;

namespace {

const char* const k_view = R"([{"name":"result_a","executions":[]}])";

std::size_t warnings(const std::string& text) {
  std::size_t count = 0;
  for (auto at = text.find("warning:"); at != std::string::npos; at = text.find("warning:", at + 1)) ++count;
  return count;
}

mode_t mode_of(const fs::path& path) {
  struct stat status {};
  return ::stat(path.c_str(), &status) == 0 ? status.st_mode & 07777 : 0;
}

}  // namespace

TEST_CASE("without a home a refresh works, warned of once, and under --quiet in silence") {
  DuneBox box;
  box.seed(k_view);
  auto command = box.command({"refresh", "result_a"});
  command.environment.erase("HOME");
  command.closed = {0};
  auto outcome = run(command);
  CHECK(outcome.exit_code == 0);
  CHECK(warnings(outcome.err) == 1);
  CHECK(says(outcome.err, "neither HOME nor XDG_STATE_HOME is set"));
  command.arguments.push_back("--quiet");
  outcome = run(command);
  CHECK(outcome.exit_code == 0);
  CHECK(outcome.out + outcome.err == "");
}

TEST_CASE("a damaged ledger is named once and left as it is; the work goes on, and so do status and list") {
  DuneBox box;
  box.seed(k_view);
  const auto file = box.sandbox.directory().write("ledger", std::string(4096, 'x'));
  auto command = box.command({"refresh", "result_a"});
  command.environment["MATVIEW_LEDGER"] = file.string();
  const auto outcome = run(command);
  CHECK(outcome.exit_code == 0);
  CHECK(warnings(outcome.err) == 1);
  CHECK(says(outcome.err, file.string()));
  CHECK(read_file(file) == std::string(4096, 'x'));
  for (const char* looking : {"status", "list"}) {
    command.arguments = {looking};
    CHECK(run(command).exit_code == 0);
  }
  command.arguments = {"refresh", "result_a", "-o", "json"};
  const auto id = parse_json(run(command).out)["jobs"][0]["id"].get<std::string>();
  command.arguments = {"wait", id};
  const auto waited = run(command);
  CHECK(waited.exit_code == 0);
  CHECK(warnings(waited.err) == 1);
  command.arguments = {"history"};
  const auto history = run(command);
  CHECK(history.exit_code == 1);
  CHECK(says(history.err, "damaged or no ledger"));
  command.arguments = {"doctor"};
  const auto doctor = run(command);
  CHECK(doctor.exit_code == 0);
  CHECK(says(doctor.out, "damaged or no ledger"));
}

TEST_CASE("a full disk keeps no refresh from being submitted") {
  DuneBox box;
  box.seed(k_view);
  auto command = box.command({"refresh", "result_a"});
  command.environment["MATVIEW_FAILPOINT"] = "ledger.put=enospc";
  const auto outcome = run(command);
  CHECK(outcome.exit_code == 0);
  CHECK(warnings(outcome.err) == 1);
  CHECK(box.count("POST", k_dune_refresh) == 1);
}

TEST_CASE("nobody else can read the ledger, and it holds no key") {
  DuneBox box;
  box.seed(k_view);
  REQUIRE(box.run({"refresh", "result_a"}).exit_code == 0);
  const auto file = box.sandbox.home() / ".local/state/matview/ledger.sqlite";
  CHECK(mode_of(file) == 0600);
  CHECK(mode_of(file.parent_path()) == 0700);
  CHECK(box.json({"history"})["jobs"].size() == 1);
}

TEST_CASE("a dry run, history and doctor make no ledger, nor does the local engine") {
  DuneBox box;
  for (const char* looking : {"history", "doctor"}) CHECK(box.run({looking}).exit_code == 0);
  CHECK(box.run({"refresh", "result_a", "--dry-run"}).exit_code == 0);
  auto local = box.command({"create", "v", "--query", "SELECT 1 AS a", "--with-data"});
  local.environment["MATVIEW_PROFILE"] = "local";
  CHECK(run(local).exit_code == 0);
  CHECK_FALSE(fs::exists(box.sandbox.home() / ".local/state"));
}

TEST_CASE("a trace goes to stderr, or to the end of a file that nobody else can read, and shows no key") {
  DuneBox box;
  box.seed(k_view);
  const auto shown = box.run({"show", "result_a", "--trace-http"});
  CHECK(shown.exit_code == 0);
  CHECK(says(shown.err, "> GET " + box.fake.url() + "/api/v1/materialized-views"));
  CHECK(says(shown.err, "> X-Dune-Api-Key: ***"));
  CHECK_FALSE(says(shown.err, "k3y"));
  const auto file = box.sandbox.work() / "trace.log";
  for (int i = 0; i < 2; ++i) CHECK(box.run({"show", "result_a", "--trace-http=trace.log"}).err == "");
  CHECK(mode_of(file) == 0600);
  const auto text = read_file(file);
  CHECK(text.find("materialized-views") != text.rfind("materialized-views"));
  CHECK_FALSE(says(text, "k3y"));
  auto by_variable = box.command({"show", "result_a"});
  by_variable.environment["MATVIEW_TRACE_HTTP"] = "-";
  CHECK(says(run(by_variable).err, "> GET "));
  const auto requests = box.fake.requests().size();
  const auto refused = box.run({"show", "result_a", "--trace-http=/nowhere/trace.log"});
  CHECK(refused.exit_code == 2);
  CHECK(says(refused.err, "/nowhere/trace.log"));
  CHECK(box.fake.requests().size() == requests);
}

TEST_CASE("--retries 0 takes the first answer; without it the request is sent again") {
  DuneBox box;
  box.seed(k_view);
  box.fake.fault(R"({"act":"status","status":503,"times":1})");
  CHECK(box.run({"show", "result_a", "--retries", "0"}).exit_code == 7);
  box.fake.fault(R"({"act":"status","status":503,"times":1})");
  CHECK(box.run({"show", "result_a"}).exit_code == 0);
}
