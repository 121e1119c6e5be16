#include <fstream>
#include <thread>
#include <tuple>
#include <vector>

#include "memory_box.hpp"

using namespace matview::test;

namespace {

std::vector<Json> log_of(const std::filesystem::path& file) {
  auto records = parse_json_lines(read_file(file));
  for (const auto& record : records) REQUIRE(record.is_object());
  return records;
}

/// Their names, a space between them.
std::string events(const std::vector<Json>& records) {
  std::string names;
  for (const auto& record : records) names += (names.empty() ? "" : " ") + record["event"].get<std::string>();
  return names;
}

}  // namespace

TEST_CASE("the log tells of a run in order: its start, each job, its end") {
  MemoryBox box;
  box.create("a", {"--rows", "7"});
  box.create("b", {"--fail-with", "unavailable"});
  box.create("c", {"--upstream", "b"});
  const auto outcome =
      box.run({"refresh", "--all", "--quiet", "--log-file", "run.log", "--log-format", "json", "--color", "always"});
  CHECK(outcome.exit_code == 3);
  const auto records = log_of(box.work() / "run.log");
  CHECK(events(records) == "start job_started job_succeeded job_started job_failed error job_skipped error end");
  REQUIRE(records.size() == 9);
  for (const auto& record : records) {
    CHECK(record["time"].get<std::string>().ends_with("Z"));
    CHECK(record["command"] == "refresh");
    CHECK(record["pid"] == records[0]["pid"]);
  }
  CHECK(keys(records[2]) == std::vector<std::string>{"time", "level", "event", "command", "pid", "operation",
                                                     "provider", "profile", "view", "job", "mode", "reason",
                                                     "elapsed_seconds", "rows_total", "rows_added", "rows_removed",
                                                     "version"});
  CHECK(records[2]["view"] == "a");
  CHECK(records[2]["profile"] == "mem");
  CHECK(records[2]["job"] == "job-1");
  CHECK(records[2]["rows_total"] == 7);
  CHECK(records[4]["level"] == "error");
  CHECK(records[4]["code"] == "UNAVAILABLE");
  CHECK(records[6]["level"] == "warning");
  CHECK(records[7]["code"] == "PARTIAL");
  CHECK(records[8]["exit_code"] == 3);
}

TEST_CASE("success under --quiet is in the log and nowhere else") {
  MemoryBox box;
  box.create("a");
  const auto outcome = box.must({"refresh", "a", "--quiet", "--log-file", "run.log"});
  CHECK(outcome.out.empty());
  CHECK(outcome.err.empty());
  const auto text = read_file(box.work() / "run.log");
  CHECK(text.find(" info    job_succeeded command=refresh pid=") != std::string::npos);
  CHECK(text.find(" view=a job=job-1 mode=full ") != std::string::npos);
  CHECK(text.find('\x1b') == std::string::npos);
}

TEST_CASE("the environment and the user's file can ask for a log, a project file cannot say where it goes") {
  MemoryBox box;
  box.create("a");
  auto command = box.command({"status", "-q"});
  command.environment["MATVIEW_LOG_FILE"] = "from_env.log";
  command.environment["MATVIEW_LOG_FORMAT"] = "json";
  CHECK(run(command).exit_code == 0);
  CHECK(events(log_of(box.work() / "from_env.log")) == "start end");
  command.environment["MATVIEW_LOG_FORMAT"] = "xml";
  CHECK(run(command).exit_code == 2);

  std::ofstream(box.work() / "matview.toml") << "log_file = \"/tmp/elsewhere.log\"\n";
  const auto refused = box.run({"status"});
  CHECK(refused.exit_code == 2);
  CHECK(refused.err.find("'log_file' may not be set in a project file") != std::string::npos);
}

TEST_CASE("a file that cannot be logged to is a usage error before anything is done") {
  MemoryBox box;
  box.create("a");
  const auto before = box.state();
  for (const char* file : {"missing/run.log", ".", "/proc/run.log", ""}) {
    CAPTURE(file);
    const auto outcome = box.run({"refresh", "a", "--log-file", file});
    CHECK(outcome.exit_code == 2);
    CHECK(box.state() == before);
  }
  CHECK(box.run({"refresh", "a", "--log-format", "json"}).exit_code == 2);
}

TEST_CASE("a log that can no longer be written is warned of once and stops no work") {
  MemoryBox box;
  box.create("a");
  // Opening it works, and so does writing nothing.
  const auto outcome = box.run({"refresh", "a", "--log-file", "/dev/full"});
  CHECK(outcome.exit_code == 0);
  const auto first = outcome.err.find("warning: the log is not written: ");
  REQUIRE(first != std::string::npos);
  CHECK(outcome.err.find("warning:", first + 1) == std::string::npos);
}

TEST_CASE("a log that is rotated away is begun anew") {
  MemoryBox box;
  box.create("a");
  Process process(box.command({"status", "--watch=1", "--log-file", "run.log", "--fields", "name,freshness"}));
  REQUIRE(process.wait_for("empty"));
  std::filesystem::rename(box.work() / "run.log", box.work() / "run.log.1");
  process.signal(15);
  CHECK(process.wait().exit_code == 143);
  const auto text = read_file(box.work() / "run.log");
  CHECK(text.find(" error   end command=status ") != std::string::npos);
}

TEST_CASE("several processes log to one file, and every line is whole") {
  MemoryBox box;
  for (int i = 0; i < 4; ++i) box.create("view_" + std::to_string(i));
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i)
    threads.emplace_back([&, i] {
      for (int round = 0; round < 3; ++round)
        std::ignore =
            box.run({"status", "view_" + std::to_string(i), "-q", "--log-file", "run.log", "--log-format", "json"});
    });
  for (auto& thread : threads) thread.join();
  CHECK(log_of(box.work() / "run.log").size() == 2 * 4 * 3);
}
